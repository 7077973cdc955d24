//! A real mail server beside a stage: the sandbox's mails go there, and its mailbox is added.

use readdress_dovecot::{Dovecot, FIRST_USER, NOT_HERE, Options, is_installed};
use readdress_sandbox::Delivery;

use crate::stage::{Call, NEW, Ran, Stage};

/// Where calls find the mailbox's password.
pub const PASSWORD: &str = "TEST_MAIL_PASSWORD";

pub struct Post {
    pub server: Dovecot,
}

impl Post {
    /// `None`, with a word, where there is no Dovecot.
    pub fn new() -> Option<Self> {
        Self::with(&Options::default())
    }

    pub fn with(options: &Options) -> Option<Self> {
        if !is_installed() {
            eprintln!("{NOT_HERE}");
            return None;
        }
        let server = Dovecot::start_with(options).expect("a mail server");
        Some(Self { server })
    }

    /// All mail of the stage's services comes here.
    pub fn takes_mail_of(&self, stage: &Stage) {
        let delivery = Delivery {
            lmtp: self.server.lmtp(),
            rcpt: Some(FIRST_USER.to_owned()),
        };
        stage
            .sandbox
            .change_settings(|settings| settings.mail.deliver = Some(delivery));
    }

    /// The call with the flags of this server, and the password in its variable.
    pub fn named(&self, call: Call) -> Call {
        let port = self.server.imaps().port().to_string();
        let ca = self.server.ca_file();
        call.arg("--host")
            .arg(self.server.host())
            .arg("--port")
            .arg(&port)
            .arg("--ca")
            .arg(ca.to_str().expect("a path"))
            .arg("--password-env")
            .arg(PASSWORD)
            .env(PASSWORD, &self.server.password(FIRST_USER))
    }

    /// Adds the mailbox, which serves `served`.
    #[track_caller]
    pub fn add_to(&self, stage: &Stage, served: &str) -> Ran {
        let call = self.named(stage.with_key(&["mailbox", "add", "--user", FIRST_USER]));
        call.arg("--serves").arg(served).arg("--json").run().ends(0)
    }

    /// A stage whose mails come to its mailbox here.
    pub fn stage(&self) -> Stage {
        let stage = self.silent_stage();
        self.takes_mail_of(&stage);
        stage
    }

    /// One with the mailbox, into which no mail comes by itself.
    pub fn silent_stage(&self) -> Stage {
        let stage = Stage::new();
        self.add_to(&stage, NEW);
        stage
    }

    /// A mail of somebody else's making.
    pub fn deliver(&self, from: &str, to: &str, subject: &str, text: &str) {
        let raw = format!(
            "From: {from}\r\nTo: {to}\r\nSubject: {subject}\r\nMessage-ID: <{}@practice.example>\r\n\
             MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n",
            subject.len() + text.len()
        );
        self.server
            .deliver(FIRST_USER, raw.as_bytes())
            .expect("delivered");
    }

    /// No mail was marked or deleted.
    #[track_caller]
    pub fn untouched(&self) {
        for mail in self.server.mails(FIRST_USER).expect("listed") {
            assert!(!mail.flags.contains('S'), "read: {mail:?}");
            assert!(!mail.flags.contains(['T', 'R', 'F', 'D']), "{mail:?}");
        }
    }
}
