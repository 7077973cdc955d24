//! Opening, searching and fetching: what is asked for, and what is taken of an answer.

use jiff::Timestamp;
use readdress_core::mailbox::imap::{Examined, MailFolder};

use crate::server::*;

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

async fn playing(steps: Vec<Step>) -> Server {
    let mut script = logged_in("IDLE");
    script.extend(steps);
    Server::new(script).await
}

#[tokio::test]
async fn a_folder_is_examined_and_never_selected() {
    let server = playing(vec![
        hear(r#"EXAMINE "[Gmail]/a \"b\\""#),
        say("* FLAGS (\\Seen)\r\n* OK [PERMANENTFLAGS ()] none\r\n* 17 EXISTS\r\n* 2 RECENT"),
        say("* OK [UIDVALIDITY 4294967295] valid\r\n* OK [UIDNEXT 9] next\r\n{tag} OK [READ-ONLY] done"),
        hear("EXAMINE {6}"),
        say("+ go"),
        hear("Pósta"),
        say("* 0 EXISTS\r\n* OK [UIDVALIDITY 1] valid\r\n{tag} OK done"),
    ])
    .await;
    let mut session = server.session().await;
    let open = |name: &str| MailFolder {
        name: name.to_owned(),
        junk: true,
    };
    let examined = session.examine(&open("[Gmail]/a \"b\\")).await;
    assert_eq!(
        examined.expect("a folder"),
        Examined {
            uid_validity: u32::MAX,
            exists: 17
        }
    );
    let examined = session.examine(&open("Pósta")).await.expect("a folder");
    assert_eq!(examined.exists, 0);
    session.close().await;
    server.played().await;
}

#[tokio::test]
async fn the_server_searches_by_day_and_number() {
    let server = playing(vec![
        hear("UID SEARCH SINCE 28-Feb-2026 UID 57:*"),
        // The last mail comes with `57:*` even if its number is 12.
        say("* SEARCH 12\r\n{tag} OK done"),
        hear("UID SEARCH SINCE 31-Dec-2025 UID 1:*"),
        say("* SEARCH 9 3\r\n* SEARCH 3 4 (MODSEQ 5)\r\n{tag} OK done"),
        hear("UID SEARCH SINCE 9-Nov-2026 UID 4:*"),
        say("{tag} OK nothing"),
    ])
    .await;
    let mut session = server.session().await;
    let found = session.search(at("2026-03-01T23:59:59Z"), 57).await;
    assert_eq!(found.expect("numbers"), [0; 0]);
    let found = session.search(at("2026-01-01T00:00:00Z"), 0).await;
    assert_eq!(found.expect("numbers"), [3, 4, 9]);
    let found = session.search(at("2026-11-10T12:00:00+09:00"), 4).await;
    assert_eq!(found.expect("numbers"), [0; 0]);
    session.close().await;
    server.played().await;
}

#[tokio::test]
async fn a_hundred_thousand_numbers_fit_on_one_line() {
    let numbers: Vec<String> = (4_000_000_000u32..4_000_100_000)
        .map(|uid| uid.to_string())
        .collect();
    let server = playing(vec![
        hear("UID SEARCH SINCE 19-Nov-2026 UID 1:*"),
        say(&format!(
            "* SEARCH {}\r\n{{tag}} OK done",
            numbers.join(" ")
        )),
    ])
    .await;
    let mut session = server.session().await;
    let found = session.search(at("2026-11-20T12:00:00Z"), 1).await;
    assert_eq!(found.expect("numbers").len(), 100_000);
}

const HEADER: &str = "BODY.PEEK[HEADER]<0.65536>";

#[tokio::test]
async fn a_mail_that_the_server_cannot_read_hides_no_other() {
    let ask = |set: &str| {
        hear(&format!(
            "UID FETCH {set} (UID INTERNALDATE RFC822.SIZE {HEADER})"
        ))
    };
    let no = || say("{tag} NO The message could not be converted to an RFC 822 compatible format.");
    let head = |uid: u32| {
        say(&format!(
            "* {uid} FETCH (UID {uid} INTERNALDATE \"20-Nov-2026 10:00:00 +0100\" RFC822.SIZE 900 BODY[HEADER]<0> {{6}}\r\nA: b\r\n)\r\n{{tag}} OK done"
        ))
    };
    let server = playing(vec![
        ask("7:9"),
        no(),
        ask("7"),
        head(7),
        ask("8"),
        no(),
        ask("9"),
        head(9),
        // Where none comes, it is no matter of one mail.
        ask("8,10"),
        no(),
        ask("8"),
        no(),
        ask("10"),
        no(),
    ])
    .await;
    let mut session = server.session().await;
    let heads = session.heads(&[7, 8, 9]).await.expect("two of three");
    assert_eq!(
        heads.iter().map(|head| head.uid).collect::<Vec<_>>(),
        [7, 9]
    );
    let problem = session.heads(&[8, 10]).await.expect_err("refused");
    assert_eq!(told(&problem), pair("mail_server_failed", "refused"));
    assert!(problem.service_says.is_some());
    session.close().await;
    server.played().await;
}

#[tokio::test]
async fn headers_are_peeked_at_in_short_commands() {
    let first = format!("UID FETCH 1:100 (UID INTERNALDATE RFC822.SIZE {HEADER})");
    let second = format!("UID FETCH 101:102,200 (UID INTERNALDATE RFC822.SIZE {HEADER})");
    let server = playing(vec![
        hear(&first),
        say("* 5 FETCH (UID 5 INTERNALDATE \"20-Nov-2026 10:00:00 +0100\" RFC822.SIZE 900 BODY[HEADER]<0> {6}\r\nA: b\r\n)"),
        // Not asked for, without a header, and no answer at all.
        say("* 7 FETCH (FLAGS (\\Seen))\r\n* 9 FETCH (UID 900 BODY[HEADER] {1}\r\nx)\r\n* 4 EXPUNGE"),
        say("* 2 FETCH (BODY[HEADER]<0> {6}\r\nC: d\r\n RFC822.SIZE 1 INTERNALDATE \" 2-Nov-2026 23:30:00 -0100\" UID 2)\r\n{tag} OK done"),
        hear(&second),
        say("{tag} NO [EXPUNGEISSUED] some are gone"),
    ])
    .await;
    let mut session = server.session().await;
    let mut uids: Vec<u32> = (1..=102).rev().collect();
    uids.extend([200, 200, 0]);
    let heads = session.heads(&uids).await.expect("heads");
    let told: Vec<_> = heads
        .iter()
        .map(|head| (head.uid, head.size, head.at, head.header.as_slice()))
        .collect();
    assert_eq!(
        told,
        [
            (2, 1, at("2026-11-03T00:30:00Z"), b"C: d\r\n".as_slice()),
            (5, 900, at("2026-11-20T09:00:00Z"), b"A: b\r\n"),
        ]
    );
    assert_eq!(session.heads(&[]).await.expect("nothing").len(), 0);
    session.close().await;
    server.played().await;
}

#[tokio::test]
async fn a_mail_is_peeked_at_up_to_what_is_wanted() {
    let server = playing(vec![
        hear("UID FETCH 5 (UID BODY.PEEK[]<0.4>)"),
        say("* 1 FETCH (UID 5 BODY[]<0> {4}\r\n\u{0}\r\n) FLAGS ())\r\n{tag} OK done"),
        hear("UID FETCH 6 (UID BODY.PEEK[]<0.4>)"),
        // One that does not cut.
        say("* 1 FETCH (UID 6 BODY[] {8}\r\nR4 OK..\n)\r\n{tag} OK done"),
        hear("UID FETCH 7 (UID BODY.PEEK[]<0.4>)"),
        say("{tag} OK gone"),
        hear("UID FETCH 8 (UID BODY.PEEK[]<0.4>)"),
        say("* 2 FETCH (UID 8 BODY[]<0> NIL)\r\n{tag} OK gone"),
    ])
    .await;
    let mut session = server.session().await;
    let mail = session.mail(5, 4).await.expect("an answer");
    assert_eq!(mail.as_deref(), Some(b"\0\r\n)".as_slice()));
    let mail = session.mail(6, 4).await.expect("an answer");
    assert_eq!(mail.map(|mail| mail.len()), Some(4));
    assert_eq!(session.mail(7, 4).await.expect("an answer"), None);
    assert_eq!(session.mail(8, 4).await.expect("an answer"), None);
    session.close().await;
    server.played().await;
}

#[tokio::test]
async fn a_large_mail_comes_whole() {
    let body = "0123456789abcde\n".repeat(128 * 1024);
    let server = playing(vec![
        hear("UID FETCH 5 (UID BODY.PEEK[]<0.2097152>)"),
        say(&format!(
            "* 1 FETCH (UID 5 BODY[]<0> {{{}}}\r\n{body})\r\n{{tag}} OK done",
            body.len()
        )),
    ])
    .await;
    let mut session = server.session().await;
    let mail = session.mail(5, 2 * 1024 * 1024).await.expect("an answer");
    assert_eq!(mail.as_deref(), Some(body.as_bytes()));
}

#[tokio::test]
async fn asking_now_and_then_counts_what_came_and_went() {
    let server = playing(vec![
        hear("EXAMINE \"INBOX\""),
        say("* 3 EXISTS\r\n* OK [UIDVALIDITY 1] valid\r\n{tag} OK done"),
        hear("NOOP"),
        say("{tag} OK nothing"),
        hear("NOOP"),
        say("* 2 EXPUNGE\r\n{tag} OK done"),
        hear("NOOP"),
        say("* 5 EXISTS\r\n{tag} OK done"),
    ])
    .await;
    let mut session = server.session().await;
    let inbox = MailFolder {
        name: "INBOX".to_owned(),
        junk: false,
    };
    session.examine(&inbox).await.expect("a folder");
    for count in [3, 2, 5] {
        assert_eq!(session.poll().await.expect("a number"), count);
    }
    session.close().await;
    server.played().await;
}
