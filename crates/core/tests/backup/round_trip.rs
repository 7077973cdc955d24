//! What was backed up is what comes back.

use readdress_core::change::{EventKind, State};
use readdress_core::view::{NetworkSettings, ProxyChoice};

use crate::support::{Place1, STATES};

#[tokio::test]
async fn everything_comes_back_under_another_key() {
    let from = Place1::with(40).await;
    let network = NetworkSettings {
        proxy: ProxyChoice::Own {
            url: "http://proxy.example:8080".to_owned(),
        },
        ca_file: None,
    };
    from.engine.set_network(&network).unwrap();
    let before = from.everything().await;
    let made = from.export().await.unwrap();
    assert_eq!((made.profiles, made.secrets, made.changes), (40, 80, 20));

    let to = Place1::new();
    let restored = to.restore(&from.file(), false).await.unwrap();
    assert_eq!(restored.backup, made);
    assert_eq!(restored.copy, None, "nothing was here");
    let after = to.everything().await;
    assert_eq!(after.profiles, before.profiles);
    assert_eq!(after.values, before.values, "codes that were given");
    assert_eq!(after.uses, before.uses);
    assert_eq!(after.settings, before.settings);
    assert_eq!(to.engine.network().unwrap(), network);
    let (old, new) = (
        from.engine.vault().key().await.unwrap(),
        to.engine.vault().key().await.unwrap(),
    );
    assert_ne!(old.id(), new.id());
    for (id, lines) in &before.events {
        assert_eq!(after.events[id][..lines.len()], lines[..]);
    }
    assert_eq!(from.everything().await, before, "a backup changes nothing");
}

/// The rule of open changes, in each state.
#[tokio::test]
async fn what_had_been_sent_is_unknown_and_ended_ones_stay() {
    let from = Place1::with(36).await;
    from.export().await.unwrap();
    let before = from.everything().await;
    let to = Place1::new();
    let restored = to.restore(&from.file(), false).await.unwrap();
    let after = to.everything().await;
    let mut seen = Vec::new();
    for view in to
        .engine
        .history(&Default::default(), None, 100, true)
        .unwrap()
        .items
    {
        let n = u32::try_from(view.id.as_u128() - 0x2000_0000).unwrap();
        let was = STATES[n as usize / 2 % STATES.len()];
        seen.push(was);
        let last = view.events.last().expect("a journal");
        if was.is_end() {
            assert_eq!(view.state, was);
            assert_eq!(after.changes[&view.id], before.changes[&view.id]);
            assert_eq!(after.events[&view.id], before.events[&view.id]);
            continue;
        }
        assert_eq!(last.kind, EventKind::Restored);
        assert_eq!(last.meaning.as_deref(), Some(was.as_str()));
        if was == State::Planned {
            assert_eq!(view.state, State::Planned);
            assert!(view.can.send);
        } else {
            assert_eq!(view.state, State::Unknown, "was {was:?}");
            assert!(view.can.settle && view.can.cancel);
            assert_eq!(
                view.problem.map(|problem| problem.code.as_str()).as_deref(),
                Some("restored")
            );
        }
    }
    assert!(STATES.iter().all(|state| seen.contains(state)), "{seen:?}");
    assert_eq!(restored.unknown, 8, "four states, twice each");
}

/// A second start finds nothing left to do, and a program that runs beside it sees all of it.
#[tokio::test]
async fn a_restored_folder_opens_again_and_for_others() {
    let from = Place1::with(10).await;
    from.export().await.unwrap();
    let to = Place1::new();
    let neighbour = crate::support::open(to.dir.path());
    to.restore(&from.file(), false).await.unwrap();
    assert_eq!(neighbour.profiles(None, 100).unwrap().items.len(), 10);
    let everything = to.everything().await;
    let again = crate::support::open(to.dir.path());
    assert_eq!(
        again.open_changes(false).unwrap().len(),
        to.engine.open_changes(false).unwrap().len()
    );
    assert_eq!(to.everything().await, everything);
}

/// One keyboard types `é` as one character, another as two.
#[tokio::test]
async fn a_passphrase_opens_it_however_the_keyboard_writes_it() {
    let place = Place1::with(1).await;
    let passphrase = |text: &str| readdress_core::secret::Secret::new(text);
    let lock = readdress_core::backup::Lock {
        passphrase: passphrase("cafe\u{301} au lait"),
        work_factor: 2,
    };
    place
        .engine
        .export_backup(&place.file(), lock, crate::support::quiet())
        .await
        .unwrap();
    for text in ["caf\u{e9} au lait", "cafe\u{301} au lait"] {
        let to = Place1::new();
        to.engine
            .restore_backup(
                &place.file(),
                passphrase(text),
                false,
                crate::support::quiet(),
            )
            .await
            .unwrap();
    }
}
