//! What a start is for reaches the page once, whoever asked; service files are shown before they are added, to the real profiles alone.

use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::time::Duration;

use readdress_shell::{Errand, Start, hand_over};
use serde_json::{Value, json};
use tauri::Listener as _;

use crate::support::{Home, Shown};

const SHIPPED: &str = include_str!("../../../services/webshare.toml");

fn own(id: &str, host: &str) -> String {
    SHIPPED
        .replace("id       = \"webshare\"", &format!("id       = \"{id}\""))
        .replace("https://proxy.webshare.io", &format!("https://{host}"))
}

fn file(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).expect("written");
    path
}

fn started_for(home: &Home, errands: Vec<Errand>) -> Shown {
    Shown::start(Start {
        errands,
        ..home.start()
    })
}

fn take(shown: &Shown) -> Value {
    shown.get("take_errand", json!({}))
}

fn hosts(shown: &Shown) -> Vec<String> {
    let services = shown.get("list_services", json!({}));
    let services = services.as_array().expect("a list");
    let hosts = services.iter().filter_map(|one| one["host"].as_str());
    hosts.map(str::to_owned).collect()
}

#[test]
fn what_the_start_is_for_is_taken_once_in_its_order() {
    let (home, files) = (Home::new(), tempfile::tempdir().expect("a folder"));
    let mail = file(
        files.path(),
        "the code.eml",
        "To: a@example.com\n\n123456\n",
    );
    let shown = started_for(
        &home,
        vec![
            Errand::Practice,
            Errand::AddProfile,
            Errand::Pending,
            Errand::File(mail),
            Errand::File(files.path().join("none.eml")),
            Errand::File(files.path().join("none.readdress")),
        ],
    );
    for kind in ["practice", "add_profile", "pending"] {
        assert_eq!(take(&shown), json!({ "kind": kind }));
    }
    let mail = take(&shown);
    assert_eq!(
        (&mail["kind"], &mail["name"]),
        (&json!("mail"), &json!("the code.eml"))
    );
    assert!(
        mail["text"]
            .as_str()
            .is_some_and(|text| text.contains("123456"))
    );
    assert_eq!(
        take(&shown),
        json!({ "kind": "no_mail", "name": "none.eml", "reason": "unreadable" })
    );
    let none = take(&shown);
    assert_eq!(none["kind"], "service");
    let mistake = &none["shown"]["mistakes"][0];
    assert_eq!(mistake["code"], "service_file_unreadable");
    assert_eq!(
        mistake["params"],
        json!({ "file": "none.readdress", "reason": "missing" })
    );
    let token = &none["shown"]["token"];
    let refused = shown.code(
        "add_service_file",
        json!({ "token": token, "replace": true }),
    );
    assert_eq!(refused, "manifest_invalid", "there is nothing in it");
    assert_eq!(take(&shown), Value::Null);
    shown.close();
}

#[test]
fn what_was_looked_at_is_what_is_added_and_nothing_is_accepted_by_it() {
    let (home, files) = (Home::new(), tempfile::tempdir().expect("a folder"));
    let path = file(files.path(), "forum.readdress", &own("mine", "one.invalid"));
    let shown = started_for(&home, vec![Errand::File(path.clone())]);
    let looked = take(&shown)["shown"].clone();
    assert_eq!(looked["service"]["host"], "one.invalid");
    assert_eq!(looked["place"], json!({ "kind": "new" }));
    assert!(!hosts(&shown).contains(&"one.invalid".to_owned()));

    // Written over after it was shown: what was read is added.
    std::fs::write(&path, own("mine", "two.invalid")).expect("written");
    let token = looked["token"].clone();
    let added = shown.get(
        "add_service_file",
        json!({ "token": token, "replace": false }),
    );
    assert_eq!(
        (&added["host"], &added["accepted"]),
        (&json!("one.invalid"), &json!(false))
    );
    assert!(
        hosts(&shown).contains(&"one.invalid".to_owned()),
        "without a restart"
    );
    let profile = json!({ "service": "mine", "label": "m", "fields": {}, "secrets": { "api_key": "a-key-0123456789" }, "base_url": null, "draft": null });
    assert_eq!(
        shown.code("add_profile", json!({ "profile": profile })),
        "service_new"
    );

    // Another look, another token.
    hand_over(&shown.app, arguments(&[path.to_str().expect("text")]), "/");
    let second = take(&shown)["shown"].clone();
    assert_eq!(second["place"]["host"], "one.invalid");
    let old = shown.ask(
        "add_service_file",
        json!({ "token": token, "replace": true }),
    );
    assert_eq!(
        old.expect_err("not shown any more").params["reason"],
        "gone"
    );
    let replace = |replace: bool| json!({ "token": second["token"], "replace": replace });
    assert_eq!(
        shown.code("add_service_file", replace(false)),
        "service_taken"
    );
    shown.get("add_service_file", replace(true));
    assert!(hosts(&shown).contains(&"two.invalid".to_owned()));
    shown.close();
}

#[test]
fn in_practice_a_file_is_added_to_the_real_services() {
    let (home, files) = (Home::new(), tempfile::tempdir().expect("a folder"));
    let path = file(files.path(), "forum.toml", &own("mine", "one.invalid"));
    let shown = started_for(&home, vec![Errand::File(path)]);
    shown.get("open_practice", json!({}));
    let token = take(&shown)["shown"]["token"].clone();
    shown.get(
        "add_service_file",
        json!({ "token": token, "replace": false }),
    );
    assert!(
        !hosts(&shown).contains(&"one.invalid".to_owned()),
        "practice plays its own"
    );
    shown.get("leave_practice", json!({}));
    assert!(hosts(&shown).contains(&"one.invalid".to_owned()));
    assert!(home.data().join("services/mine.toml").is_file());
    shown.close();
}

#[test]
fn a_file_that_was_mended_in_its_place_takes_its_notice_away() {
    let home = Home::new();
    let services = home.data().join("services");
    std::fs::create_dir_all(&services).expect("made");
    let good = own("mine", "one.invalid");
    let path = file(&services, "mine.toml", &good.replace("method", "metod"));
    let shown = home.open();
    let notices = |state: &Value| state["notices"].as_array().map(Vec::len);
    assert_ne!(notices(&shown.get("get_app_state", json!({}))), Some(0));
    std::fs::write(&path, good).expect("mended");
    let (send, told) = channel();
    shown.page.listen("app_state", move |event| {
        let _ = send.send(event.payload().to_owned());
    });
    hand_over(&shown.app, arguments(&[path.to_str().expect("text")]), "/");
    assert_eq!(take(&shown)["shown"]["place"], json!({ "kind": "same" }));
    let state = told
        .recv_timeout(Duration::from_secs(5))
        .expect("it is told");
    let state: Value = serde_json::from_str(&state).expect("a state");
    assert_eq!(notices(&state), Some(0));
    shown.close();
}

fn arguments(rest: &[&str]) -> Vec<String> {
    let all = ["readdress"].iter().chain(rest);
    all.map(|one| (*one).to_owned()).collect()
}

#[test]
fn a_second_start_hands_over_from_its_own_folder() {
    let (home, files) = (Home::new(), tempfile::tempdir().expect("a folder"));
    file(files.path(), "forum.readdress", &own("mine", "one.invalid"));
    let here = files.path().to_str().expect("text");
    let shown = home.open();
    let (send, told) = channel();
    shown.page.listen("errand", move |_| {
        let _ = send.send(());
    });
    hand_over(
        &shown.app,
        arguments(&["--pending", "forum.readdress"]),
        here,
    );
    told.recv_timeout(Duration::from_secs(5))
        .expect("the page is told");
    assert_eq!(take(&shown), json!({ "kind": "pending" }));
    assert_eq!(take(&shown)["shown"]["service"]["id"], "mine");

    // A mistake was told by the second start itself, and what another folder is to do is not done here.
    let data = home.data();
    let data = data.to_str().expect("text");
    hand_over(&shown.app, arguments(&["--no-such", "--pending"]), here);
    hand_over(
        &shown.app,
        arguments(&["--data-dir", "elsewhere", "--pending"]),
        here,
    );
    assert_eq!(take(&shown), Value::Null);
    hand_over(
        &shown.app,
        arguments(&["--data-dir", data, "--practice"]),
        here,
    );
    assert_eq!(take(&shown), json!({ "kind": "practice" }));
    shown.close();
}
