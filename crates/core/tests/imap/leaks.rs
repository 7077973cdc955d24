//! With every library at its most talkative, nothing of a password or a mail is logged.

use std::io::Write;
use std::sync::{Arc, Mutex};

use readdress_core::mailbox::Account;
use readdress_core::mailbox::imap::Session;
use readdress_core::secret::Secret;
use readdress_core::view::MailTls;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::server::*;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("a log").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

const ODD: &str = "hunter2-äöü-quoted\"\\";

#[tokio::test]
async fn nothing_of_a_conversation_is_logged_at_any_level() {
    let log = Log::default();
    let writer = log.clone();
    let lines = fmt::layer()
        .with_ansi(false)
        .with_writer(move || writer.clone());
    // For the whole process, libraries that use `log` included: other tests write into it too.
    tracing_subscriber::registry()
        .with(lines)
        .with(LevelFilter::TRACE)
        .init();

    for (capabilities, refused) in [("AUTH=PLAIN", false), ("AUTH=PLAIN", true), ("X", false)] {
        let sasl = base64::Engine::encode(
            &base64::engine::general_purpose::STANDARD,
            format!("\0{USER}\0{ODD}"),
        );
        let mut script = vec![
            Step::Tls,
            say(&format!("* OK [CAPABILITY IMAP4rev1 {capabilities}] hi")),
        ];
        match capabilities {
            "X" => script.extend([
                hear(&format!("LOGIN \"{USER}\" {{{}}}", ODD.len())),
                say("+ "),
                hear(ODD),
            ]),
            _ => script.extend([hear("AUTHENTICATE PLAIN"), say("+ "), hear(&sasl)]),
        }
        if refused {
            script.push(say(&format!("{{tag}} NO {USER} {ODD} {sasl}")));
        } else {
            script.extend([
                say("{tag} OK [CAPABILITY IMAP4rev1] in"),
                hear("UID FETCH 1 (UID BODY.PEEK[]<0.99>)"),
                say("* 1 FETCH (UID 1 BODY[]<0> {27}\r\nSubject: code 918273 inside)\r\n{tag} OK done"),
            ]);
        }
        let server = Server::new(script).await;
        let account = Account {
            password: Secret::new(ODD),
            ..server.account(MailTls::Implicit)
        };
        let opened = Session::open(&account, patient()).await;
        tracing::info!(?account, ?opened, "what a careless line would print");
        match opened {
            Ok(mut session) => {
                let mail = session.mail(1, 99).await.expect("an answer");
                assert!(mail.expect("a mail").ends_with(b"918273 inside"));
            }
            Err(problem) => {
                assert!(refused);
                tracing::info!(%problem, "what a careless line would print");
            }
        }
        let logged = String::from_utf8(log.0.lock().expect("a log").clone()).expect("text");
        // Otherwise it would show nothing.
        assert!(logged.contains("rustls::client") && logged.contains("careless"));
        for secret in [ODD, "hunter2", sasl.as_str(), "918273"] {
            assert!(!logged.contains(secret), "{secret}");
        }
    }
}
