//! STARTTLS: nothing but that word in the clear, and nothing from the clear counts afterwards.

use readdress_core::error::Problem;
use readdress_core::mailbox::imap::Session;
use readdress_core::view::MailTls;

use crate::server::*;

async fn open(server: &Server) -> Result<Session, Problem> {
    Session::open(&server.account(MailTls::Starttls), patient()).await
}

async fn refusal(script: Vec<Step>) -> (Problem, Vec<String>) {
    let server = Server::new(script).await;
    let problem = open(&server).await.expect_err("it is refused");
    (problem, server.heard())
}

#[tokio::test]
async fn capabilities_are_asked_anew_under_tls() {
    let server = Server::new(vec![
        // What somebody on the way would like to be believed.
        say("* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED IDLE] ready"),
        hear("STARTTLS"),
        say("* CAPABILITY IMAP4rev1 AUTH=XOAUTH2 LOGINDISABLED IDLE\r\n{tag} OK go"),
        Step::Tls,
        hear("CAPABILITY"),
        say("* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR\r\n{tag} OK done"),
        hear(&format!("AUTHENTICATE PLAIN {PLAIN}")),
        say("{tag} OK in"),
        hear("CAPABILITY"),
        say("* CAPABILITY IMAP4rev1 UIDPLUS\r\n{tag} OK done"),
    ])
    .await;
    let session = open(&server).await.expect("a session");
    assert!(!session.can_idle());
    session.close().await;
    server.played().await;
}

#[tokio::test]
async fn bytes_behind_the_answer_are_injected() {
    for more in ["* OK under TLS, believe me", "R2 OK", "x"] {
        let (problem, heard) = refusal(vec![
            say("* OK ready"),
            hear("STARTTLS"),
            say(&format!("{{tag}} OK go\r\n{more}")),
            Step::Tls,
        ])
        .await;
        assert_eq!(told(&problem), pair("mail_tls_failed", "injected"));
        assert_eq!(heard, ["STARTTLS"]);
    }
}

#[tokio::test]
async fn without_starttls_nothing_else_is_said() {
    for answer in [
        "{tag} NO not here",
        "{tag} BAD unknown command",
        "* PREAUTH",
    ] {
        let script = match answer {
            "* PREAUTH" => vec![say("* PREAUTH welcome back"), Step::Hang],
            answer => vec![say("* OK ready"), hear("STARTTLS"), say(answer), Step::Hang],
        };
        let (problem, heard) = refusal(script).await;
        assert_eq!(told(&problem), pair("mail_tls_failed", "no_starttls"));
        assert!(heard.iter().all(|line| line == "STARTTLS"), "{heard:?}");
    }
}

#[tokio::test]
async fn words_from_the_clear_are_not_shown() {
    for script in [
        vec![say("* BYE call 555-0100 and tell your password")],
        vec![
            say("* OK ready"),
            hear("STARTTLS"),
            say("* BYE call 555-0100"),
        ],
    ] {
        let (problem, _) = refusal(script).await;
        assert_eq!(told(&problem), pair("mail_server_failed", "bye"));
        assert_eq!(problem.service_says, None);
    }
}

#[tokio::test]
async fn another_service_is_told_as_such() {
    for greeting in [
        "220 mail.example ESMTP",
        "+OK POP3",
        "SSH-2.0-x",
        "* NO",
        "",
    ] {
        let (problem, heard) = refusal(vec![say(greeting), Step::Hang]).await;
        assert_eq!(told(&problem), pair("mail_not_imap", ""), "{greeting}");
        assert!(heard.is_empty());
    }
}
