//! One program changes the key while another seals and opens: nothing is lost, nothing is sealed for nobody.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use readdress_core::ask::{NewProfile, ProfileEdit, RequestChange};
use readdress_core::engine::{Engine, Options};
use readdress_core::error::Code;
use readdress_core::vault::new_key_file;

use crate::fake::{key_file_env, secret};

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn keys_change_while_secrets_are_sealed_and_opened() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let dir = tempfile::tempdir().unwrap();
    let key = dir.path().join("key");
    new_key_file(&key).unwrap();
    let open = || {
        Engine::open(Options {
            data_dir: Some(dir.path().join("data")),
            vault: key_file_env(key.clone()),
            ..Options::default()
        })
        .unwrap()
    };
    // Each engine has its own lock and connections, so they stand for three programs.
    let [changer, writer, reader] = [open(), open(), open()];
    let profile = NewProfile {
        service: "webshare".to_owned(),
        label: "w".to_owned(),
        base_url: None,
        fields: BTreeMap::new(),
        secrets: BTreeMap::from([("api_key".to_owned(), secret("first"))]),
        draft: None,
    };
    let id = writer.add_profile(profile).await.unwrap().id;
    let done = Arc::new(AtomicBool::new(false));

    let changing = tokio::spawn({
        let done = Arc::clone(&done);
        async move {
            for _ in 0..60 {
                match changer.vault().make_new_key(None).await {
                    Ok(()) => {}
                    Err(problem) => {
                        assert!(
                            matches!(problem.code, Code::Busy | Code::DatabaseBusy),
                            "{problem:?}"
                        );
                    }
                }
            }
            done.store(true, Ordering::SeqCst);
            changer
        }
    });
    let writing = tokio::spawn({
        let done = Arc::clone(&done);
        async move {
            let (mut last, mut n) = ("first".to_owned(), 0);
            while !done.load(Ordering::SeqCst) {
                n += 1;
                let next = format!("secret {n}");
                let edit = ProfileEdit {
                    secrets: BTreeMap::from([("api_key".to_owned(), secret(&next))]),
                    ..ProfileEdit::default()
                };
                match writer.edit_profile(id, edit).await {
                    Ok(_) => last = next,
                    Err(problem) => assert_eq!(problem.code, Code::Busy, "{problem:?}"),
                }
            }
            (last, n)
        }
    });
    let reading = tokio::spawn(async move {
        let mut looks = 0;
        while !done.load(Ordering::SeqCst) {
            // Its secrets are opened, and then one that was never given is missed: nothing is sent.
            let ask = RequestChange {
                profile_id: id,
                to: "new@example.org".to_owned(),
                secrets: BTreeMap::new(),
                replace: false,
                anyway: false,
                undo_of: None,
            };
            let problem = reader.request_change(ask).await.unwrap_err();
            assert_eq!(problem.code, Code::FieldMissing, "{problem:?}");
            looks += 1;
        }
        looks
    });
    let changer = changing.await.unwrap();
    let (last, writes) = writing.await.unwrap();
    let looks = reading.await.unwrap();
    assert!(writes > 20 && looks > 20, "{writes} writes, {looks} looks");
    let db = readdress_core::db::Db::open(
        &readdress_core::folder::Folder::open(&dir.path().join("data")).unwrap(),
    )
    .unwrap();
    let key = changer.vault().key().await.unwrap();
    let held = readdress_core::vault::open_secrets(&key, id, &db.secrets(id).unwrap()).unwrap();
    assert_eq!(held["api_key"].expose(), last);
}

/// Two clicks on *new key*: the second began with the key of before, and nothing is damaged.
#[tokio::test]
async fn a_key_that_was_replaced_meanwhile_is_told_as_busy() {
    let room = crate::fake::Room::new();
    new_key_file(&room.key_file()).unwrap();
    let vault = room.vault(key_file_env(room.key_file()));
    room.fill(&vault).await;
    // Whether they meet is the scheduler's to say: where one has ended before the other looks, both make a key.
    let mut lost = None;
    for _ in 0..200 {
        let (first, second) = tokio::join!(vault.make_new_key(None), vault.make_new_key(None));
        let problems: Vec<_> = [first, second]
            .into_iter()
            .filter_map(Result::err)
            .collect();
        assert!(problems.len() < 2, "one of them wins: {problems:?}");
        room.check(&vault).await.unwrap();
        if let Some(problem) = problems.into_iter().next() {
            lost = Some(problem.code);
            break;
        }
    }
    assert_eq!(lost, Some(Code::Busy), "they meet");
}
