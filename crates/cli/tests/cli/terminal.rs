//! Text that wants to act on the terminal: from a manifest, a service, a file's name, or the command line itself. Piped and on a
//! terminal, in words and as JSON: it is shown as what it is.

use std::path::PathBuf;
#[cfg(target_os = "linux")]
use std::process::Command;

use readdress_sandbox::{Fault, FaultKind, Service};

use crate::stage::{NEW, Stage};

/// Clears the screen, names the window, writes to the clipboard (OSC 52), makes a link (OSC 8), rings, goes back to the line's
/// start, and a CSI in one byte; then what turns writing around, and what shows nothing.
const HOSTILE: &str = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{1b}]52;c;b3duZWQ=\u{7}\u{1b}]8;;http://evil.example\u{7}x\u{1b}]8;;\u{7}safe\rlie\u{9b}31m\u{8}\u{90}q\u{9c}\u{202e}exe.txt\u{2066}\u{200b}\u{feff}\u{e0041}";

#[track_caller]
fn harmless(printed: &str, what: &str) {
    for c in printed.chars() {
        let acts = c.is_control() && c != '\n';
        let turns = matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}');
        assert!(!acts && !turns, "{what}: {c:?} in {printed:?}");
    }
}

fn toml_text(text: &str) -> String {
    let escaped: String = text
        .chars()
        .map(|c| {
            if c.is_ascii_graphic() && c != '"' && c != '\\' {
                c.to_string()
            } else {
                format!("\\U{:08x}", u32::from(c))
            }
        })
        .collect();
    format!("\"{escaped}\"")
}

/// Webshare's manifest under another id, whose every text is hostile.
fn own_services(stage: &Stage) -> PathBuf {
    let shipped =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../services/webshare.toml");
    let shipped = std::fs::read_to_string(shipped).expect("the manifest");
    let mut source = String::new();
    for line in shipped.replace("\"webshare\"", "\"mine\"").lines() {
        let text = line
            .split_once('=')
            .filter(|(key, _)| matches!(key.trim(), "en" | "pt-BR" | "es"));
        match text {
            Some((key, _)) => source.push_str(&format!("{key}= {}\n", toml_text(HOSTILE))),
            None => source.push_str(&format!("{line}\n")),
        }
    }
    let folder = stage.folder.path().join("own");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("mine.toml"), source).expect("a file");
    // A broken one, with the same in its name and in its mistake; as much of it as Windows takes in a file's name.
    let taken = |c: &char| !cfg!(windows) || (*c >= ' ' && !"<>:\"\\|?*".contains(*c));
    let name: String = HOSTILE.chars().filter(taken).collect();
    let named = format!("{name}.toml").replace('/', "_");
    let broken = format!(
        "schema = 1\n{} = 1\nx = \"\u{202e}\u{1b}[2J\"\n",
        toml_text(HOSTILE)
    );
    std::fs::write(folder.join(named), broken).expect("a file");
    folder
}

/// What is typed, each of which is refused or answers with foreign text.
fn lines(stage: &Stage) -> Vec<Vec<String>> {
    let own = own_services(stage);
    let files = std::fs::read_dir(&own).expect("the folder").flatten();
    let files: Vec<String> = files
        .map(|entry| entry.path().to_string_lossy().into_owned())
        .collect();
    let own = own.to_string_lossy().into_owned();
    let say = |words: &[&str]| {
        words
            .iter()
            .map(|word| (*word).to_owned())
            .collect::<Vec<_>>()
    };
    let mut lines = vec![
        say(&["services", "--services", &own]),
        say(&["services", "show", "mine", "--services", &own]),
        say(&["services", "show", HOSTILE]),
        say(&[
            "services",
            "accept",
            "mine",
            "--host",
            HOSTILE,
            "--services",
            &own,
        ]),
        say(&["services", "--services", &format!("/nowhere/{HOSTILE}")]),
        say(&["services", "check", &format!("/nowhere/{HOSTILE}")]),
        say(&[
            "profile",
            "add",
            "--service",
            "mine",
            "--label",
            HOSTILE,
            "--services",
            &own,
            "--base-url",
            "http://127.0.0.1:1",
            "--secret",
            "api_key=HOME",
        ]),
        say(&[
            "profile",
            "add",
            "--service",
            "mine",
            "--label",
            "x",
            "--services",
            &own,
            "--secret",
            "api_key=HOME",
        ]),
        say(&["profile", "add", "--service", HOSTILE, "--label", "x"]),
        say(&[
            "profile",
            "add",
            "--service",
            "z-api",
            "--label",
            "x",
            "--field",
            &format!("{HOSTILE}={HOSTILE}"),
        ]),
        say(&[
            "profile",
            "add",
            "--service",
            "z-api",
            "--label",
            "x",
            "--base-url",
            HOSTILE,
        ]),
        say(&["profile", "remove", HOSTILE]),
        say(&["read", HOSTILE]),
        say(&["change", "w", "--to", HOSTILE]),
        say(&["change", HOSTILE, "--to", NEW]),
        say(&["change", "w", "--to", NEW, "--replace"]),
        say(&["verify", HOSTILE, "--code", HOSTILE]),
        say(&["verify", "w", "--code", HOSTILE]),
        say(&["settle", HOSTILE]),
        say(&["history", "--text", HOSTILE]),
        say(&["history", "--limit", HOSTILE]),
        say(&["history", "--state", HOSTILE]),
        say(&["history", &format!("--{HOSTILE}")]),
        say(&[HOSTILE]),
        say(&["profile", "list"]),
        say(&["pending"]),
        say(&["history"]),
        say(&["vault", "new-key", &format!("/nowhere/{HOSTILE}")]),
    ];
    let mut check = say(&["services", "check"]);
    check.extend(files);
    lines.push(check);
    lines
}

fn stage_with_answers() -> Stage {
    let stage = Stage::new();
    stage.add(Service::Webshare, "w");
    let kind = FaultKind::Answer {
        status: 400,
        content_type: Some("application/json".to_owned()),
        headers: Vec::new(),
        body: serde_json::json!({ "detail": HOSTILE, "new_email": [HOSTILE] }).to_string(),
    };
    stage.sandbox.add_fault(
        Fault::new(Service::Webshare, kind)
            .on("request")
            .times(1000),
    );
    stage
}

#[test]
fn nothing_acts_when_it_is_piped() {
    let stage = stage_with_answers();
    for line in lines(&stage) {
        let words: Vec<&str> = line.iter().map(String::as_str).collect();
        for json in [false, true] {
            let ran = if json {
                stage.json(&words)
            } else {
                stage.words(&words)
            };
            assert!(
                !ran.stdout.is_empty() || !ran.stderr.is_empty(),
                "{words:?}"
            );
            harmless(&ran.stdout, &format!("{words:?} on stdout"));
            harmless(&ran.stderr, &format!("{words:?} on stderr"));
        }
    }
    harmless(&stage.words(&["history", "--csv"]).stdout, "CSV");
}

/// The same on a terminal, where programs begin to colour: `script` gives them one.
#[test]
#[cfg(target_os = "linux")]
fn nothing_acts_on_a_terminal() {
    let stage = stage_with_answers();
    let quoted = |word: &String| format!("'{}'", word.replace('\'', r"'\''"));
    let data = stage
        .folder
        .path()
        .join("data")
        .to_string_lossy()
        .into_owned();
    let mut all = String::new();
    for mut line in lines(&stage) {
        line.insert(0, env!("CARGO_BIN_EXE_readdress-cli").to_owned());
        line.extend(["--data-dir".to_owned(), data.clone()]);
        let line: Vec<String> = line.iter().map(quoted).collect();
        all.push_str(&format!("{} < /dev/null\n", line.join(" ")));
    }
    let script = stage.folder.path().join("all.sh");
    std::fs::write(&script, all).expect("a script");
    let ran = Command::new("script")
        .args([
            "--quiet",
            "--return",
            "--command",
            &format!("sh {}", script.display()),
            "/dev/null",
        ])
        .env("TERM", "xterm-256color")
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
        .env("READDRESS_KEY_FILE", stage.folder.path().join("key"))
        .stdin(std::process::Stdio::null())
        .output()
        .expect("script, of util-linux");
    let printed = String::from_utf8(ran.stdout)
        .expect("UTF-8")
        .replace("\r\n", "\n");
    assert!(
        printed.contains("exe.txt") && printed.contains("manifest_invalid"),
        "{printed:.2000}"
    );
    harmless(&printed, "on a terminal");
}

#[test]
fn a_history_that_a_spreadsheet_opens_runs_nothing() {
    let stage = Stage::new();
    for (n, label) in ["=1+1", "+1", " -1", "@SUM(A1)", "plain"]
        .iter()
        .enumerate()
    {
        stage
            .add(Service::ALL[0], &format!("{label}{n}x")[..])
            .ends(0);
        stage.json(&["change", &format!("{label}{n}x"), "--to", NEW]);
        stage
            .json(&["profile", "remove", &format!("{label}{n}x")])
            .ends(0);
    }
    let csv = stage.words(&["history", "--csv"]).ends(0).stdout;
    for cell in csv.lines().skip(1).flat_map(|line| line.split(',')) {
        let bare = cell.trim_matches('"');
        assert!(
            !bare.starts_with(['=', '+', '-', '@', '\t', '\r']),
            "{cell}"
        );
    }
    assert!(
        csv.contains("'=1+10x") && csv.contains(",plain4x,"),
        "{csv}"
    );
}
