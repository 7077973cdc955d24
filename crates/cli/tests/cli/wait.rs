//! Without a hand on it: the request, the mail in a real mailbox, its code, the proof. And what a person is told where it
//! cannot go on by itself.

use std::io::{BufRead, BufReader};
use std::process::Child;

use readdress_sandbox::Service;

use crate::post::Post;
use crate::stage::{NEW, Ran, Stage, ran};

const SERVICES: [Service; 3] = [Service::ZApi, Service::Webshare, Service::ManncoStore];
/// Far more than it takes; a run that hangs ends.
const LONG: &str = "2m";

#[track_caller]
fn is_changed(ran: Ran) -> serde_json::Value {
    let document = ran.ends(0).json();
    assert_eq!(document["state"], "changed", "{document}");
    document
}

fn verified(stage: &Stage, service: Service) -> u64 {
    stage.sandbox.count(service, "verify").received
}

/// Waits for a line on stderr, and gives the rest back to the child.
#[track_caller]
fn says(child: &mut Child, wanted: &str) -> String {
    let stderr = child.stderr.take().expect("piped");
    let mut lines = BufReader::new(stderr);
    let mut said = String::new();
    while !said.contains(wanted) {
        let read = lines.read_line(&mut said).expect("UTF-8");
        assert!(read > 0, "it ended before it said “{wanted}”: {said}");
    }
    child.stderr = Some(lines.into_inner());
    said
}

#[test]
fn all_three_services_change_without_a_hand() {
    let Some(post) = Post::new() else { return };
    let stage = post.stage();
    for service in SERVICES {
        let label = service.id();
        stage.add(service, label);
        let args = ["change", label, "--to", NEW, "--wait", "--for", LONG];
        let document = is_changed(stage.json(&args));
        assert_eq!(document["proof"], "read_back", "{document}");
        assert_eq!(document["to"], NEW);
        assert!(document.get("find").is_none());
        assert_eq!(verified(&stage, service), 1, "its code was sent once");
    }
    post.untouched();
    let open = stage.json(&["pending"]).json();
    assert_eq!(open.as_array().map(Vec::len), Some(0));
}

#[test]
fn in_words_it_tells_what_it_waits_for_and_what_came() {
    let Some(post) = Post::new() else { return };
    let stage = post.stage();
    stage.add(Service::ZApi, "Support line");
    let args = [
        "change",
        "Support line",
        "--to",
        NEW,
        "--wait",
        "--for",
        LONG,
    ];
    let ran = stage.words(&args).ends(0);
    assert!(ran.stdout.contains("Changed and proved"), "{ran:?}");
    for told in [
        "Waiting for 6 digits to after@practice.example",
        "post@example.test: ",
        "Its code goes to the service.",
    ] {
        assert!(ran.stderr.contains(told), "{told}: {ran:?}");
    }
    let code = stage.code();
    assert!(!format!("{ran:?}").contains(&code), "{ran:?}");
}

#[test]
fn a_mail_that_is_there_already_is_taken() {
    let Some(post) = Post::new() else { return };
    let stage = post.stage();
    stage.add(Service::ManncoStore, "m");
    stage.requested("m");
    is_changed(stage.json(&["wait", "m", "--for", LONG]));
    // It has ended: that is told at once.
    is_changed(stage.json(&["wait", "m"]));
    assert_eq!(verified(&stage, Service::ManncoStore), 1);
}

#[test]
fn two_programs_wait_for_one_change_and_send_its_code_once() {
    let Some(post) = Post::new() else { return };
    let stage = Stage::new();
    post.add_to(&stage, "*@practice.example");
    for service in SERVICES {
        let (label, to) = (service.id(), format!("{}@practice.example", service.id()));
        stage.add(service, label);
        stage.json(&["change", label, "--to", &to]).ends(0);
        let wait = || {
            let mut child = stage.with_key(&["wait", label, "--for", LONG]).spawn();
            says(&mut child, "watched");
            child
        };
        let both = [wait(), wait()];
        let mail = stage.sandbox.last_mail(&to).expect("a mail").raw;
        post.server
            .deliver(readdress_dovecot::FIRST_USER, mail.as_bytes())
            .expect("delivered");
        for child in both {
            let ran = ran(child).ends(0);
            assert!(ran.stdout.contains("Changed"), "{ran:?}");
        }
        assert_eq!(verified(&stage, service), 1, "{label}");
    }
}

#[test]
fn without_a_mailbox_nothing_is_sent() {
    let stage = Stage::new();
    stage.add(Service::ZApi, "z");
    let args = ["change", "z", "--to", NEW, "--wait"];
    let ran = stage.json(&args).ends(1);
    assert_eq!(ran.error(), "mailbox_needed");
    assert_eq!(ran.json()["error"]["params"]["address"], NEW);
    let words = stage.words(&args).ends(1);
    assert!(words.stderr.contains("Nothing was sent."), "{words:?}");
    assert_eq!(stage.sandbox.count(Service::ZApi, "request").received, 0);
    let open = stage.json(&["pending"]).json();
    assert_eq!(open.as_array().map(Vec::len), Some(0));
    // An address that is none is told as that.
    let typo = stage
        .json(&["change", "z", "--to", "after", "--wait"])
        .ends(2);
    assert_eq!(typo.error(), "email_invalid");

    stage.requested("z");
    let wait = stage.json(&["wait", "z"]).ends(1);
    assert_eq!(wait.error(), "mailbox_needed");
    assert_eq!(wait.json()["state"], "awaiting_code");
}

#[test]
fn the_time_runs_out_and_the_change_stays() {
    let Some(post) = Post::new() else { return };
    let stage = post.silent_stage();
    stage.add(Service::ZApi, "z");
    let args = ["change", "z", "--to", NEW, "--wait", "--for", "1s"];
    let ran = stage.json(&args).ends(1);
    assert_eq!(ran.error(), "timed_out");
    assert_eq!(ran.json()["state"], "awaiting_code");
    assert_eq!(ran.json()["open"], true);
    let next = ran.json()["error"]["next"].clone();
    let next = next.as_str().expect("a next step");
    assert!(next.contains("readdress-cli wait z"), "{next}");
    assert_eq!(verified(&stage, Service::ZApi), 0);
}

#[test]
fn a_mail_with_two_codes_is_asked_about() {
    let Some(post) = Post::new() else { return };
    let stage = post.silent_stage();
    stage.add(Service::ZApi, "Support line");
    stage.requested("Support line");
    post.deliver(
        "no-reply@practice.example",
        NEW,
        "Verification code",
        "Your verification code is 482913.\r\n\r\nYour verification code is 771204.",
    );
    let ran = stage.json(&["wait", "Support line", "--for", LONG]).ends(1);
    assert_eq!(ran.error(), "code_ambiguous");
    let document = ran.json();
    assert_eq!(document["state"], "awaiting_code");
    let mut choices: Vec<&str> = document["find"]["choices"]
        .as_array()
        .expect("choices")
        .iter()
        .filter_map(|choice| choice.as_str())
        .collect();
    choices.sort_unstable();
    assert_eq!(choices, ["482913", "771204"]);
    assert_eq!(document["find"]["from"], "no-reply@practice.example");

    let words = stage
        .words(&["wait", "Support line", "--for", LONG])
        .ends(1);
    let command = "readdress-cli verify 'Support line' --code 482913";
    assert!(words.stdout.contains(command), "{words:?}");
    assert_eq!(verified(&stage, Service::ZApi), 0, "no code was guessed");
}

#[test]
fn a_refused_password_ends_it() {
    let Some(post) = Post::new() else { return };
    let stage = post.stage();
    stage.add(Service::ZApi, "z");
    post.server
        .set_password(readdress_dovecot::FIRST_USER, "another one")
        .expect("set");
    let ran = stage.json(&["change", "z", "--to", NEW, "--wait", "--for", LONG]);
    let ran = ran.ends(1);
    assert_eq!(ran.error(), "mail_login_refused");
    assert_eq!(ran.json()["state"], "awaiting_code");
}

#[test]
fn a_change_that_somebody_cancels_is_not_waited_for() {
    let Some(post) = Post::new() else { return };
    let stage = post.silent_stage();
    stage.add(Service::ZApi, "z");
    stage.requested("z");
    let mut child = stage.with_key(&["wait", "z", "--for", LONG]).spawn();
    says(&mut child, "Waiting for");
    stage.json(&["cancel", "z"]).ends(0);
    let ran = ran(child).ends(1);
    assert!(ran.stderr.contains("change_not_open"), "{ran:?}");
    assert!(ran.stderr.contains("was cancelled"), "{ran:?}");
}

#[test]
fn a_mailbox_that_somebody_removes_ends_it() {
    let Some(post) = Post::new() else { return };
    let stage = post.silent_stage();
    stage.add(Service::ZApi, "z");
    stage.requested("z");
    let mut child = stage.with_key(&["wait", "z", "--for", LONG]).spawn();
    says(&mut child, "watched");
    stage
        .json(&["mailbox", "remove", readdress_dovecot::FIRST_USER])
        .ends(0);
    let ran = ran(child).ends(1);
    assert!(ran.stderr.contains("mailbox_needed"), "{ran:?}");
}

#[test]
fn without_the_key_it_is_told_before_anything_is_waited_for() {
    let Some(post) = Post::new() else { return };
    let stage = post.silent_stage();
    stage.add(Service::ZApi, "z");
    stage.requested("z");
    let key = stage.folder.path().join("key");
    std::fs::rename(&key, key.with_extension("away")).expect("moved");
    let ran = stage.json(&["wait", "z", "--for", LONG]).ends(4);
    assert_eq!(ran.error(), "key_file_invalid");
    stage
        .json(&["mailbox", "test", readdress_dovecot::FIRST_USER])
        .ends(4);
    let change = [
        "change",
        "z",
        "--to",
        NEW,
        "--replace",
        "--wait",
        "--for",
        LONG,
    ];
    stage.json(&change).ends(4);
}

#[test]
fn ctrl_c_leaves_the_change_as_it_is() {
    let Some(post) = Post::new() else { return };
    let stage = post.silent_stage();
    stage.add(Service::ZApi, "z");
    let args = ["change", "z", "--to", NEW, "--wait"];
    let mut child = stage.with_key(&args).spawn();
    says(&mut child, "watched");
    let id = child.id().to_string();
    let killed = std::process::Command::new("kill")
        .args(["-INT", &id])
        .status();
    assert!(killed.expect("kill").success());
    let ran = ran(child).ends(1);
    assert!(ran.stderr.contains("Stopped waiting for z."), "{ran:?}");
    assert!(ran.stderr.contains("readdress-cli wait z"), "{ran:?}");
    assert!(ran.stdout.contains("Requested."), "{ran:?}");
    let open = stage.json(&["pending"]).json();
    assert_eq!(open[0]["state"], "awaiting_code");
    assert_eq!(
        open[0]["mailboxes"][0]["user"],
        readdress_dovecot::FIRST_USER
    );
    let words = stage.words(&["pending"]).ends(0);
    assert!(
        words.stdout.contains("mail is read at post@example.test"),
        "{words:?}"
    );
}
