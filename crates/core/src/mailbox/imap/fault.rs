//! What a person is told when a conversation with a mail server does not work.
//!
//! Not here: refused logins (`login`), certificates (`connect`).

use super::reply::Status;
use super::wire::Broken;
use crate::error::{Code, Problem};
use crate::secret::Redactor;

/// Longest words of a server, in characters.
const MOST_SAID: usize = 300;

/// Whose server it is, and what must not come back out of its words.
pub(super) struct Peer {
    pub host: String,
    pub redactor: Redactor,
}

impl Peer {
    pub fn problem(&self, code: Code, reason: &str) -> Problem {
        Problem::new(code)
            .with("host", self.host.clone())
            .with("reason", reason)
    }

    pub fn broken(&self, broken: Broken) -> Problem {
        let reason = match broken {
            Broken::TimedOut => "timed_out",
            Broken::Cut => "cut",
            Broken::Garbage => "garbage",
        };
        self.problem(Code::MailServerFailed, reason)
    }

    pub fn garbage(&self) -> Problem {
        self.broken(Broken::Garbage)
    }

    /// `bye` or `refused`, with the server's words.
    pub fn failed(&self, reason: &str, status: &Status) -> Problem {
        let mut problem = self.problem(Code::MailServerFailed, reason);
        problem.service_says = self.says(status);
        problem
    }

    /// The server's words as they may be shown.
    pub fn says(&self, status: &Status) -> Option<String> {
        let said = self.redactor.says(&status.text, MOST_SAID);
        (!said.is_empty()).then_some(said)
    }
}
