//! JSON that says one thing: a name that stands twice with two values makes a body unreadable.
//!
//! RFC 8259, section 4: what such an object means is unpredictable. One program's "last one counts" is another's "first".
//! Not here: pointers into it (`pointer`), what it means (`answer`).

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// A body as JSON; `None` where it is none, or is nested deeper than anything sane (serde_json's own limit).
/// A byte order mark may stand before it (RFC 8259, section 8.1).
pub fn read(body: &[u8]) -> Option<Value> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    serde_json::from_slice::<Strict>(body).ok().map(|it| it.0)
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Reading).map(Self)
    }
}

struct Reading;

impl<'de> Visitor<'de> for Reading {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, it: bool) -> Result<Value, E> {
        Ok(Value::Bool(it))
    }

    fn visit_i64<E>(self, it: i64) -> Result<Value, E> {
        Ok(Value::from(it))
    }

    fn visit_u64<E>(self, it: u64) -> Result<Value, E> {
        Ok(Value::from(it))
    }

    fn visit_f64<E>(self, it: f64) -> Result<Value, E> {
        Ok(Number::from_f64(it).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, it: &str) -> Result<Value, E> {
        Ok(Value::from(it))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Strict(item)) = from.next_element()? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some((name, Strict(value))) = from.next_entry::<String, Strict>()? {
            match members.get(&name) {
                Some(other) if *other != value => return Err(A::Error::custom("said twice")),
                _ => members.insert(name, value),
            };
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reads_what_serde_json_reads() {
        for text in [
            "null",
            "true",
            "-3",
            "1.5",
            "18446744073709551615",
            "\"a\\u00e9\\n\"",
            "[]",
            "{\"a\":[1,{\"b\":null}],\"c\":\"d\"}",
            " {\"a\" : 1} ",
        ] {
            assert_eq!(
                read(text.as_bytes()),
                serde_json::from_str(text).ok(),
                "{text}"
            );
            assert!(read(text.as_bytes()).is_some(), "{text}");
        }
        for text in ["", "{", "{\"a\":1,}", "nul", "{} {}", "\u{feff}\u{feff}{}"] {
            assert_eq!(read(text.as_bytes()), None, "{text}");
        }
        assert_eq!(read("\u{feff}{}".as_bytes()), Some(json!({})));
        assert_eq!(read(b"\"\xff\""), None);
    }

    #[test]
    fn a_name_with_two_values_says_nothing() {
        assert_eq!(read(br#"{"a":1,"a":1}"#), Some(json!({"a": 1})));
        assert_eq!(read(br#"{"a":1,"a":2}"#), None);
        assert_eq!(read(br#"{"x":[{"a":true,"\u0061":false}]}"#), None);
    }

    #[test]
    fn depth_is_an_error_and_no_crash() {
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        assert_eq!(read(deep.as_bytes()), None);
    }

    proptest::proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            read(&bytes);
        }
    }
}
