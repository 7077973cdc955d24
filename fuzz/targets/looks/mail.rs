//! Any bytes as what a person pastes: a code, a link, a whole mail, a service's URL, a curl line, an address; and as a mail
//! that arrives in a watched mailbox.
//!
//! Not here: which of several numbers is the code (`crates/core/tests/mail_corpus`).

use std::sync::LazyLock;

use jiff::Timestamp;
use readdress_core::email::{self, EmailAddress};
use readdress_core::mail::arrived::{Envelope, Verdict, Waiting, WaitingList};
use readdress_core::mail::{Waits, understand};
use readdress_core::manifest::{Catalog, read_pasted};
use readdress_core::secret::{Secret, clip_says};
use readdress_core::typo::suggest;
use uuid::Uuid;

/// What each step of each shipped service waits for, and a step that documents nothing.
static WAITS: LazyLock<Vec<Waits>> = LazyLock::new(|| {
    let shipped = Catalog::shipped().all();
    let steps = shipped.iter().flat_map(|manifest| manifest.steps.values());
    let documented = steps
        .filter_map(|step| step.waits_for.as_ref())
        .map(|waits| waits.for_address(Some("ana@new.example".to_owned())));
    documented.chain([Waits::default()]).collect()
});

/// When all mails come, and were asked for.
const NOW: Timestamp = Timestamp::constant(1_795_169_700, 0);

/// A change at each shipped service that waits at one address, one elsewhere, and each of them alone.
static LISTS: LazyLock<Vec<WaitingList>> = LazyLock::new(|| {
    let all: Vec<Waiting> = WAITS
        .iter()
        .cloned()
        .enumerate()
        .map(|(index, waits)| Waiting {
            change: Uuid::from_u128(index as u128 + 1),
            waits: Waits {
                address: Some("ana@new.example".to_owned()),
                ..waits
            },
            since: NOW,
            senders: (index == 1)
                .then(|| "known@mailer.example".to_owned())
                .into_iter()
                .collect(),
            refused: vec![Secret::new("111111")],
            tried: index == 2,
        })
        .collect();
    let alone = all.iter().map(|one| WaitingList::new(vec![one.clone()]));
    let lists = alone.chain([WaitingList::new(all.clone())]);
    lists.collect()
});

/// Panics where something does not hold of a mail that arrives.
fn arrive(raw: &[u8]) {
    let envelope = Envelope::read(raw);
    for list in LISTS.iter() {
        let verdicts = list.judge_each(raw, NOW);
        assert!(!verdicts.is_empty(), "something becomes of every mail");
        let ours = !matches!(verdicts[0], Verdict::NotOurs);
        assert_eq!(
            ours,
            list.concerns(&envelope, NOW),
            "the header tells whose it is"
        );
        let mut changes = Vec::new();
        for verdict in &verdicts {
            match verdict {
                Verdict::NotOurs => assert_eq!(verdicts.len(), 1),
                Verdict::Nothing { change, .. } => changes.push(*change),
                Verdict::Use { change, value, .. } => {
                    assert_eq!(verdicts.len(), 1, "a mail is used for one change only");
                    changes.push(*change);
                    sound(value);
                }
                Verdict::Ask {
                    change, choices, ..
                } => {
                    assert!(
                        (1..=6).contains(&choices.len()),
                        "there is something to choose"
                    );
                    changes.push(*change);
                    choices.iter().for_each(sound);
                }
            }
        }
        let many = changes.len();
        changes.sort_unstable();
        changes.dedup();
        assert_eq!(changes.len(), many, "each change once");
    }
}

fn sound(value: &Secret) {
    let value = value.expose();
    assert!(!value.is_empty() && !value.contains(char::is_control));
    assert_ne!(value, "111111", "what was refused is not offered again");
}

/// Panics where something does not hold.
pub fn look(bytes: &[u8]) {
    arrive(bytes);
    let addressed = [&b"To: ana@new.example\r\n"[..], bytes].concat();
    arrive(&addressed);
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
