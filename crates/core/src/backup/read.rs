//! Reads a backup from its first line to its last, and says whether it is whole, before anything is done with it.

use std::collections::HashSet;

use jiff::Timestamp;
use uuid::Uuid;

use super::file::Source;
use super::record::{AnyHead, Counts, Head, Mailbox, Manifest, Record};
use super::{Counter, FORMAT, Tell, WITH_MAIL, Wrong, manifests};
use crate::ask::NewMailbox;
use crate::error::{Code, Problem, Result};
use crate::mailbox::typed::Typed;
use crate::profile::label_key;
use crate::secret::Secret;
use crate::view::BackupView;

/// A backup that was read once and found whole.
pub(crate) struct Checked {
    pub(super) source: Source,
    pub(super) head: Head,
    pub manifests: Vec<Manifest>,
}

impl Checked {
    /// Decrypts and reads all of it. Half of the progress of a restore.
    ///
    /// # Errors
    /// `backup_passphrase_wrong`, `backup_newer` with `version`, `backup_invalid` with a `reason`.
    pub fn open(path: &std::path::Path, passphrase: &Secret, tell: &Tell) -> Result<Self> {
        let mut source = Source::open(path, passphrase)?;
        let head = head(&mut source)?;
        let lines = head.counts.lines();
        let mut counter = Counter::new(tell, 0, lines.saturating_mul(2));
        let mut manifests = Vec::new();
        let mut seen = Seen::default();
        each::<Problem>(&mut source, &head, |record| {
            if !seen.takes(&record) {
                return Err(Wrong::Content.into());
            }
            if let Record::Manifest(manifest) = record {
                manifests::check(&manifest, &manifests)?;
                manifests.push(manifest);
            }
            counter.count();
            Ok(())
        })?;
        Ok(Self {
            source,
            head,
            manifests,
        })
    }

    pub fn view(&self) -> BackupView {
        view(self.head.made_at, &self.head.version, &self.head.counts)
    }

    /// Something in it has to be sealed here.
    pub fn has_secrets(&self) -> bool {
        self.head.counts.secrets + self.head.counts.values > 0
    }
}

pub(super) fn view(made_at: Timestamp, version: &str, counts: &Counts) -> BackupView {
    let number = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
    BackupView {
        made_at,
        version: version.to_owned(),
        profiles: number(counts.profiles),
        secrets: number(counts.secrets),
        changes: number(counts.changes),
        services: number(counts.manifests),
    }
}

/// The first line. Its format is looked at before anything else: a newer one may have other fields.
pub(super) fn head(source: &mut Source) -> Result<Head> {
    let line = source.line()?.ok_or(Wrong::NotABackup)?;
    let any: AnyHead = serde_json::from_slice(&line).map_err(|_| Wrong::NotABackup)?;
    if any.readdress_backup.format > FORMAT {
        return Err(Problem::new(Code::BackupNewer).with("version", any.readdress_backup.version));
    }
    match parsed(&line)? {
        Record::ReaddressBackup(head) if (1..=FORMAT).contains(&head.format) => Ok(head),
        _ => Err(Wrong::NotABackup.into()),
    }
}

/// Every line after the first. The last one must be there, nothing may follow it, and the counts of both ends and of
/// what stands between them must be the same.
pub(super) fn each<E: From<Problem>>(
    source: &mut Source,
    head: &Head,
    mut each: impl FnMut(Record) -> Result<(), E>,
) -> Result<(), E> {
    let wrong = |wrong: Wrong| Problem::from(wrong);
    let mut found = Counts::default();
    let end = loop {
        let line = source.line()?.ok_or_else(|| wrong(Wrong::Content))?;
        match parsed(&line)? {
            Record::End(counts) => break counts,
            record => {
                if head.format < WITH_MAIL && is_mail(&record) {
                    return Err(wrong(Wrong::Content).into());
                }
                count(&mut found, &record)?;
                each(record)?;
            }
        }
    };
    if source.line()?.is_some() || end != found || head.counts != found {
        return Err(wrong(Wrong::Content).into());
    }
    Ok(())
}

fn parsed(line: &[u8]) -> Result<Record> {
    serde_json::from_slice(line).map_err(|_| Wrong::Content.into())
}

/// What format 1 does not have.
fn is_mail(record: &Record) -> bool {
    match record {
        Record::Mailbox(_) => true,
        Record::Change(change) => change.code_mail.is_some(),
        _ => false,
    }
}

fn count(counts: &mut Counts, record: &Record) -> Result<()> {
    match record {
        Record::Setting(_) => counts.settings += 1,
        Record::Manifest(_) => counts.manifests += 1,
        Record::Mailbox(mailbox) => {
            counts.mailboxes += 1;
            counts.secrets += u64::from(mailbox.password.is_some());
        }
        Record::Profile(profile) => {
            counts.profiles += 1;
            counts.secrets += profile.secrets.len() as u64;
        }
        Record::Change(change) => {
            counts.changes += 1;
            counts.values += change.values.len() as u64;
            counts.code_mails += u64::from(change.code_mail.is_some());
        }
        Record::Event(_) => counts.events += 1,
        Record::Use(_) => counts.uses += 1,
        Record::ReaddressBackup(_) | Record::End(_) => return Err(Wrong::Content.into()),
    }
    Ok(())
}

/// Whether a program of ours would keep it so: a host that is none would be a way to say something else to another one.
fn is_tidy(mailbox: &Mailbox) -> bool {
    let typed = Typed::check(&NewMailbox {
        user: mailbox.user.clone(),
        host: mailbox.host.clone(),
        port: mailbox.port,
        tls: mailbox.tls,
        ca_file: mailbox.ca_file.clone(),
        serves: mailbox.serves.clone(),
        password: mailbox.password.as_ref().map(|clear| clear.0.clone()),
    });
    typed.is_ok_and(|typed| {
        typed.user == mailbox.user
            && typed.host == mailbox.host
            && typed.ca_file == mailbox.ca_file
            && typed.serves == mailbox.serves
    })
}

/// What stood before: ids only, so that 100,000 profiles take some megabytes.
#[derive(Default)]
struct Seen {
    settings: HashSet<String>,
    mailboxes: HashSet<Uuid>,
    /// Host and login name, both in lower case.
    logins: HashSet<(String, String)>,
    profiles: HashSet<Uuid>,
    labels: HashSet<String>,
    changes: HashSet<Uuid>,
    /// Profiles with an open change.
    open: HashSet<Uuid>,
}

impl Seen {
    /// Whether the record can stand beside what stood before: what the database would refuse, and what it would take
    /// although no program of ours writes it.
    fn takes(&mut self, record: &Record) -> bool {
        match record {
            Record::Setting(setting) => {
                !crate::db::is_here_only(&setting.key)
                    && crate::db::is_readable(&setting.key, &setting.value)
                    && self.settings.insert(setting.key.clone())
            }
            Record::Mailbox(mailbox) => {
                let login = (mailbox.host.clone(), mailbox.user.to_ascii_lowercase());
                is_tidy(mailbox) && self.mailboxes.insert(mailbox.id) && self.logins.insert(login)
            }
            Record::Profile(profile) => {
                let label = label_key(&profile.label);
                !label.is_empty() && self.profiles.insert(profile.id) && self.labels.insert(label)
            }
            Record::Change(change) => {
                let open = !change.state.is_end();
                let profile = change.profile_id;
                // An ended change keeps no code; a profile has one open change at most.
                (open || change.values.is_empty())
                    && profile.is_none_or(|id| self.profiles.contains(&id))
                    && profile.is_none_or(|id| !open || self.open.insert(id))
                    && self.changes.insert(change.id)
            }
            Record::Event(event) => self.changes.contains(&event.change),
            _ => true,
        }
    }
}
