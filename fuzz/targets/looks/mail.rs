//! Any bytes as what a person pastes: a code, a link, a whole mail, a service's URL, a curl line, an address.
//!
//! Not here: which of several numbers is the code (`crates/core/tests/code.rs`).

use std::sync::LazyLock;

use readdress_core::email::{self, EmailAddress};
use readdress_core::mail::{Waits, understand};
use readdress_core::manifest::{Catalog, read_pasted};
use readdress_core::secret::clip_says;
use readdress_core::typo::suggest;

/// What each step of each shipped service waits for, and a step that documents nothing.
static WAITS: LazyLock<Vec<Waits>> = LazyLock::new(|| {
    let shipped = Catalog::shipped().all();
    let steps = shipped.iter().flat_map(|manifest| manifest.steps.values());
    let documented = steps
        .filter_map(|step| step.waits_for.as_ref())
        .map(|waits| waits.for_address(Some("ana@new.example".to_owned())));
    documented.chain([Waits::default()]).collect()
});

/// Panics where something does not hold.
pub fn look(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for waits in WAITS.iter() {
        let understood = understand(&text, waits);
        let sendable = understood.value.iter().chain(&understood.choices);
        for value in sendable {
            assert!(!value.is_empty(), "nothing is not a code");
            assert!(
                !value.contains(char::is_control),
                "what is sent can be shown: {value:?}"
            );
        }
        assert!(
            understood.value.is_none() || understood.problem.is_none(),
            "a value, or why there is none"
        );
        assert!(
            understood.value.is_some() || understood.problem.is_some(),
            "nothing is understood without a word"
        );
    }
    let _ = read_pasted(&Catalog::shipped(), &text);
    if let Ok(address) = EmailAddress::parse(&text) {
        assert_eq!(
            EmailAddress::parse(address.as_str()).as_ref(),
            Ok(&address),
            "an address reads as itself"
        );
        assert!(email::same(address.as_str(), &text));
        let _ = suggest(address.domain(), &["new.example".to_owned()]);
    }
    let shown = clip_says(&text, 300);
    assert!(shown.chars().count() <= 300 && !shown.contains(char::is_control));
}
