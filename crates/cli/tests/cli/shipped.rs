//! What packages ship beside the program: completions and the manual page, as the shells and man read them.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::stage::Call;

/// What it prints where there is no data folder: neither needs one.
fn out(args: &[&str]) -> String {
    let ran = Call::without_folder(args).run().ends(0);
    assert_eq!(ran.stderr, "", "{args:?}");
    ran.stdout
}

/// Every command and what stands under it, as help tells them.
const COMMANDS: [&str; 15] = [
    "services", "practice", "demo", "profile", "read", "change", "verify", "wait", "resend",
    "cancel", "settle", "pending", "history", "mailbox", "backup",
];

/// Other systems have shells of these names that are old, or ask for a subsystem first.
const TRIED_HERE: bool = cfg!(target_os = "linux");

/// What a program finds wrong with `text`; nothing where the program is not here.
fn mistakes(program: &str, args: &[&str], text: &str) -> String {
    if !TRIED_HERE {
        return String::new();
    }
    let child = Command::new(program)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut child) = child else {
        eprintln!("{program} is not here: its look at it is left out");
        return String::new();
    };
    let mut input = child.stdin.take().expect("a pipe");
    let text = text.to_owned();
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let ended = child.wait_with_output().expect("an end");
    // A program that refuses early does not read all of it.
    let _ = writer.join().expect("a writer");
    let said = [ended.stdout, ended.stderr].concat();
    let mut said = String::from_utf8_lossy(&said).into_owned();
    // The date is left to whoever packs it.
    said = said
        .lines()
        .filter(|line| !line.contains("missing date"))
        .collect();
    if said.is_empty() && ended.status.code().is_none_or(|code| code > 2) {
        said = format!("{program} ended with {}", ended.status);
    }
    said
}

#[test]
fn each_shell_reads_its_completions() {
    for (shell, check) in [
        ("bash", &["-n"][..]),
        ("zsh", &["-n"]),
        ("fish", &["--no-execute", "/dev/stdin"]),
        ("elvish", &[]),
        ("powershell", &[]),
    ] {
        let script = out(&["completions", shell]);
        for command in COMMANDS.iter().chain(&["vault", "completions", "man"]) {
            assert!(script.contains(command), "{shell}: {command}");
        }
        assert!(script.contains("readdress-cli"), "{shell}");
        if !check.is_empty() {
            assert_eq!(mistakes(shell, check, &script), "", "{shell}");
        }
    }
}

#[test]
fn bash_completes_commands_flags_and_values() {
    if !TRIED_HERE {
        return;
    }
    let script = out(&["completions", "bash"]);
    let asks = |words: &str| {
        let run = format!(
            "{script}\nCOMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))\n_readdress__cli readdress-cli \"${{COMP_WORDS[COMP_CWORD]}}\" \"${{COMP_WORDS[COMP_CWORD - 1]}}\"\necho \"${{COMPREPLY[@]}}\"\n"
        );
        let answer = Command::new("bash").args(["-c", &run]).output();
        answer
            .ok()
            .map(|answer| String::from_utf8_lossy(&answer.stdout).trim().to_owned())
    };
    let Some(commands) = asks("readdress-cli hist") else {
        eprintln!("bash is not here: its look at it is left out");
        return;
    };
    assert_eq!(commands, "history");
    assert_eq!(asks("readdress-cli vault new").as_deref(), Some("new-key"));
    assert_eq!(
        asks("readdress-cli vault set-up --key").as_deref(),
        Some("--keychain --key-file")
    );
    assert_eq!(asks("readdress-cli profile ad").as_deref(), Some("add"));
    assert_eq!(
        asks("readdress-cli change --repl").as_deref(),
        Some("--replace")
    );
    assert_eq!(
        asks("readdress-cli history --state awaiting").as_deref(),
        Some("awaiting_code")
    );
}

#[test]
fn the_manual_page_is_read_without_a_warning() {
    let page = out(&["man"]);
    for section in [
        "NAME",
        "SYNOPSIS",
        "DESCRIPTION",
        "OPTIONS",
        "COMMANDS",
        "SECRETS",
        "ENVIRONMENT",
        "FILES",
        "EXAMPLES",
    ] {
        assert!(page.contains(&format!(".SH {section}\n")), "{section}");
    }
    for code in 0..=4 {
        assert!(page.contains(&format!(".TP\n.B {code}\n")), "exit {code}");
    }
    for command in COMMANDS {
        assert!(page.contains(&format!(".SS \"{command}")), "{command}");
    }
    for (program, check) in [
        ("groff", &["-man", "-Tutf8", "-ww", "-z"][..]),
        ("mandoc", &["-T", "lint", "-W", "warning"]),
    ] {
        assert_eq!(mistakes(program, check, &page), "", "{program}");
    }
}

#[test]
fn with_json_they_are_documents_too() {
    let read =
        |args: &[&str]| -> serde_json::Value { serde_json::from_str(&out(args)).expect("JSON") };
    let script = read(&["completions", "bash", "--json"]);
    assert!(
        script["script"]
            .as_str()
            .expect("a script")
            .contains("_readdress__cli")
    );
    assert!(
        read(&["man", "--json"])["page"]
            .as_str()
            .expect("a page")
            .contains(".SH NAME")
    );
}
