//! stdout for the answer, stderr for everything else; never colours, never a secret.
//!
//! Not here: what is said (`commands`, `told`).

use std::io::{ErrorKind, Write};

use readdress_core::error::Problem;
use serde_json::Value;

use crate::answer::{Answer, Done};
use crate::clean;
use crate::documents::error_document;
use crate::exit::Exit;
use crate::told::Told;
use crate::words::{Language, Words};

#[derive(Debug)]
pub struct Console {
    pub json: bool,
    pub words: Words,
}

impl Console {
    pub fn new(json: bool) -> Self {
        Self {
            json,
            words: Words::new(Language::from_env()),
        }
    }

    /// Prints the end of a command and says how to exit.
    pub fn finish(&self, done: Done) -> Exit {
        let mut answer = done.unwrap_or_else(Answer::from);
        let told = answer.failure.as_ref().map(|failure| {
            Told::of(
                &self.words,
                &failure.problem,
                failure.instead,
                failure.name.as_deref(),
            )
        });
        if let (Some(failure), Some(Value::Object(document))) =
            (&answer.failure, &mut answer.document)
        {
            document.insert(
                "error".to_owned(),
                error_document(&failure.problem, told.as_ref()),
            );
        }
        if let (false, Some(Value::Object(document))) =
            (answer.notices.is_empty(), &mut answer.document)
        {
            let told = |problem| {
                error_document(problem, Some(&Told::of(&self.words, problem, None, None)))
            };
            let notices = answer.notices.iter().map(told).collect();
            document.insert("notices".to_owned(), Value::Array(notices));
        }
        let written = match &answer.document {
            Some(document) if self.json => print_document(document),
            _ if !self.json && !answer.text.is_empty() => print_line(&answer.text),
            _ => true,
        };
        for line in told.iter().flat_map(Told::lines).chain(&answer.next) {
            self.note(line);
        }
        for notice in &answer.notices {
            self.warn(notice);
        }
        match answer.failure {
            Some(failure) => failure.exit,
            None if written => Exit::Done,
            None => Exit::Failed,
        }
    }

    /// A line on stderr.
    pub fn note(&self, line: &str) {
        // Nobody listens there: nothing is left to tell it to.
        let _ = writeln!(std::io::stderr(), "{line}");
    }

    /// Something that is wrong and does not keep the command from being done.
    pub fn warn(&self, problem: &Problem) {
        for line in Told::of(&self.words, problem, None, None).lines() {
            self.note(line);
        }
    }
}

/// One JSON document on one line. `false` where stdout did not take it.
pub fn print_document(document: &Value) -> bool {
    print_line(&clean::json(&document.to_string()))
}

/// `false` where stdout did not take it. A reader that has gone away has all it wanted.
pub fn print_line(line: &str) -> bool {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{line}").and_then(|()| out.flush()) {
        Ok(()) => true,
        Err(error) => error.kind() == ErrorKind::BrokenPipe,
    }
}
