//! A real Dovecot in a folder of its own, on loopback: what tests and the bench judge Readdress by.
//!
//! It imports nothing of the product. Nothing that is shipped uses it. Not here: mails (each test writes its own).

#![cfg(unix)]

mod certificates;
mod config;
mod doveadm;
mod lmtp;
mod maildir;
mod options;
mod process;
mod server;
mod users;

pub use certificates::{Authority, stranger_pem};
pub use lmtp::Lmtp;
pub use maildir::StoredMail;
pub use options::{Junk, Options, ServerCertificate};
pub use server::Dovecot;

/// The login name that is there from the start.
pub const FIRST_USER: &str = "post@example.test";

/// What is said where a test cannot run.
pub const NOT_HERE: &str =
    "left out: there is no Dovecot 2.3 here (Debian: dovecot-imapd dovecot-lmtpd)";

/// Whether there is a Dovecot whose settings this crate writes: 2.3. The language of 2.4's settings is another one.
pub fn is_installed() -> bool {
    process::version().is_some_and(|version| version.starts_with("2.3."))
}
