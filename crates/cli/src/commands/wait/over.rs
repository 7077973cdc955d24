//! When waiting is over: the change has ended, or nothing that comes by itself can move it. Pure.

use jiff::{SignedDuration, Timestamp};
use readdress_core::change::State;
use readdress_core::error::{Code, Problem};
use readdress_core::view::{ChangeView, MailFindView, MailboxView, WatchState};

use crate::answer::Failure;
use crate::exit::Exit;

/// A code that did not leave this machine is given again by itself, for the last time so long after its time has come.
const LAST_TRY: SignedDuration = SignedDuration::from_secs(150);

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
pub fn of_change(view: &ChangeView, begun: &ChangeView, now: Timestamp) -> Option<Over> {
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
        State::AwaitingCode if is_new(view, begun) && !is_tried_again(view, now) => {
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

/// Its code is here, has not left this machine yet, and is given again.
fn is_tried_again(view: &ChangeView, now: Timestamp) -> bool {
    let left = |problem: &Problem| !matches!(problem.code, Code::Unreachable | Code::RateLimited);
    if !view.has_value || view.problem.as_ref().is_none_or(left) {
        return false;
    }
    let asked = view.retry_at.into_iter().chain([view.updated_at]).max();
    let last = asked.and_then(|at| at.checked_add(LAST_TRY).ok());
    last.is_some_and(|last| now < last)
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

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use readdress_core::view::{Can, WaitsForView};
    use uuid::Uuid;

    use super::*;

    fn view(state: State) -> ChangeView {
        let at = Timestamp::UNIX_EPOCH;
        ChangeView {
            id: Uuid::nil(),
            profile_id: None,
            profile: "z".to_owned(),
            service: "z-api".to_owned(),
            from: None,
            to: "b@acme.example".to_owned(),
            state,
            open: !matches!(state, State::Changed | State::Refused | State::Cancelled),
            step: "verify".to_owned(),
            steps: Vec::new(),
            proof: None,
            tries: 0,
            waits_for: Some(WaitsForView {
                what: "code".to_owned(),
                sent_to: "new".to_owned(),
                address: None,
                looks: None,
            }),
            requested_at: None,
            expires_at: None,
            resend_at: None,
            retry_at: None,
            problem: None,
            has_value: false,
            cancelled_there: None,
            undo_of: None,
            created_at: at,
            updated_at: at,
            can: Can::default(),
            events: Vec::new(),
        }
    }

    /// The exit, where it is over; 0 for changed.
    fn exit(view: &ChangeView, begun: &ChangeView) -> Option<Exit> {
        match of_change(view, begun, Timestamp::UNIX_EPOCH)? {
            Over::Ended { failure } => Some(failure.map_or(Exit::Done, |failure| failure.exit)),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_state_ends_as_the_face_says() {
        let begun = view(State::AwaitingCode);
        for (state, expected) in [
            (State::Changed, Some(Exit::Done)),
            (State::Requesting, None),
            (State::Verifying, None),
            (State::AwaitingCode, None),
            (State::Unknown, Some(Exit::Unknown)),
            (State::Refused, Some(Exit::Failed)),
            (State::Expired, Some(Exit::Failed)),
            (State::Cancelled, Some(Exit::Failed)),
            (State::Planned, Some(Exit::Failed)),
        ] {
            assert_eq!(exit(&view(state), &begun), expected, "{state:?}");
        }
    }

    #[test]
    fn a_request_without_an_answer_is_waited_for() {
        let mut doubt = view(State::Unknown);
        doubt.can.submit = true;
        assert_eq!(exit(&doubt, &doubt), Some(Exit::Unknown), "a verify is not");
        doubt.waits_for = None;
        assert_eq!(exit(&doubt, &doubt), None);
    }

    #[test]
    fn a_code_that_was_tried_ends_it_and_an_old_problem_does_not() {
        let mut begun = view(State::AwaitingCode);
        begun.problem = Some(Code::CodeWrong.into());
        begun.tries = 1;
        assert_eq!(exit(&begun, &begun), None);
        let mut again = begun.clone();
        again.tries = 2;
        again.updated_at = Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_secs(1);
        assert_eq!(exit(&again, &begun), Some(Exit::Failed));
        again.tries = 1;
        again.problem = Some(Code::VaultLocked.into());
        assert_eq!(exit(&again, &begun), Some(Exit::Vault));
    }

    #[test]
    fn a_code_that_did_not_leave_is_given_again_for_a_while() {
        let begun = view(State::AwaitingCode);
        let mut kept = begun.clone();
        kept.problem = Some(Code::Unreachable.into());
        kept.updated_at = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1);
        assert_eq!(exit(&kept, &begun), Some(Exit::Failed), "nothing is kept");
        kept.has_value = true;
        assert_eq!(exit(&kept, &begun), None);
        let late = kept.updated_at + LAST_TRY;
        assert!(of_change(&kept, &begun, late).is_some());
        kept.retry_at = Some(late);
        assert!(
            of_change(&kept, &begun, late).is_none(),
            "its time has just come"
        );
    }
}
