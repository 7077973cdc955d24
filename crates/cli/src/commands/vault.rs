//! `vault`: where the key of the secrets is kept, and key files for servers.
//!
//! Not here: keys themselves (core). No command shows one.

use std::path::Path;

use readdress_core::engine::Engine;
use readdress_core::error::Code;
use readdress_core::vault;
use readdress_core::view::{VaultKind, VaultState};

use crate::answer::{Answer, Done, Failure};
use crate::args::{VaultCommand, VaultKindArgs};
use crate::console::Console;
use crate::shell::quoted;

pub fn new_key(file: &Path, console: &Console) -> Done {
    vault::new_key_file(file).map_err(|problem| {
        let exists = problem.code == Code::KeyFileInvalid;
        let failure = Failure::from(problem);
        if exists {
            failure.instead("key_file_exists")
        } else {
            failure
        }
    })?;
    let path = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    let shown = path.display().to_string();
    let answer = Answer::of(serde_json::json!({ "file": shown }));
    if console.json {
        return Ok(answer);
    }
    let command = format!("export READDRESS_KEY_FILE={}", quoted(&shown));
    let mut answer = answer.text(console.words.say("cli.vault.key_made", &[("file", &shown)]));
    let text = console
        .words
        .say("cli.then.key_file", &[("command", &command)]);
    answer
        .next
        .push(console.words.say("cli.next", &[("next", &text)]));
    Ok(answer)
}

pub async fn run(engine: &Engine, what: VaultCommand, console: &Console) -> Done {
    match what {
        VaultCommand::Status { open } => status(engine, open, console).await,
        VaultCommand::SetUp { kind } => {
            let done = engine.vault().set_up(kind_of(&kind), None).await;
            done.map_err(|problem| {
                let there = problem.code == Code::Busy;
                let failure = Failure::from(problem);
                if there {
                    failure.instead("vault_there")
                } else {
                    failure
                }
            })?;
            status(engine, true, console).await
        }
        VaultCommand::NewKey { file } => new_key(&file, console),
    }
}

fn kind_of(args: &VaultKindArgs) -> VaultKind {
    match args {
        VaultKindArgs { keychain: true, .. } => VaultKind::Keychain,
        VaultKindArgs {
            passphrase: true, ..
        } => VaultKind::Passphrase,
        _ => VaultKind::KeyFile,
    }
}

async fn status(engine: &Engine, open: bool, console: &Console) -> Done {
    // A look must not make a vault where there is none.
    let failure = if open && engine.vault().view().kind != VaultKind::Unset {
        engine.vault().key().await.err().map(Failure::from)
    } else {
        None
    };
    let view = engine.vault().view();
    let answer = Answer::of(&view).failed(failure);
    if console.json {
        return Ok(answer);
    }
    let kind = match view.kind {
        VaultKind::Unset => "unset",
        VaultKind::Keychain => "keychain",
        VaultKind::Passphrase => "passphrase",
        VaultKind::KeyFile => "key_file",
    };
    let mut text = console.words.say(&format!("cli.vault.{kind}"), &[]);
    if view.state == VaultState::Open {
        text.push(' ');
        text.push_str(&console.words.say("cli.vault.open", &[]));
    }
    Ok(answer.text(text))
}
