//! The command line: names, flags, help. Scripts depend on it: add, never rename.
//!
//! Not here: what a command does (`commands`).

mod mailbox;
mod wait;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use readdress_core::change::State;

#[cfg(test)]
pub use mailbox::TlsName;
pub use mailbox::{FoundArgs, MailboxCommand, ServerArgs};

const ENVIRONMENT: &str = "\
Environment:
  READDRESS_DATA_DIR    the data folder, where --data-dir is not given
  READDRESS_PASSPHRASE  opens a vault that is kept by a passphrase
  READDRESS_KEY_FILE    opens a vault that is kept by a key file (made by `vault new-key`)
  READDRESS_BACKUP_PASSPHRASE  encrypts and opens backup files
  READDRESS_LOG         error, warn, info, debug or trace: what happens, on stderr
  LC_ALL, LANG          the language of the answers: English, Português (Brasil), Español

Secrets are never written on the command line: --secret NAME=VARIABLE and --password-env VARIABLE
name an environment variable, - in its place reads a line of standard input.

Exit codes: 0 done, 1 it did not work, 2 usage, 3 the outcome is unknown, 4 the vault is not open.";

/// Change the email address on your accounts, and know that it worked.
#[derive(Debug, Parser)]
#[command(name = "readdress-cli", version, after_help = ENVIRONMENT, arg_required_else_help = true)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Args)]
pub struct Global {
    /// The data folder, in place of the system's.
    #[arg(long, global = true, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// A folder with more service manifests.
    #[arg(long, global = true, value_name = "DIR")]
    pub services: Option<PathBuf>,
    /// One JSON document on stdout.
    #[arg(long, global = true)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct PracticeArgs {
    /// Also hand the mails to a mail server on this computer (LMTP).
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub deliver_lmtp: Option<std::net::SocketAddr>,
    /// All of them to this mailbox, whoever they are written to.
    #[arg(long, value_name = "USER", requires = "deliver_lmtp")]
    pub deliver_to: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// The services that can be used; `check` looks for mistakes in manifest files.
    Services {
        #[command(subcommand)]
        what: Option<ServicesCommand>,
    },
    /// Play the services and a mailbox on this computer until stopped; the first line is JSON with their URLs.
    Practice(PracticeArgs),
    /// Change an email at each service against a built-in practice, and prove it.
    Demo,
    /// Add, list, edit and remove profiles.
    Profile {
        #[command(subcommand)]
        what: ProfileCommand,
    },
    /// Ask the service which address it holds.
    Read { profile: String },
    /// Request a change of email.
    Change(ChangeArgs),
    /// Give the code that was mailed.
    Verify {
        /// A profile's label, or a change's id.
        #[arg(value_name = "PROFILE_OR_CHANGE")]
        name: String,
        /// The code, the link, or the whole mail; `-` reads it from standard input, where no other program sees it.
        #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
        code: String,
    },
    /// Watch the mailbox until a change has ended: its code is taken from the mail and sent.
    Wait {
        /// A profile's label, or a change's id.
        #[arg(value_name = "PROFILE_OR_CHANGE")]
        name: String,
        /// At most so long, such as 90s, 10m or 1h30m; then the change is left open.
        #[arg(long = "for", value_name = "DURATION", value_parser = wait::span)]
        at_most: Option<Duration>,
    },
    /// Ask the service for another code.
    Resend {
        /// A change's id, or its profile's label.
        change: String,
        #[command(flatten)]
        secrets: OnceSecrets,
        /// Although the service's limit says that it is too soon.
        #[arg(long)]
        anyway: bool,
    },
    /// End an open change here.
    Cancel {
        /// A change's id, or its profile's label.
        change: String,
    },
    /// Settle an unknown outcome; without a flag the service is asked which address it holds.
    Settle {
        /// A change's id, or its profile's label.
        change: String,
        /// You know that it worked.
        #[arg(long, conflicts_with = "send_again")]
        worked: bool,
        /// Send the same call once more.
        #[arg(long)]
        send_again: bool,
        #[command(flatten)]
        secrets: OnceSecrets,
    },
    /// The open changes, with their events.
    Pending,
    /// All changes, newest first, with their events.
    History(HistoryArgs),
    /// Mailboxes that are watched, read-only, for codes.
    Mailbox {
        #[command(subcommand)]
        what: MailboxCommand,
    },
    /// Everything in one encrypted file, and back.
    Backup {
        #[command(subcommand)]
        what: BackupCommand,
    },
    /// Where the key of the secrets is kept.
    Vault {
        #[command(subcommand)]
        what: VaultCommand,
    },
}

#[derive(Debug, Subcommand)]
pub enum ServicesCommand {
    /// One service in full.
    Show { service: String },
    /// Accept the host of a manifest of your own: no key is given to it before.
    Accept {
        service: String,
        /// The host as `services show` tells it; another one is refused.
        #[arg(long)]
        host: String,
    },
    /// Add a service file of your own to the data folder. Its host is accepted separately, before its first key.
    Add {
        file: PathBuf,
        /// Replace a file of your own that has the same id; a copy of it is kept in the data folder.
        #[arg(long)]
        replace: bool,
    },
    /// Look for mistakes in manifest files. Nothing is stored.
    Check {
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub enum ProfileCommand {
    /// Store an account.
    Add {
        /// The service's id: `z-api`, `webshare`, `mannco-store`, or your own.
        #[arg(long, value_name = "ID")]
        service: String,
        /// How you call it; unique without case.
        #[arg(long)]
        label: String,
        /// A plain field.
        #[arg(long = "field", value_name = "NAME=VALUE", num_args = 1..)]
        fields: Vec<String>,
        /// A secret field: the name of the environment variable that holds it, or `-` for a line of standard input.
        #[arg(long = "secret", value_name = "NAME=VARIABLE", num_args = 1..)]
        secrets: Vec<String>,
        /// Scheme, host and port in place of the manifest's: https, or http on loopback.
        #[arg(long, value_name = "URL")]
        base_url: Option<String>,
    },
    /// All profiles.
    List,
    /// Rename a profile, or replace its fields and secrets.
    Edit {
        profile: String,
        #[arg(long)]
        label: Option<String>,
        /// A plain field; an empty value removes it.
        #[arg(long = "field", value_name = "NAME=VALUE")]
        fields: Vec<String>,
        /// A secret field, as in `profile add`.
        #[arg(long = "secret", value_name = "NAME=VARIABLE")]
        secrets: Vec<String>,
        /// A secret field to forget.
        #[arg(long = "forget", value_name = "NAME")]
        forget: Vec<String>,
        /// Accept the host that an edited manifest leads to; with an origin, that one only.
        #[arg(long, value_name = "ORIGIN", num_args = 0..=1, require_equals = true, default_missing_value = "")]
        accept_origin: Option<String>,
    },
    /// Remove a profile and its secrets; its history stays.
    Remove { profile: String },
}

#[derive(Debug, Args)]
pub struct ChangeArgs {
    /// The profile's label.
    pub profile: String,
    /// The new address.
    #[arg(long, value_name = "EMAIL")]
    pub to: String,
    /// Cancel an open change first.
    #[arg(long)]
    pub replace: bool,
    /// Although the service's limit says that it is too soon.
    #[arg(long)]
    pub anyway: bool,
    /// Watch the mailbox and finish the change; a mailbox has to be there for the address.
    #[arg(long)]
    pub wait: bool,
    /// With --wait: at most so long, such as 90s, 10m or 1h30m; then the change is left open.
    #[arg(long = "for", value_name = "DURATION", requires = "wait", value_parser = wait::span)]
    pub at_most: Option<Duration>,
    #[command(flatten)]
    pub secrets: OnceSecrets,
}

#[derive(Debug, Args)]
pub struct OnceSecrets {
    /// A secret for this call only: the name of the environment variable that holds it, or `-`.
    #[arg(long = "secret", value_name = "NAME=VARIABLE")]
    pub secrets: Vec<String>,
}

#[derive(Debug, Args)]
pub struct HistoryArgs {
    /// As CSV on stdout.
    #[arg(long)]
    pub csv: bool,
    /// Only what holds this text in label, addresses or service.
    #[arg(long)]
    pub text: Option<String>,
    #[arg(long)]
    pub state: Option<StateName>,
    #[arg(long, value_name = "ID")]
    pub service: Option<String>,
    #[arg(long)]
    pub profile: Option<String>,
    /// At most so many changes.
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
}

#[derive(Debug, Subcommand)]
pub enum BackupCommand {
    /// Write profiles with their secrets, changes, history and settings into a new file, encrypted with a passphrase.
    Export {
        file: PathBuf,
        #[command(flatten)]
        passphrase: BackupPassphrase,
    },
    /// Fill an empty data folder from a backup. Open changes that had been sent are unknown afterwards.
    Restore {
        file: PathBuf,
        /// Replace everything that is here; a copy of the database is kept in the data folder.
        #[arg(long)]
        replace: bool,
        #[command(flatten)]
        passphrase: BackupPassphrase,
    },
}

#[derive(Debug, Args)]
pub struct BackupPassphrase {
    /// The environment variable that holds the backup's passphrase, or `-` for a line of standard input.
    /// Without: READDRESS_BACKUP_PASSPHRASE, or a terminal is asked.
    #[arg(long, value_name = "VARIABLE")]
    pub passphrase: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum VaultCommand {
    /// Which kind of vault the folder has.
    Status {
        /// Open it, to see that the environment fits.
        #[arg(long)]
        open: bool,
    },
    /// Make a key file for READDRESS_KEY_FILE, readable for you alone.
    NewKey { file: PathBuf },
    /// Give a fresh folder its vault.
    SetUp {
        #[command(flatten)]
        kind: VaultKindArgs,
    },
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct VaultKindArgs {
    /// In the system's keychain.
    #[arg(long)]
    pub keychain: bool,
    /// Under the passphrase of READDRESS_PASSPHRASE.
    #[arg(long)]
    pub passphrase: bool,
    /// In the file of READDRESS_KEY_FILE.
    #[arg(long)]
    pub key_file: bool,
}

/// The states by their names in JSON.
#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum StateName {
    Planned,
    Requesting,
    AwaitingCode,
    Verifying,
    Changed,
    Unknown,
    Refused,
    Expired,
    Cancelled,
}

impl From<StateName> for State {
    fn from(name: StateName) -> Self {
        match name {
            StateName::Planned => Self::Planned,
            StateName::Requesting => Self::Requesting,
            StateName::AwaitingCode => Self::AwaitingCode,
            StateName::Verifying => Self::Verifying,
            StateName::Changed => Self::Changed,
            StateName::Unknown => Self::Unknown,
            StateName::Refused => Self::Refused,
            StateName::Expired => Self::Expired,
            StateName::Cancelled => Self::Cancelled,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        super::Cli::command().debug_assert();
    }
}
