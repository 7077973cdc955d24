//! The words and flags of `mailbox`. Scripts depend on them: add, never rename.
//!
//! Not here: what they do (`commands::mailbox`).

use clap::{Args, Subcommand, ValueEnum};
use readdress_core::view::MailTls;

#[derive(Debug, Subcommand)]
pub enum MailboxCommand {
    /// Keep a mailbox. Its server need not be named where the login name is an address of a known provider.
    Add {
        /// The login name, mostly the whole address.
        #[arg(long, value_name = "NAME")]
        user: String,
        /// The environment variable that holds the password, or `-` for a line of standard input. Most providers want
        /// an app password here.
        #[arg(long, value_name = "VARIABLE")]
        password_env: String,
        #[command(flatten)]
        found: FoundArgs,
    },
    /// All mailboxes.
    List,
    /// Try a mailbox step by step: one that is kept, or the one that the flags describe. Nothing is stored.
    Test {
        /// The login name or id of one that is kept.
        #[arg(required_unless_present = "user")]
        mailbox: Option<String>,
        /// The login name of one that is not kept.
        #[arg(
            long,
            value_name = "NAME",
            requires = "password_env",
            conflicts_with = "mailbox"
        )]
        user: Option<String>,
        /// As in `mailbox add`.
        #[arg(long, value_name = "VARIABLE")]
        password_env: Option<String>,
        #[command(flatten)]
        found: FoundArgs,
    },
    /// Replace what is given; the rest stays. A password is kept for the same server only.
    Edit {
        /// Its login name or id.
        mailbox: String,
        /// Another login name.
        #[arg(long, value_name = "NAME")]
        user: Option<String>,
        /// As in `mailbox add`.
        #[arg(long, value_name = "VARIABLE")]
        password_env: Option<String>,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Forget a mailbox and its password. Nothing in it is changed.
    Remove {
        /// Its login name or id.
        mailbox: String,
    },
    /// Which server holds the mail of an address, as far as is known here.
    Find {
        address: String,
        /// Ask the hosts that are named without this flag, over https. They are told the domain, nothing else.
        #[arg(long)]
        ask: bool,
    },
}

#[derive(Debug, Clone, Args)]
pub struct ServerArgs {
    /// The IMAP server. Left out: found from the address; in `edit` it stays.
    #[arg(long)]
    pub host: Option<String>,
    /// Left out: 993 with `implicit`, 143 with `starttls`; in `edit` it stays.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    pub port: Option<u16>,
    /// TLS from the first byte, or after STARTTLS; never without. Left out: `implicit`; in `edit` it stays.
    #[arg(long)]
    pub tls: Option<TlsName>,
    /// A PEM file with the certificate authority of a server of your own; empty removes it.
    #[arg(long, value_name = "FILE")]
    pub ca: Option<String>,
    /// Addresses whose mail comes here, and `*@domain` for all of one. Left out: the login name; in `edit` they stay. Plus-addresses are meant too.
    #[arg(long, value_name = "ADDRESS", num_args = 1..)]
    pub serves: Vec<String>,
}

/// A server that is named, or found.
#[derive(Debug, Clone, Args)]
pub struct FoundArgs {
    #[command(flatten)]
    pub server: ServerArgs,
    /// Where the address's provider is not known, ask its domain for the server (see `mailbox find`).
    #[arg(long, conflicts_with = "host")]
    pub ask: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TlsName {
    Implicit,
    Starttls,
}

impl From<TlsName> for MailTls {
    fn from(name: TlsName) -> Self {
        match name {
            TlsName::Implicit => Self::Implicit,
            TlsName::Starttls => Self::Starttls,
        }
    }
}
