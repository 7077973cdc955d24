//! A password goes in and never out: not into a file, a view, a problem, or what is printed.

use std::time::Duration;

use readdress_canary::Search;
use readdress_core::ask::NewMailbox;
use readdress_core::backup::Lock;
use readdress_core::secret::Secret;
use readdress_core::view::VaultKind;

use crate::stage::{Stage, silent, typed};

const FIRST: &str = "p0st+fach/geheim ÿ one";
const SECOND: &str = "p0st+fach/geheim ÿ two";

#[tokio::test]
async fn no_file_holds_it_and_nothing_says_it() {
    let stage = Stage::new();
    let engine = &stage.engine;
    let with = |password: &str| NewMailbox {
        password: Some(Secret::new(password)),
        ..typed()
    };
    let mut said = vec![format!("{:?}", with(FIRST))];
    let one = engine.add_mailbox(with(FIRST)).await.unwrap();
    said.push(serde_json::to_string(&one).unwrap());
    let two = engine.edit_mailbox(one.id, with(SECOND)).await.unwrap();
    said.push(format!("{two:?}"));
    engine.edit_mailbox(one.id, silent()).await.unwrap();
    engine.vault().make_new_key(None).await.unwrap();
    for new in [
        NewMailbox {
            host: "a b".to_owned(),
            ..with(FIRST)
        },
        NewMailbox {
            user: "\n".to_owned(),
            ..with(FIRST)
        },
        with(&format!("{FIRST}\r\n")),
    ] {
        let problem = engine.add_mailbox(new.clone()).await.unwrap_err();
        said.push(serde_json::to_string(&problem).unwrap());
        let problem = engine.test_mailbox(Some(one.id), new).await.unwrap_err();
        said.push(format!("{problem:?}"));
    }
    // Nobody listens there.
    let nobody = NewMailbox {
        host: "127.0.0.1".to_owned(),
        port: 1,
        ..with(FIRST)
    };
    let tried = engine.test_mailbox(None, nobody).await.unwrap();
    assert!(!tried.works);
    said.push(serde_json::to_string(&tried).unwrap());
    let file = stage.folder.path().join("a backup.age");
    let lock = Lock {
        passphrase: Secret::new("four words nobody guesses"),
        work_factor: 2,
    };
    engine
        .export_backup(&file, lock, std::sync::Arc::new(|_| {}))
        .await
        .unwrap();
    said.push(engine.diagnostics().await.unwrap());

    let search = Search::new([("the first", FIRST), ("the second", SECOND)]);
    // It would find them.
    assert!(
        !search
            .bytes("here", format!("x{FIRST}x").as_bytes())
            .is_empty()
    );
    let files = search.files(stage.folder.path(), &[]);
    let bytes: u64 = files
        .iter()
        .map(|file| std::fs::metadata(file).unwrap().len())
        .sum();
    assert!(bytes > 10_000, "the database was looked at");
    assert_eq!(search.folder(stage.folder.path(), &[]), []);
    for text in &said {
        assert_eq!(search.bytes("what was said", text.as_bytes()), []);
    }
}

/// The sealed bytes of a password that was replaced, or whose mailbox is gone, do not lie on.
#[tokio::test]
async fn what_was_sealed_goes_with_its_row() {
    let stage = Stage::new();
    let engine = &stage.engine;
    let sealed = || -> Vec<u8> {
        let raw = stage.raw();
        raw.query_row("SELECT password FROM mailboxes", [], |row| row.get(0))
            .unwrap()
    };
    let lies = |needle: &[u8]| {
        let file = stage.folder.path().join("data/readdress.db");
        let bytes = std::fs::read(file).unwrap();
        bytes.windows(needle.len()).any(|part| part == needle)
    };
    let one = engine.add_mailbox(typed()).await.unwrap();
    let first = sealed();
    engine.edit_mailbox(one.id, typed()).await.unwrap();
    let second = sealed();
    assert_ne!(first, second);
    // Brings the log into the file. Somebody may be reading: then it says so, and is asked again.
    let checkpoint = || {
        let raw = stage.raw();
        raw.busy_timeout(Duration::from_secs(10)).unwrap();
        let busy = || -> bool {
            let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
            raw.query_row(sql, [], |row| row.get(0)).unwrap()
        };
        let mut tries = 0;
        while busy() {
            tries += 1;
            assert!(tries < 500, "the log is read for ever");
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    checkpoint();
    assert!(lies(&second) && !lies(&first));
    engine
        .vault()
        .reset(VaultKind::KeyFile, None)
        .await
        .unwrap();
    engine
        .add_mailbox(NewMailbox {
            user: "ana@acme.example".to_owned(),
            ..typed()
        })
        .await
        .unwrap();
    checkpoint();
    assert!(!lies(&second));
    let third = {
        let raw = stage.raw();
        let find = "SELECT password FROM mailboxes WHERE password IS NOT NULL";
        raw.query_row(find, [], |row| row.get::<_, Vec<u8>>(0))
            .unwrap()
    };
    assert!(lies(&third));
    let ana = engine.find_mailbox("ana@acme.example").unwrap();
    engine.remove_mailbox(ana).await.unwrap();
    checkpoint();
    assert!(!lies(&third));
}
