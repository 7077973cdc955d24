//! The program itself, where there is no display.

use std::process::{Command, Output};

fn run(arguments: &[&str], display: Option<&str>) -> Output {
    let folder = tempfile::TempDir::new().expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_readdress"));
    command
        .args(arguments)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY");
    command.env("READDRESS_DATA_DIR", folder.path().join("data"));
    if let Some(display) = display {
        command.env("DISPLAY", display);
    }
    command.output().expect("it starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn version_and_help_need_no_display() {
    let version = run(&["--version"], None);
    assert!(version.status.success());
    assert_eq!(
        text(&version.stdout).trim(),
        format!("readdress {}", env!("CARGO_PKG_VERSION"))
    );
    let help = run(&["--help"], None);
    assert!(help.status.success() && text(&help.stdout).contains("--data-dir"));
}

#[test]
fn an_unknown_argument_is_a_mistake_of_usage() {
    let wrong = run(&["--no-such"], None);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(text(&wrong.stderr).contains("--no-such"));
}

#[cfg(target_os = "linux")]
#[test]
fn without_a_display_it_says_what_to_use() {
    for display in [None, Some(""), Some(":4711")] {
        let ended = run(&[], display);
        let said = text(&ended.stderr);
        assert_eq!(ended.status.code(), Some(1), "{display:?}: {said}");
        assert!(
            said.contains("readdress-cli") && !said.contains("panicked"),
            "{display:?}: {said}"
        );
    }
}

/// What `cargo xtask torture` asks for must not be in a program that is built as usual.
#[test]
fn nobody_can_have_it_die_at_a_point() {
    let program = std::fs::read(env!("CARGO_BIN_EXE_readdress")).expect("the program");
    let holds = |text: &[u8]| program.windows(text.len()).any(|bytes| bytes == text);
    assert!(holds(b"READDRESS_KEY_FILE"), "names of variables are found");
    assert!(!holds(b"READDRESS_KILL_AT"));
}
