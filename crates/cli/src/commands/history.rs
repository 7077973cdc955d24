//! `pending` and `history`: changes with their events.
//!
//! Not here: which changes are open, the CSV's columns (core).

use std::io::{ErrorKind, Write};

use jiff::{SignedDuration, Timestamp};
use readdress_core::change::State;
use readdress_core::engine::Engine;
use readdress_core::error::{Code, Problem, Result};
use readdress_core::view::{ChangeView, HistoryFilter, ServiceView};

use crate::answer::{Answer, Done, Failure};
use crate::args::HistoryArgs;
use crate::console::Console;
use crate::documents::{ChangeDocument, MailboxDocument};
use crate::exit::Exit;
use crate::table::aligned;
use crate::{change_text, clean, served, when};

/// Changes that are read at once.
const PAGE: u32 = 500;

/// One document is either CSV or JSON.
///
/// # Errors
/// `field_invalid` where both are asked for.
pub fn refuse_two_forms(args: &HistoryArgs, console: &Console) -> Result<(), Failure> {
    if args.csv && console.json {
        let problem = Problem::new(Code::FieldInvalid).with("field", "--csv");
        return Err(Failure::from(problem).instead("csv_or_json"));
    }
    Ok(())
}

pub fn pending(engine: &Engine, console: &Console) -> Done {
    let (open, services) = (engine.open_changes(true)?, engine.services()?);
    let mailboxes = engine.mailboxes()?;
    let served = |view: &ChangeView| served::by(&mailboxes, served::address(view, &services));
    let mut documents = documents(&open);
    for (document, view) in documents.iter_mut().zip(&open) {
        let served = served(view).into_iter().map(MailboxDocument::of);
        document.mailboxes = Some(served.collect());
    }
    let answer = Answer::of(documents);
    if console.json {
        return Ok(answer);
    }
    if open.is_empty() {
        return Ok(answer.text(console.words.say("cli.list.nothing_open", &[])));
    }
    let lines: Vec<String> = open
        .iter()
        .filter_map(|view| no_mail(view, &services, console))
        .collect();
    let seen_by = |view: &ChangeView| {
        let users: Vec<&str> = served(view)
            .into_iter()
            .map(|mailbox| mailbox.user.as_str())
            .collect();
        let list = users.join(", ");
        if users.is_empty() {
            String::new()
        } else {
            console.words.say("cli.list.mailbox", &[("user", &list)])
        }
    };
    let mut answer = answer.text(rows(&open, console, seen_by));
    answer.next = lines;
    Ok(answer)
}

/// What a service's silence may mean, once it has lasted as long as its manifest says.
fn no_mail(view: &ChangeView, services: &[ServiceView], console: &Console) -> Option<String> {
    let service = services.iter().find(|service| service.id == view.service)?;
    let after = SignedDuration::from_mins(i64::from(service.no_mail_after?));
    let long = view.state == State::AwaitingCode && Timestamp::now() >= view.requested_at? + after;
    let text = console.words.of_service(service.texts.get("no_mail")?)?;
    long.then(|| format!("{}: {text}", clean::line(&view.profile)))
}

pub fn all(engine: &Engine, args: &HistoryArgs, console: &Console) -> Done {
    let filter = HistoryFilter {
        text: args.text.clone(),
        service: args.service.clone(),
        state: args.state.map(Into::into),
        profile_id: args
            .profile
            .as_deref()
            .map(|name| engine.find_profile(name))
            .transpose()?,
    };
    if args.csv {
        return csv(engine, &filter);
    }
    let views = read(engine, &filter, args.limit.unwrap_or(usize::MAX))?;
    let answer = Answer::of(documents(&views));
    if console.json {
        return Ok(answer);
    }
    if views.is_empty() {
        return Ok(answer.text(console.words.say("cli.list.nothing", &[])));
    }
    Ok(answer.text(rows(&views, console, |_| String::new())))
}

fn read(engine: &Engine, filter: &HistoryFilter, limit: usize) -> Result<Vec<ChangeView>> {
    let mut views = Vec::new();
    let mut after: Option<String> = None;
    while views.len() < limit {
        let rest = u32::try_from(limit - views.len()).unwrap_or(PAGE).min(PAGE);
        let page = engine.history(filter, after.as_deref(), rest, true)?;
        views.extend(page.items);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    Ok(views)
}

fn documents(views: &[ChangeView]) -> Vec<ChangeDocument<'_>> {
    views.iter().map(ChangeDocument::with_events).collect()
}

/// `last`: one more column.
fn rows(views: &[ChangeView], console: &Console, last: impl Fn(&ChangeView) -> String) -> String {
    let words = &console.words;
    let row = |view: &ChangeView| {
        let until = view
            .expires_at
            .filter(|_| view.open)
            .map(|at| words.say("cli.list.until", &[("time", &when::short(at))]));
        vec![
            when::short(view.created_at),
            clean::line(&view.profile),
            view.service.clone(),
            change_text::state(view, words),
            change_text::from_to(view, words),
            until.unwrap_or_default(),
            last(view),
        ]
    };
    aligned(&views.iter().map(row).collect::<Vec<_>>())
}

fn csv(engine: &Engine, filter: &HistoryFilter) -> Done {
    let mut out = Out {
        stdout: std::io::stdout().lock(),
        closed: false,
    };
    let written = engine.write_history_csv(filter, &mut out);
    match written {
        // Nobody reads on, as with `| head`: all is done that was wanted.
        Err(_) if out.closed => Ok(Answer::default()),
        Err(problem) => Err(Failure::new(problem, Exit::Failed)),
        Ok(()) => Ok(Answer::default()),
    }
}

/// stdout, and whether its reader has gone away.
struct Out<'a> {
    stdout: std::io::StdoutLock<'a>,
    closed: bool,
}

impl Out<'_> {
    fn seen<T>(&mut self, result: std::io::Result<T>) -> std::io::Result<T> {
        self.closed |= result
            .as_ref()
            .is_err_and(|error| error.kind() == ErrorKind::BrokenPipe);
        result
    }
}

impl Write for Out<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let result = self.stdout.write(bytes);
        self.seen(result)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        let result = self.stdout.flush();
        self.seen(result)
    }
}
