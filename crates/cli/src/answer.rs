//! What a command says at its end: its answer for a script and for a person, and what went wrong.
//!
//! Not here: how it is printed (`console`).

use readdress_core::error::{Code, Problem};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::exit::Exit;

/// The end of a command that has a document.
#[derive(Debug, Default)]
pub struct Answer {
    /// With `--json`: the document. `None` where the command has written its answer itself.
    pub document: Option<Value>,
    /// Without: the answer, in words.
    pub text: String,
    /// For stderr: what to do next.
    pub next: Vec<String>,
    pub failure: Option<Failure>,
    /// What was noticed on the way and is none of the command's doing: a clock that is off.
    pub notices: Vec<Problem>,
}

/// What went wrong.
#[derive(Debug, Clone)]
pub struct Failure {
    pub problem: Box<Problem>,
    pub exit: Exit,
    /// A sentence of `cli.instead` that says it better than the code's own.
    pub instead: Option<&'static str>,
    /// What a command line names the profile or change by, for the next step.
    pub name: Option<String>,
}

pub type Done = Result<Answer, Failure>;

impl Answer {
    pub fn of(document: impl Serialize) -> Self {
        // A document holds strings, numbers and lists with string keys: it always serialises.
        Self {
            document: serde_json::to_value(document).ok(),
            ..Self::default()
        }
    }

    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = text.into();
        self
    }

    #[must_use]
    pub fn failed(mut self, failure: Option<Failure>) -> Self {
        self.failure = failure;
        self
    }
}

/// A command that has nothing to tell but what went wrong.
impl From<Failure> for Answer {
    fn from(failure: Failure) -> Self {
        Self {
            document: Some(Value::Object(Map::new())),
            failure: Some(failure),
            ..Self::default()
        }
    }
}

impl Failure {
    pub fn new(problem: Problem, exit: Exit) -> Self {
        Self {
            problem: Box::new(problem),
            exit,
            instead: None,
            name: None,
        }
    }

    /// In the words of `cli.instead.<key>`.
    #[must_use]
    pub fn instead(mut self, key: &'static str) -> Self {
        self.instead = Some(key);
        self
    }

    #[must_use]
    pub fn name(mut self, name: &str) -> Self {
        self.name = Some(name.to_owned());
        self
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        let exit = Exit::of(problem.code);
        Self::new(problem, exit)
    }
}

impl From<Code> for Failure {
    fn from(code: Code) -> Self {
        Problem::new(code).into()
    }
}
