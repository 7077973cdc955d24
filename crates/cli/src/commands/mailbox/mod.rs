//! `mailbox add|list|test|edit|remove|find`.
//!
//! Not here: which server it is (`server`), how a test is told (`test`), watching (`commands::wait`).

mod find;
mod server;
mod test;

use readdress_core::ask::NewMailbox;
use readdress_core::engine::Engine;
use readdress_core::error::Code;
use readdress_core::view::MailboxView;
use uuid::Uuid;

use crate::answer::{Answer, Done, Failure};
use crate::args::{FoundArgs, MailboxCommand, ServerArgs};
use crate::clean;
use crate::console::Console;
use crate::documents::MailboxDocument;
use crate::given;
use crate::shell::quoted;
use crate::table::aligned;

pub async fn run(engine: &Engine, what: MailboxCommand, console: &Console) -> Done {
    match what {
        MailboxCommand::Add {
            user,
            password_env,
            found,
        } => {
            let new = described(engine, user, &password_env, &found, console).await?;
            add(engine, new, console).await
        }
        MailboxCommand::List => list(engine, console),
        MailboxCommand::Test {
            mailbox: Some(name),
            password_env,
            found,
            ..
        } => {
            let (id, kept) = named(engine, &name)?;
            let new = edited(kept, None, password_env.as_deref(), &found.server)?;
            test::run(engine, Some(id), new, console).await
        }
        MailboxCommand::Test {
            user,
            password_env,
            found,
            ..
        } => {
            let (user, source) = (user.unwrap_or_default(), password_env.unwrap_or_default());
            let new = described(engine, user, &source, &found, console).await?;
            test::run(engine, None, new, console).await
        }
        MailboxCommand::Edit {
            mailbox,
            user,
            password_env,
            server,
        } => {
            let (id, kept) = named(engine, &mailbox)?;
            let new = edited(kept, user, password_env.as_deref(), &server)?;
            let named = new.user.clone();
            let view = engine
                .edit_mailbox(id, new)
                .await
                .map_err(|problem| Failure::from(problem).name(&named))?;
            Ok(saved(&view, "cli.mailbox.saved", console))
        }
        MailboxCommand::Remove { mailbox } => remove(engine, &mailbox, console).await,
        MailboxCommand::Find { address, ask } => find::run(engine, &address, ask, console).await,
    }
}

/// The mailbox that the flags describe, its server found where it is not named.
async fn described(
    engine: &Engine,
    user: String,
    source: &str,
    found: &FoundArgs,
    console: &Console,
) -> Result<NewMailbox, Failure> {
    // First: a provider that cannot be served is told before a password is read.
    let server = server::of(engine, &user, found, console).await?;
    let args = &found.server;
    Ok(NewMailbox {
        user: server.user,
        host: server.host,
        port: server.port,
        tls: server.tls,
        ca_file: ca_file(args.ca.as_deref()),
        serves: serves(args, &user),
        password: Some(given::password(source)?),
    })
}

/// What a login name of its own would not tell: the address that was typed as `--user`.
fn serves(args: &ServerArgs, user: &str) -> Vec<String> {
    if args.serves.is_empty() && user.contains('@') {
        return vec![user.to_owned()];
    }
    args.serves.clone()
}

/// A mailbox that is kept, with what the flags replace.
fn edited(
    kept: MailboxView,
    user: Option<String>,
    source: Option<&str>,
    args: &ServerArgs,
) -> Result<NewMailbox, Failure> {
    let (tls, port) = server::way(args, kept.tls, kept.port);
    Ok(NewMailbox {
        user: user.unwrap_or(kept.user),
        host: args.host.clone().unwrap_or(kept.host),
        port,
        tls,
        ca_file: match args.ca.as_deref() {
            None => kept.ca_file,
            given => ca_file(given),
        },
        serves: if args.serves.is_empty() {
            kept.serves
        } else {
            args.serves.clone()
        },
        password: source.map(given::password).transpose()?,
    })
}

/// The window, and later calls, may stand in another folder: a path is kept whole.
fn ca_file(given: Option<&str>) -> Option<String> {
    let file = given.filter(|file| !file.is_empty())?;
    let whole = std::path::absolute(file).map(|path| path.display().to_string());
    Some(whole.unwrap_or_else(|_| file.to_owned()))
}

fn named(engine: &Engine, name: &str) -> Result<(Uuid, MailboxView), Failure> {
    let id = engine.find_mailbox(name)?;
    let view = engine.mailboxes()?.into_iter().find(|view| view.id == id);
    let view = view.ok_or_else(|| Failure::from(Code::MailboxUnknown))?;
    Ok((id, view))
}

async fn add(engine: &Engine, new: NewMailbox, console: &Console) -> Done {
    let named = new.user.clone();
    let view = engine
        .add_mailbox(new)
        .await
        .map_err(|problem| Failure::from(problem).name(&named))?;
    let mut answer = saved(&view, "cli.mailbox.added", console);
    if !console.json {
        let command = format!("readdress-cli mailbox test {}", quoted(&view.user));
        let text = console
            .words
            .say("cli.then.test_mailbox", &[("command", &command)]);
        answer
            .next
            .push(console.words.say("cli.next", &[("next", &text)]));
    }
    Ok(answer)
}

fn saved(view: &MailboxView, key: &str, console: &Console) -> Answer {
    let answer = Answer::of(MailboxDocument::of(view));
    if console.json {
        return answer;
    }
    let gaps = [
        ("user", view.user.as_str()),
        ("host", view.host.as_str()),
        ("served", &view.serves.join(", ")),
    ];
    answer.text(console.words.say(key, &gaps))
}

fn list(engine: &Engine, console: &Console) -> Done {
    let views = engine.mailboxes()?;
    let documents: Vec<_> = views.iter().map(MailboxDocument::of).collect();
    let answer = Answer::of(documents);
    if console.json {
        return Ok(answer);
    }
    if views.is_empty() {
        return Ok(answer.text(console.words.say("cli.mailbox.none", &[])));
    }
    let row = |view: &MailboxView| {
        let password = if view.has_password {
            String::new()
        } else {
            console.words.say("cli.mailbox.no_password", &[])
        };
        vec![
            clean::line(&view.user),
            clean::line(&server::shown(&view.host, view.port, view.tls)),
            clean::line(&view.serves.join(", ")),
            password,
        ]
    };
    Ok(answer.text(aligned(&views.iter().map(row).collect::<Vec<_>>())))
}

async fn remove(engine: &Engine, name: &str, console: &Console) -> Done {
    let (id, view) = named(engine, name)?;
    engine
        .remove_mailbox(id)
        .await
        .map_err(|problem| Failure::from(problem).name(name))?;
    let answer = Answer::of(serde_json::json!({ "removed": view.user }));
    if console.json {
        return Ok(answer);
    }
    let text = console
        .words
        .say("cli.mailbox.removed", &[("user", &view.user)]);
    Ok(answer.text(text))
}
