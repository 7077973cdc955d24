//! From a file's text to a [`Manifest`]: every mistake with its place and a hint.
//!
//! Not here: steps and rules one by one (`parse_step`), reading folders (`catalog`).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::SignedDuration;
use regex::Regex;

use super::answer::Retry;
use super::fault::{Fault, Place, did_you_mean, span_of};
use super::model::{BaseUrl, Field, Limit, Login, Manifest, Step, Times};
use super::parse_step;
use super::source::{FieldSource, LimitSource, ManifestSource, RetrySource, TextKey};
use super::template::{Template, is_name};
use crate::view::Texts;

/// Values that the engine gives; no field may have these names.
pub const VALUES: [&str; 3] = ["new_email", "old_email", "code"];

/// Mistakes found so far, by place.
#[derive(Default)]
pub(super) struct Mistakes(Vec<(Place, String, Option<String>)>);

impl Mistakes {
    pub fn add(&mut self, place: &[&str], message: impl Into<String>, hint: Option<String>) {
        self.0.push((
            place.iter().map(|part| (*part).to_owned()).collect(),
            message.into(),
            hint,
        ));
    }

    /// The value, or a mistake at `place`.
    pub fn take<T>(&mut self, place: &[&str], result: Result<T, String>) -> Option<T> {
        result
            .map_err(|message| self.add(place, message, None))
            .ok()
    }

    pub fn regex(&mut self, place: &[&str], text: Option<&String>) -> Option<Regex> {
        let compiled = Regex::new(text?).map_err(|error| {
            let last = error
                .to_string()
                .lines()
                .last()
                .unwrap_or_default()
                .trim()
                .to_owned();
            format!("not a regular expression: {last}")
        });
        self.take(place, compiled)
    }

    pub fn duration(&mut self, place: &[&str], text: Option<&String>) -> Option<Duration> {
        let text = text?;
        let read = text
            .parse::<SignedDuration>()
            .ok()
            .and_then(|time| Duration::try_from(time).ok());
        let read = read.filter(|time| *time <= Duration::from_hours(24 * 366));
        if read.is_none() {
            let hint = Some("write \"90s\", \"5min\" or \"24h\"".to_owned());
            self.add(place, format!("`{text}` is not a duration"), hint);
        }
        read
    }
}

/// What names mean while a manifest is read.
pub(super) struct Names<'a> {
    pub fields: BTreeMap<&'a str, &'a FieldSource>,
    /// Values captured from answers.
    pub given: BTreeSet<&'a str>,
}

impl Names<'_> {
    pub fn check(&self, mistakes: &mut Mistakes, place: &[&str], template: &Template) {
        for name in template.names() {
            if !self.fields.contains_key(name)
                && !self.given.contains(name)
                && !VALUES.contains(&name)
            {
                let known = self
                    .fields
                    .keys()
                    .copied()
                    .chain(self.given.iter().copied())
                    .chain(VALUES);
                let hint = did_you_mean(name, known).unwrap_or_else(|| {
                    let known: Vec<_> = self.fields.keys().copied().chain(VALUES).collect();
                    format!("known names: {}", known.join(", "))
                });
                mistakes.add(place, format!("nothing is called `{name}`"), Some(hint));
            }
        }
    }

    pub fn template(&self, mistakes: &mut Mistakes, place: &[&str], text: &str) -> Template {
        let template = mistakes
            .take(place, Template::parse(text))
            .unwrap_or_default();
        self.check(mistakes, place, &template);
        template
    }

    pub fn is_secret(&self, name: &str) -> bool {
        self.given.contains(name) || self.fields.get(name).is_some_and(|field| field.secret)
    }
}

impl Manifest {
    /// Reads a manifest. `file` is the name shown in faults.
    pub fn parse(source: &str, file: &str) -> Result<Self, Vec<Fault>> {
        let deserializer = match toml::Deserializer::parse(source) {
            Ok(deserializer) => deserializer,
            Err(_) => return Err(syntax_faults(source, file)),
        };
        let raw = serde::Deserialize::deserialize(deserializer)
            .map_err(|error| vec![shape_fault(source, file, &error)])?;
        build(raw).map_err(|mistakes| {
            let fault = |(place, message, hint): (Place, String, Option<String>)| {
                Fault::new(file, source, span_of(source, &place), message, hint)
            };
            let mut faults: Vec<Fault> = mistakes.0.into_iter().map(fault).collect();
            faults.sort_by_key(|fault| (fault.line, fault.column));
            faults
        })
    }
}

fn syntax_faults(source: &str, file: &str) -> Vec<Fault> {
    let (_, errors) = toml::de::DeTable::parse_recoverable(source);
    errors
        .iter()
        .map(|error| {
            Fault::new(
                file,
                source,
                error.span().unwrap_or(0..0),
                error.message(),
                None,
            )
        })
        .collect()
}

/// serde's errors name what was found and what was expected, in backticks.
fn shape_fault(source: &str, file: &str, error: &toml::de::Error) -> Fault {
    let message = error.message().to_owned();
    let mut quoted = message.split('`').skip(1).step_by(2);
    let found = quoted.next().unwrap_or_default();
    let hint = did_you_mean(found, quoted).filter(|_| message.starts_with("unknown"));
    let message = match message.split_once(", expected") {
        Some((start, _)) if hint.is_some() => start.to_owned(),
        _ => message.clone(),
    };
    Fault::new(file, source, error.span().unwrap_or(0..0), message, hint)
}

fn build(raw: ManifestSource) -> Result<Manifest, Mistakes> {
    let mut mistakes = Mistakes::default();
    let m = &mut mistakes;
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
    if !url::Url::parse(&raw.docs).is_ok_and(|url| matches!(url.scheme(), "https" | "http")) {
        m.add(&["docs"], "not a web address", None);
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
    let says = parse_step::pointers(m, &["says"], &raw.says);
    let mut steps: BTreeMap<String, Step> = BTreeMap::new();
    for (id, step) in &raw.steps {
        let step = parse_step::step(m, &names, &raw, id, step, &says);
        steps.insert(id.clone(), step);
    }
    let answers = parse_step::rules(m, &["answer"], &raw.answers);
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

fn check_texts(m: &mut Mistakes, place: &[&str], texts: &Texts) {
    if !texts.contains_key("en") {
        m.add(place, "the English text (`en`) is missing", None);
    }
    for (language, text) in texts {
        if text.trim().is_empty() {
            m.add(&[place, &[language]].concat(), "this text is empty", None);
        }
    }
}

fn check_fields(m: &mut Mistakes, fields: &[FieldSource]) {
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

fn read_base_url(m: &mut Mistakes, names: &Names<'_>, text: &str) -> Option<BaseUrl> {
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
    let template = names.template(m, &place, host);
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

fn check_flow(m: &mut Mistakes, raw: &ManifestSource) {
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
            used.insert(step);
        }
    }
    for id in raw.steps.keys().filter(|id| !used.contains(id.as_str())) {
        m.add(
            &["step", id],
            format!("no part of `flow` uses the step `{id}`"),
            Some("add it to `flow`, or remove it".to_owned()),
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

fn read_retry(m: &mut Mistakes, raw: &RetrySource) -> Retry {
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

fn read_limits(
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

fn read_login(
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
