//! A command line that cannot be understood: clap's message on stderr, and with `--json` a document of the closed set.

use std::io::Write as _;

use clap::Parser as _;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use readdress_core::error::{Code, Problem};

use crate::args::Cli;
use crate::clean;
use crate::console::print_document;
use crate::documents::error_document;
use crate::exit::Exit;

/// Prints help, version or what is wrong. What was typed is repeated in it, so it is cleaned before it is understood once more.
pub fn refuse(error: clap::Error) -> Exit {
    let error = masked(error);
    if !error.use_stderr() {
        // A closed stream leaves nothing to tell it to.
        let _ = error.print();
        return Exit::Done;
    }
    let typed = std::env::args_os().map(|arg| clean::line(&arg.to_string_lossy()));
    let message = match Cli::try_parse_from(typed) {
        Err(cleaned) if cleaned.use_stderr() => masked(cleaned).render().to_string(),
        _ => error.render().to_string(),
    };
    let lines: Vec<String> = message.trim_end().lines().map(clean::line).collect();
    let _ = writeln!(std::io::stderr(), "{}", lines.join("\n"));
    if std::env::args_os()
        .take_while(|arg| arg != "--")
        .any(|arg| arg == "--json")
    {
        let error = error_document(&problem(&error), None);
        print_document(&serde_json::json!({ "error": error }));
    }
    Exit::Usage
}

/// A word that fits nowhere is not repeated: it may be a secret that was written there by mistake, and stderr is kept by
/// whatever runs scripts.
fn masked(mut error: clap::Error) -> clap::Error {
    let word = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(word)) => !word.starts_with(['-', '<']),
        _ => false,
    };
    if word && error.kind() == ErrorKind::UnknownArgument {
        error.insert(
            ContextKind::InvalidArg,
            ContextValue::String("…".to_owned()),
        );
    }
    error
}

/// The nearest of the closed set, with the flag's name. Values are not repeated: one may be a secret.
fn problem(error: &clap::Error) -> Problem {
    let code = match error.kind() {
        ErrorKind::MissingRequiredArgument
        | ErrorKind::MissingSubcommand
        | ErrorKind::TooFewValues
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => Code::FieldMissing,
        ErrorKind::UnknownArgument | ErrorKind::InvalidSubcommand => Code::FieldUnknown,
        _ => Code::FieldInvalid,
    };
    let field = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(name)) => Some(name.clone()),
        Some(ContextValue::Strings(names)) => Some(names.join(" ")),
        _ => None,
    };
    let named = field.filter(|name| name.starts_with(['-', '<']));
    match named {
        Some(name) => {
            Problem::new(code).with("field", name.split([' ', '=']).next().unwrap_or_default())
        }
        None => Problem::new(code),
    }
}
