//! Rows 1, 14 to 18, 22 and 23: what a person, a mailbox or a dead process does to a change.

use super::{Do, Ending, Facts, Stepped, Stepping, Why, kept_value};
use crate::change::{EventKind, Proof, State, Value};
use crate::error::{Code, Problem};
use crate::secret::Secret;

impl Stepping<'_> {
    /// Row 1. The first step is preceded by a read, which commits nothing.
    pub(super) fn send_planned(self) -> Stepped {
        if self.change.state.is_sending() {
            return Err(Code::Busy.into());
        }
        if self.change.state != State::Planned {
            return Err(Code::ChangeNotOpen.into());
        }
        if self.change.at == 0 && self.shape.has_read {
            return self.only(Do::Read(Why::Before));
        }
        let at = self.change.at;
        self.send(at)
    }

    /// Rows 14, 17 and 18.
    pub(super) fn given(mut self, value: Secret) -> Stepped {
        let state = self.change.state;
        if state.is_end() {
            return Err(Code::ChangeNotOpen.into());
        }
        if self.change.resending {
            return Err(Code::Busy.into());
        }
        let from = if state == State::Planned {
            None
        } else {
            self.shape.waiting_from(self.change.at)
        };
        let Some(at) = from else {
            return Err(if state.is_sending() {
                Code::Busy
            } else {
                Code::ChangeNotOpen
            }
            .into());
        };
        let step = self.shape.name(at).to_owned();
        let known = |kept: &&Value| kept.step == step && kept.text == value;
        if self
            .change
            .values
            .iter()
            .any(|kept| known(&kept) && kept.marked)
        {
            return Err(Code::CodeRefusedBefore.into());
        }
        if state.is_sending() {
            if self.shape.waits(self.change.at) {
                return Err(Code::Busy.into());
            }
            self.keep(step, value);
            self.note(EventKind::ValueKept, None, &Facts::default());
            return self.done(Do::Nothing); // 17
        }
        self.keep(step, value);
        if state == State::Unknown && at > self.change.at {
            // 18: a code came, so the request was taken.
            self.note(
                EventKind::Settled,
                Some("code_came".to_owned()),
                &Facts::default(),
            );
            if self.change.requested_at.is_none() {
                self.change.requested_at = Some(self.now);
            }
            self.await_code(at);
        }
        self.send(at) // 14
    }

    /// Row 6, before anything left.
    pub(super) fn too_soon(mut self, problem: Problem) -> Stepped {
        if self.change.state != State::Planned {
            return Err(problem);
        }
        let meaning = Some(problem.code.as_str());
        self.note(EventKind::NotSent, meaning, &Facts::default());
        self.problem(problem);
        self.done(Do::Nothing)
    }

    fn keep(&mut self, step: String, text: Secret) {
        self.change
            .values
            .retain(|kept| kept.marked || kept.step != step);
        self.change.values.push(Value {
            step,
            text,
            marked: false,
        });
    }

    /// Row 15.
    pub(super) fn resend(mut self, anyway: bool) -> Stepped {
        if self.change.state.is_sending() || self.change.resending {
            return Err(Code::Busy.into());
        }
        if self.change.state != State::AwaitingCode {
            return Err(Code::ChangeNotOpen.into());
        }
        let Some(step) = self.shape.resend_step.clone() else {
            return Err(Code::NotSupported.into());
        };
        if let Some(at) = self.change.resend_at.filter(|&at| self.now < at && !anyway) {
            return Err(Problem::new(Code::RateLimited).retry_at(at));
        }
        self.change.resending = true;
        self.change.owner = Some(self.me);
        self.change.problem = None;
        self.change.retry_at = None;
        self.note(EventKind::Intent, None, &Facts::default());
        self.done(Do::Resend(step))
    }

    /// Row 22. The service's own call, where it has one, was made before.
    pub(super) fn cancel(mut self, ending: Ending) -> Stepped {
        if self.change.state.is_end() {
            return Err(Code::ChangeNotOpen.into());
        }
        if self.change.state.is_sending() || self.change.resending {
            return Err(Code::Busy.into());
        }
        let overdue = super::super::show::shown_state(&self.change, self.now) == State::Expired;
        if ending == Ending::Replaced && overdue {
            self.note(EventKind::Expired, None, &Facts::default());
            self.rest(State::Expired);
        } else {
            let (kind, meaning) = match ending {
                Ending::Replaced => (EventKind::Replaced, None),
                Ending::Here => (EventKind::Cancelled, None),
                Ending::There => (EventKind::Cancelled, Some("ok".to_owned())),
            };
            self.note(kind, meaning, &Facts::default());
            self.rest(State::Cancelled);
            self.change.cancelled_there = Some(ending == Ending::There);
        }
        self.change.retry_at = None;
        self.change.values.clear();
        self.done(Do::Nothing)
    }

    /// Row 23.
    pub(super) fn worked(mut self) -> Stepped {
        self.only_unknown()?;
        self.note(
            EventKind::Settled,
            Some("worked".to_owned()),
            &Facts::default(),
        );
        let at = self.change.at;
        if at >= self.shape.end() {
            self.change.problem = None;
            return self.end_changed(Proof::User);
        }
        self.worked_at(at, Proof::User)
    }

    /// Row 23: the same step with a new intent.
    pub(super) fn send_again(mut self) -> Stepped {
        self.only_unknown()?;
        let at = self.change.at;
        if at < self.shape.end()
            && self.shape.waits(at)
            && kept_value(&self.change, self.shape.name(at)).is_none()
        {
            return Err(Problem::new(Code::FieldMissing).with("field", "code"));
        }
        self.note(
            EventKind::Settled,
            Some("send_again".to_owned()),
            &Facts::default(),
        );
        if at >= self.shape.end() {
            self.change.problem = None;
            return self.read_closing();
        }
        self.send(at)
    }

    fn only_unknown(&self) -> Result<(), Problem> {
        match self.change.state {
            State::Unknown => Ok(()),
            state if state.is_sending() => Err(Code::Busy.into()),
            _ => Err(Code::ChangeNotOpen.into()),
        }
    }

    /// Row 13: its bytes may have left. A resend in the making leaves the change waiting, with a problem.
    pub(super) fn owner_died(mut self) -> Stepped {
        if !self.change.state.is_sending() && !self.change.resending {
            return Err(Code::ChangeNotOpen.into());
        }
        self.note(
            EventKind::Recovered,
            Some(Code::Interrupted.as_str()),
            &Facts::default(),
        );
        if self.change.resending {
            self.rest(State::AwaitingCode);
            self.problem(Code::Interrupted.into());
            return self.done(Do::Nothing);
        }
        self.unknown(Some(Code::Interrupted.into()))
    }

    /// A code may have been used since the backup, the change may be done or cancelled: what had been sent is unknown.
    pub(super) fn restored(mut self) -> Stepped {
        let state = self.change.state;
        if state.is_end() {
            return Err(Code::ChangeNotOpen.into());
        }
        self.note(
            EventKind::Restored,
            Some(state.as_str().to_owned()),
            &Facts::default(),
        );
        let sent = state != State::Planned
            || self.change.at > 0
            || self.change.code_used
            || self.change.requested_at.is_some();
        if sent {
            return self.unknown(Some(Code::Restored.into()));
        }
        self.done(Do::Nothing)
    }
}
