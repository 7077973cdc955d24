//! Keychains that hang, lie, forget, are locked or slow: never a hang, never another kind of vault, never a second key.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use readdress_core::error::Code;
use readdress_core::view::{VaultKind, VaultState};

use crate::fake::{Mood, Room, keychain_env};

const LIMIT: Duration = Duration::from_millis(200);

/// Each bad mood, with what it is called where a key is there, and where the first one is made.
const MOODS: [(Mood, Code, &str, &str); 9] = [
    (Mood::Missing, Code::KeychainMissing, "", ""),
    (Mood::Locked, Code::KeychainMissing, "locked", "locked"),
    (Mood::Hangs, Code::KeychainMissing, "timed_out", "timed_out"),
    (Mood::Panics, Code::KeychainMissing, "failed", "failed"),
    (Mood::Forgets, Code::KeychainWrong, "no_entry", "not_kept"),
    (Mood::Lies, Code::KeychainWrong, "other_key", "not_kept"),
    (Mood::Garbage, Code::KeychainWrong, "format", "not_kept"),
    (Mood::Truncates, Code::KeychainWrong, "format", "not_kept"),
    (Mood::Ambiguous, Code::KeychainWrong, "format", "format"),
];

/// Only one that never answers is given up quickly: the others answer, on a busy machine a little later.
fn limit(mood: Mood) -> Duration {
    if mood == Mood::Hangs {
        LIMIT
    } else {
        Duration::from_secs(10)
    }
}

#[tokio::test]
async fn no_mood_makes_a_second_key_or_another_kind() {
    for (mood, code, reason, _) in MOODS {
        let room = Room::new();
        room.fill(&room.vault(keychain_env())).await;
        let users = room.keychain.users();
        room.keychain.set_mood(mood);
        let vault = room.vault_within(keychain_env(), limit(mood));
        let started = Instant::now();
        for _ in 0..3 {
            let problem = vault.key().await.unwrap_err();
            let found = problem.params.get("reason").map_or("", String::as_str);
            assert_eq!((problem.code, found), (code, reason), "{mood:?}");
        }
        assert!(started.elapsed() < Duration::from_secs(5), "{mood:?}");
        let view = vault.view();
        assert_eq!(
            (view.kind, view.state),
            (VaultKind::Keychain, VaultState::Broken),
            "{mood:?}"
        );
        assert_eq!(
            room.keychain.users(),
            users,
            "{mood:?}: the key stays, and no other is made"
        );
        if mood != Mood::Hangs {
            room.keychain.set_mood(Mood::Well);
            room.check(&vault).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_fresh_folder_gets_no_vault_from_a_bad_keychain() {
    for (mood, code, _, reason) in MOODS {
        let room = Room::new();
        room.keychain.set_mood(mood);
        let vault = room.vault_within(keychain_env(), limit(mood));
        let problem = vault.key().await.unwrap_err();
        let found = problem.params.get("reason").map_or("", String::as_str);
        assert_eq!((problem.code, found), (code, reason), "{mood:?}");
        assert_eq!(
            room.vault(keychain_env()).view().kind,
            VaultKind::Unset,
            "{mood:?}"
        );
        if mood != Mood::Hangs {
            room.keychain.set_mood(Mood::Well);
            room.fill(&vault).await;
            assert_eq!(
                room.keychain.users().len(),
                1,
                "{mood:?}: what failed is swept up"
            );
        }
    }
}

/// A hung one costs one wait and one thread, however often it is asked.
#[tokio::test]
async fn a_hanging_keychain_is_waited_for_once() {
    let room = Room::new();
    room.fill(&room.vault(keychain_env())).await;
    room.keychain.set_mood(Mood::Hangs);
    let before = room.keychain.asked.load(Ordering::SeqCst);
    let vault = room.vault_within(keychain_env(), LIMIT);
    vault.key().await.unwrap_err();
    let started = Instant::now();
    for _ in 0..100 {
        let problem = vault.key().await.unwrap_err();
        assert_eq!(problem.params["reason"], "timed_out");
    }
    assert!(started.elapsed() < 20 * LIMIT, "{:?}", started.elapsed());
    assert!(!vault.try_keychain().await);
    assert_eq!(
        room.keychain.asked.load(Ordering::SeqCst) - before,
        1,
        "one question hangs"
    );
}

/// Nine seconds of ten, each time: slow is not broken.
#[tokio::test]
async fn a_slow_keychain_is_waited_for() {
    let room = Room::new();
    room.keychain.set_mood(Mood::Slow(180));
    let limit = Duration::from_millis(400);
    let vault = room.vault_within(keychain_env(), limit);
    room.fill(&vault).await;
    vault.make_new_key(None).await.unwrap();
    room.check(&room.vault_within(keychain_env(), limit))
        .await
        .unwrap();
    assert_eq!(room.keychain.users().len(), 1);
}

/// It answers after all: what was asked meanwhile is not done behind anybody's back, and the next question is asked.
#[tokio::test]
async fn one_that_comes_back_is_asked_again() {
    let room = Room::new();
    room.fill(&room.vault(keychain_env())).await;
    room.keychain.set_mood(Mood::Slow(500));
    let vault = room.vault_within(keychain_env(), LIMIT);
    assert_eq!(vault.key().await.unwrap_err().params["reason"], "timed_out");
    room.keychain.set_mood(Mood::Well);
    tokio::time::sleep(Duration::from_millis(500)).await;
    room.check(&vault).await.unwrap();
}

#[tokio::test]
async fn one_that_loses_the_key_while_the_program_runs_is_told_at_the_next_start() {
    let room = Room::new();
    let vault = room.vault(keychain_env());
    room.fill(&vault).await;
    room.keychain.kept.lock().unwrap().clear();
    // What is open stays open: the key can still be moved to a safe place.
    room.check(&vault).await.unwrap();
    let next = room.vault(keychain_env());
    let problem = next.key().await.unwrap_err();
    assert_eq!(
        (problem.code, problem.params["reason"].as_str()),
        (Code::KeychainWrong, "no_entry")
    );
    assert!(
        room.keychain.users().is_empty(),
        "no second key while secrets exist"
    );
    vault.make_new_key(None).await.unwrap();
    room.check(&next).await.unwrap();
}
