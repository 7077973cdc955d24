//! `change`, `verify`, `resend`, `cancel`, `settle`: what is asked of one change, and whether it worked.
//!
//! Not here: the words (`change_text`), the documents (`documents`).

use std::io::IsTerminal;

use readdress_core::ask::{RequestChange, Settle};
use readdress_core::change::State;
use readdress_core::engine::Engine;
use readdress_core::error::{Code, Problem, Result};
use readdress_core::view::{ChangeView, Doubt};
use uuid::Uuid;

use super::wait;
use crate::answer::{Answer, Done, Failure};
use crate::args::ChangeArgs;
use crate::change_text;
use crate::console::Console;
use crate::documents::ChangeDocument;
use crate::exit::Exit;
use crate::given;

/// What was asked, to tell whether it was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Request,
    Verify,
    Resend,
    Cancel,
    Settle(Settle),
}

pub async fn request(engine: &Engine, args: ChangeArgs, console: &Console) -> Done {
    let profile = engine.find_profile(&args.profile)?;
    let secrets = given::secrets(&args.secrets.secrets)?;
    if args.wait {
        wait::is_possible(engine, profile, &args.to)?;
    }
    if !console.json {
        tell_before(engine, profile, &args.to, console)?;
    }
    let asked = RequestChange {
        profile_id: profile,
        to: args.to.clone(),
        secrets,
        replace: args.replace,
        anyway: args.anyway,
        undo_of: None,
    };
    match engine.request_change(asked).await {
        Ok(view) if args.wait && wait::goes_on(&view) => {
            wait::until_over(engine, view.id, args.at_most, console).await
        }
        Ok(view) => Ok(answer(engine, &view, Asked::Request, console)),
        Err(problem) => {
            let once = problem.code == Code::FieldMissing;
            let mut failure = Failure::from(problem).name(&args.profile);
            if once {
                failure = failure.instead("secret_once");
            }
            match standing(engine, profile, &args.to, failure.problem.code) {
                Some(view) => Ok(document(engine, &view, console).failed(Some(failure))),
                None => Err(failure),
            }
        }
    }
}

/// The side effects that only the service's manifest knows, and what speaks against the address.
fn tell_before(engine: &Engine, profile: Uuid, to: &str, console: &Console) -> Result<()> {
    let check = engine.check_address(profile, to)?;
    if check.problem.is_some() {
        // Nothing will be sent: the refusal says why.
        return Ok(());
    }
    let view = engine.profile(profile)?;
    let service = engine
        .services()?
        .into_iter()
        .find(|service| service.id == view.service);
    if let Some(service) = service
        && let Some(text) = service
            .texts
            .get("before_request")
            .and_then(|texts| console.words.of_service(texts))
    {
        console.note(&format!("{}: {text}", service.name));
    }
    for doubt in check.doubts {
        match doubt {
            Doubt::Typo { suggestion } => console.note(
                &console
                    .words
                    .say("cli.doubt.typo", &[("suggestion", &suggestion)]),
            ),
            Doubt::UsedBy { label } => {
                console.note(&console.words.say("cli.doubt.used_by", &[("label", &label)]))
            }
            // The engine says so itself, unless it is to send anyway.
            Doubt::TooSoon { .. } => {}
        }
    }
    Ok(())
}

/// The open change that a refused request is about: the one in the way, or the planned one for the same address.
fn standing(engine: &Engine, profile: Uuid, to: &str, code: Code) -> Option<ChangeView> {
    let open = engine
        .open_changes(false)
        .ok()?
        .into_iter()
        .find(|open| open.profile_id == Some(profile))?;
    let same = open.to.eq_ignore_ascii_case(to.trim());
    (same || code == Code::ChangeOpen).then_some(open)
}

pub async fn verify(engine: &Engine, name: &str, code: String, console: &Console) -> Done {
    let change = engine.find_change(name)?;
    if code == "-" && std::io::stdin().is_terminal() {
        console.note(&console.words.say("cli.paste", &[]));
    }
    let text = given::code(code)?;
    let done = engine.submit_code(change, &text).await;
    end(engine, change, done, Asked::Verify, console).await
}

pub async fn resend(
    engine: &Engine,
    name: &str,
    secrets: &[String],
    anyway: bool,
    console: &Console,
) -> Done {
    let change = engine.find_change(name)?;
    let once = given::secrets(secrets)?;
    let done = engine.resend_code(change, &once, anyway).await;
    end(engine, change, done, Asked::Resend, console).await
}

pub async fn cancel(engine: &Engine, name: &str, console: &Console) -> Done {
    let change = engine.find_change(name)?;
    let done = engine.cancel_change(change).await;
    end(engine, change, done, Asked::Cancel, console).await
}

pub fn how_to_settle(worked: bool, send_again: bool) -> Settle {
    match (worked, send_again) {
        (true, _) => Settle::Worked,
        (_, true) => Settle::SendAgain,
        _ => Settle::Check,
    }
}

pub async fn settle(
    engine: &Engine,
    name: &str,
    how: Settle,
    secrets: &[String],
    console: &Console,
) -> Done {
    let change = engine.find_change(name)?;
    let once = given::secrets(secrets)?;
    let done = engine.settle_change(change, how, &once).await;
    end(engine, change, done, Asked::Settle(how), console).await
}

/// A change was named: what went wrong is told beside it.
async fn end(
    engine: &Engine,
    change: Uuid,
    done: Result<ChangeView>,
    asked: Asked,
    console: &Console,
) -> Done {
    let problem = match done {
        Ok(view) => return Ok(answer(engine, &view, asked, console)),
        Err(problem) => problem,
    };
    let mut failure = Failure::from(problem).name(&change.to_string());
    let Ok(view) = engine.change(change).await else {
        return Err(failure);
    };
    failure = failure.name(&view.profile);
    if view.state == State::Unknown
        && matches!(asked, Asked::Settle(_))
        && failure.exit == Exit::Failed
    {
        failure.exit = Exit::Unknown;
    }
    Ok(document(engine, &view, console).failed(Some(failure)))
}

fn answer(engine: &Engine, view: &ChangeView, asked: Asked, console: &Console) -> Answer {
    let failure = verdict(view, asked);
    let mut answer = document(engine, view, console);
    if failure.is_none() && !console.json {
        answer.next = change_text::next(view, &console.words);
    }
    answer.failed(failure)
}

pub fn document(engine: &Engine, view: &ChangeView, console: &Console) -> Answer {
    let answer = Answer::of(ChangeDocument::of(view));
    if console.json {
        return answer;
    }
    answer.text(change_text::whole(
        view,
        &service_name(engine, &view.service),
        &console.words,
    ))
}

fn service_name(engine: &Engine, id: &str) -> String {
    let services = engine.services().unwrap_or_default();
    services
        .into_iter()
        .find(|service| service.id == id)
        .map_or_else(|| id.to_owned(), |service| service.name)
}

/// Whether what was asked is done; what went wrong otherwise.
fn verdict(view: &ChangeView, asked: Asked) -> Option<Failure> {
    let with = |exit| {
        let problem = view
            .problem
            .clone()
            .unwrap_or_else(|| Problem::new(Code::UnexpectedAnswer));
        Failure::new(problem, exit).name(&view.profile)
    };
    let refused = |problem: &Problem| with(Exit::of_change(problem.code));
    match view.state {
        State::Changed | State::Requesting | State::Verifying => None,
        State::Cancelled if asked == Asked::Cancel => None,
        State::Unknown if view.step == "read" => Some(with(Exit::Unknown).instead("not_shown_yet")),
        // The problem's own sentence may say that nothing left: it is said of the connection, not of this call.
        State::Unknown => Some(with(Exit::Unknown).instead("outcome_unknown")),
        State::Planned | State::AwaitingCode | State::Expired if view.open => match asked {
            // An older problem may stand there still: asking was what was wanted.
            Asked::Settle(Settle::Check) => None,
            Asked::Request if view.state == State::AwaitingCode => None,
            Asked::Request => Some(
                view.problem
                    .as_ref()
                    .map_or_else(|| with(Exit::Failed), refused),
            ),
            _ => view.problem.as_ref().map(refused),
        },
        _ => Some(
            view.problem
                .as_ref()
                .map_or_else(|| with(Exit::Failed), refused),
        ),
    }
}
