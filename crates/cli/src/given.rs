//! What is given by name: plain fields as `NAME=VALUE`, secrets as `NAME=VARIABLE` or `NAME=-`.
//!
//! A secret is never an argument, since every process of this computer can read arguments. So a text that does not
//! fit is not repeated in the message: it may be the secret itself, written by mistake.

use std::collections::BTreeMap;
use std::io::{BufRead, Read};

use readdress_core::error::{Code, Problem};
use readdress_core::process::take_variable;
use readdress_core::secret::Secret;

use crate::answer::Failure;

/// Longest text that is read from standard input, in bytes: a mail with its attachments.
const LONGEST_INPUT: u64 = 32 * 1024 * 1024;
/// Longest secret, in bytes.
const LONGEST_SECRET: u64 = 64 * 1024;

/// # Errors
/// `field_invalid` where one is not `NAME=VALUE`.
pub fn fields(given: &[String]) -> Result<BTreeMap<String, String>, Failure> {
    given
        .iter()
        .map(|text| pair(text).ok_or_else(|| malformed("field_form")))
        .collect()
}

/// # Errors
/// `field_invalid` where one is not `NAME=VARIABLE`; `field_missing` where the variable, or the line, is not there.
pub fn secrets(given: &[String]) -> Result<BTreeMap<String, Secret>, Failure> {
    let mut secrets = BTreeMap::new();
    let mut taken = BTreeMap::new();
    for text in given {
        let (name, source) = pair(text)
            .filter(|(_, source)| !source.is_empty())
            .ok_or_else(|| malformed("secret_form"))?;
        let secret = if source == "-" {
            line(&name)?
        } else {
            // Out of the environment; one variable may be named twice.
            let text = taken
                .entry(source.clone())
                .or_insert_with(|| take_variable(&source));
            variable(&name, text.as_ref())?
        };
        secrets.insert(name, secret);
    }
    Ok(secrets)
}

/// One secret: the variable of that name, or a line of standard input for `-`.
///
/// # Errors
/// `field_missing` where it is not there, or empty.
pub fn secret(source: &str) -> Result<Secret, Failure> {
    match source {
        "-" => line("-"),
        source => variable(source, take_variable(source).as_ref()),
    }
}

/// A mailbox's password: as [`secret`]. The name of its variable is not repeated either: it may be the password itself.
///
/// # Errors
/// `field_missing` where it is not there, or empty.
pub fn password(source: &str) -> Result<Secret, Failure> {
    let flag = "--password-env";
    if source == "-" {
        return line(flag).map_err(|failure| failure.instead("password_line_missing"));
    }
    variable(flag, take_variable(source).as_ref())
        .map_err(|failure| failure.instead("password_missing"))
}

/// The text of `--code`: itself, or all of standard input for `-`. A mail need not be UTF-8; its codes are.
///
/// # Errors
/// `code_not_found` where standard input cannot be read.
pub fn code(given: String) -> Result<String, Failure> {
    if given != "-" {
        return Ok(given);
    }
    let mut bytes = Vec::new();
    let read = std::io::stdin()
        .lock()
        .take(LONGEST_INPUT)
        .read_to_end(&mut bytes);
    read.map_err(|_| Failure::from(Code::CodeNotFound))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn pair(text: &str) -> Option<(String, String)> {
    let (name, value) = text.split_once('=')?;
    let name = name.trim();
    (!name.is_empty()).then(|| (name.to_owned(), value.to_owned()))
}

fn line(name: &str) -> Result<Secret, Failure> {
    let mut text = String::new();
    // The lock's buffer is shared, so the next secret finds the next line.
    let read = std::io::stdin()
        .lock()
        .take(LONGEST_SECRET)
        .read_line(&mut text);
    kept(name, if read.is_ok() { &text } else { "" }, "line_missing")
}

fn variable(name: &str, text: Option<&Secret>) -> Result<Secret, Failure> {
    kept(name, text.map_or("", Secret::expose), "variable_missing")
}

fn kept(name: &str, text: &str, instead: &'static str) -> Result<Secret, Failure> {
    let text = text.trim_end_matches(['\r', '\n']);
    if text.trim().is_empty() {
        let problem = Problem::new(Code::FieldMissing).with("field", name);
        return Err(Failure::from(problem).instead(instead));
    }
    Ok(Secret::new(text))
}

fn malformed(instead: &'static str) -> Failure {
    Failure::from(Code::FieldInvalid).instead(instead)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_written_by_mistake_is_not_repeated() {
        for wrong in [
            "hunter2",
            "token=",
            "=hunter2",
            "token=hunter2-not-a-variable",
        ] {
            let failure = secrets(&[wrong.to_owned()]).expect_err("not a variable");
            assert!(!format!("{failure:?}").contains("hunter2"), "{failure:?}");
        }
    }

    #[test]
    fn a_password_written_by_mistake_is_not_repeated() {
        let failure = password("hunter2").expect_err("not a variable");
        assert!(!format!("{failure:?}").contains("hunter2"), "{failure:?}");
    }

    #[test]
    fn fields_keep_their_equal_signs() {
        let given = fields(&["a=b=c".to_owned(), " d = e".to_owned()]).expect("pairs");
        assert_eq!(given["a"], "b=c");
        assert_eq!(given["d"], " e");
        assert!(fields(&["nothing".to_owned()]).is_err());
    }
}
