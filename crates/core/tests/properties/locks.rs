//! What else may lie in `locks/`: no name makes a living process, and no foreign file is taken away.

use proptest::prelude::*;
use readdress_core::folder::Folder;
use uuid::Uuid;

fn name() -> impl Strategy<Value = String> {
    let id = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-7[0-9a-fA-F]{3}-[89ab][0-9a-fA-F]{3}-[0-9a-fA-F]{12}";
    prop_oneof![
        "[a-zA-Z0-9._ {}é-]{1,40}",
        id,
        id.prop_map(|id| format!("{{{id}}}")),
        id.prop_map(|id| format!("new-{id}")),
        id.prop_map(|id| format!("urn-{id}.tmp")),
        id.prop_map(|id| id.replace('-', "")),
    ]
    .prop_filter("a file name", |name| {
        !matches!(name.trim(), "" | "." | "..")
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_foreign_file_lives_or_is_lost(names in proptest::collection::btree_set(name(), 0..12)) {
        let place = tempfile::tempdir().expect("a folder");
        let folder = Folder::open(&place.path().join("data")).expect("the folder opens");
        let lock = folder.lock_process().expect("a lock");
        let locks = folder.path().join("locks");
        for name in &names {
            std::fs::write(locks.join(name), name).expect("a file");
        }
        prop_assert_eq!(folder.living_processes(), [lock.id()]);
        for name in names {
            // The name that a lock has, of a process that is gone, goes; everything else stays.
            let is_lock = Uuid::try_parse(&name).is_ok_and(|id| id.to_string() == name);
            prop_assert_eq!(locks.join(&name).exists(), !is_lock, "{}", name);
        }
    }
}
