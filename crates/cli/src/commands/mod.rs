//! One file per group of commands. Each takes what was typed and gives an `Answer`.

mod backup;
mod change;
mod check;
mod demo;
mod history;
mod mailbox;
mod practice;
mod profile;
mod read;
mod services;
mod stop;
mod vault;
mod wait;

use readdress_core::engine::Engine;

use crate::answer::{Answer, Done};
use crate::args::{Cli, Command, ServicesCommand, VaultCommand};
use crate::console::Console;
use crate::environment;

/// Does what was typed.
pub async fn run(cli: Cli, console: &Console) -> Done {
    // These need no data folder, and must work where there is none.
    match &cli.command {
        Command::Practice(args) => return practice::serve(args).await,
        Command::Demo => return demo::run(console).await,
        Command::Services {
            what: Some(ServicesCommand::Check { files }),
        } => {
            return Ok(check::files(files, console));
        }
        Command::Vault {
            what: VaultCommand::NewKey { file },
        } => return vault::new_key(file, console),
        Command::History(args) => history::refuse_two_forms(args, console)?,
        _ => {}
    }
    let engine = environment::open(&cli.global, console)?;
    let done = on_folder(&engine, cli.command, console).await;
    let mut answer = done.unwrap_or_else(Answer::from);
    answer.notices = engine.clock_notices();
    Ok(answer)
}

async fn on_folder(engine: &Engine, command: Command, console: &Console) -> Done {
    match command {
        Command::Services {
            what: Some(ServicesCommand::Show { service }),
        } => services::show(engine, &service, console),
        Command::Services {
            what: Some(ServicesCommand::Accept { service, host }),
        } => services::accept(engine, &service, &host, console),
        Command::Services {
            what: Some(ServicesCommand::Add { file, replace }),
        } => services::add(engine, &file, replace, console),
        Command::Services { .. } => services::list(engine, console),
        Command::Profile { what } => profile::run(engine, what, console).await,
        Command::Read { profile } => read::run(engine, &profile, console).await,
        Command::Change(args) => change::request(engine, args, console).await,
        Command::Verify { name, code } => change::verify(engine, &name, code, console).await,
        Command::Wait { name, at_most } => wait::run(engine, &name, at_most, console).await,
        Command::Mailbox { what } => mailbox::run(engine, what, console).await,
        Command::Resend {
            change,
            secrets,
            anyway,
        } => change::resend(engine, &change, &secrets.secrets, anyway, console).await,
        Command::Cancel { change } => change::cancel(engine, &change, console).await,
        Command::Settle {
            change,
            worked,
            send_again,
            secrets,
        } => {
            change::settle(
                engine,
                &change,
                change::how_to_settle(worked, send_again),
                &secrets.secrets,
                console,
            )
            .await
        }
        Command::Pending => history::pending(engine, console),
        Command::History(args) => history::all(engine, &args, console),
        Command::Backup { what } => backup::run(engine, what, console).await,
        Command::Vault { what } => vault::run(engine, what, console).await,
        Command::Practice(_) | Command::Demo => unreachable!("they were done above"),
    }
}
