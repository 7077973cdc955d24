//! How much a manifest may hold: far more than any service needs, and little enough for a window and a start to bear.
//!
//! Not here: what the parts mean (`parse_parts`, `parse_step`).

use super::mistakes::Mistakes;
use super::source::{AnswerSource, ManifestSource};

const FIELDS: usize = 40;
const STEPS: usize = 24;
const RULES: usize = 200;
const LIMITS: usize = 40;
const HEADERS: usize = 40;
/// Characters of a name, and of a field's label.
const NAME: usize = 60;
/// Characters of one text.
const TEXT: usize = 2000;

pub fn check(m: &mut Mistakes, raw: &ManifestSource) {
    at_most(m, &["field"], raw.fields.len(), FIELDS, "fields");
    at_most(m, &["step"], raw.steps.len(), STEPS, "steps");
    at_most(m, &["answer"], raw.answers.len(), RULES, "answer rules");
    at_most(m, &["limit"], raw.limits.len(), LIMITS, "limits");
    at_most(m, &["headers"], raw.headers.len(), HEADERS, "headers");
    at_most(m, &["needs_one_of"], raw.needs_one_of.len(), FIELDS, "sets");
    for (id, step) in &raw.steps {
        at_most(m, &["step", id], step.answers.len(), RULES, "answer rules");
        at_most(m, &["step", id], step.headers.len(), HEADERS, "headers");
        at_most(m, &["step", id], step.query.len(), HEADERS, "query values");
        short(m, &["step", id], id, NAME);
        words(m, &["step", id], &step.answers);
    }
    words(m, &["answer"], &raw.answers);
    short(m, &["name"], &raw.name, NAME);
    if raw
        .name
        .chars()
        .any(|c| c.is_control() || crate::link::is_unseen(c))
    {
        m.add(
            &["name"],
            "the name holds characters that nobody sees",
            None,
        );
    }
    for (at, field) in raw.fields.iter().enumerate() {
        let at = at.to_string();
        short(m, &["field", &at, "id"], &field.id, NAME);
        for (language, text) in &field.label {
            short(m, &["field", &at, "label", language], text, NAME);
        }
        for (language, text) in field.help.iter().flatten() {
            short(m, &["field", &at, "help", language], text, TEXT);
        }
    }
    for texts in raw.texts.values() {
        for text in texts.values() {
            short(m, &["texts"], text, TEXT);
        }
    }
}

fn words(m: &mut Mistakes, place: &[&str], rules: &[AnswerSource]) {
    for rule in rules {
        at_most(m, place, rule.gives.len(), FIELDS, "kept values");
    }
}

fn at_most(m: &mut Mistakes, place: &[&str], count: usize, most: usize, what: &str) {
    if count > most {
        m.add(
            place,
            format!("{count} {what} are too many: at most {most}"),
            None,
        );
    }
}

fn short(m: &mut Mistakes, place: &[&str], text: &str, most: usize) {
    if text.chars().count() > most {
        m.add(
            place,
            format!("this text is too long: at most {most} characters"),
            None,
        );
    }
}
