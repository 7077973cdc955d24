//! The system's own keychain, in processes of their own: what it does depends on the session they run in.

use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use readdress_core::db::Db;
use readdress_core::error::Code;
use readdress_core::folder::Folder;
use readdress_core::vault::{Vault, VaultEnv};

const FOLDER: &str = "READDRESS_TEST_FOLDER";

/// Run by the tests below.
#[tokio::test]
#[ignore = "helper process"]
async fn opens_the_real_one() {
    let folder = Folder::open(std::env::var_os(FOLDER).unwrap().as_ref()).unwrap();
    let env = VaultEnv {
        auto_keychain: true,
        ..VaultEnv::default()
    };
    let vault = Vault::new(Db::open(&folder).unwrap(), env);
    match vault.key().await {
        Ok(key) => {
            println!("opened {}", key.id());
            if let Some(daemon) = std::env::var_os("READDRESS_TEST_KILL") {
                // It ends between two questions, and the bus brings up a locked one, or none.
                let killed = Command::new("kill").arg("-9").arg(daemon).status().unwrap();
                assert!(killed.success());
                let started = Instant::now();
                let problem = vault.make_new_key(None).await.unwrap_err();
                println!(
                    "without it {} {} after {}",
                    problem.code.as_str(),
                    problem.params["reason"],
                    started.elapsed().as_secs()
                );
                println!("still {}", vault.key().await.unwrap().id());
            }
            if std::env::var_os("READDRESS_TEST_NEW_KEY").is_some() {
                vault.make_new_key(None).await.unwrap();
                println!("now {}", vault.key().await.unwrap().id());
            }
        }
        Err(problem) => println!(
            "failed {} {}",
            problem.code.as_str(),
            problem.params["reason"]
        ),
    }
}

fn helper() -> Vec<String> {
    let me = std::env::current_exe().unwrap().display().to_string();
    [
        &me,
        "--exact",
        "keychain::opens_the_real_one",
        "--ignored",
        "--nocapture",
    ]
    .map(str::to_owned)
    .to_vec()
}

fn line(output: &Output, start: &str) -> Option<String> {
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().find_map(|line| {
        line.split_once(start)
            .map(|(_, rest)| rest.trim().to_owned())
    })
}

#[test]
fn no_bus_is_said_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let command = helper();
    let output = Command::new(&command[0])
        .args(&command[1..])
        .env(FOLDER, dir.path())
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
        .env("XDG_RUNTIME_DIR", dir.path())
        .output()
        .unwrap();
    let said = line(&output, "failed ").unwrap_or_else(|| panic!("{output:?}"));
    assert_eq!(
        said,
        format!("{} no_service", Code::KeychainMissing.as_str())
    );
}

/// What the tests with the real keychain need is installed.
fn can_run() -> bool {
    for (name, asked) in [
        ("dbus-run-session", "--version"),
        ("gnome-keyring-daemon", "--version"),
        ("gdbus", "help"),
    ] {
        if !Command::new(name)
            .arg(asked)
            .output()
            .is_ok_and(|output| output.status.success())
        {
            println!("skipped: {name} is not installed");
            return false;
        }
    }
    true
}

/// Runs `script` in a session of its own, with the helper as its arguments. Home and data folder last from one to the next.
fn session(dir: &Path, script: &str) -> Output {
    let [data, home, runtime] = ["data", "home", "runtime"].map(|name| {
        let path = dir.join(name);
        std::fs::create_dir_all(&path).unwrap();
        path
    });
    let mut command = Command::new("dbus-run-session");
    command
        .args(["--", "bash", "-c", script, "_"])
        .args(helper());
    command
        .env(FOLDER, &data)
        .env("HOME", &home)
        .env("XDG_DATA_HOME", &home)
        .env("XDG_RUNTIME_DIR", &runtime);
    command
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .output()
        .unwrap()
}

const UNLOCKED: &str = r#"
    printf "\n" | gnome-keyring-daemon --unlock --components=secrets --foreground >/dev/null 2>&1 &
    gdbus wait --session --timeout 10 org.freedesktop.secrets || exit 99
"#;

/// Its user has a password, and nobody is there to type it.
#[test]
fn a_locked_keyring_is_told_and_makes_no_second_key() {
    if !can_run() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let first = session(
        dir.path(),
        &format!(r#"{UNLOCKED} "$@"; kill %1 2>/dev/null"#),
    );
    let id = line(&first, "opened ").unwrap_or_else(|| panic!("{first:?}"));
    let started = Instant::now();
    let locked = session(
        dir.path(),
        r#"gnome-keyring-daemon --start --components=secrets --foreground >/dev/null 2>&1 &
        gdbus wait --session --timeout 10 org.freedesktop.secrets || exit 99
        "$@"; kill %1 2>/dev/null"#,
    );
    let said = line(&locked, "failed ").unwrap_or_else(|| panic!("{locked:?}"));
    assert!(said.starts_with("keychain_missing "), "{said}");
    assert!(
        started.elapsed() < Duration::from_secs(25),
        "{:?}",
        started.elapsed()
    );
    let again = session(
        dir.path(),
        &format!(r#"{UNLOCKED} "$@"; kill %1 2>/dev/null"#),
    );
    assert_eq!(line(&again, "opened "), Some(id), "the same key as before");
}

#[test]
fn a_keyring_that_ends_while_the_key_is_open_costs_nothing() {
    if !can_run() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let killed = session(
        dir.path(),
        &format!(r#"{UNLOCKED} READDRESS_TEST_KILL=$! "$@""#),
    );
    let id = line(&killed, "opened ").unwrap_or_else(|| panic!("{killed:?}"));
    let said = line(&killed, "without it ").unwrap_or_else(|| panic!("{killed:?}"));
    let seconds: u64 = said.rsplit(' ').next().unwrap().parse().unwrap();
    assert!(
        said.starts_with("keychain_missing ") && seconds <= 22,
        "{said}"
    );
    assert_eq!(
        line(&killed, "still "),
        Some(id.clone()),
        "what is open stays open"
    );
    let again = session(
        dir.path(),
        &format!(r#"{UNLOCKED} "$@"; kill %1 2>/dev/null"#),
    );
    assert_eq!(line(&again, "opened "), Some(id));
}

/// A bus without a keychain on it, then one with gnome-keyring, where the key lasts and can be changed.
#[test]
fn gnome_keyring_keeps_the_key() {
    if !can_run() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let script = r#"
        printf "\n" | gnome-keyring-daemon --unlock --components=secrets --foreground >/dev/null 2>&1 &
        gdbus wait --session --timeout 10 org.freedesktop.secrets || exit 99
        "$@"; first=$?
        READDRESS_TEST_NEW_KEY=1 "$@"; second=$?
        "$@"; third=$?
        kill %1 2>/dev/null
        exit $((first + second + third))"#;
    let output = session(dir.path(), script);
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let ids = |start: &str| -> Vec<String> {
        text.lines()
            .filter_map(|line| line.split_once(start))
            .map(|(_, id)| id.trim().to_owned())
            .collect()
    };
    let (opened, now) = (ids("opened "), ids("now "));
    assert_eq!((opened.len(), now.len()), (3, 1), "{text}");
    assert_eq!(opened[0], opened[1]);
    assert_eq!(opened[2], now[0]);
    assert_ne!(opened[0], now[0]);

    // The same folder in a session whose keychain never saw the key, or is locked: no second vault.
    let output = session(dir.path(), r#""$@""#);
    let said = line(&output, "failed ").unwrap_or_else(|| panic!("{output:?}"));
    assert!(said.starts_with("keychain_"), "{said}");
}
