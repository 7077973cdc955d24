//! `backup`: everything in one encrypted file, and back.
//!
//! Not here: what is in the file (core). Its passphrase is never an argument, as no secret is (`given`).

use std::io::IsTerminal;
use std::path::Path;
use std::sync::Arc;

use readdress_core::backup::{Lock, Tell};
use readdress_core::engine::Engine;
use readdress_core::error::{Code, Problem};
use readdress_core::secret::Secret;

use crate::answer::{Answer, Done, Failure};
use crate::args::BackupCommand;
use crate::console::Console;
use crate::exit::Exit;
use crate::given;

const VARIABLE: &str = "READDRESS_BACKUP_PASSPHRASE";

pub async fn run(engine: &Engine, what: BackupCommand, console: &Console) -> Done {
    match what {
        BackupCommand::Export { file, passphrase } => {
            let passphrase = passphrase.passphrase.as_deref();
            export(engine, &file, passphrase, console).await
        }
        BackupCommand::Restore {
            file,
            replace,
            passphrase,
        } => {
            let passphrase = passphrase.passphrase.as_deref();
            restore(engine, &file, passphrase, replace, console).await
        }
    }
}

async fn export(engine: &Engine, file: &Path, given: Option<&str>, console: &Console) -> Done {
    let shown = shown(file);
    if file.symlink_metadata().is_ok() {
        let problem = Problem::new(Code::FieldInvalid).with("file", shown);
        return Err(Failure::from(problem).instead("backup_exists"));
    }
    let passphrase = passphrase(given, true, console)?;
    // Not the vault's: what was given cannot be used.
    let lock = Lock::new(passphrase).map_err(|problem| Failure::new(problem, Exit::Usage))?;
    let backup = engine.export_backup(file, lock, nobody()).await?;
    let answer = Answer::of(serde_json::json!({ "file": shown, "backup": backup }));
    if console.json {
        return Ok(answer);
    }
    let (profiles, changes) = (backup.profiles.to_string(), backup.changes.to_string());
    let gaps = [
        ("file", shown.as_str()),
        ("profiles", &profiles),
        ("changes", &changes),
    ];
    Ok(answer.text(console.words.say("cli.backup.saved", &gaps)))
}

async fn restore(
    engine: &Engine,
    file: &Path,
    given: Option<&str>,
    replace: bool,
    console: &Console,
) -> Done {
    let passphrase = passphrase(given, false, console)?;
    let restored = engine
        .restore_backup(file, passphrase, replace, nobody())
        .await?;
    let answer = Answer::of(&restored);
    if console.json {
        return Ok(answer);
    }
    let say = |key: &str, gaps: &[(&str, &str)]| console.words.say(key, gaps);
    let backup = &restored.backup;
    let (profiles, changes) = (backup.profiles.to_string(), backup.changes.to_string());
    let gaps = [("profiles", profiles.as_str()), ("changes", &changes)];
    let mut answer = answer.text(say("cli.backup.restored", &gaps));
    if restored.unknown > 0 {
        let unknown = restored.unknown.to_string();
        answer
            .next
            .push(say("cli.backup.unknown", &[("unknown", &unknown)]));
    }
    if let Some(copy) = &restored.copy {
        answer.next.push(say("cli.backup.copy", &[("file", copy)]));
    }
    Ok(answer)
}

fn passphrase(given: Option<&str>, twice: bool, console: &Console) -> Result<Secret, Failure> {
    let set = std::env::var_os(VARIABLE).is_some_and(|text| !text.is_empty());
    let source = given.or(set.then_some(VARIABLE));
    if source.is_none() && std::io::stdin().is_terminal() {
        return asked(twice, console);
    }
    let found = source.and_then(|source| given::secret(source).ok());
    found.ok_or_else(missing)
}

/// Without showing what is typed; twice where a slip of the finger would lock everything away.
fn asked(twice: bool, console: &Console) -> Result<Secret, Failure> {
    let ask = |key: &str| {
        rpassword::prompt_password(format!("{} ", console.words.say(key, &[])))
            .map(Secret::new)
            .map_err(|_| missing())
    };
    let passphrase = ask("cli.backup.ask")?;
    if twice && ask("cli.backup.again")? != passphrase {
        let problem = Problem::new(Code::FieldInvalid).with("field", "--passphrase");
        return Err(Failure::from(problem).instead("backup_passphrase_differs"));
    }
    Ok(passphrase)
}

fn missing() -> Failure {
    let problem = Problem::new(Code::FieldMissing).with("field", "--passphrase");
    Failure::from(problem).instead("backup_passphrase_missing")
}

fn shown(file: &Path) -> String {
    let path = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    path.display().to_string()
}

/// A script waits for the end.
fn nobody() -> Tell {
    Arc::new(|_| {})
}
