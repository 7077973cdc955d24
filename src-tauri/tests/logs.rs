//! The log of a whole practice change: it is written, and holds no secret, no code and no address.

#[path = "shell/support.rs"]
#[expect(dead_code, reason = "the other tests use the rest")]
mod support;

use serde_json::json;
use support::{Home, practice_secrets};

#[test]
fn the_log_holds_no_secret_no_code_and_no_address() {
    let home = Home::new();
    let shown = home.open();
    let mut hidden: Vec<String> = practice_secrets().into_iter().map(str::to_owned).collect();
    for service in ["z-api", "webshare", "mannco-store"] {
        let (_, change, mail) = shown.practise_until_mail(service);
        let read = shown.get(
            "understand_code",
            json!({ "changeId": change["id"], "text": mail["raw"] }),
        );
        hidden.push(read["value"].as_str().expect("a code").to_owned());
        shown.get(
            "submit_code",
            json!({ "changeId": change["id"], "text": mail["raw"] }),
        );
    }
    shown.close();

    let logs = home.data().join("logs");
    let mut text = String::new();
    for file in std::fs::read_dir(&logs).expect("a folder") {
        text += &std::fs::read_to_string(file.expect("a file").path()).expect("text");
    }
    assert!(
        text.contains("opened") && text.contains("answered"),
        "{text}"
    );
    for secret in hidden {
        assert!(!text.contains(&secret), "the log holds {secret}");
    }
    assert!(!text.contains("@practice.example"), "{text}");
}
