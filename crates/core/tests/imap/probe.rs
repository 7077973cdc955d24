//! *Test*: each step that works, and the first that does not.

use readdress_core::mailbox::imap::Session;
use readdress_core::view::{MailTls, MailboxTestView};

use crate::server::*;

async fn test(script: Vec<Step>, tls: MailTls) -> MailboxTestView {
    let server = Server::new(script).await;
    Session::test(&server.account(tls), patient()).await
}

/// `+` works, `-` does not, `.` was not reached.
fn steps(view: &MailboxTestView) -> String {
    let sign = |ok| match ok {
        Some(true) => '+',
        Some(false) => '-',
        None => '.',
    };
    view.steps.iter().map(|step| sign(step.ok)).collect()
}

fn code(view: &MailboxTestView) -> Option<String> {
    let problem = view.steps.iter().find_map(|step| step.problem.as_ref());
    problem.map(|problem| problem.code.as_str())
}

fn whole(capabilities: &str) -> Vec<Step> {
    let mut script = logged_in(capabilities);
    script.extend([
        hear("LIST \"\" \"*\""),
        say("* LIST (\\Junk) \"/\" \"[Gmail]/&BCEEPwQwBDw-\"\r\n{tag} OK done"),
        hear("EXAMINE \"INBOX\""),
        say("* 3 EXISTS\r\n* OK [UIDVALIDITY 1] valid\r\n{tag} OK done"),
    ]);
    script
}

#[tokio::test]
async fn all_of_it_works() {
    let view = test(whole("IDLE"), MailTls::Implicit).await;
    assert_eq!(steps(&view), "++++++");
    assert!(view.works);
    assert_eq!(view.junk.as_deref(), Some("[Gmail]/Спам"));
}

#[tokio::test]
async fn without_idle_it_works_too() {
    let view = test(whole(""), MailTls::Implicit).await;
    assert_eq!(steps(&view), "+++++-");
    assert!(view.works);
    assert_eq!(code(&view), None);
}

#[tokio::test]
async fn each_step_has_its_own_problem() {
    let greeting = say("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hi");
    let login = || hear(&format!("AUTHENTICATE PLAIN {PLAIN}"));
    let mut closed = logged_in("IDLE");
    closed.extend([
        hear("LIST \"\" \"*\""),
        say("{tag} OK done"),
        hear("EXAMINE \"INBOX\""),
        say("{tag} NO no inbox"),
    ]);
    for (script, tls, signs, wanted) in [
        (
            vec![say("* OK plain"), Step::Hang],
            MailTls::Implicit,
            "++-...",
            "mail_tls_failed",
        ),
        (
            vec![Step::Tls, say("220 ESMTP"), Step::Hang],
            MailTls::Implicit,
            "+-....",
            "mail_not_imap",
        ),
        (
            vec![say("220 ESMTP"), Step::Hang],
            MailTls::Starttls,
            "+-....",
            "mail_not_imap",
        ),
        (
            vec![say("* OK hi"), hear("STARTTLS"), say("{tag} BAD no")],
            MailTls::Starttls,
            "++-...",
            "mail_tls_failed",
        ),
        (
            vec![Step::Tls, say("* BYE too many connections")],
            MailTls::Implicit,
            "+++-..",
            "mail_server_failed",
        ),
        (
            vec![Step::Tls, greeting, login(), say("{tag} NO wrong")],
            MailTls::Implicit,
            "+++-..",
            "mail_login_refused",
        ),
        (closed, MailTls::Implicit, "++++-.", "mail_server_failed"),
    ] {
        let view = test(script, tls).await;
        assert_eq!((steps(&view).as_str(), view.works), (signs, false));
        assert_eq!(code(&view).as_deref(), Some(wanted), "{signs}");
    }
}

#[tokio::test]
async fn names_and_ports() {
    let server = Server::new(vec![]).await;
    let mut account = server.account(MailTls::Implicit);
    account.host = "mail.nowhere.invalid".to_owned();
    let view = Session::test(&account, patient()).await;
    assert_eq!(steps(&view), "-.....");
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    account.port = free
        .expect("a port")
        .local_addr()
        .expect("an address")
        .port();
    account.host = "127.0.0.1".to_owned();
    let view = Session::test(&account, patient()).await;
    assert_eq!(steps(&view), "+-....");
    assert_eq!(code(&view).as_deref(), Some("mail_unreachable"));
}
