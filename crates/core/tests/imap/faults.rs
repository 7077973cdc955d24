//! Servers that end, stall, lie or flood, at each stage of a conversation.

use std::time::Duration;

use readdress_core::error::Problem;
use readdress_core::mailbox::imap::{MailFolder, Session};
use readdress_core::view::MailTls;

use crate::server::*;
use crate::trust::{Authority, params};

fn inbox() -> MailFolder {
    MailFolder {
        name: "INBOX".to_owned(),
        junk: false,
    }
}

async fn go(server: &Server, limits: readdress_core::mailbox::imap::Limits) -> Problem {
    let all = async {
        let mut session = Session::open(&server.account(MailTls::Implicit), limits).await?;
        session.examine(&inbox()).await?;
        session.search(jiff::Timestamp::UNIX_EPOCH, 1).await?;
        session.heads(&[1, 2]).await?;
        session.mail(1, 1000).await?;
        session.idle().await?;
        Ok(())
    };
    let end: Result<(), Problem> = sendable(all).await;
    end.expect_err("it cannot end well")
}

/// It is watched from a task of its own.
fn sendable<T: Send>(future: T) -> T {
    future
}

const EXAMINE: &str = "* 2 EXISTS\r\n* OK [UIDVALIDITY 7] valid\r\n{tag} OK [READ-ONLY] done";
const SEARCH: &str = "UID SEARCH SINCE 31-Dec-1969 UID 1:*";
const HEADS: &str = "UID FETCH 1:2 (UID INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER]<0.65536>)";
const MAIL: &str = "UID FETCH 1 (UID BODY.PEEK[]<0.1000>)";

/// The conversation of [`go`] up to a stage; what is heard last has no answer yet.
fn until(stage: usize) -> Vec<Step> {
    let lines: [(&str, &str); 6] = [
        ("EXAMINE \"INBOX\"", EXAMINE),
        (SEARCH, "* SEARCH 1 2\r\n{tag} OK done"),
        (HEADS, "{tag} OK done"),
        (MAIL, "{tag} OK done"),
        ("IDLE", "+ idling"),
        ("", ""),
    ];
    match stage {
        0 => vec![Step::Tls],
        1 => {
            let mut script = logged_in("IDLE");
            script.pop();
            script
        }
        stage => {
            let mut script = logged_in("IDLE");
            for (index, (line, answer)) in lines.iter().enumerate().take(stage - 1) {
                script.push(hear(line));
                if index + 2 < stage {
                    script.push(say(answer));
                }
            }
            script
        }
    }
}

/// Greeting, login, and the five commands.
const STAGES: usize = 7;

#[tokio::test]
async fn a_bye_at_any_stage_is_told_with_its_words() {
    for stage in 0..STAGES {
        let mut script = until(stage);
        script.push(say("* BYE Server shutting down."));
        let problem = go(&Server::new(script).await, patient()).await;
        assert_eq!(told(&problem), pair("mail_server_failed", "bye"), "{stage}");
        assert_eq!(
            problem.service_says.as_deref(),
            Some("Server shutting down.")
        );
    }
}

#[tokio::test]
async fn a_connection_that_is_cut_at_any_stage() {
    for stage in 0..STAGES {
        let mut script = until(stage);
        script.push(Step::Cut);
        let problem = go(&Server::new(script).await, patient()).await;
        assert_eq!(told(&problem), pair("mail_server_failed", "cut"), "{stage}");
        let at_login = problem.params.get("at").is_some_and(|at| at == "login");
        assert_eq!(at_login, stage == 1, "{stage}");
    }
}

#[tokio::test]
async fn silence_at_any_stage_ends_at_the_limit() {
    for stage in 0..STAGES {
        let mut script = until(stage);
        script.push(Step::Hang);
        let problem = go(&Server::new(script).await, impatient()).await;
        let told = told(&problem);
        assert_eq!(told, pair("mail_server_failed", "timed_out"), "{stage}");
    }
}

#[tokio::test]
async fn garbage_at_any_stage() {
    for stage in 0..STAGES {
        let mut script = until(stage);
        script.extend([say("<html>\u{0}502 Bad Gateway</html>"), Step::Hang]);
        let problem = go(&Server::new(script).await, patient()).await;
        let wanted = match stage {
            0 => pair("mail_not_imap", ""),
            _ => pair("mail_server_failed", "garbage"),
        };
        assert_eq!(told(&problem), wanted, "{stage}");
    }
}

#[tokio::test]
async fn a_refused_command_is_told_with_its_words() {
    for stage in 2..STAGES {
        let mut script = until(stage);
        script.extend([say("{tag} NO [OVERQUOTA] Not\ttoday"), Step::Hang]);
        let problem = go(&Server::new(script).await, patient()).await;
        let told = told(&problem);
        assert_eq!(told, pair("mail_server_failed", "refused"), "{stage}");
        assert_eq!(problem.service_says.as_deref(), Some("Not today"));
    }
}

/// Sockets hold some of it before anybody has looked at it.
const SOME: usize = 16 * 1024 * 1024;

#[tokio::test]
async fn what_never_ends_is_not_kept() {
    let line: &[u8] = &[b'x'; 65_536];
    let lines = b"* OK still here\r\n".repeat(4096);
    let folders = b"* LIST () \"/\" \"a folder\"\r\n".repeat(4096);
    for bytes in [line, lines.as_slice(), folders.as_slice()] {
        for stage in 1..STAGES {
            let mut script = until(stage);
            script.push(Step::Flood(bytes.to_vec()));
            let server = Server::new(script).await;
            let problem = go(&server, patient()).await;
            let told = told(&problem);
            assert_eq!(told, pair("mail_server_failed", "garbage"), "{stage}");
            assert!(*server.taken.lock().expect("a count") < SOME, "{stage}");
        }
    }
}

/// As a port does that waits for TLS from the first byte.
#[tokio::test]
async fn a_port_without_a_word_before_starttls_is_told_apart() {
    let server = Server::new(vec![Step::Hang]).await;
    let account = server.account(MailTls::Starttls);
    let problem = Session::open(&account, impatient()).await;
    let problem = problem.expect_err("nobody speaks");
    assert_eq!(told(&problem), pair("mail_server_failed", "silent"));
}

#[tokio::test]
async fn an_answer_that_is_drawn_out_ends_at_ten_times_the_limit() {
    let mut script = until(2);
    script.push(Step::Drip(b"* OK still at it\r\n".to_vec()));
    let problem = go(&Server::new(script).await, impatient()).await;
    assert_eq!(told(&problem), pair("mail_server_failed", "timed_out"));
}

#[tokio::test]
async fn a_claim_of_four_gigabytes_is_not_believed() {
    for (stage, line) in [
        (2, "* LIST () \"/\" {4294967295}"),
        (3, "* SEARCH {4294967295}"),
        (4, "* 1 FETCH (UID 1 BODY[HEADER]<0> {4294967295}"),
        (4, "* 1 FETCH (UID 1 BODY[HEADER]<0> {99999}"),
        (5, "* 1 FETCH (UID 1 BODY[]<0> {18446744073709551616}"),
        (5, "* 1 FETCH (UID 1 BODY[]<0> {2025}"),
        (6, "* 1 FETCH (UID 1 BODY[]<0> {4294967295}"),
    ] {
        let mut script = until(stage);
        script.extend([say(line), Step::Hang]);
        let problem = go(&Server::new(script).await, patient()).await;
        let told = told(&problem);
        assert_eq!(told, pair("mail_server_failed", "garbage"), "{line}");
    }
}

#[tokio::test]
async fn parentheses_without_end_lead_nowhere() {
    let deep = "(".repeat(60_000);
    let script = || {
        let mut script = logged_in("");
        script.extend([
            hear(MAIL),
            say(&format!("* 1 FETCH (UID 1 BODYSTRUCTURE {deep}")),
            say(&format!(
                "* 1 FETCH (BODY[] {{1}}\r\nx BODYSTRUCTURE {deep}"
            )),
            say("* 1 FETCH (UID 1 BODY[]<0> {2}\r\nhi)\r\n{tag} OK done"),
        ]);
        script
    };
    let server = Server::new(script()).await;
    let mut session = server.session().await;
    let mail = session.mail(1, 1000).await.expect("a mail");
    assert_eq!(mail.as_deref(), Some(b"hi".as_slice()));
}

#[tokio::test]
async fn a_name_without_address_and_a_port_without_server() {
    let server = Server::new(vec![]).await;
    let mut account = server.account(MailTls::Implicit);
    account.host = "mail.nowhere.invalid".to_owned();
    let problem = Session::open(&account, patient())
        .await
        .expect_err("a name");
    assert_eq!(told(&problem), pair("mail_unreachable", "name"));

    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let port = free
        .expect("a port")
        .local_addr()
        .expect("an address")
        .port();
    account.host = "127.0.0.1".to_owned();
    account.port = port;
    let problem = Session::open(&account, patient())
        .await
        .expect_err("a port");
    assert_eq!(told(&problem), pair("mail_unreachable", "port"));
    assert_eq!(problem.params.get("port"), Some(&port.to_string()));
}

#[tokio::test]
async fn nobody_waits_for_a_goodbye_of_who_is_gone() {
    let mut script = logged_in("");
    script.extend([hear("NOOP"), say("* BYE"), Step::Hang]);
    let server = Server::new(script).await;
    let mut session = server.session().await;
    session.poll().await.expect_err("a bye");
    session.close().await;
    server.played().await;
}

#[tokio::test]
async fn each_address_of_a_name_is_tried() {
    // Only the second of them has somebody behind it, where a name has two: `::1` comes first.
    let authority = Authority::new();
    let identity = authority.signed(&params("localhost"));
    let server = Server::with(authority, identity, logged_in("")).await;
    let mut account = server.account(MailTls::Implicit);
    account.host = "localhost".to_owned();
    let session = Session::open(&account, patient()).await;
    session.expect("a session").close().await;
    server.played().await;
}

#[tokio::test]
async fn what_was_left_in_the_middle_is_heard_out_first() {
    let (go_on, wait) = tokio::sync::oneshot::channel();
    let mut script = logged_in("");
    script.extend([
        hear(SEARCH),
        say("* SEARCH 1"),
        Step::Until(wait),
        say("* SEARCH 2 3\r\n{tag} OK done"),
        hear(SEARCH),
        say("* SEARCH 9\r\n{tag} OK done"),
    ]);
    let server = Server::new(script).await;
    let mut session = server.session().await;
    let search = session.search(jiff::Timestamp::UNIX_EPOCH, 1);
    let dropped = tokio::time::timeout(Duration::from_millis(100), search).await;
    assert!(dropped.is_err());
    go_on.send(()).expect("it waits");
    let found = session.search(jiff::Timestamp::UNIX_EPOCH, 1).await;
    assert_eq!(found.expect("numbers"), [9]);
}
