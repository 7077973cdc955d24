//! JSON Pointers (RFC 6901) with `*` for any member or item.
//!
//! Not here: what is done with what they find (`matcher`, `answer`).

use serde_json::Value;

/// A way into a JSON document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pointer(Vec<String>);

impl Pointer {
    /// Reads `""` or `/a/b`. Errors are sentences for a manifest's author.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Ok(Self(Vec::new()));
        }
        let rest = text
            .strip_prefix('/')
            .ok_or_else(|| format!("`{text}` is not a JSON Pointer"))?;
        Ok(Self(
            rest.split('/')
                .map(|part| part.replace("~1", "/").replace("~0", "~"))
                .collect(),
        ))
    }

    /// Everything it points at.
    pub fn find<'a>(&self, document: &'a Value) -> Vec<&'a Value> {
        let mut found = vec![document];
        for part in &self.0 {
            found = found
                .into_iter()
                .flat_map(|value| down(value, part))
                .collect();
        }
        found
    }

    /// The first text it points at, if not empty.
    pub fn text<'a>(&self, document: &'a Value) -> Option<&'a str> {
        self.find(document)
            .into_iter()
            .find_map(Value::as_str)
            .filter(|text| !text.is_empty())
    }
}

fn down<'a>(value: &'a Value, part: &str) -> Vec<&'a Value> {
    match (value, part) {
        (Value::Object(members), "*") => members.values().collect(),
        (Value::Array(items), "*") => items.iter().collect(),
        (Value::Object(members), name) => members.get(name).into_iter().collect(),
        (Value::Array(items), at) => index(at).and_then(|at| items.get(at)).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// RFC 6901, section 4: digits without a leading zero.
fn index(text: &str) -> Option<usize> {
    let plain =
        text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|_| plain)
}

/// The words in a node: a text; the texts of a list; the `message` or `detail` of an object.
pub fn words(node: &Value) -> Option<String> {
    let text = match node {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().filter_map(words).collect::<Vec<_>>().join(" "),
        Value::Object(members) => ["message", "detail"]
            .iter()
            .find_map(|name| words(members.get(*name)?))?,
        _ => return None,
    };
    let text = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty());
    let text = text.collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn finds_by_name_index_and_star() {
        let document = json!({"a": [{"b": 1}, {"b": 2}], "x/y": "slash"});
        let found = |text| {
            Pointer::parse(text)
                .unwrap()
                .find(&document)
                .into_iter()
                .cloned()
                .collect::<Vec<_>>()
        };
        assert_eq!(found("/a/1/b"), [json!(2)]);
        assert_eq!(found("/a/*/b"), [json!(1), json!(2)]);
        assert_eq!(found("/x~1y"), [json!("slash")]);
        assert_eq!(found(""), std::slice::from_ref(&document));
        assert!(found("/a/b").is_empty());
        assert!(Pointer::parse("a").is_err());
    }

    #[test]
    fn words_of_the_usual_shapes() {
        assert_eq!(words(&json!("plain")).as_deref(), Some("plain"));
        assert_eq!(
            words(&json!(["one.", "two."])).as_deref(),
            Some("one. two.")
        );
        assert_eq!(
            words(&json!([{"message": "Required.", "code": "required"}])).as_deref(),
            Some("Required.")
        );
        assert_eq!(
            words(&json!("a\n\u{1b}[31m b")).as_deref(),
            Some("a [31m b")
        );
        assert_eq!(words(&json!({"jwt": "x"})), None);
        assert_eq!(words(&json!(7)), None);
        assert_eq!(words(&json!("")), None);
    }
}
