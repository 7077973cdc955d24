//! Rows 2 to 13 and 15: what an answer, or none, does to a change.

use super::{Do, Facts, Outcome, Stepped, Stepping, Why};
use crate::change::{EventKind, Proof, State};
use crate::error::{Code, Problem};

impl Stepping<'_> {
    pub(super) fn answered(mut self, outcome: Outcome, facts: &Facts) -> Stepped {
        if self.change.resending {
            return self.resend_answered(outcome, facts);
        }
        // After the last step only a read is on its way.
        if !self.change.state.is_sending() || self.change.at >= self.shape.end() {
            return Err(Code::ChangeNotOpen.into());
        }
        let at = self.change.at;
        let waits = self.shape.waits(at);
        let outcome = self.wrong_or_expired(outcome, waits);
        self.note_outcome(&outcome, facts);
        match outcome {
            Outcome::Ok | Outcome::CodeSent => self.worked_at(at, Proof::Answer), // 2, 3, 4
            Outcome::ReadBack => self.done(Do::Read(Why::Closing)),
            Outcome::TokenRefused => self.done(Do::Login), // 7
            Outcome::NotSent(problem) => self.not_sent(problem), // 6
            Outcome::NoAnswer(problem) => self.unknown(Some(problem)), // 13
            Outcome::Refused(problem) | Outcome::CodeWrongOrExpired(problem) => {
                match problem.code {
                    Code::RateLimited => self.not_sent(problem), // 6
                    Code::CodeWrong if waits => self.code_wrong(problem), // 10
                    Code::CodeExpired | Code::TooManyAttempts | Code::NothingPending if waits => {
                        self.refused_read_first(problem) // 11
                    }
                    _ if waits => self.not_sent(problem), // 12: back to waiting, the value kept
                    _ if self.change.code_used => self.refused_read_first(problem), // 9
                    _ => self.end_refused(problem),       // 9
                }
            }
        }
    }

    fn not_sent(mut self, problem: Problem) -> Stepped {
        self.rest_at();
        self.problem(problem);
        self.done(Do::Nothing)
    }

    /// The service does not tell which: a code is wrong before its time and expired from then on. The journal gets
    /// the one that it was taken for. A step that sends no code has been refused, whatever it calls it.
    fn wrong_or_expired(&self, outcome: Outcome, waits: bool) -> Outcome {
        let Outcome::CodeWrongOrExpired(mut problem) = outcome else {
            return outcome;
        };
        let overdue = self.change.expires_at.is_some_and(|at| self.now >= at);
        problem.code = match (waits, overdue) {
            (false, _) => Code::RequestRefused,
            (true, false) => Code::CodeWrong,
            (true, true) => Code::CodeExpired,
        };
        Outcome::Refused(problem)
    }

    fn code_wrong(mut self, problem: Problem) -> Stepped {
        self.change.tries += 1;
        let step = self.change.step.clone();
        if let Some(value) = self
            .change
            .values
            .iter_mut()
            .rev()
            .find(|value| value.step == step && !value.marked)
        {
            value.marked = true;
        }
        self.not_sent(problem)
    }

    /// The refusal may only say that it is done already: the service is asked before the change ends.
    fn refused_read_first(mut self, problem: Problem) -> Stepped {
        if !self.shape.has_read {
            return self.end_refused(problem);
        }
        self.problem(problem);
        self.done(Do::Read(Why::AfterRefusal))
    }

    /// Row 7: the token was refused, a fresh one is there.
    pub(super) fn logged_in(mut self) -> Stepped {
        // Its sender may have been taken for dead meanwhile: nothing is sent for a change that waits for nothing.
        let sending = self.change.state.is_sending() && self.change.at < self.shape.end();
        if !sending && !self.change.resending {
            return Err(Code::ChangeNotOpen.into());
        }
        self.note(EventKind::Login, Some("ok".to_owned()), &Facts::default());
        self.note(EventKind::Intent, None, &Facts::default());
        if self.change.resending {
            let step = self.shape.resend_step.clone().unwrap_or_default();
            return self.done(Do::Resend(step));
        }
        let step = self.change.step.clone();
        self.done(Do::Step(step))
    }

    /// Row 15: never unknown; the code that was sent before may still come.
    fn resend_answered(mut self, outcome: Outcome, facts: &Facts) -> Stepped {
        self.note_outcome(&outcome, facts);
        match outcome {
            Outcome::TokenRefused => return self.done(Do::Login),
            Outcome::Ok | Outcome::CodeSent | Outcome::ReadBack => {
                self.new_times();
                self.change.requested_at = Some(self.now);
                self.change.values.clear();
                self.change.problem = None;
                self.change.retry_at = None;
            }
            Outcome::NotSent(problem)
            | Outcome::Refused(problem)
            | Outcome::CodeWrongOrExpired(problem)
            | Outcome::NoAnswer(problem) => {
                if problem.code == Code::RateLimited && problem.retry_at.is_some() {
                    self.change.resend_at = problem.retry_at;
                }
                self.problem(problem);
            }
        }
        self.rest(State::AwaitingCode);
        self.done(Do::Nothing)
    }

    fn note_outcome(&mut self, outcome: &Outcome, facts: &Facts) {
        let (kind, meaning) = match outcome {
            Outcome::Ok => (EventKind::Answer, "ok".to_owned()),
            Outcome::CodeSent => (EventKind::Answer, "code_sent".to_owned()),
            Outcome::ReadBack => (EventKind::Answer, "read_back".to_owned()),
            Outcome::TokenRefused => (EventKind::Answer, "token_refused".to_owned()),
            Outcome::NotSent(problem) if facts.status.is_none() => {
                (EventKind::NotSent, problem.code.as_str())
            }
            Outcome::NotSent(problem)
            | Outcome::Refused(problem)
            | Outcome::CodeWrongOrExpired(problem) => (EventKind::Answer, problem.code.as_str()),
            Outcome::NoAnswer(problem) => (EventKind::NoAnswer, problem.code.as_str()),
        };
        self.note(kind, Some(meaning), facts);
    }
}
