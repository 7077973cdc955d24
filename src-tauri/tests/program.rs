//! The program itself: where there is no display, and what its children are given.

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

/// Asked by an installer or a package's test: with no home, no PATH, no display, and one that does not answer.
#[test]
fn version_and_help_need_nothing_at_all() {
    for (asked, code) in [("--version", 0), ("--help", 0), ("--no-such", 2)] {
        let ended = Command::new(env!("CARGO_BIN_EXE_readdress"))
            .arg(asked)
            .env_clear()
            .env("DISPLAY", ":4711")
            .current_dir("/")
            .output()
            .expect("it starts");
        let said = text(&ended.stderr);
        assert_eq!(ended.status.code(), Some(code), "{asked}: {said}");
        let line = if code == 0 { text(&ended.stdout) } else { said };
        assert!(line.to_lowercase().starts_with("readdress"), "{line}");
    }
}

/// `readdress --help | head -1` and a terminal that was closed.
#[cfg(target_os = "linux")]
#[test]
fn a_reader_that_has_gone_is_no_mistake() {
    for (asked, code) in [("--version", 0), ("--help", 0), ("--no-such", 2)] {
        let full = || {
            std::fs::OpenOptions::new()
                .write(true)
                .open("/dev/full")
                .expect("a full device")
        };
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let ended = Command::new(env!("CARGO_BIN_EXE_readdress"))
            .arg(asked)
            .stdout(writer)
            .stderr(full())
            .status()
            .expect("it starts");
        assert_eq!(ended.code(), Some(code), "{asked}");
    }
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

/// Ends it with the test.
#[cfg(target_os = "linux")]
struct Running(std::process::Child);

#[cfg(target_os = "linux")]
impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A screen of its own, and its number; `None` where none can be had.
#[cfg(target_os = "linux")]
fn screen() -> Option<(Running, String)> {
    use std::io::{BufRead as _, BufReader};
    let child = Command::new("Xvfb")
        .args(["-displayfd", "1", "-nolisten", "tcp"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn();
    let mut screen = Running(child.ok()?);
    let mut number = String::new();
    let out = screen.0.stdout.take()?;
    BufReader::new(out).read_line(&mut number).ok()?;
    let number = number.trim();
    (!number.is_empty()).then(|| (screen, format!(":{number}")))
}

/// The processes whose parent is `parent`.
#[cfg(target_os = "linux")]
fn children(parent: u32) -> Vec<String> {
    let entries = std::fs::read_dir("/proc").expect("processes").flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let is_child = |process: &String| {
        let status = std::fs::read_to_string(format!("/proc/{process}/status"));
        status.is_ok_and(|status| {
            let mut lines = status.lines();
            lines.any(|line| line.strip_prefix("PPid:").map(str::trim) == Some(&parent.to_string()))
        })
    };
    names
        .filter(|name| name.bytes().all(|byte| byte.is_ascii_digit()))
        .filter(is_child)
        .collect()
}

#[cfg(target_os = "linux")]
#[test]
#[expect(clippy::print_stdout, reason = "a skipped test says so")]
fn no_process_of_the_window_shows_the_passphrase_or_writes_a_core() {
    const PASSPHRASE: &str = "a passphrase nobody else sees";
    let Some((_screen, display)) = screen() else {
        println!("skipped: Xvfb is not installed");
        return;
    };
    let folder = tempfile::TempDir::new().expect("a folder");
    let child = Command::new(env!("CARGO_BIN_EXE_readdress"))
        .env("DISPLAY", display)
        .env_remove("WAYLAND_DISPLAY")
        .env("READDRESS_E2E", "1")
        .env("READDRESS_PASSPHRASE", PASSPHRASE)
        .env("READDRESS_DATA_DIR", folder.path().join("data"))
        .env("HOME", folder.path())
        .env_remove("XDG_DATA_HOME")
        .spawn()
        .expect("it starts");
    let window = Running(child);
    let end = std::time::Instant::now() + std::time::Duration::from_secs(60);
    let web_view = loop {
        // Those that stay: others of its children live for a moment only.
        let stays = |process: &String| {
            let name = std::fs::read_to_string(format!("/proc/{process}/comm"));
            name.is_ok_and(|name| name.starts_with("WebKit"))
        };
        let mut all = children(window.0.id());
        all.retain(stays);
        if all.len() >= 2 {
            break all;
        }
        assert!(
            std::time::Instant::now() < end,
            "the web view starts: {all:?}"
        );
        std::thread::sleep(std::time::Duration::from_millis(50));
    };
    for process in web_view.iter().chain([&window.0.id().to_string()]) {
        let of = |file: &str| std::fs::read(format!("/proc/{process}/{file}")).expect("it runs");
        let environment = of("environ");
        let holds = |text: &str| {
            environment
                .windows(text.len())
                .any(|part| part == text.as_bytes())
        };
        assert!(holds("READDRESS_E2E=1"), "the environment is there");
        assert!(!holds(PASSPHRASE), "process {process} has the passphrase");
        let limits = text(&of("limits"));
        let core = limits
            .lines()
            .find(|line| line.starts_with("Max core file size"))
            .expect("a limit");
        // One byte is "none" to Linux, see core(5).
        let soft = core.split_whitespace().nth(4).expect("a limit");
        assert!(["0", "1"].contains(&soft), "{core}");
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
