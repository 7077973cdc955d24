//! Certificates that must be refused, each with its own word; nothing is said to such a server.

use rcgen::date_time_ymd;
use readdress_core::mailbox::Account;
use readdress_core::mailbox::imap::Session;
use readdress_core::view::MailTls;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::server::*;
use crate::trust::*;

async fn refusal(account: &Account) -> (String, String) {
    let opened = Session::open(account, patient()).await;
    let problem = opened.expect_err("it is refused");
    assert_eq!(problem.params.get("host"), Some(&account.host));
    told(&problem)
}

#[tokio::test]
async fn an_own_authority_is_trusted_when_it_is_named() {
    let server = Server::new(logged_in("IDLE")).await;
    let session = server.session().await;
    assert!(session.can_idle());
    session.close().await;
    server.played().await;
}

#[tokio::test]
async fn a_refused_certificate_has_its_reason_and_nothing_is_said() {
    let mut expired = params("127.0.0.1");
    (expired.not_before, expired.not_after) =
        (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
    let mut early = params("127.0.0.1");
    (early.not_before, early.not_after) = (date_time_ymd(2090, 1, 1), date_time_ymd(2091, 1, 1));
    for (made, trusted, reason) in [
        (Some(expired), true, "expired"),
        (Some(early), true, "not_yet_valid"),
        (Some(params("other.example")), true, "wrong_host"),
        (Some(params("127.0.0.1")), false, "unknown_authority"),
        (None, true, "self_signed"),
    ] {
        for tls in [MailTls::Implicit, MailTls::Starttls] {
            let authority = Authority::new();
            let identity = match &made {
                Some(made) => authority.signed(made),
                None => self_signed(&params("127.0.0.1")),
            };
            let script = match tls {
                MailTls::Implicit => vec![Step::Tls],
                MailTls::Starttls => vec![
                    say("* OK ready"),
                    hear("STARTTLS"),
                    say("{tag} OK go"),
                    Step::Tls,
                ],
            };
            let server = Server::with(authority, identity, script).await;
            let mut account = server.account(tls);
            if !trusted {
                account.ca_file = None;
            }
            assert_eq!(refusal(&account).await, pair("mail_tls_failed", reason));
            let all: &[&str] = match tls {
                MailTls::Implicit => &[],
                MailTls::Starttls => &["STARTTLS"],
            };
            assert_eq!(server.heard(), all, "{reason}");
        }
    }
}

#[tokio::test]
async fn the_certificate_of_ones_own_server_can_be_named_itself() {
    let host = "127.0.0.1";
    let mut expired = openssl_like(host);
    (expired.not_before, expired.not_after) =
        (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
    for (made, refused) in [
        (params(host), None),
        (openssl_like(host), None),
        (expired, Some("expired")),
        (openssl_like("other.example"), Some("wrong_host")),
    ] {
        let identity = self_signed(&made);
        let file = named(&identity);
        let server = Server::with(Authority::new(), identity, logged_in("")).await;
        let mut account = server.account(MailTls::Implicit);
        account.ca_file = Some(file.path().to_owned());
        match refused {
            Some(reason) => assert_eq!(refusal(&account).await, pair("mail_tls_failed", reason)),
            None => {
                let session = Session::open(&account, patient()).await;
                session.expect("it is named").close().await;
                server.played().await;
            }
        }
    }
    // Another one of the same name is another server's.
    let server = self_signed(&openssl_like(host));
    let file = named(&self_signed(&openssl_like(host)));
    let server = Server::with(Authority::new(), server, vec![Step::Tls]).await;
    let mut account = server.account(MailTls::Implicit);
    account.ca_file = Some(file.path().to_owned());
    assert_eq!(
        refusal(&account).await,
        pair("mail_tls_failed", "self_signed")
    );
}

#[tokio::test]
async fn a_port_without_tls_gets_nothing() {
    let server = Server::new(vec![say("* OK plain IMAP here"), Step::Hang]).await;
    let account = server.account(MailTls::Implicit);
    assert_eq!(refusal(&account).await, pair("mail_tls_failed", "not_tls"));
}

#[tokio::test]
async fn a_handshake_that_ends_or_never_does() {
    let server = Server::new(vec![Step::Cut]).await;
    let account = server.account(MailTls::Implicit);
    assert_eq!(refusal(&account).await, pair("mail_server_failed", "cut"));

    let server = Server::new(vec![Step::Hang]).await;
    let account = server.account(MailTls::Implicit);
    let mut limits = patient();
    limits.connect = std::time::Duration::from_millis(300);
    let problem = Session::open(&account, limits).await.expect_err("no end");
    assert_eq!(told(&problem), pair("mail_server_failed", "timed_out"));
}

/// The other half of the line: a network that breaks what it carries, once it is told to.
async fn breaks(port: u16, told: tokio::sync::oneshot::Receiver<()>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let own = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        let (mut near, _) = listener.accept().await.expect("a client");
        let mut far = TcpStream::connect(("127.0.0.1", port)).await.expect("up");
        tokio::select! {
            _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
            _ = told => {}
        }
        let record = [&[23, 3, 3, 0, 32][..], &[7; 32]].concat();
        let _ = near.write_all(&record).await;
        let _ = near.read(&mut [0; 1024]).await;
    });
    own
}

#[tokio::test]
async fn bytes_that_break_on_their_way_are_no_matter_of_trust() {
    let server = Server::new(logged_in("IDLE").into_iter().chain([Step::Hang]).collect()).await;
    let (tell, told_to) = tokio::sync::oneshot::channel();
    let mut account = server.account(MailTls::Implicit);
    account.port = breaks(server.port, told_to).await;
    let mut session = Session::open(&account, patient()).await.expect("in");
    tell.send(()).expect("heard");
    let problem = session.poll().await.expect_err("broken");
    assert_eq!(told(&problem), pair("mail_server_failed", "cut"));
}

#[tokio::test]
async fn a_file_that_names_no_authority_is_told_before_anything_is_said() {
    for tls in [MailTls::Implicit, MailTls::Starttls] {
        let server = Server::new(vec![say("* OK ready"), Step::Hang]).await;
        let mut account = server.account(tls);
        account.ca_file = Some(server.ca_file().with_file_name("nothing.pem"));
        let problem = Session::open(&account, patient()).await;
        let problem = problem.expect_err("no such file");
        assert_eq!(told(&problem), pair("certificate_invalid", "missing"));
        assert!(server.heard().is_empty());
    }
}
