//! A mailbox as a person typed it: checked, and made tidy. Pure.
//!
//! Not here: its CA file, which is read (`engine::mailboxes`); whether anything answers there (`imap`).

use std::net::{IpAddr, Ipv6Addr};

use super::serves;
use crate::ask::NewMailbox;
use crate::email::EmailAddress;
use crate::error::{Code, Problem, Result};
use crate::link::is_unseen;
use crate::secret::Secret;
use crate::view::MailTls;

/// RFC 1035, 2.3.4, without the root's dot.
const LONGEST_HOST: usize = 253;
const LONGEST_USER: usize = 320;
/// Longer ones would not fit into one command of any server (RFC 7162, section 4: 8192 octets).
const LONGEST_PASSWORD: usize = 1024;
const MOST_SERVED: usize = 1000;

/// What of a [`NewMailbox`] is kept beside its password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Typed {
    pub user: String,
    /// A name in ASCII and lower case, or an IP address without brackets.
    pub host: String,
    pub port: u16,
    pub tls: MailTls,
    /// As typed, without outer spaces.
    pub ca_file: Option<String>,
    /// Never empty.
    pub serves: Vec<String>,
}

impl Typed {
    /// # Errors
    /// `mailbox_invalid` with `field` and `reason`. `user`: `empty`, `bad_character`, `too_long`. `host`: see [`host`].
    /// `port`: `zero`. `serves`: `missing`, `too_many`, or as [`EmailAddress::parse`] with the entry as `address`.
    /// `password`: `bad_character`, `too_long`.
    pub fn check(new: &NewMailbox) -> Result<Self> {
        let user = user(&new.user).map_err(|reason| invalid("user", reason))?;
        let host = host(&new.host).map_err(|reason| invalid("host", reason))?;
        if new.port == 0 {
            return Err(invalid("port", "zero"));
        }
        if let Some(password) = &new.password {
            check_password(password).map_err(|reason| invalid("password", reason))?;
        }
        let ca_file = new.ca_file.as_deref().map(str::trim);
        Ok(Self {
            serves: served(&new.serves, &user)?,
            user,
            host,
            port: new.port,
            tls: new.tls,
            ca_file: ca_file.filter(|file| !file.is_empty()).map(str::to_owned),
        })
    }
}

fn invalid(field: &str, reason: &str) -> Problem {
    Problem::new(Code::MailboxInvalid)
        .with("field", field)
        .with("reason", reason)
}

/// A login name.
///
/// # Errors
/// `empty`, `bad_character`, `too_long`.
pub(crate) fn user(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    if text.is_empty() {
        return Err("empty");
    }
    if text.chars().any(|c| c.is_control() || is_unseen(c)) {
        return Err("bad_character");
    }
    if text.len() > LONGEST_USER {
        return Err("too_long");
    }
    Ok(text.to_owned())
}

fn check_password(password: &Secret) -> Result<(), &'static str> {
    if password.expose().chars().any(char::is_control) {
        return Err("bad_character");
    }
    if password.expose().len() > LONGEST_PASSWORD {
        return Err("too_long");
    }
    Ok(())
}

/// The host of a mail server: a name, made ASCII and lower case, or an IP address.
///
/// # Errors
/// `empty`, `scheme`, `user_info`, `path`, `spaces`, `port` (it belongs into its own field), `bad_host`, `too_long`.
pub(crate) fn host(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    if text.is_empty() {
        return Err("empty");
    }
    if text.contains("://") {
        return Err("scheme");
    }
    if text.contains('@') {
        return Err("user_info");
    }
    if text.contains(['/', '\\', '?', '#']) {
        return Err("path");
    }
    if text.contains(char::is_whitespace) {
        return Err("spaces");
    }
    if text.len() > LONGEST_HOST * 4 {
        return Err("too_long");
    }
    let bare = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    if let Some(inner) = bare {
        let ip: Ipv6Addr = inner.parse().map_err(|_| "bad_host")?;
        return Ok(ip.to_string());
    }
    if let Ok(ip) = text.parse::<IpAddr>() {
        return Ok(ip.to_string());
    }
    if text.contains(':') {
        return Err("port");
    }
    name(text.strip_suffix('.').unwrap_or(text))
}

fn name(text: &str) -> Result<String, &'static str> {
    let ascii = idna::domain_to_ascii_strict(text).map_err(|_| match text.len() {
        length if length > LONGEST_HOST => "too_long",
        _ => "bad_host",
    })?;
    let last = ascii.rsplit('.').next().unwrap_or_default();
    // Programs read `127.1` and `0x7f000001` as addresses: never what a name means.
    let number = last.starts_with("0x") || last.bytes().all(|byte| byte.is_ascii_digit());
    if ascii.is_empty() || ascii.split('.').any(str::is_empty) || number {
        return Err("bad_host");
    }
    if ascii.len() > LONGEST_HOST {
        return Err("too_long");
    }
    Ok(ascii)
}

fn served(typed: &[String], user: &str) -> Result<Vec<String>> {
    if typed.len() > MOST_SERVED {
        return Err(invalid("serves", "too_many"));
    }
    let typed: Vec<String> = typed
        .iter()
        .filter(|entry| !entry.trim().is_empty())
        .cloned()
        .collect();
    let typed = match typed.is_empty() {
        false => typed,
        true if EmailAddress::parse(user).is_ok() => vec![user.to_owned()],
        true => return Err(invalid("serves", "missing")),
    };
    serves::normal(&typed).map_err(|mut problem| {
        problem.code = Code::MailboxInvalid;
        problem.with("field", "serves")
    })
}

#[cfg(test)]
mod tests;
