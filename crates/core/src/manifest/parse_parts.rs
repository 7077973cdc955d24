//! The parts of a manifest file besides its steps: fields, base URL, flow, limits, login.
//!
//! Not here: steps and rules (`parse_step`), putting it together (`parse`).

use std::collections::{BTreeMap, BTreeSet};

use super::answer::Retry;
use super::fault::did_you_mean;
use super::mistakes::{Mistakes, Names, VALUES};
use super::model::{BaseUrl, Limit, Login, Step};
use super::parse_step;
use super::source::{FieldSource, LimitSource, ManifestSource, RetrySource};
use super::template::{Piece, Template, is_name};
use crate::view::Texts;

pub fn check_texts(m: &mut Mistakes, place: &[&str], texts: &Texts) {
    if !texts.contains_key("en") {
        m.add(place, "the English text (`en`) is missing", None);
    }
    for (language, text) in texts {
        if text.trim().is_empty() {
            m.add(&[place, &[language]].concat(), "this text is empty", None);
        }
    }
}

/// Most fields of a profile.
const MOST_FIELDS: usize = 32;

pub fn check_fields(m: &mut Mistakes, fields: &[FieldSource]) {
    if fields.len() > MOST_FIELDS {
        let place = ["field", &MOST_FIELDS.to_string()];
        m.add(
            &place,
            format!("a profile has at most {MOST_FIELDS} fields"),
            None,
        );
    }
    let fields = &fields[..fields.len().min(MOST_FIELDS)];
    let mut seen = BTreeSet::new();
    for (at, field) in fields.iter().enumerate() {
        let at = at.to_string();
        let id_place = ["field", at.as_str(), "id"];
        if !is_name(&field.id) {
            m.add(
                &id_place,
                "a field's id has lower-case letters, digits and underscores",
                None,
            );
        }
        if VALUES.contains(&field.id.as_str()) {
            m.add(
                &id_place,
                format!("`{}` is a name of Readdress's own", field.id),
                Some("choose another id".to_owned()),
            );
        }
        if !seen.insert(&field.id) {
            m.add(
                &id_place,
                format!("a second field is called `{}`", field.id),
                None,
            );
        }
        if field.ask_each_time && !field.secret {
            m.add(
                &["field", &at, "ask_each_time"],
                "only a secret field can be asked each time",
                None,
            );
        }
        check_texts(m, &["field", &at, "label"], &field.label);
        if let Some(help) = &field.help {
            check_texts(m, &["field", &at, "help"], help);
        }
        m.regex(&["field", &at, "looks"], field.looks.as_ref());
    }
}

pub fn read_base_url(m: &mut Mistakes, names: &Names<'_>, text: &str) -> Option<BaseUrl> {
    let place = ["base_url"];
    let hint = || Some("such as \"https://api.example.com/v1\"".to_owned());
    let Some((scheme, rest)) = text.split_once("://") else {
        m.add(&place, "not a web address", hint());
        return None;
    };
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    if host.is_empty() || host.contains(['@', '?', '#']) || path.contains(['?', '#']) {
        m.add(
            &place,
            "only scheme, host, port and path are allowed",
            hint(),
        );
        return None;
    }
    let template = names.template(m, &place, &host.to_ascii_lowercase());
    if !is_true_host(&template) {
        m.add(
            &place,
            "the host is not written as it is called",
            Some("ASCII letters, digits, dashes and dots, a port behind a colon; an international name as xn--…, an address in numbers as 192.0.2.1".to_owned()),
        );
    }
    if let Some(secret) = template.names().find(|name| names.is_secret(name)) {
        m.add(
            &place,
            format!("the host may not hold the secret `{secret}`"),
            Some("put it into the path or a header".to_owned()),
        );
    }
    let loopback =
        super::profile::is_loopback(host.rsplit_once(':').map_or(host, |(name, _)| name));
    if scheme != "https" && !(scheme == "http" && loopback) {
        m.add(
            &place,
            "secrets go over https, or over http to this machine only",
            Some(format!("https://{rest}")),
        );
    }
    let path = path.trim_end_matches('/');
    let segments = path
        .split('/')
        .filter(|_| !path.is_empty())
        .map(|part| parse_step::segment(m, names, &place, part));
    Some(BaseUrl {
        scheme: scheme.to_owned(),
        host: template,
        path: segments.collect(),
    })
}

/// Whether the host that is shown is the host that is called: nothing in it that a URL parser would read as something else.
fn is_true_host(template: &Template) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-.:[]".contains(c);
    let filled: String = template
        .0
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.as_str(),
            Piece::Gap(_) => "a",
        })
        .collect();
    let name = match filled.rsplit_once(':') {
        Some((name, port)) if port.parse::<u16>().is_ok_and(|port| port > 0) => name,
        _ => filled.as_str(),
    };
    let labelled = name.starts_with('[') || name.split('.').all(|label| !label.is_empty());
    filled.chars().all(plain)
        && labelled
        && url::Url::parse(&format!("https://{filled}/"))
            .is_ok_and(|url| url.host_str() == Some(name) && url.path() == "/")
}

pub fn check_flow(m: &mut Mistakes, raw: &ManifestSource) {
    if raw.flow.change.is_empty() || raw.flow.change.len() > 6 {
        m.add(&["flow", "change"], "a change has one to six steps", None);
    }
    let mut used = BTreeSet::new();
    for (at, step) in raw.flow.change.iter().enumerate() {
        known_step(m, raw, &["flow", "change", &at.to_string()], step);
        if !used.insert(step.as_str()) {
            m.add(
                &["flow", "change", &at.to_string()],
                format!("`{step}` comes twice"),
                None,
            );
        }
    }
    let others = [
        ("resend", &raw.flow.resend),
        ("cancel", &raw.flow.cancel),
        ("read", &raw.flow.read),
        ("login", &raw.flow.login),
    ];
    for (name, step) in others {
        if let Some(step) = step {
            known_step(m, raw, &["flow", name], step);
            waits_for_nothing(m, raw, &["flow", name], step);
            used.insert(step);
        }
    }
    if let Some(first) = raw.flow.change.first() {
        waits_for_nothing(m, raw, &["flow", "change", "0"], first);
    }
    for id in raw.steps.keys().filter(|id| !used.contains(id.as_str())) {
        m.add(
            &["step", id],
            format!("no part of `flow` uses the step `{id}`"),
            Some("add it to `flow`, or remove it".to_owned()),
        );
    }
}

/// A code is awaited after something was sent that mails it, and goes into the next step of the change.
fn waits_for_nothing(m: &mut Mistakes, raw: &ManifestSource, place: &[&str], step: &str) {
    if raw
        .steps
        .get(step)
        .is_some_and(|step| step.waits_for.is_some())
    {
        m.add(
            place,
            format!("`{step}` waits for a code that nothing before it sends"),
            Some("a step with `waits_for` comes second in `change`, or later".to_owned()),
        );
    }
}

fn known_step(m: &mut Mistakes, raw: &ManifestSource, place: &[&str], step: &str) {
    if !raw.steps.contains_key(step) {
        let hint = did_you_mean(step, raw.steps.keys().map(String::as_str))
            .unwrap_or_else(|| format!("write a [step.{step}]"));
        m.add(place, format!("no step is called `{step}`"), Some(hint));
    }
}

pub fn read_retry(m: &mut Mistakes, raw: &RetrySource) -> Retry {
    let pattern = m.regex(&["retry", "pattern"], raw.pattern.as_ref());
    if pattern
        .as_ref()
        .is_some_and(|pattern| pattern.captures_len() < 2)
    {
        m.add(
            &["retry", "pattern"],
            "the pattern needs a group for the seconds",
            Some("such as 'in (\\d+) seconds'".to_owned()),
        );
    }
    Retry {
        headers: raw
            .headers
            .iter()
            .map(|name| name.to_ascii_lowercase())
            .collect(),
        pattern,
        default: m.duration(&["retry", "default"], raw.default.as_ref()),
    }
}

pub fn read_limits(
    m: &mut Mistakes,
    raw: &[LimitSource],
    steps: &mut BTreeMap<String, Step>,
) -> Vec<Limit> {
    let mut limits = Vec::new();
    for (at, limit) in raw.iter().enumerate() {
        let at = at.to_string();
        if limit.max == 0 {
            m.add(
                &["limit", &at, "max"],
                "at least one call must be allowed",
                None,
            );
        }
        let per = m
            .duration(&["limit", &at, "per"], Some(&limit.per))
            .unwrap_or_default();
        for id in &limit.steps {
            match steps.get_mut(id) {
                Some(step) if step.bucket.is_none() => step.bucket = Some(limit.bucket.clone()),
                Some(_) => m.add(
                    &["limit", &at, "steps"],
                    format!("`{id}` is counted by another limit"),
                    None,
                ),
                None => m.add(
                    &["limit", &at, "steps"],
                    format!("no step is called `{id}`"),
                    None,
                ),
            }
        }
        limits.push(Limit {
            bucket: limit.bucket.clone(),
            max: limit.max,
            per,
            of: limit.of,
            steps: limit.steps.clone(),
        });
    }
    limits
}

pub fn read_login(
    m: &mut Mistakes,
    names: &Names<'_>,
    id: &str,
    steps: &BTreeMap<String, Step>,
) -> Option<Login> {
    let step = steps.get(id)?;
    let Some(gives) = step
        .answers
        .iter()
        .find_map(|rule| rule.gives.first())
        .map(|(name, _)| name.clone())
    else {
        m.add(
            &["step", id],
            "a login needs an answer rule with `gives`",
            Some("gives = { session_token = \"/token\" }".to_owned()),
        );
        return None;
    };
    let sent = super::needs::step_names(step);
    let needs = sent
        .into_iter()
        .filter(|name| names.is_secret(name))
        .map(ToOwned::to_owned)
        .collect();
    Some(Login {
        step: id.to_owned(),
        needs,
        gives,
    })
}
