//! `mailbox`: its face, and what its test says of a real server.

use readdress_dovecot::{FIRST_USER, Options, ServerCertificate, stranger_pem};
use serde_json::Value;

use crate::post::{PASSWORD, Post};
use crate::stage::{NEW, Ran, Stage};

const SECRET: &str = "app pass-w0rd of this test";

/// A mailbox that is added without anybody looking at it.
fn add(stage: &Stage, more: &[&str]) -> Ran {
    let args = ["mailbox", "add", "--user", "ops@acme.example"];
    let mut call = stage.with_key(&args).arg("--json");
    for arg in more {
        call = call.arg(arg);
    }
    let ran = call.env(PASSWORD, SECRET).run();
    assert!(!format!("{ran:?}").contains(SECRET), "{ran:?}");
    ran
}

const SERVER: [&str; 4] = ["--host", "imap.acme.example", "--password-env", PASSWORD];

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    SERVER.iter().chain(more).copied().collect()
}

#[test]
fn a_mailbox_is_added_listed_edited_and_removed() {
    let stage = Stage::new();
    let none = stage.words(&["mailbox", "list"]).ends(0);
    assert!(none.stdout.starts_with("No mailboxes yet."), "{none:?}");
    assert_eq!(
        stage.json(&["mailbox", "list"]).json(),
        serde_json::json!([])
    );

    let added = add(&stage, &SERVER).ends(0).json();
    let mut keys: Vec<&str> = added
        .as_object()
        .expect("one")
        .keys()
        .map(String::as_str)
        .collect();
    keys.sort_unstable();
    let face = [
        "ca_file",
        "has_password",
        "host",
        "id",
        "port",
        "serves",
        "tls",
        "user",
    ];
    assert_eq!(keys, face);
    assert_eq!(added["port"], 993);
    assert_eq!(added["tls"], "implicit");
    assert_eq!(added["serves"], serde_json::json!(["ops@acme.example"]));
    assert_eq!(added["has_password"], true);
    assert_eq!(add(&stage, &SERVER).ends(2).error(), "mailbox_twice");

    // What is not given stays, the password too.
    let edit = [
        "mailbox",
        "edit",
        "ops@acme.example",
        "--serves",
        "*@acme.example",
        "a@b.example",
    ];
    let edited = stage.json(&edit).ends(0).json();
    assert_eq!(
        edited["serves"],
        serde_json::json!(["*@acme.example", "a@b.example"])
    );
    assert_eq!(edited["host"], "imap.acme.example");
    assert_eq!(edited["has_password"], true);
    // It is not shown to another server.
    let moved = [
        "mailbox",
        "edit",
        "ops@acme.example",
        "--host",
        "imap.elsewhere.example",
    ];
    assert_eq!(stage.json(&moved).ends(1).error(), "mail_password_needed");
    let told = stage.words(&moved).ends(1);
    assert!(
        told.stderr.contains("given for another server")
            && told.stderr.contains("--password-env VARIABLE"),
        "{told:?}"
    );
    // Nothing is looked for where a server is there: the flag would do nothing.
    let asked = ["mailbox", "edit", "ops@acme.example", "--ask"];
    stage.words(&asked).ends(2);
    let id = added["id"].as_str().expect("an id");
    let given = stage.with_key(&[
        "mailbox",
        "edit",
        id,
        "--host",
        "mail.acme.example",
        "--tls",
        "starttls",
    ]);
    let given = given
        .arg("--password-env")
        .arg("-")
        .arg("--json")
        .stdin("another secret\n");
    let given = given.run().ends(0).json();
    assert_eq!(given["port"], 143);
    assert_eq!(given["tls"], "starttls");

    let list = stage.words(&["mailbox", "list"]).ends(0);
    assert!(
        list.stdout.contains("mail.acme.example:143 (STARTTLS)"),
        "{list:?}"
    );
    let removed = stage
        .json(&["mailbox", "remove", "ops@acme.example"])
        .ends(0);
    assert_eq!(
        removed.json(),
        serde_json::json!({ "removed": "ops@acme.example" })
    );
    let gone = stage
        .json(&["mailbox", "remove", "ops@acme.example"])
        .ends(2);
    assert_eq!(gone.error(), "mailbox_unknown");
}

#[test]
fn what_cannot_be_asked() {
    let stage = Stage::new();
    let usage = |args: &[&str], code: &str| {
        let ran = stage.json(args).ends(2);
        assert_eq!(ran.error(), code, "{args:?}");
    };
    usage(&["mailbox"], "field_missing");
    usage(
        &["mailbox", "add", "--user", "a@b.example"],
        "field_missing",
    );
    usage(&["mailbox", "test"], "field_missing");
    usage(
        &["mailbox", "test", "--user", "a@b.example"],
        "field_missing",
    );
    usage(&["mailbox", "edit", "nobody"], "mailbox_unknown");
    usage(&["mailbox", "test", "nobody"], "mailbox_unknown");
    usage(
        &["change", "z", "--to", NEW, "--for", "5m"],
        "field_missing",
    );
    usage(&["wait", "z", "--for", "soon"], "field_invalid");
    usage(&["wait", "z"], "profile_unknown");
    let refused = |more: &[&str], code: &str| {
        let ran = add(&stage, more).ends(2);
        assert_eq!(ran.error(), code, "{more:?}");
        ran
    };
    refused(&with(&["--tls", "none"]), "field_invalid");
    refused(&with(&["--port", "0"]), "field_invalid");
    refused(&with(&["--password", SECRET]), "field_unknown");
    refused(&with(&["--serves", "not an address"]), "mailbox_invalid");
    refused(
        &["--host", "https://acme.example", "--password-env", PASSWORD],
        "mailbox_invalid",
    );
    refused(
        &with(&["--ca", "/nonexistent/ca.pem"]),
        "certificate_invalid",
    );
    // The password itself in the place of its variable's name: nothing repeats it.
    let mistake = ["--host", "imap.acme.example", "--password-env", SECRET];
    refused(&mistake, "field_missing");
    refused(
        &["--host", "imap.acme.example", "--password-env", "-"],
        "field_missing",
    );
    let list = stage.json(&["mailbox", "list"]).ends(0).json();
    assert_eq!(list, serde_json::json!([]), "nothing was stored");
}

#[test]
fn without_a_key_no_password_is_stored() {
    let stage = Stage::new();
    let args = ["mailbox", "add", "--json", "--user", "ops@acme.example"];
    let mut call = stage.bare(&args);
    for arg in SERVER {
        call = call.arg(arg);
    }
    let ran = call.env(PASSWORD, SECRET).run().ends(4);
    assert!(!format!("{ran:?}").contains(SECRET));
}

fn steps(document: &Value) -> Vec<(String, Option<bool>, String)> {
    let step = |step: &Value| {
        (
            step["id"].as_str().expect("an id").to_owned(),
            step["ok"].as_bool(),
            step["problem"]["code"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
        )
    };
    document["steps"]
        .as_array()
        .expect("steps")
        .iter()
        .map(step)
        .collect()
}

/// How far it came, and what stopped it there.
fn stopped(document: &Value) -> (String, String) {
    let failed = steps(document)
        .into_iter()
        .find(|(_, ok, _)| *ok == Some(false));
    failed.map(|(id, _, code)| (id, code)).unwrap_or_default()
}

#[test]
fn a_test_tells_step_by_step() {
    let Some(post) = Post::new() else { return };
    let stage = Stage::new();
    let test = || stage.with_key(&["mailbox", "test", "--user", FIRST_USER]);
    let works = post.named(test()).arg("--json").run().ends(0).json();
    assert_eq!(works["works"], true);
    assert_eq!(works["junk"], "Junk");
    let ids: Vec<String> = steps(&works).into_iter().map(|(id, _, _)| id).collect();
    assert_eq!(ids, ["name", "port", "tls", "login", "inbox", "idle"]);
    assert!(
        steps(&works).iter().all(|(_, ok, _)| *ok == Some(true)),
        "{works}"
    );
    let words = post.named(test()).run().ends(0);
    assert!(words.stdout.contains("It works."), "{words:?}");

    let refused = post
        .named(test())
        .env(PASSWORD, "wrong")
        .arg("--json")
        .run()
        .ends(1);
    assert_eq!(refused.error(), "mail_login_refused");
    let document = refused.json();
    assert_eq!(
        stopped(&document),
        ("login".to_owned(), "mail_login_refused".to_owned())
    );
    assert_eq!(document["works"], false);
    assert_eq!(steps(&document)[4].1, None, "the inbox was not reached");
    let told = post.named(test()).env(PASSWORD, "wrong").run().ends(1);
    assert!(told.stderr.contains("app password"), "{told:?}");

    // One that is kept, by its name.
    post.add_to(&stage, NEW);
    let kept = stage.json(&["mailbox", "test", FIRST_USER]).ends(0).json();
    assert_eq!(kept["works"], true);
    let elsewhere = ["mailbox", "test", FIRST_USER, "--host", "127.0.0.1"];
    assert_eq!(
        stage.json(&elsewhere).ends(1).error(),
        "mail_password_needed"
    );
    post.untouched();
}

#[test]
fn a_server_that_is_not_the_right_one_gets_no_password() {
    let Some(post) = Post::new() else { return };
    let stage = Stage::new();
    let port = post.server.imaps().port().to_string();
    let plain = post.server.starttls().port().to_string();
    let stranger = stage.folder.path().join("stranger.pem");
    std::fs::write(&stranger, stranger_pem().expect("made")).expect("written");
    let ca = post.server.ca_file();
    let (ca, stranger) = (
        ca.to_str().expect("a path"),
        stranger.to_str().expect("a path"),
    );
    let test = |more: &[&str]| {
        let args = [
            "mailbox",
            "test",
            "--json",
            "--user",
            FIRST_USER,
            "--password-env",
            PASSWORD,
        ];
        let mut call = stage.with_key(&args).arg("--host").arg("localhost");
        for arg in more {
            call = call.arg(arg);
        }
        call.env(PASSWORD, &post.server.password(FIRST_USER)).run()
    };
    let reason = |ran: Ran| {
        ran.json()["error"]["params"]["reason"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    for more in [&["--port", &port][..], &["--port", &port, "--ca", stranger]] {
        let ran = test(more).ends(1);
        assert_eq!(ran.error(), "mail_tls_failed", "{more:?}");
        assert_eq!(reason(ran), "unknown_authority", "{more:?}");
    }
    let starttls = ["--port", &plain, "--tls", "starttls", "--ca", ca];
    assert_eq!(test(&starttls).ends(0).json()["works"], true);
    let wrong_way = test(&["--port", &plain, "--ca", ca]).ends(1);
    assert_eq!(wrong_way.error(), "mail_tls_failed");
    let closed = test(&["--port", "1", "--ca", ca]).ends(1);
    assert_eq!(closed.error(), "mail_unreachable");
    assert_eq!(reason(closed), "port");
}

#[test]
fn a_certificate_of_another_name_is_refused() {
    let options = Options {
        certificate: ServerCertificate::WrongHost,
        ..Options::default()
    };
    let Some(post) = Post::with(&options) else {
        return;
    };
    let stage = Stage::new();
    let test = post.named(stage.with_key(&["mailbox", "test", "--user", FIRST_USER]));
    let ran = test.arg("--json").run().ends(1);
    assert_eq!(ran.error(), "mail_tls_failed");
    assert_eq!(ran.json()["error"]["params"]["reason"], "wrong_host");
}

#[test]
fn a_server_without_idle_still_works() {
    let options = Options {
        idle: false,
        ..Options::default()
    };
    let Some(post) = Post::with(&options) else {
        return;
    };
    let stage = Stage::new();
    let test = || post.named(stage.with_key(&["mailbox", "test", "--user", FIRST_USER]));
    let document = test().arg("--json").run().ends(0).json();
    assert_eq!(document["works"], true);
    let last = steps(&document).pop().expect("steps");
    assert_eq!((last.0.as_str(), last.1), ("idle", Some(false)));
    let words = test().run().ends(0);
    assert!(words.stdout.contains("asked now and then"), "{words:?}");
}
