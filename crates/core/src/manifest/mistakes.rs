//! Mistakes gathered while a manifest is read, and the names its templates may use.
//!
//! Not here: where a mistake stands in the text (`fault`).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::SignedDuration;
use regex::Regex;

use super::fault::{Place, did_you_mean};
use super::source::FieldSource;
use super::template::Template;

/// Values that the engine gives; no field may have these names.
pub const VALUES: [&str; 3] = ["new_email", "old_email", "code"];

/// Most mistakes that are told of one file: nobody reads more at once, and a file can be made of nothing else.
pub const MOST: usize = 50;

/// Mistakes found so far, by place.
#[derive(Default)]
pub(super) struct Mistakes(pub Vec<(Place, String, Option<String>)>);

impl Mistakes {
    /// The same mistake at the same place counts once.
    pub fn add(&mut self, place: &[&str], message: impl Into<String>, hint: Option<String>) {
        if self.0.len() >= MOST {
            return;
        }
        let place: Place = place.iter().map(|part| (*part).to_owned()).collect();
        let message = message.into();
        if !self
            .0
            .iter()
            .any(|known| known.0 == place && known.1 == message)
        {
            self.0.push((place, message, hint));
        }
    }

    /// The value, or a mistake at `place`.
    pub fn take<T>(&mut self, place: &[&str], result: Result<T, String>) -> Option<T> {
        result
            .map_err(|message| self.add(place, message, None))
            .ok()
    }

    pub fn regex(&mut self, place: &[&str], text: Option<&String>) -> Option<Regex> {
        let compiled = compiled(text?);
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
            if mistakes.0.len() < MOST
                && !self.fields.contains_key(name)
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

/// Longest regular expression, in bytes.
const LONGEST_PATTERN: usize = 500;
/// Largest compiled one, in bytes: `\w{9}` fits many times over, `(\w{99}){99}` does not.
const LARGEST_PATTERN: usize = 256 * 1024;

/// Compiles a pattern of a manifest, within limits: a file full of bombs must not hold up the start.
fn compiled(text: &str) -> Result<Regex, String> {
    if text.len() > LONGEST_PATTERN {
        return Err(format!("a pattern has at most {LONGEST_PATTERN} bytes"));
    }
    regex::RegexBuilder::new(text)
        .size_limit(LARGEST_PATTERN)
        .build()
        .map_err(|error| not_regex(&error))
}

/// The one line of a regular expression's error that says what is wrong.
pub(super) fn not_regex(error: &regex::Error) -> String {
    let text = error.to_string();
    let last = text.lines().last().unwrap_or_default().trim();
    let last = last.strip_prefix("error: ").unwrap_or(last);
    format!("not a regular expression: {last}")
}
