//! A process shows nothing of what it works on: not in a panic, not in a core dump, not in its environment.
//!
//! Each test starts this very program again, since panics and limits belong to a whole process.

#![cfg(unix)]

use std::process::{Command, Output};

use readdress_canary::Search;
use readdress_core::process::{guard, take_variable};
use readdress_core::secret::Secret;

const SECRET: &str = "canary/of \"panics\" & dümps";

/// Runs one of the ignored tests below in a process of its own.
fn run(test: &str, trace: &str) -> Output {
    Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", test, "--ignored", "--nocapture"])
        .env("READDRESS_PASSPHRASE", SECRET)
        .env("RUST_BACKTRACE", trace)
        .output()
        .expect("it starts")
}

fn search() -> Search {
    Search::new([("secret", SECRET)])
}

#[track_caller]
fn said(out: &Output) -> String {
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&out.stdout),
        String::from_utf8_lossy(&out.stderr)
    );
    assert_eq!(search().bytes("what it said", text.as_bytes()), []);
    text
}

#[test]
fn a_panic_tells_its_place_and_not_what_was_worked_on() {
    for trace in ["0", "full"] {
        let out = run("in_a_process::panics", trace);
        let text = said(&out);
        assert!(!out.status.success());
        assert_eq!(text.matches("readdress: a defect at ").count(), 6, "{text}");
        assert!(text.contains("tests/process.rs:"), "{text}");
        assert!(text.contains(": words of the source"), "{text}");
        assert_eq!(
            text.contains("stack backtrace") || text.contains("panics::"),
            trace == "full"
        );
    }
}

#[test]
fn the_usual_panic_would_tell_it() {
    let out = run("in_a_process::panics_unguarded", "0");
    assert!(
        !search()
            .bytes("", &[out.stdout, out.stderr].concat())
            .is_empty()
    );
}

#[test]
fn a_variable_is_taken_out_of_the_environment_and_its_children() {
    let out = run("in_a_process::takes_its_variable", "0");
    let text = said(&out);
    assert!(out.status.success(), "{text}");
    assert!(text.contains("taken: true, again: false, left: "), "{text}");
}

#[test]
fn the_system_keeps_no_picture_of_the_memory() {
    let out = run("in_a_process::limits_dumps", "0");
    assert!(out.status.success(), "{}", said(&out));
}

/// What is run in a process of its own.
mod in_a_process {
    use super::*;

    #[derive(Debug)]
    struct Held(String);

    #[test]
    #[ignore = "started by another test"]
    fn panics() {
        guard();
        let held = || Held(std::env::var("READDRESS_PASSPHRASE").expect("given"));
        let failed: [fn(Held); 6] = [
            |held| panic!("cannot use {held:?}"),
            |held| assert!(held.0.parse::<u32>().map_err(|_| held).expect("it works") > 0),
            |held| std::panic::panic_any(held.0),
            |held| assert_eq!(held.0, "another"),
            |held| assert!(held.0.parse::<u32>().expect(&held.0) > 0),
            |_| panic!("words of the source"),
        ];
        for fail in failed {
            let held = held();
            let thread = std::thread::spawn(move || fail(held));
            assert!(thread.join().is_err());
        }
        std::process::exit(1);
    }

    #[test]
    #[ignore = "started by another test"]
    fn panics_unguarded() {
        let held = Held(std::env::var("READDRESS_PASSPHRASE").expect("given"));
        panic!("cannot use {held:?}");
    }

    #[test]
    #[ignore = "started by another test"]
    fn takes_its_variable() {
        let taken = take_variable("READDRESS_PASSPHRASE");
        let again = take_variable("READDRESS_PASSPHRASE");
        eprintln!(
            "taken: {}, again: {}, left: {:?}",
            taken == Some(Secret::new(SECRET)),
            again.is_some(),
            std::env::var("READDRESS_PASSPHRASE")
        );
        assert_eq!(take_variable("NO_SUCH=VARIABLE\0"), None);
        let child = Command::new("env").output().expect("env is there");
        assert_eq!(search().bytes("a child", &child.stdout), []);
        if cfg!(target_os = "linux") {
            let own = std::fs::read("/proc/self/environ").expect("Linux");
            assert_eq!(search().bytes("/proc", &own), []);
        }
    }

    #[test]
    #[ignore = "started by another test"]
    fn limits_dumps() {
        use rustix::process::{Resource, getrlimit};
        guard();
        assert!(
            getrlimit(Resource::Core)
                .current
                .is_some_and(|most| most <= 1)
        );
    }
}
