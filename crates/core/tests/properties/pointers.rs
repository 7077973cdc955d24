//! JSON Pointers, beside the ones of serde_json.

use proptest::prelude::*;
use readdress_core::manifest::Pointer;
use serde_json::{Value, json};

fn document() -> impl Strategy<Value = Value> {
    let name = "[a-c~/0-1 *é]{0,3}";
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        name.prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 5, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::btree_map(name, inner, 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Every place in the document, with its pointer.
fn places(at: &str, value: &Value, found: &mut Vec<(String, Value)>) {
    found.push((at.to_owned(), value.clone()));
    match value {
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(index, item)| places(&format!("{at}/{index}"), item, found)),
        Value::Object(members) => members.iter().for_each(|(name, item)| {
            let name = name.replace('~', "~0").replace('/', "~1");
            places(&format!("{at}/{name}"), item, found);
        }),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_place_has_a_pointer(document in document()) {
        let mut all = Vec::new();
        places("", &document, &mut all);
        for (pointer, value) in all {
            if pointer.split('/').any(|part| part == "*") {
                continue;
            }
            let found = Pointer::parse(&pointer).expect("a pointer");
            prop_assert_eq!(found.find(&document), [&value], "{}", pointer);
        }
    }

    #[test]
    fn it_finds_what_serde_json_finds(document in document(), pointer in "(/([a-c0-1é+ -]|~0|~1|01|\\+1){0,3}){0,4}") {
        let found = Pointer::parse(&pointer).expect("a pointer").find(&document);
        let other: Vec<&Value> = document.pointer(&pointer).into_iter().collect();
        prop_assert_eq!(found, other, "{}", pointer);
    }

    #[test]
    fn a_star_finds_each_child(document in document()) {
        let children: Vec<&Value> = match &document {
            Value::Array(items) => items.iter().collect(),
            Value::Object(members) => members.values().collect(),
            _ => Vec::new(),
        };
        prop_assert_eq!(Pointer::parse("/*").expect("a pointer").find(&document), children);
    }
}

#[test]
fn an_index_is_written_in_one_way() {
    let document = json!(["zero", "one"]);
    let text = |pointer: &str| {
        let pointer = Pointer::parse(pointer).expect("a pointer");
        pointer.text(&document).map(str::to_owned)
    };
    assert_eq!(text("/1").as_deref(), Some("one"));
    for other in ["/01", "/+1", "/-1", "/1 ", "/2"] {
        assert_eq!(text(other), None, "{other}");
    }
}
