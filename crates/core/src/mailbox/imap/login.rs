//! Logging in with a password (RFC 3501, 6.2; RFC 4616; RFC 4959), and what a refusal means.
//!
//! The bytes go out by themselves and never through a library that logs what it sends. Not here: TLS, without which nothing
//! of this is called.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::command::Command;
use super::fault::Peer;
use super::frame::Bounds;
use super::reply::{Status, Word};
use super::talk::Talk;
use crate::error::{Code, Problem, Result};
use crate::mailbox::Account;
use crate::secret::{Redactor, Secret};

/// Removes the password, the login name and what they are sent as.
pub(super) fn redactor(account: &Account) -> Redactor {
    let user = Secret::new(account.user.clone());
    let together = Secret::new(plain(account).as_str().to_owned());
    Redactor::new([&account.password, &user, &together])
}

/// # Errors
/// `mail_login_refused` (reason `refused`, or `disabled` where the server takes no password at all), `mail_oauth_only`,
/// `mail_server_failed`.
pub(super) async fn log_in(talk: &mut Talk, account: &Account) -> Result<()> {
    if !talk.knows_capabilities() {
        ask_capabilities(talk).await?;
    }
    let sasl = talk.has("AUTH=PLAIN") && !account.user.contains('\0');
    let login = !talk.has("LOGINDISABLED");
    if !sasl && !login {
        let oauth = talk.has("AUTH=XOAUTH2") || talk.has("AUTH=OAUTHBEARER");
        return Err(if oauth {
            Problem::new(Code::MailOauthOnly).with("host", talk.peer.host.clone())
        } else {
            talk.peer.problem(Code::MailLoginRefused, "disabled")
        });
    }
    // What was offered before the login is not what is offered after it.
    let mut status = None;
    if sasl {
        let command = authenticate(account, talk.has("SASL-IR"));
        talk.forget_capabilities();
        status = Some(talk.ask(command, Bounds::SMALL, |_| {}).await?);
    }
    // Some servers offer what they then do not know. Only that is tried in another way: a refused password is not said twice.
    if login && status.as_ref().is_none_or(|status| status.is(Word::Bad)) {
        talk.forget_capabilities();
        let command = Command::new("LOGIN")
            .string(&account.user)
            .string(account.password.expose());
        status = Some(talk.ask(command, Bounds::SMALL, |_| {}).await?);
    }
    match status {
        Some(status) if !status.is(Word::Ok) => Err(refused(&talk.peer, &status)),
        _ if talk.knows_capabilities() => Ok(()),
        _ => ask_capabilities(talk).await,
    }
}

pub(super) async fn ask_capabilities(talk: &mut Talk) -> Result<()> {
    let asked = Command::new("CAPABILITY");
    talk.done(asked, Bounds::SMALL, |_| {}).await.map(|_| ())
}

fn authenticate(account: &Account, at_once: bool) -> Command {
    let plain = plain(account);
    let encoded = Zeroizing::new(STANDARD.encode(plain.as_bytes()));
    if at_once {
        let words = Zeroizing::new(format!("AUTHENTICATE PLAIN {}", encoded.as_str()));
        Command::new(&words)
    } else {
        let line = Zeroizing::new(encoded.as_bytes().to_vec());
        Command::new("AUTHENTICATE PLAIN").then(line)
    }
}

/// RFC 4616: nobody else's name, the own, the password, in UTF-8.
fn plain(account: &Account) -> Zeroizing<String> {
    Zeroizing::new(format!("\0{}\0{}", account.user, account.password.expose()))
}

fn refused(peer: &Peer, status: &Status) -> Problem {
    if is_passing(status) {
        return peer.failed("refused", status);
    }
    let mut problem = peer.problem(Code::MailLoginRefused, "refused");
    problem.service_says = peer.says(status);
    problem
}

/// It says nothing about the password (RFC 5530, 3): the server is busy, broken, or has enough connections of this account.
fn is_passing(status: &Status) -> bool {
    let code = status.code.as_deref().unwrap_or_default();
    let code = code.split(' ').next().unwrap_or_default();
    let passing = ["UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG"];
    if passing.iter().any(|own| code.eq_ignore_ascii_case(own)) {
        return true;
    }
    let text = status.text.to_ascii_lowercase();
    let many = text.contains("too many") || text.contains("maximum number");
    let connections = ["connection", "session", "simultaneous", "concurrent"];
    // "Too many failed logins" is about the password.
    let tries = text.contains("too many fail") || text.contains("attempt");
    many && !tries && connections.iter().any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_nothing_about_the_password() {
        let passing = |code: Option<&str>, text: &str| {
            is_passing(&Status {
                word: Word::No,
                code: code.map(str::to_owned),
                text: text.to_owned(),
            })
        };
        assert!(passing(
            Some("UNAVAILABLE"),
            "Temporary authentication failure."
        ));
        assert!(passing(Some("inuse"), ""));
        assert!(passing(Some("LIMIT"), "Rate limit hit"));
        assert!(passing(
            Some("ALERT"),
            "Too many simultaneous connections. (Failure)"
        ));
        assert!(passing(
            None,
            "Maximum number of connections from user+IP exceeded"
        ));
        assert!(!passing(
            Some("AUTHENTICATIONFAILED"),
            "Invalid credentials"
        ));
        assert!(!passing(
            Some("ALERT"),
            "Application-specific password required"
        ));
        assert!(!passing(None, "Too many failed logins in this session"));
        assert!(!passing(None, "Too many login attempts"));
        assert!(!passing(None, ""));
    }
}
