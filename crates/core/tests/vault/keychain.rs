//! The system's own keychain, in processes of their own: what it does depends on the session they run in.

use std::process::{Command, Output};

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

/// A bus without a keychain on it, then one with gnome-keyring, where the key lasts and can be changed.
#[test]
fn gnome_keyring_keeps_the_key() {
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
            return;
        }
    }
    let dir = tempfile::tempdir().unwrap();
    let [data, home, runtime] = ["data", "home", "runtime"].map(|name| {
        let path = dir.path().join(name);
        std::fs::create_dir(&path).unwrap();
        path
    });
    let script = r#"
        printf "\n" | gnome-keyring-daemon --unlock --components=secrets --foreground >/dev/null 2>&1 &
        gdbus wait --session --timeout 10 org.freedesktop.secrets || exit 99
        "$@"; first=$?
        READDRESS_TEST_NEW_KEY=1 "$@"; second=$?
        "$@"; third=$?
        kill %1 2>/dev/null
        exit $((first + second + third))"#;
    let run = |script: &str| {
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
            .output()
            .unwrap()
    };
    let output = run(script);
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
    let output = run(r#""$@""#);
    let said = line(&output, "failed ").unwrap_or_else(|| panic!("{output:?}"));
    assert!(said.starts_with("keychain_"), "{said}");
}
