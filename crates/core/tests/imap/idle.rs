//! Waiting: news at once, the end of the time, and what was said in between.

use std::time::Duration;

use readdress_core::mailbox::imap::{MailFolder, Session, Woken};
use readdress_core::view::MailTls;

use crate::server::*;

fn examined() -> Vec<Step> {
    let mut script = logged_in("IDLE");
    script.extend([
        hear("EXAMINE \"INBOX\""),
        say("* 3 EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 1] valid\r\n{tag} OK done"),
    ]);
    script
}

async fn waiting(server: &Server, idle: Duration) -> Session {
    let limits = readdress_core::mailbox::imap::Limits { idle, ..patient() };
    let session = Session::open(&server.account(MailTls::Implicit), limits).await;
    let mut session = session.expect("a session");
    let inbox = MailFolder {
        name: "INBOX".to_owned(),
        junk: false,
    };
    session.examine(&inbox).await.expect("a folder");
    session
}

const LONG: Duration = Duration::from_secs(20);
const SHORT: Duration = Duration::from_millis(150);

#[tokio::test]
async fn news_end_the_wait_and_the_idle() {
    for (news, left) in [
        ("* 4 EXISTS", "* 1 RECENT\r\n"),
        ("* 1 RECENT", ""),
        ("* 2 EXPUNGE", ""),
        ("* OK still here\r\n* 3 EXISTS\r\n* 4 EXISTS", ""),
    ] {
        let mut script = examined();
        script.extend([
            hear("IDLE"),
            say("+ idling"),
            say(news),
            hear("DONE"),
            say(&format!("{left}{{tag}} OK done")),
            hear("UID SEARCH SINCE 31-Dec-1969 UID 1:*"),
            say("* SEARCH 4\r\n{tag} OK done"),
            // What came before the search is no news any more.
            hear("IDLE"),
            say("+ idling"),
            Step::Hang,
        ]);
        let server = Server::new(script).await;
        let mut session = waiting(&server, LONG).await;
        assert_eq!(session.idle().await.expect("news"), Woken::News, "{news}");
        let found = session.search(jiff::Timestamp::UNIX_EPOCH, 1).await;
        assert_eq!(found.expect("numbers"), [4]);
        let waits = tokio::time::timeout(SHORT, session.idle()).await;
        assert!(waits.is_err(), "{news}");
    }
}

#[tokio::test]
async fn the_time_is_up_and_it_is_asked_anew() {
    let mut script = examined();
    for _ in 0..2 {
        script.extend([
            hear("IDLE"),
            say("+ idling"),
            say("* OK still here\r\n* 3 EXISTS"),
            hear("DONE"),
            say("{tag} OK done"),
        ]);
    }
    let server = Server::new(script).await;
    let mut session = waiting(&server, SHORT).await;
    for _ in 0..2 {
        assert_eq!(session.idle().await.expect("time"), Woken::TimeUp);
    }
    session.close().await;
    server.played().await;
}

#[tokio::test]
async fn what_comes_between_two_waits_is_not_lost() {
    let mut script = examined();
    script.extend([
        hear("UID SEARCH SINCE 31-Dec-1969 UID 1:*"),
        say("* SEARCH 1\r\n* 4 EXISTS\r\n{tag} OK done"),
        // No IDLE is needed to know it.
        hear("UID SEARCH SINCE 31-Dec-1969 UID 1:*"),
        say("* SEARCH 1 4\r\n{tag} OK done"),
        hear("IDLE"),
        say("* 5 EXISTS\r\n+ idling"),
        hear("DONE"),
        say("{tag} OK done"),
        hear("IDLE"),
        say("+ idling"),
        hear("DONE"),
        say("* 6 EXISTS\r\n{tag} OK done"),
    ]);
    let server = Server::new(script).await;
    let mut session = waiting(&server, Duration::from_secs(1)).await;
    let epoch = jiff::Timestamp::UNIX_EPOCH;
    session.search(epoch, 1).await.expect("numbers");
    assert_eq!(session.idle().await.expect("news"), Woken::News);
    session.search(epoch, 1).await.expect("numbers");
    assert_eq!(session.idle().await.expect("news"), Woken::News);
    assert_eq!(session.idle().await.expect("news"), Woken::News);
    session.close().await;
    server.played().await;
}

#[tokio::test]
async fn a_wait_that_is_left_is_ended_before_the_next_command() {
    let mut script = examined();
    script.extend([
        hear("IDLE"),
        say("+ idling"),
        hear("DONE"),
        say("* 9 EXISTS\r\n{tag} OK done"),
        hear("NOOP"),
        say("{tag} OK done"),
    ]);
    let server = Server::new(script).await;
    let mut session = waiting(&server, LONG).await;
    let left = tokio::time::timeout(SHORT, session.idle()).await;
    assert!(left.is_err());
    assert_eq!(session.poll().await.expect("a number"), 9);
    session.close().await;
    server.played().await;
}

#[tokio::test]
async fn a_server_that_ends_it_by_itself_is_not_asked_for_ever() {
    for steps in [
        vec![say("{tag} OK no need")],
        vec![say("+ idling"), say("{tag} OK enough")],
        vec![say("{tag} BAD what?")],
    ] {
        let mut script = examined();
        script.push(hear("IDLE"));
        script.extend(steps);
        let server = Server::new(script).await;
        let mut session = waiting(&server, LONG).await;
        let problem = session.idle().await.expect_err("it is ended");
        assert_eq!(told(&problem), pair("mail_server_failed", "refused"));
    }
}

#[tokio::test]
async fn a_done_without_an_answer_is_a_dead_connection() {
    let mut script = logged_in("IDLE");
    script.extend([hear("IDLE"), say("+ idling"), hear("DONE"), Step::Hang]);
    let server = Server::new(script).await;
    let limits = readdress_core::mailbox::imap::Limits {
        idle: SHORT,
        answer: Duration::from_secs(4),
        ..patient()
    };
    let session = Session::open(&server.account(MailTls::Implicit), limits).await;
    let problem = session.expect("a session").idle().await;
    let problem = problem.expect_err("nobody is there");
    assert_eq!(told(&problem), pair("mail_server_failed", "timed_out"));
}
