//! When waiting is over: the change has ended, or nothing that comes by itself can move it. Pure.

use readdress_core::change::State;
use readdress_core::error::{Code, Problem};
use readdress_core::view::{ChangeView, MailFindView, MailboxView, WatchState};

use crate::answer::Failure;
use crate::exit::Exit;

#[derive(Debug)]
pub enum Over {
    /// Where the change stands says it all; a failure unless it is changed.
    Ended {
        failure: Option<Failure>,
    },
    /// A mail came that a person must decide about.
    Asked(Box<MailFindView>),
    /// No mailbox that gets its mail can be looked at until a person mends it.
    Stopped {
        problem: Problem,
        user: String,
    },
    TimeUp,
    /// Whoever waited does so no more.
    Left,
}

/// `begun`: the same change when waiting began.
pub fn of_change(view: &ChangeView, begun: &ChangeView) -> Option<Over> {
    let ended = |failure| Some(Over::Ended { failure });
    let of = |code: Code, exit| {
        let problem = view.problem.clone().unwrap_or_else(|| code.into());
        Failure::new(problem, exit)
    };
    let plain = |code: Code, instead| {
        let problem = Problem::new(code).with("label", &view.profile);
        Failure::new(problem, Exit::Failed).instead(instead)
    };
    match view.state {
        State::Changed => ended(None),
        State::Requesting | State::Verifying => None,
        State::Unknown if is_in_doubt(view) => None,
        State::Unknown => {
            let key = if view.step == "read" {
                "not_shown_yet"
            } else {
                "outcome_unknown"
            };
            ended(Some(of(Code::UnexpectedAnswer, Exit::Unknown).instead(key)))
        }
        State::AwaitingCode if is_new(view, begun) => {
            let problem = view.problem.clone()?;
            let exit = Exit::of_change(problem.code);
            ended(Some(Failure::new(problem, exit)))
        }
        State::AwaitingCode => None,
        State::Expired if view.open => ended(Some(plain(Code::CodeExpired, "wait_overdue"))),
        State::Expired => ended(Some(of(Code::CodeExpired, Exit::Failed))),
        State::Cancelled => ended(Some(plain(Code::ChangeNotOpen, "wait_cancelled"))),
        State::Planned if view.problem.is_none() => {
            ended(Some(plain(Code::ChangeNotOpen, "wait_not_sent")))
        }
        State::Planned | State::Refused => {
            let code = view.problem.as_ref().map(|problem| problem.code);
            let exit = code.map_or(Exit::Failed, Exit::of_change);
            ended(Some(of(Code::RequestRefused, exit)))
        }
    }
}

/// A request without an answer, before any code: its mail would settle it.
pub fn is_in_doubt(view: &ChangeView) -> bool {
    view.state == State::Unknown && view.can.submit && view.waits_for.is_none()
}

/// A code was tried since, and the change waits again: the next one is a person's to send.
fn is_new(view: &ChangeView, begun: &ChangeView) -> bool {
    view.tries > begun.tries
        || view.updated_at > begun.updated_at
            && view.problem.is_some()
            && view.problem != begun.problem
}

/// A mailbox that tries again is waited for; one that has stopped needs a person.
pub fn of_mailboxes(served: &[&MailboxView]) -> Option<Over> {
    let stopped = |mailbox: &&MailboxView| mailbox.watch.state == WatchState::Stopped;
    if served.is_empty() || !served.iter().all(stopped) {
        return None;
    }
    let first = served.first()?;
    let problem = first.watch.problem.clone();
    Some(Over::Stopped {
        problem: problem.unwrap_or_else(|| Code::MailServerFailed.into()),
        user: first.user.clone(),
    })
}
