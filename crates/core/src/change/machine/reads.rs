//! Rows 1, 5, 9, 11 and 19 to 21: what a read shows, and what follows.

use super::{Do, Facts, Reading, Stepped, Stepping, Why};
use crate::change::{EventKind, Proof, State};
use crate::error::{Code, Problem};

impl Stepping<'_> {
    pub(super) fn read(mut self, why: Why, reading: &Reading, facts: &Facts) -> Stepped {
        let meaning = self.meaning_of(reading);
        self.note(EventKind::ReadBack, Some(meaning), facts);
        match why {
            Why::Before => self.read_before(reading),
            Why::Closing => self.read_closed(reading),
            Why::AfterRefusal => self.read_after_refusal(reading),
            Why::Check => self.read_check(reading),
        }
    }

    fn meaning_of(&self, reading: &Reading) -> String {
        let to = &self.change.to;
        match reading {
            Reading::Failed(problem) => problem.code.as_str(),
            Reading::NotOffered => Code::NotSupported.as_str(),
            shows if shows.proves(to) => "proved".to_owned(),
            shows if shows.unverified(to) => "unverified".to_owned(),
            Reading::Shows { email: None, .. } => "none_set".to_owned(),
            Reading::Shows { .. } => "other_address".to_owned(),
        }
    }

    /// Row 1. A failed read only warns: it stands in the journal.
    fn read_before(mut self, reading: &Reading) -> Stepped {
        if self.change.state != State::Planned {
            return Err(Code::Busy.into());
        }
        if let Reading::Shows { email, .. } = reading {
            self.change.from.clone_from(email);
        }
        if reading.proves(&self.change.to) {
            let to = self.change.to.clone();
            return self.end_refused(Problem::new(Code::EmailSame).with("address", to));
        }
        let at = self.change.at;
        self.send(at)
    }

    /// Row 5, and a success of an earlier step that only a read settles (Z-API's `success` without `VERIFY_EMAIL`).
    fn read_closed(mut self, reading: &Reading) -> Stepped {
        if !self.change.state.is_sending() {
            return Err(Code::ChangeNotOpen.into());
        }
        if reading.proves(&self.change.to) {
            return self.end_changed(Proof::ReadBack);
        }
        let last = self.change.at >= self.shape.end();
        if last && matches!(reading, Reading::NotOffered) {
            return self.end_changed(Proof::Answer);
        }
        if !last && reading.unverified(&self.change.to) {
            let at = self.change.at;
            return self.worked_at(at, Proof::Answer);
        }
        let problem = match reading {
            // What keeps a read from working says nothing of the step that worked before it.
            Reading::Failed(problem) => Some(problem.clone().because(Code::ReadBackFailed)),
            _ => None,
        };
        self.change.problem = None;
        self.unknown(problem)
    }

    fn read_after_refusal(self, reading: &Reading) -> Stepped {
        if !self.change.state.is_sending() {
            return Err(Code::ChangeNotOpen.into());
        }
        if reading.proves(&self.change.to) {
            return self.end_changed(Proof::ReadBack);
        }
        let problem = self
            .change
            .problem
            .clone()
            .unwrap_or_else(|| Code::RequestRefused.into());
        self.end_refused(problem)
    }

    /// Rows 19 to 21: the user asks. The old address never proves that a request did not work.
    fn read_check(mut self, reading: &Reading) -> Stepped {
        let state = self.change.state;
        if state.is_end() {
            return Err(Code::ChangeNotOpen.into());
        }
        if state.is_sending() || self.change.resending {
            return Err(Code::Busy.into());
        }
        if state == State::Planned {
            // Nothing was sent, so nothing of ours can be proved: the profile alone learns of it.
            return self.only(Do::Nothing);
        }
        if reading.proves(&self.change.to) {
            self.change.problem = None;
            return self.end_changed(Proof::ReadBack);
        }
        if state == State::Unknown {
            let at = self.change.at;
            let other = matches!(reading, Reading::Shows { .. });
            if reading.unverified(&self.change.to) {
                if let Some(waiting) = self.shape.waiting_from(at) {
                    self.settled_to_waiting(waiting);
                }
            } else if other && self.shape.waits(at) {
                self.settled_to_waiting(at);
            }
        }
        self.done(Do::Nothing)
    }

    /// `awaiting_code`; the times of the request stay where it had any.
    fn settled_to_waiting(&mut self, at: u32) {
        let timed = self.change.requested_at.is_some();
        self.stand_at(at);
        self.rest(State::AwaitingCode);
        self.change.problem = None;
        self.change.retry_at = None;
        if !timed {
            self.change.requested_at = Some(self.now);
            self.new_times();
        }
    }
}
