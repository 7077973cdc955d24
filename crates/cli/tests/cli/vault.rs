//! Where the key comes from, and exit 4 with the line that helps where there is none.

use readdress_sandbox::Service;
use serde_json::json;

use crate::stage::{NEW, Stage, account};

const PASSPHRASE: &str = "four words nobody guesses";

/// Adds a Webshare profile to a fresh folder under a passphrase.
fn with_passphrase(stage: &Stage) {
    let secrets = account(Service::Webshare).secrets;
    let add = [
        "profile",
        "add",
        "--service",
        "webshare",
        "--label",
        "w",
        "--secret",
        "api_key=K",
        "password=P",
        "--json",
    ];
    let url = stage.sandbox.urls().webshare.clone();
    let call = stage
        .bare(&add)
        .arg("--base-url")
        .arg(&url)
        .env("K", secrets["api_key"])
        .env("P", secrets["password"]);
    call.env("READDRESS_PASSPHRASE", PASSPHRASE).run().ends(0);
}

#[test]
fn a_passphrase_opens_what_it_closed_and_nothing_else_does() {
    let stage = Stage::new();
    with_passphrase(&stage);
    let change = ["change", "w", "--to", NEW, "--json"];
    let locked = stage.bare(&change).run().ends(4);
    assert_eq!(locked.error(), "vault_locked");
    assert!(locked.stderr.contains("READDRESS_PASSPHRASE"), "{locked:?}");
    let wrong = stage
        .bare(&change)
        .env("READDRESS_PASSPHRASE", "not this passphrase")
        .run()
        .ends(4);
    assert_eq!(wrong.error(), "passphrase_wrong");
    let other = stage.with_key(&change).run().ends(4);
    assert_eq!(
        other.error(),
        "key_file_invalid",
        "a variable that does not fit is an error, never a second vault"
    );
    assert_eq!(
        stage.sandbox.count(Service::Webshare, "request").received,
        0
    );

    let status = stage
        .bare(&["vault", "status", "--json"])
        .run()
        .ends(0)
        .json();
    assert_eq!(
        (&status["kind"], &status["state"]),
        (&json!("passphrase"), &json!("locked"))
    );
    assert_eq!(
        stage
            .bare(&["vault", "status", "--open", "--json"])
            .run()
            .ends(4)
            .error(),
        "vault_locked"
    );
    stage
        .bare(&change)
        .env("READDRESS_PASSPHRASE", PASSPHRASE)
        .run()
        .ends(0);
    // Lists and cancelling need no key.
    stage.bare(&["pending", "--json"]).run().ends(0);
    stage.bare(&["cancel", "w", "--json"]).run().ends(0);
}

/// Elsewhere a keychain answers, and it would be the developer's own.
#[cfg(target_os = "linux")]
#[test]
fn a_fresh_folder_without_any_place_for_a_key() {
    let stage = Stage::new();
    let add = [
        "profile",
        "add",
        "--service",
        "webshare",
        "--label",
        "w",
        "--secret",
        "api_key=K",
        "--json",
    ];
    let none = stage
        .bare(&add)
        .env("K", "key-0000000000000000000000000000000000001")
        .run()
        .ends(4);
    assert_eq!(none.error(), "keychain_missing");
    assert!(none.stderr.contains("READDRESS_KEY_FILE"), "{none:?}");
    let short = stage
        .bare(&add)
        .env("K", "key")
        .env("READDRESS_PASSPHRASE", "short")
        .run()
        .ends(4);
    assert_eq!(short.error(), "passphrase_too_short");
    let both = stage
        .with_key(&add)
        .env("K", "key")
        .env("READDRESS_PASSPHRASE", PASSPHRASE)
        .run()
        .ends(4);
    assert_eq!(both.error(), "key_file_invalid");
    assert_eq!(
        stage.bare(&["profile", "list", "--json"]).run().json(),
        json!([])
    );
    assert_eq!(
        stage.bare(&["vault", "status", "--json"]).run().json()["kind"],
        "unset"
    );
}

#[test]
fn key_files_are_made_once_and_read_by_their_owner_only() {
    let stage = Stage::new();
    let path = stage.folder.path().join("another key");
    let path = path.to_str().expect("a path");
    let made = stage
        .bare(&["vault", "new-key", path, "--json"])
        .run()
        .ends(0)
        .json();
    assert_eq!(made, json!({ "file": path }));
    assert_eq!(
        stage
            .bare(&["vault", "new-key", path, "--json"])
            .run()
            .ends(4)
            .error(),
        "key_file_invalid"
    );
    let text = std::fs::read_to_string(path).expect("a file");
    assert!(
        !stage
            .bare(&["vault", "new-key", path])
            .run()
            .stderr
            .contains(text.lines().nth(1).expect("a key"))
    );

    stage.add(Service::ZApi, "z");
    let with = |file: &str| {
        stage
            .bare(&["read", "z", "--json"])
            .env("READDRESS_KEY_FILE", file)
            .run()
    };
    assert_eq!(
        with(path).ends(4).error(),
        "key_file_invalid",
        "another key"
    );
    assert_eq!(with("/nonexistent/key").ends(4).error(), "key_file_invalid");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let own = stage.folder.path().join("key");
        std::fs::set_permissions(&own, std::fs::Permissions::from_mode(0o644))
            .expect("permissions");
        let open = stage.json(&["read", "z"]).ends(4);
        assert_eq!(open.error(), "key_file_invalid");
        assert!(open.stderr.contains("chmod 600"), "{open:?}");
        std::fs::set_permissions(&own, std::fs::Permissions::from_mode(0o600))
            .expect("permissions");
    }
    stage.json(&["read", "z"]).ends(0);
}

#[test]
fn a_vault_is_set_up_once() {
    let stage = Stage::new();
    let set_up = stage
        .with_key(&["vault", "set-up", "--key-file", "--json"])
        .run()
        .ends(0)
        .json();
    assert_eq!(
        (&set_up["kind"], &set_up["state"]),
        (&json!("key_file"), &json!("open"))
    );
    let again = stage
        .with_key(&["vault", "set-up", "--key-file", "--json"])
        .run()
        .ends(1);
    assert_eq!(again.error(), "busy");
    assert!(again.stderr.contains("has its vault already"), "{again:?}");
    stage.bare(&["vault", "set-up", "--json"]).run().ends(2);
}
