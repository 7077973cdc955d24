//! From a file's text to a [`Manifest`]: every mistake with its place and a hint.
//!
//! Not here: its parts one by one (`parse_parts`, `parse_step`), reading folders (`catalog`).

use std::collections::{BTreeMap, BTreeSet};

use toml::de::DeTable;

use super::fault::{Fault, Place, SourceText, did_you_mean, span_of};
use super::mistakes::{MOST, Mistakes, Names};
use super::model::{BaseUrl, Field, Manifest, Step, Times};
use super::parse_parts::{
    check_fields, check_flow, check_texts, read_base_url, read_limits, read_login, read_retry,
};
use super::parse_rule::{pointers, rules};
use super::parse_step;
use super::source::{FieldSource, ManifestSource, TextKey};
use super::template::Template;

impl Manifest {
    /// Reads a manifest. `file` is the name shown in faults.
    pub fn parse(source: &str, file: &str) -> Result<Self, Vec<Fault>> {
        let text = || SourceText::new(file, source);
        let deserializer = match toml::Deserializer::parse(source) {
            Ok(deserializer) => deserializer,
            Err(_) => return Err(syntax_faults(source, &text())),
        };
        let raw = serde::Deserialize::deserialize(deserializer)
            .map_err(|error| vec![shape_fault(&text(), &error)])?;
        build(raw).map_err(|mistakes| {
            let (text, table) = (text(), DeTable::parse(source));
            let span = |place: &Place| {
                let table = table.as_ref().map(toml::Spanned::get_ref);
                table.map_or(0..0, |table| span_of(table, place))
            };
            let fault = |(place, message, hint): (Place, String, Option<String>)| {
                Fault::new(&text, span(&place), message, hint)
            };
            let mut faults: Vec<Fault> = mistakes.0.into_iter().map(fault).collect();
            faults.sort_by_key(|fault| (fault.line, fault.column));
            faults
        })
    }
}

fn syntax_faults(source: &str, text: &SourceText) -> Vec<Fault> {
    let (_, errors) = DeTable::parse_recoverable(source);
    errors
        .iter()
        .take(MOST)
        .map(|error| Fault::new(text, error.span().unwrap_or(0..0), error.message(), None))
        .collect()
}

/// serde's errors name what was found and what was expected, in backticks.
fn shape_fault(text: &SourceText, error: &toml::de::Error) -> Fault {
    let message = error.message().to_owned();
    let mut quoted = message.split('`').skip(1).step_by(2);
    let found = quoted.next().unwrap_or_default();
    let hint = did_you_mean(found, quoted).filter(|_| message.starts_with("unknown"));
    let message = match message.split_once(", expected") {
        Some((start, _)) if hint.is_some() => start.to_owned(),
        _ => message.clone(),
    };
    Fault::new(text, error.span().unwrap_or(0..0), message, hint)
}

fn build(raw: ManifestSource) -> Result<Manifest, Mistakes> {
    let mut mistakes = Mistakes::default();
    let m = &mut mistakes;
    super::parse_limits::check(m, &raw);
    if !m.0.is_empty() {
        // Reading on would take as long as whoever wrote it wants.
        return Err(mistakes);
    }
    if raw.schema != 1 {
        m.add(
            &["schema"],
            format!("this Readdress reads schema 1, not {}", raw.schema),
            None,
        );
    }
    let id_ok = (2..=40).contains(&raw.id.len())
        && raw
            .id
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if !id_ok {
        m.add(
            &["id"],
            "an id has 2 to 40 lower-case letters, digits and dashes",
            None,
        );
    }
    if raw.name.trim().is_empty() {
        m.add(&["name"], "the name is empty", None);
    }
    if crate::link::outside(&raw.docs).is_none() {
        m.add(
            &["docs"],
            "not a web address that can be opened",
            Some("such as \"https://docs.example.com/\", over https and without a name before the host".to_owned()),
        );
    }
    check_fields(m, &raw.fields);
    let gives = raw
        .steps
        .values()
        .flat_map(|step| &step.answers)
        .chain(&raw.answers);
    let given: BTreeSet<&str> = gives
        .flat_map(|rule| rule.gives.keys().map(String::as_str))
        .collect();
    let names = Names {
        fields: raw
            .fields
            .iter()
            .map(|field| (field.id.as_str(), field))
            .collect(),
        given,
    };

    let base_url = read_base_url(m, &names, &raw.base_url);
    for (at, set) in raw.needs_one_of.iter().enumerate() {
        for field in set.iter().filter(|field| {
            !names
                .fields
                .get(field.as_str())
                .is_some_and(|field| field.secret)
        }) {
            m.add(
                &["needs_one_of", &at.to_string()],
                format!("no secret field is called `{field}`"),
                None,
            );
        }
    }
    check_flow(m, &raw);
    let says = pointers(m, &["says"], &raw.says);
    let mut steps: BTreeMap<String, Step> = BTreeMap::new();
    for (id, step) in &raw.steps {
        let step = parse_step::step(m, &names, &raw, id, step, &says);
        steps.insert(id.clone(), step);
    }
    let answers = rules(m, &["answer"], &raw.answers);
    let retry = read_retry(m, &raw.retry);
    let limits = read_limits(m, &raw.limits, &mut steps);
    let times = Times {
        expires_after: m.duration(
            &["times", "expires_after"],
            raw.times.expires_after.as_ref(),
        ),
        resend_after: m.duration(&["times", "resend_after"], raw.times.resend_after.as_ref()),
        no_mail_after: m.duration(
            &["times", "no_mail_after"],
            raw.times.no_mail_after.as_ref(),
        ),
    };
    for (key, texts) in &raw.texts {
        check_texts(m, &["texts", &key_name(*key)], texts);
    }
    let login = raw
        .flow
        .login
        .as_ref()
        .and_then(|id| read_login(m, &names, id, &steps));
    if !mistakes.0.is_empty() {
        return Err(mistakes);
    }
    Ok(Manifest {
        id: raw.id,
        name: raw.name,
        docs: raw.docs,
        base_url: base_url.unwrap_or_else(|| BaseUrl {
            scheme: String::new(),
            host: Template::default(),
            path: Vec::new(),
        }),
        fields: raw.fields.into_iter().map(Field::from).collect(),
        needs_one_of: raw.needs_one_of,
        flow: raw.flow.change,
        resend: raw.flow.resend,
        cancel: raw.flow.cancel,
        read: raw.flow.read,
        login,
        steps,
        answers,
        retry,
        limits,
        times,
        texts: raw
            .texts
            .into_iter()
            .map(|(key, texts)| (key_name(key), texts))
            .collect(),
    })
}

fn key_name(key: TextKey) -> String {
    match serde_json::to_value(key) {
        Ok(serde_json::Value::String(name)) => name,
        _ => unreachable!("a unit variant serialises as a string"),
    }
}

impl From<FieldSource> for Field {
    fn from(raw: FieldSource) -> Self {
        let FieldSource {
            id,
            label,
            help,
            secret,
            optional,
            ask_each_time,
            looks,
        } = raw;
        Self {
            id,
            label,
            help,
            secret,
            optional,
            ask_each_time,
            looks,
        }
    }
}
