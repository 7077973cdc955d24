//! Mailboxes over IPC. Watching them is core's, and tested there.

use serde_json::{Value, json};

use crate::support::{Home, Shown};

const PASSWORD: &str = "made-up-mail-password-5f1c";

/// Nobody listens there: the discard port.
pub fn mailbox(user: &str, serves: &[&str]) -> Value {
    json!({
        "user": user, "host": "127.0.0.1", "port": 9, "tls": "implicit", "ca_file": null, "serves": serves,
        "password": PASSWORD,
    })
}

fn list(shown: &Shown) -> Vec<Value> {
    let all = shown.get("list_mailboxes", json!({}));
    all.as_array().expect("a list").clone()
}

#[test]
fn a_mailbox_is_added_edited_and_removed_and_its_password_never_comes_back() {
    let home = Home::new();
    let shown = home.open();
    assert!(list(&shown).is_empty());
    let new = mailbox("ops@one.example", &["*@one.example"]);
    let added = shown.get("add_mailbox", json!({ "mailbox": new }));
    assert_eq!(
        (&added["user"], &added["port"]),
        (&json!("ops@one.example"), &json!(9))
    );
    assert_eq!(
        (&added["has_password"], &added["tls"]),
        (&json!(true), &json!("implicit"))
    );
    assert_eq!(list(&shown).len(), 1);
    assert_eq!(
        shown.code("add_mailbox", json!({ "mailbox": new })),
        "mailbox_twice"
    );

    let mut edit = new;
    edit["password"] = Value::Null;
    edit["serves"] = json!(["*@one.example", "ops@two.example"]);
    let edited = shown.get(
        "edit_mailbox",
        json!({ "id": added["id"], "mailbox": edit }),
    );
    assert_eq!(
        (&edited["has_password"], &edited["serves"][1]),
        (&json!(true), &json!("ops@two.example"))
    );
    edit["host"] = json!("127.0.0.2");
    let elsewhere = json!({ "id": added["id"], "mailbox": edit });
    assert_eq!(
        shown.code("edit_mailbox", elsewhere),
        "mail_password_needed",
        "a password goes to the host that it was given for"
    );

    shown.get("look_for_mail", json!({}));
    shown.get("remove_mailbox", json!({ "id": added["id"] }));
    assert!(list(&shown).is_empty());
    assert_eq!(
        shown.code("remove_mailbox", json!({ "id": added["id"] })),
        "mailbox_unknown"
    );
    let answers = shown.answers.lock().expect("no test panicked here");
    assert!(!answers.contains(PASSWORD));
}

#[test]
fn a_server_that_does_not_listen_is_told_at_the_step_where_it_fails() {
    let home = Home::new();
    let shown = home.open();
    let new = mailbox("ops@one.example", &[]);
    let tried = shown.get("test_mailbox", json!({ "id": null, "mailbox": new }));
    assert_eq!(tried["works"], false);
    let steps = tried["steps"].as_array().expect("steps");
    let failed = steps
        .iter()
        .find(|step| step["ok"] == false)
        .expect("one that failed");
    assert_eq!(
        (&failed["id"], &failed["problem"]["code"]),
        (&json!("port"), &json!("mail_unreachable"))
    );
    assert!(list(&shown).is_empty(), "a try keeps nothing");
    let mut new = new;
    new["password"] = Value::Null;
    let unknown = json!({ "id": uuid(), "mailbox": new });
    assert_eq!(shown.code("test_mailbox", unknown), "mailbox_unknown");
}

#[test]
fn where_mail_is_read_is_known_without_asking_anybody() {
    let home = Home::new();
    let shown = home.open();
    let find = |address: &str| {
        shown.get(
            "find_mail_server",
            json!({ "address": address, "ask": false }),
        )
    };
    let known = find("somebody@gmail.com");
    assert_eq!(
        (&known["source"], &known["host"]),
        (&json!("table"), &json!("imap.gmail.com"))
    );
    let unknown = find("ops@company.example");
    assert_eq!(
        (&unknown["source"], &unknown["host"]),
        (&json!("unknown"), &Value::Null)
    );
    assert!(
        !unknown["asks"].as_array().expect("hosts").is_empty(),
        "shown before they are asked"
    );
    // In practice nobody is asked at all.
    shown.get("open_practice", json!({}));
    let practice = shown.get(
        "find_mail_server",
        json!({ "address": "ops@company.example", "ask": true }),
    );
    assert_eq!(practice["source"], "unknown");
}

#[test]
fn practice_has_mailboxes_of_its_own_that_stay_on_this_machine() {
    let home = Home::new();
    let shown = home.open();
    shown.get(
        "add_mailbox",
        json!({ "mailbox": mailbox("real@one.example", &[]) }),
    );
    shown.get("open_practice", json!({}));
    assert!(list(&shown).is_empty());
    let mut elsewhere = mailbox("practice@one.example", &[]);
    elsewhere["host"] = json!("imap.example.com");
    for (command, given) in [
        ("add_mailbox", json!({ "mailbox": elsewhere })),
        (
            "edit_mailbox",
            json!({ "id": uuid(), "mailbox": elsewhere }),
        ),
        ("test_mailbox", json!({ "id": null, "mailbox": elsewhere })),
    ] {
        let problem = shown.ask(command, given).expect_err(command);
        assert_eq!(problem.code.as_str(), "mailbox_invalid");
        assert_eq!(problem.params["reason"], "practice");
    }
    shown.get(
        "add_mailbox",
        json!({ "mailbox": mailbox("practice@one.example", &[]) }),
    );
    assert_eq!(list(&shown)[0]["user"], "practice@one.example");
    shown.get("leave_practice", json!({}));
    assert_eq!(list(&shown)[0]["user"], "real@one.example");
}

#[test]
fn a_find_that_is_gone_is_told() {
    let home = Home::new();
    let shown = home.open();
    assert_eq!(shown.get("list_mail_finds", json!({})), json!([]));
    let submit = json!({ "id": uuid(), "choice": "482913" });
    assert_eq!(shown.code("submit_mail_find", submit), "mail_find_gone");
    assert_eq!(
        shown.code("dismiss_mail_find", json!({ "id": uuid() })),
        "mail_find_gone"
    );
}

#[test]
fn the_clipboard_is_not_looked_at_unless_the_person_said_so() {
    let home = Home::new();
    let shown = home.open();
    assert_eq!(shown.get("read_clipboard", json!({})), Value::Null);
    let mut preferences = shown.get("get_app_state", json!({}))["preferences"].clone();
    preferences["clipboard_offer"] = json!(true);
    shown.get("set_preferences", json!({ "preferences": preferences }));
    // No display, no change that waits: nothing to offer, and no mistake either.
    assert_eq!(shown.get("read_clipboard", json!({})), Value::Null);
}

fn uuid() -> &'static str {
    "0192f0c0-0000-7000-8000-000000000001"
}
