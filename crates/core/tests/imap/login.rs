//! Passwords of any shape, and what a server may answer to them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use readdress_core::error::Problem;
use readdress_core::mailbox::Account;
use readdress_core::mailbox::imap::Session;
use readdress_core::secret::Secret;
use readdress_core::view::MailTls;

use crate::server::*;

const PASSWORDS: [&str; 6] = [
    r#"a"b\c {7} %* ()"#,
    "ключ от дома",
    "päss wörd",
    "\\",
    "tab\there",
    "\" LOGOUT",
];

fn account(server: &Server, password: &str) -> Account {
    Account {
        password: Secret::new(password),
        ..server.account(MailTls::Implicit)
    }
}

async fn log_in(server: &Server, password: &str) -> Result<Session, Problem> {
    Session::open(&account(server, password), patient()).await
}

#[tokio::test]
async fn sasl_takes_any_password_as_it_is() {
    for (at_once, password) in PASSWORDS.iter().enumerate() {
        let plain = STANDARD.encode(format!("\0{USER}\0{password}"));
        let script = if at_once % 2 == 0 {
            vec![
                Step::Tls,
                say("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR LOGINDISABLED] hi"),
                hear(&format!("AUTHENTICATE PLAIN {plain}")),
                say("{tag} OK [CAPABILITY IMAP4rev1] in"),
            ]
        } else {
            vec![
                Step::Tls,
                say("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi"),
                hear("AUTHENTICATE PLAIN"),
                say("+ "),
                hear(&plain),
                say("{tag} OK [CAPABILITY IMAP4rev1] in"),
            ]
        };
        let server = Server::new(script).await;
        let session = log_in(&server, password).await.expect("a session");
        session.close().await;
        server.played().await;
    }
}

#[tokio::test]
async fn login_quotes_or_sends_a_literal() {
    for (password, line) in [
        (r#"a"b\c {7} %* ()"#, r#""a\"b\\c {7} %* ()""#),
        ("\" LOGOUT", r#""\" LOGOUT""#),
        ("\\", r#""\\""#),
        ("päss wörd", "{11}"),
        ("tab\there", "{8}"),
    ] {
        let mut script = vec![
            Step::Tls,
            say("* OK hi"),
            hear("CAPABILITY"),
            say("* CAPABILITY IMAP4rev1\r\n{tag} OK done"),
            hear(&format!("LOGIN \"{USER}\" {line}")),
        ];
        if line.starts_with('{') {
            script.extend([say("+ go on"), hear(password)]);
        }
        script.push(say("{tag} OK [CAPABILITY IMAP4rev1 IDLE] in"));
        let server = Server::new(script).await;
        let session = log_in(&server, password).await.expect("a session");
        assert!(session.can_idle());
        session.close().await;
        server.played().await;
    }
}

#[tokio::test]
async fn a_mechanism_that_is_unknown_after_all_is_no_refused_password() {
    let server = Server::new(vec![
        Step::Tls,
        say("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi"),
        hear("AUTHENTICATE PLAIN"),
        say("{tag} BAD no such command"),
        hear(&format!("LOGIN \"{USER}\" \"{PASSWORD}\"")),
        say("{tag} OK [CAPABILITY IMAP4rev1] in"),
    ])
    .await;
    server.session().await.close().await;
    server.played().await;
}

async fn refusal(script: Vec<Step>) -> (Problem, Vec<String>) {
    let server = Server::new(script).await;
    let problem = server.try_session().await.expect_err("it is refused");
    (problem, server.heard())
}

#[tokio::test]
async fn a_server_that_takes_no_password_gets_none() {
    for (capabilities, told_as) in [
        (
            "IMAP4rev1 LOGINDISABLED",
            pair("mail_login_refused", "disabled"),
        ),
        (
            "IMAP4rev1 AUTH=XOAUTH2 LOGINDISABLED",
            pair("mail_oauth_only", ""),
        ),
        (
            "IMAP4rev1 auth=oauthbearer logindisabled",
            pair("mail_oauth_only", ""),
        ),
    ] {
        let (problem, heard) = refusal(vec![
            Step::Tls,
            say(&format!("* OK [CAPABILITY {capabilities}] hi")),
            Step::Hang,
        ])
        .await;
        assert_eq!(told(&problem), told_as);
        assert!(heard.is_empty());
    }
}

fn refusing(answer: &str) -> Vec<Step> {
    vec![
        Step::Tls,
        say("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hi"),
        hear(&format!("AUTHENTICATE PLAIN {PLAIN}")),
        say(answer),
        Step::Hang,
    ]
}

#[tokio::test]
async fn a_refused_password_is_said_once_and_told_in_the_servers_words() {
    let (problem, heard) = refusal(refusing(
        "{tag} NO [ALERT] Application-specific password required: https://support.google.com/accounts/answer/185833 (Failure)",
    ))
    .await;
    assert_eq!(told(&problem), pair("mail_login_refused", "refused"));
    assert_eq!(
        problem.service_says.as_deref(),
        Some(
            "Application-specific password required: https://support.google.com/accounts/answer/185833 (Failure)"
        )
    );
    assert_eq!(heard.len(), 1);
}

#[tokio::test]
async fn a_server_that_echoes_gives_nothing_away() {
    let long = "x".repeat(400);
    let (problem, _) = refusal(refusing(&format!(
        "{{tag}} NO [AUTHENTICATIONFAILED] {USER} with {PASSWORD} ({PLAIN}) \u{202e}{long}"
    )))
    .await;
    let said = problem.service_says.clone().expect("words");
    assert!(said.chars().count() <= 300);
    assert!(said.contains("with") && !said.contains('\u{202e}'));
    for secret in [PASSWORD, USER, PLAIN] {
        assert!(!format!("{problem:?}").contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn what_says_nothing_about_the_password_is_no_refused_login() {
    for answer in [
        "{tag} NO [UNAVAILABLE] Temporary authentication failure.",
        "{tag} NO [INUSE] locked by another session",
        "{tag} NO [LIMIT] slow down",
        "{tag} NO [ALERT] Too many simultaneous connections. (Failure)",
        "{tag} NO Maximum number of connections from user+IP exceeded (mail_max_userip_connections=10)",
    ] {
        let (problem, _) = refusal(refusing(answer)).await;
        assert_eq!(told(&problem), pair("mail_server_failed", "refused"));
        assert!(problem.service_says.is_some());
    }
}

#[tokio::test]
async fn who_is_known_already_says_no_password() {
    let server = Server::new(vec![
        Step::Tls,
        say("* PREAUTH [CAPABILITY IMAP4rev1 IDLE] welcome back"),
    ])
    .await;
    let session = server.session().await;
    assert!(session.can_idle());
    session.close().await;
    server.played().await;
}
