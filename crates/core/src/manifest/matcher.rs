//! Matchers: does this status, this body fit a rule?
//!
//! Not here: the order of rules and what they mean (`answer`).

use serde_json::Value;

use super::pointer::Pointer;

/// Which statuses a rule fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    Any,
    Is(u16),
    /// The first digit.
    Class(u16),
    OneOf(Vec<Status>),
}

impl Status {
    pub fn fits(&self, status: u16) -> bool {
        match self {
            Self::Any => true,
            Self::Is(own) => *own == status,
            Self::Class(digit) => status / 100 == *digit,
            Self::OneOf(list) => list.iter().any(|one| one.fits(status)),
        }
    }

    /// Reads `300`, `"4xx"`, `"403"` or a list of them.
    pub fn read(value: &toml::Value) -> Result<Self, String> {
        match value {
            toml::Value::Integer(number) => match u16::try_from(*number) {
                Ok(number @ 100..=599) => Ok(Self::Is(number)),
                _ => Err(format!("{number} is not an HTTP status")),
            },
            toml::Value::String(text) => match text.as_bytes() {
                [digit @ b'1'..=b'5', b'x', b'x'] => Ok(Self::Class(u16::from(digit - b'0'))),
                _ => Err(format!("`{text}` is not a status: write 300 or \"4xx\"")),
            },
            toml::Value::Array(items) if !items.is_empty() => Ok(Self::OneOf(
                items.iter().map(Self::read).collect::<Result<_, _>>()?,
            )),
            other => Err(format!(
                "a status is a number, \"4xx\" or a list of them, not {}",
                other.type_str()
            )),
        }
    }
}

/// Which bodies a rule fits. A body that is not JSON fits only [`BodyRule::Anything`].
#[derive(Debug, Clone, PartialEq)]
pub enum BodyRule {
    Anything,
    All(Vec<(Pointer, Matcher)>),
    OneOf(Vec<BodyRule>),
}

impl BodyRule {
    pub fn fits(&self, body: Option<&Value>) -> bool {
        match (self, body) {
            (Self::Anything, _) => true,
            (_, None) => false,
            (Self::All(list), Some(body)) => list
                .iter()
                .all(|(pointer, matcher)| matcher.fits(&pointer.find(body))),
            (Self::OneOf(list), body) => list.iter().any(|rule| rule.fits(body)),
        }
    }

    /// Reads a table (all) or a list of tables (any).
    pub fn read(value: &toml::Value) -> Result<Self, String> {
        match value {
            toml::Value::Table(table) => {
                let read = |(pointer, matcher): (&String, &toml::Value)| {
                    let matcher = Matcher::read(matcher)
                        .map_err(|error| format!("at `{pointer}`: {error}"))?;
                    Ok((Pointer::parse(pointer)?, matcher))
                };
                Ok(Self::All(
                    table.iter().map(read).collect::<Result<_, String>>()?,
                ))
            }
            toml::Value::Array(items) if !items.is_empty() => Ok(Self::OneOf(
                items.iter().map(Self::read).collect::<Result<_, _>>()?,
            )),
            other => Err(format!(
                "`body` is a table of JSON Pointers or a list of such tables, not {}",
                other.type_str()
            )),
        }
    }
}

/// What stands at a pointer.
#[derive(Debug, Clone, PartialEq)]
pub enum Matcher {
    Equals(Value),
    /// A text at or below it contains one of these, without regard to case.
    Contains(Vec<String>),
    NotEmpty,
    /// Not there, or `null`.
    Absent,
    All(Vec<Matcher>),
    OneOf(Vec<Matcher>),
}

impl Matcher {
    fn fits(&self, found: &[&Value]) -> bool {
        match self {
            Self::Equals(own) => found.iter().any(|value| same(own, value)),
            Self::Contains(texts) => found.iter().any(|value| contains(value, texts)),
            Self::NotEmpty => found.iter().any(|value| !is_empty(value)),
            Self::Absent => found.iter().all(|value| value.is_null()),
            Self::All(list) => list.iter().all(|matcher| matcher.fits(found)),
            Self::OneOf(list) => list.iter().any(|matcher| matcher.fits(found)),
        }
    }

    fn read(value: &toml::Value) -> Result<Self, String> {
        match value {
            toml::Value::Table(table) if !table.is_empty() => {
                let mut all = table
                    .iter()
                    .map(|(name, value)| read_named(name, value))
                    .collect::<Result<Vec<_>, _>>()?;
                Ok(if all.len() == 1 {
                    all.remove(0)
                } else {
                    Self::All(all)
                })
            }
            toml::Value::Array(items) if !items.is_empty() => Ok(Self::OneOf(
                items.iter().map(Self::read).collect::<Result<_, _>>()?,
            )),
            toml::Value::Table(_) | toml::Value::Array(_) => {
                Err("an empty matcher fits nothing".to_owned())
            }
            toml::Value::String(text) => Ok(Self::Equals(Value::String(text.clone()))),
            toml::Value::Boolean(yes) => Ok(Self::Equals(Value::Bool(*yes))),
            toml::Value::Integer(number) => Ok(Self::Equals(Value::from(*number))),
            toml::Value::Float(number) => Ok(Self::Equals(Value::from(*number))),
            toml::Value::Datetime(_) => {
                Err("a matcher is a text, a number, true, false, a table or a list".to_owned())
            }
        }
    }
}

fn read_named(name: &str, value: &toml::Value) -> Result<Matcher, String> {
    match (name, value) {
        ("contains", value) => Ok(Matcher::Contains(read_texts(value)?)),
        ("not_empty", toml::Value::Boolean(true)) => Ok(Matcher::NotEmpty),
        ("absent", toml::Value::Boolean(true)) => Ok(Matcher::Absent),
        ("not_empty" | "absent", _) => Err(format!("`{name}` takes only true")),
        _ => {
            let hint = super::fault::did_you_mean(name, ["contains", "not_empty", "absent"]);
            Err(format!(
                "unknown matcher `{name}`: {}",
                hint.unwrap_or_else(|| "contains, not_empty or absent".to_owned())
            ))
        }
    }
}

/// A text, or a list of texts, in lower case.
pub fn read_texts(value: &toml::Value) -> Result<Vec<String>, String> {
    let one = |value: &toml::Value| match value {
        toml::Value::String(text) if !text.is_empty() => Ok(text.to_lowercase()),
        _ => Err("a text, or a list of texts, none empty".to_owned()),
    };
    match value {
        toml::Value::Array(items) if !items.is_empty() => items.iter().map(one).collect(),
        other => Ok(vec![one(other)?]),
    }
}

fn same(own: &Value, other: &Value) -> bool {
    match (own.as_f64(), other.as_f64()) {
        (Some(own), Some(other)) => own == other,
        _ => own == other,
    }
}

fn contains(value: &Value, texts: &[String]) -> bool {
    match value {
        Value::String(text) => holds_one(text, texts),
        Value::Array(items) => items.iter().any(|item| contains(item, texts)),
        Value::Object(members) => members.values().any(|member| contains(member, texts)),
        _ => false,
    }
}

/// Whether `text` contains one of the lower-case `texts`, without regard to case.
pub fn holds_one(text: &str, texts: &[String]) -> bool {
    let text = text.to_lowercase();
    texts.iter().any(|one| text.contains(one))
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rule(source: &str) -> Result<BodyRule, String> {
        let table: toml::Table = toml::from_str(&format!("body = {source}")).unwrap();
        BodyRule::read(&table["body"])
    }

    #[track_caller]
    fn fits(source: &str, body: &Value) -> bool {
        rule(source).unwrap().fits(Some(body))
    }

    #[test]
    fn statuses() {
        let read = |source: &str| {
            Status::read(&toml::from_str::<toml::Table>(&format!("s = {source}")).unwrap()["s"])
        };
        assert!(read("300").unwrap().fits(300));
        assert!(read("\"4xx\"").unwrap().fits(418) && !read("\"4xx\"").unwrap().fits(500));
        assert!(read("[401, \"2xx\"]").unwrap().fits(204));
        for wrong in ["99", "\"9xx\"", "\"abc\"", "[]", "true", "600"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_table_means_all_a_list_any() {
        let body = json!({"success": false, "message": "Already IN use", "n": 1});
        assert!(fits(
            r#"{ "/success" = false, "/message" = { contains = "in use" } }"#,
            &body
        ));
        assert!(!fits(
            r#"{ "/success" = true, "/message" = { contains = "in use" } }"#,
            &body
        ));
        assert!(fits(r#"[{ "/success" = true }, { "/n" = 1.0 }]"#, &body));
        assert!(fits(
            r#"{ "/message" = ["x", { contains = ["y", "already"] }] }"#,
            &body
        ));
        assert!(fits(
            r#"{ "/error" = { absent = true }, "/message" = { not_empty = true } }"#,
            &body
        ));
        assert!(!fits(r#"{ "/message" = { absent = true } }"#, &body));
        assert!(fits(r#"{ "/x" = { absent = true } }"#, &json!({"x": null})));
        assert!(
            !fits(r#"{ "/success" = "false" }"#, &body),
            "a text is not a boolean"
        );
    }

    #[test]
    fn what_is_not_json_never_fits() {
        assert!(!rule(r#"{ "/x" = { absent = true } }"#).unwrap().fits(None));
        assert!(BodyRule::Anything.fits(None));
    }

    #[test]
    fn mistakes_are_told() {
        assert!(
            rule(r#"{ "/x" = { containz = "a" } }"#)
                .unwrap_err()
                .contains("did you mean `contains`?")
        );
        assert!(rule(r#"{ "x" = 1 }"#).unwrap_err().contains("JSON Pointer"));
        assert!(rule(r#"{ "/x" = {} }"#).is_err());
        assert!(
            rule(r#"{ "/x" = { absent = false } }"#)
                .unwrap_err()
                .contains("only true")
        );
        assert!(rule("3").is_err());
    }
}
