//! The server itself: what the other tests build on.

#![cfg(unix)]

use readdress_dovecot::{Dovecot, FIRST_USER, NOT_HERE, is_installed};
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

const MAIL: &str = "From: a@service.example\nTo: post@example.test\nSubject: A code\n\n.\n123456\n";

fn until(what: &str, mut is: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    while !is() {
        assert!(Instant::now() < end, "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn mails_come_and_stay_over_a_restart() {
    if !is_installed() {
        eprintln!("{NOT_HERE}");
        return;
    }
    let server = Dovecot::start().unwrap();
    server.deliver(FIRST_USER, MAIL).unwrap();
    server.deliver("post+a@example.test", MAIL).unwrap();
    assert_eq!(server.count(FIRST_USER, "INBOX").unwrap(), 2);
    server.deliver_to_junk(FIRST_USER, MAIL).unwrap();
    assert_eq!(server.count(FIRST_USER, "Junk").unwrap(), 1);
    server.deliver("nobody@example.test", MAIL).unwrap_err();
    let before = server.mails(FIRST_USER).unwrap();
    assert_eq!(before.len(), 3, "{before:?}");

    server.kill();
    server.deliver(FIRST_USER, MAIL).unwrap_err();
    server.start_again().unwrap();
    server.stop();
    server.start_again().unwrap();
    assert_eq!(server.mails(FIRST_USER).unwrap(), before);

    server.add_user("full@example.test").unwrap();
    server.set_quota("full@example.test", Some(2_000)).unwrap();
    server.deliver("full@example.test", MAIL).unwrap();
    let why = server
        .deliver(
            "full@example.test",
            format!("{MAIL}{}", "x\n".repeat(2_000)),
        )
        .unwrap_err();
    assert!(why.to_string().contains("uota"), "{why}");

    let many = std::iter::repeat_n(MAIL.into(), 300);
    server.add_user("many@example.test").unwrap();
    server
        .fill("many@example.test", many, SystemTime::now())
        .unwrap();
    assert_eq!(server.count("many@example.test", "INBOX").unwrap(), 300);
    server.renumber("many@example.test", 77).unwrap();

    let (port, folder) = (server.imaps(), server.folder().to_owned());
    drop(server);
    assert!(TcpStream::connect(port).is_err());
    assert!(!folder.exists());
}

#[test]
fn it_ends_with_whoever_started_it() {
    if !is_installed() {
        eprintln!("{NOT_HERE}");
        return;
    }
    let mut owner = Command::new(env!("CARGO_BIN_EXE_readdress-dovecot"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(owner.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    let told: serde_json::Value = serde_json::from_str(&line).unwrap();
    let port = u16::try_from(told["imaps"].as_u64().unwrap()).unwrap();
    let ca = told["ca"].as_str().unwrap().to_owned();
    TcpStream::connect(("127.0.0.1", port)).unwrap();
    owner.kill().unwrap();
    owner.wait().unwrap();
    until("the port closes", || {
        TcpStream::connect(("127.0.0.1", port)).is_err()
    });
    until("the folder goes", || !std::path::Path::new(&ca).exists());
}
