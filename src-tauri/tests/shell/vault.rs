//! The vault over IPC. Here without a variable, so that the page is asked.

use readdress_core::vault::VaultEnv;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::Shown;

const FIRST: &str = "correct horse battery";
const SECOND: &str = "staple of the second kind";

fn profile() -> Value {
    json!({ "profile": {
        "service": "webshare", "label": "Pool", "fields": {}, "base_url": null, "draft": null,
        "secrets": { "api_key": "abcdefghijklmnopqrstuvwxyz0123456789abcd" },
    }})
}

#[test]
fn the_first_secret_asks_for_a_vault_and_a_passphrase_keeps_it() {
    let folder = TempDir::new().expect("a folder");
    let shown = Shown::open(folder.path(), VaultEnv::default());
    assert_eq!(shown.code("add_profile", profile()), "vault_unset");
    let short = json!({ "kind": "passphrase", "passphrase": "short" });
    assert_eq!(shown.code("set_up_vault", short), "passphrase_too_short");
    let view = shown.get(
        "set_up_vault",
        json!({ "kind": "passphrase", "passphrase": FIRST }),
    );
    assert_eq!(
        (&view["kind"], &view["state"]),
        (&json!("passphrase"), &json!("open"))
    );
    shown.get("add_profile", profile());

    assert_eq!(shown.get("lock_vault", json!({}))["state"], "locked");
    let page = json!({ "after": null, "limit": 10 });
    let id = shown.get("list_profiles", page)["items"][0]["id"].clone();
    assert_eq!(
        shown.code("read_profile", json!({ "id": id })),
        "vault_locked"
    );
    assert_eq!(
        shown.code("unlock_vault", json!({ "passphrase": SECOND })),
        "passphrase_wrong"
    );
    assert_eq!(
        shown.get("unlock_vault", json!({ "passphrase": FIRST }))["state"],
        "open"
    );

    assert_eq!(
        shown.code(
            "change_passphrase",
            json!({ "current": SECOND, "next": SECOND })
        ),
        "passphrase_wrong"
    );
    shown.get(
        "change_passphrase",
        json!({ "current": FIRST, "next": SECOND }),
    );
    assert_eq!(
        shown.code("make_new_key", json!({})),
        "vault_locked",
        "a new key needs the passphrase"
    );
    shown.get("make_new_key", json!({ "passphrase": SECOND }));
    shown.close();

    let shown = Shown::open(folder.path(), VaultEnv::default());
    assert_eq!(
        shown.get("get_app_state", json!({}))["vault"]["state"],
        "locked"
    );
    let reset = json!({ "kind": "passphrase", "passphrase": FIRST });
    assert_eq!(shown.get("reset_vault", reset)["state"], "open");
    let page = json!({ "after": null, "limit": 10 });
    assert_eq!(
        shown.get("list_profiles", page)["items"][0]["has_secret"],
        json!({})
    );
    let answers = shown.answers.lock().expect("no panic").clone();
    assert!(!answers.contains(FIRST) && !answers.contains(SECOND));
}
