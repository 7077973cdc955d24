//! Sentences from `text/*.json`, with their gaps filled.
//!
//! A table is read when the first sentence is needed: a script with `--json` that succeeds needs none.
//! Not here: the sentences.

use std::sync::OnceLock;

use readdress_core::view::Texts;
use serde_json::Value;

use crate::clean;

const EN: &str = include_str!("../../../text/en.json");
const PT_BR: &str = include_str!("../../../text/pt-BR.json");
const ES: &str = include_str!("../../../text/es.json");

/// Names and values for the gaps of a sentence. Values are foreign text: they are cleaned when they are filled in.
pub type Gaps<'a> = &'a [(&'a str, &'a str)];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    English,
    Portuguese,
    Spanish,
}

impl Language {
    /// Of the first variable that is set: `LC_ALL`, `LC_MESSAGES`, `LANG`. Windows sets none of them, and macOS not everywhere: what a
    /// person chose in the system counts there.
    pub fn from_env() -> Self {
        let set = |name: &&str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(set);
        Self::of(&locale.or_else(of_system).unwrap_or_default())
    }

    /// Of a locale's name, such as `pt_BR.UTF-8` or `pt-BR`.
    pub fn of(locale: &str) -> Self {
        let language = locale
            .split(['_', '-', '.', '@'])
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        match language.as_str() {
            "pt" => Self::Portuguese,
            "es" => Self::Spanish,
            _ => Self::English,
        }
    }

    fn source(self) -> &'static str {
        match self {
            Self::English => EN,
            Self::Portuguese => PT_BR,
            Self::Spanish => ES,
        }
    }

    fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Portuguese => "pt-BR",
            Self::Spanish => "es",
        }
    }

    /// `one` or `other`; Portuguese counts nothing as one.
    fn plural(self, n: u64) -> &'static str {
        if n == 1 || n == 0 && self == Self::Portuguese {
            "one"
        } else {
            "other"
        }
    }
}

#[cfg(any(windows, target_os = "macos"))]
fn of_system() -> Option<String> {
    sys_locale::get_locale()
}

/// Elsewhere the variables are the system's way.
#[cfg(not(any(windows, target_os = "macos")))]
fn of_system() -> Option<String> {
    None
}

#[derive(Debug)]
pub struct Words {
    language: Language,
    table: OnceLock<Value>,
}

impl Words {
    pub fn new(language: Language) -> Self {
        Self {
            language,
            table: OnceLock::new(),
        }
    }

    /// The sentence of a dotted key, with its gaps filled.
    pub fn say(&self, key: &str, gaps: Gaps<'_>) -> String {
        let sentence = self.find(key).and_then(Value::as_str).unwrap_or(key);
        self.fill(sentence, gaps)
    }

    /// The sentence for `n` of something.
    pub fn count(&self, key: &str, n: u64) -> String {
        let form = self.find(key).and_then(|forms| {
            forms
                .get(self.language.plural(n))
                .or_else(|| forms.get("other"))
        });
        self.fill(
            form.and_then(Value::as_str).unwrap_or(key),
            &[("n", &n.to_string())],
        )
    }

    pub fn has(&self, key: &str) -> bool {
        self.find(key).is_some_and(Value::is_string)
    }

    /// A service's own text: this language, then its base, then English.
    pub fn of_service(&self, texts: &Texts) -> Option<String> {
        let tag = self.language.tag();
        let text = texts
            .get(tag)
            .or_else(|| texts.get(&tag[..2]))
            .or_else(|| texts.get("en"));
        text.map(|text| clean::line(text))
    }

    fn find(&self, key: &str) -> Option<&Value> {
        // The tables are compiled in, and a test reads each of them.
        let table = self
            .table
            .get_or_init(|| serde_json::from_str(self.language.source()).unwrap_or_default());
        key.split('.').try_fold(table, |at, name| at.get(name))
    }

    fn fill(&self, sentence: &str, gaps: Gaps<'_>) -> String {
        let mut out = String::with_capacity(sentence.len() + 32);
        let mut rest = sentence;
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let Some((name, after)) = after.split_once('}') else {
                out.push('{');
                rest = after;
                break;
            };
            let value = gaps
                .iter()
                .find(|(gap, _)| *gap == name)
                .map(|(_, value)| clean::line(value));
            match value.filter(|value| !value.is_empty()) {
                Some(value) => out.push_str(&value),
                None => out.push_str(&self.fallback(name, out.is_empty())),
            }
            rest = after;
        }
        out.push_str(rest);
        out.trim().to_owned()
    }

    /// What a gap without a value says; at the start of a sentence with a capital.
    fn fallback(&self, gap: &str, first: bool) -> String {
        let text = self
            .find("gaps")
            .and_then(|gaps| gaps.get(gap))
            .and_then(Value::as_str)
            .unwrap_or_default();
        let mut chars = text.chars();
        match (first, chars.next()) {
            (true, Some(initial)) => initial.to_uppercase().chain(chars).collect(),
            _ => text.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const ALL: [Language; 3] = [Language::English, Language::Portuguese, Language::Spanish];

    fn keys(value: &Value, path: &str, out: &mut BTreeSet<String>) {
        match value.as_object() {
            Some(members) => members
                .iter()
                .for_each(|(name, value)| keys(value, &format!("{path}.{name}"), out)),
            None => {
                out.insert(path.to_owned());
            }
        }
    }

    fn keys_of(language: Language) -> BTreeSet<String> {
        let table: Value = serde_json::from_str(language.source()).expect("a table");
        let mut out = BTreeSet::new();
        for part in ["cli", "codes", "menu", "notices"] {
            keys(&table[part], part, &mut out);
        }
        out
    }

    #[test]
    fn every_language_has_the_same_sentences_with_the_same_gaps() {
        let gaps = |text: &str| -> BTreeSet<String> {
            text.split('{')
                .skip(1)
                .filter_map(|part| part.split_once('}'))
                .map(|(name, _)| name.to_owned())
                .collect()
        };
        let english = Words::new(Language::English);
        for language in ALL {
            assert_eq!(
                keys_of(language),
                keys_of(Language::English),
                "{language:?}"
            );
            let words = Words::new(language);
            for key in keys_of(language)
                .iter()
                .filter(|key| !key.starts_with("codes."))
            {
                let text = |words: &Words| {
                    words
                        .find(key)
                        .and_then(Value::as_str)
                        .expect("a sentence")
                        .to_owned()
                };
                assert_eq!(
                    gaps(&text(&words)),
                    gaps(&text(&english)),
                    "{key} {language:?}"
                );
                assert!(!text(&words).is_empty(), "{key}");
            }
        }
    }

    #[test]
    fn the_language_follows_the_locale() {
        assert_eq!(Language::of("pt_BR.UTF-8"), Language::Portuguese);
        assert_eq!(Language::of("es"), Language::Spanish);
        assert_eq!(Language::of("C"), Language::English);
        assert_eq!(Language::of("espanto"), Language::English);
    }

    #[test]
    fn gaps_are_filled_cleaned_and_have_a_fallback() {
        let words = Words::new(Language::English);
        assert_eq!(
            words.fill(
                "{service} and {label}.",
                &[("label", "a\u{1b}[31m{service}")]
            ),
            "The service and a\\u{1b}[31m{service}."
        );
        assert_eq!(words.fill("{n} open {", &[("n", "2")]), "2 open {");
    }
}
