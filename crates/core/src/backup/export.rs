//! Writes a backup: every row of one snapshot, its secrets opened, into the encrypted stream.

use std::path::Path;

use jiff::Timestamp;

use super::file::Sink;
use super::record::{self, Clear, Counts, Head, Record};
use super::{Counter, FORMAT, Lock, Tell};
use crate::db::{Amounts, CodeMail, Contents, Fail, MailboxRow, StoredChange};
use crate::error::{Code, Problem, Result};
use crate::profile::Profile;
use crate::vault::{Key, Place};
use crate::view::BackupView;

type Done<T = ()> = std::result::Result<T, Fail>;

/// What goes into the file beside the rows.
pub(crate) struct Export<'a> {
    pub path: &'a Path,
    pub lock: &'a Lock,
    pub manifests: Vec<record::Manifest>,
    /// `None` where the folder has no vault, and so no secrets.
    pub key: Option<Key>,
    pub now: Timestamp,
    pub tell: &'a Tell,
}

impl Export<'_> {
    /// # Errors
    /// `busy` where another program has changed the key meanwhile; `secret_damaged` with the `label` of the profile or mailbox;
    /// `disk_full`, `folder_read_only` of the file. No file is left then.
    pub fn write(self, contents: &Contents<'_>) -> Done<BackupView> {
        if contents.key()? != self.key.as_ref().map(Key::id) {
            return Err(Code::Busy.into());
        }
        let expected = self.counts(contents)?;
        let mut counter = Counter::new(self.tell, 0, expected.lines());
        let mut sink = Sink::create(self.path, self.lock)?;
        let head = Head {
            format: FORMAT,
            made_at: self.now,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            counts: expected,
        };
        sink.write(&Record::ReaddressBackup(head))?;
        let mut put = |record: Record| {
            sink.write(&record)?;
            counter.count();
            Ok(())
        };
        contents.settings(|key, value| put(Record::Setting(record::Setting { key, value })))?;
        for manifest in self.manifests {
            put(Record::Manifest(manifest))?;
        }
        let key = self.key.as_ref();
        contents.mailboxes(|mailbox| put(mailbox_record(key, mailbox)?))?;
        contents.profiles(|profile, secrets| put(profile_record(key, profile, secrets)?))?;
        contents.changes(|stored, mail| {
            let id = stored.change.id;
            put(change_record(key, stored, mail)?)?;
            contents.events(id, |event| put(event_record(id, event)))
        })?;
        contents.uses(|used| {
            put(Record::Use(record::Use {
                service: used.service,
                profile_id: used.profile_id,
                bucket: used.bucket,
                at: used.at,
            }))
        })?;
        sink.write(&Record::End(expected))?;
        sink.finish()?;
        Ok(super::read::view(
            self.now,
            env!("CARGO_PKG_VERSION"),
            &expected,
        ))
    }

    /// One snapshot: what is counted here is what is written.
    fn counts(&self, contents: &Contents<'_>) -> Done<Counts> {
        let mut settings = 0;
        contents.settings(|_, _| {
            settings += 1;
            Ok(())
        })?;
        let Amounts {
            mailboxes,
            profiles,
            secrets,
            changes,
            values,
            code_mails,
            events,
            uses,
        } = contents.amounts()?;
        Ok(Counts {
            settings,
            manifests: self.manifests.len() as u64,
            mailboxes,
            profiles,
            secrets,
            changes,
            values,
            code_mails,
            events,
            uses,
        })
    }
}

fn mailbox_record(key: Option<&Key>, row: MailboxRow) -> Done<Record> {
    let password = row
        .password
        .map(|cipher| {
            let key = key.ok_or_else(|| Problem::from(Code::VaultUnset))?;
            key.open_password(row.id, &row.user, &cipher).map(Clear)
        })
        .transpose()?;
    Ok(Record::Mailbox(record::Mailbox {
        id: row.id,
        user: row.user,
        host: row.host,
        port: row.port,
        tls: row.tls,
        ca_file: row.ca_file,
        serves: row.serves,
        password,
        created_at: row.created_at,
    }))
}

fn profile_record(
    key: Option<&Key>,
    profile: Profile,
    sealed: Vec<(String, Vec<u8>)>,
) -> Done<Record> {
    let mut secrets = std::collections::BTreeMap::new();
    for (field, cipher) in sealed {
        let secret = open(key, Place::secret(profile.id, &field), &cipher)
            .map_err(|problem| problem.with("label", profile.label.clone()))?;
        secrets.insert(field, secret);
    }
    Ok(Record::Profile(record::Profile {
        id: profile.id,
        label: profile.label,
        service: profile.service,
        base_url: profile.base_url,
        origin: profile.origin,
        fields: profile.fields,
        secrets,
        email: profile.email,
        verified: profile.verified,
        checked_at: profile.checked_at,
        known: profile.known,
        problem: profile.problem,
        created_at: profile.created_at,
    }))
}

fn change_record(key: Option<&Key>, stored: StoredChange, mail: Option<CodeMail>) -> Done<Record> {
    let change = stored.change;
    let mut values = Vec::new();
    for value in stored.values {
        let text = open(key, Place::value(change.id, &value.step), &value.cipher)
            .map_err(|problem| problem.with("label", change.label.clone()))?;
        values.push(record::Value {
            step: value.step,
            text,
            marked: value.marked,
        });
    }
    Ok(Record::Change(record::Change {
        id: change.id,
        profile_id: change.profile_id,
        label: change.label,
        service: change.service,
        from: change.from,
        to: change.to,
        state: change.state,
        at: change.at,
        step: change.step,
        code_used: change.code_used,
        proof: change.proof,
        tries: change.tries,
        requested_at: change.requested_at,
        expires_at: change.expires_at,
        resend_at: change.resend_at,
        retry_at: change.retry_at,
        problem: change.problem,
        values,
        code_mail: mail.map(|mail| record::CodeMail {
            sender: mail.sender,
            at: mail.at,
        }),
        cancelled_there: change.cancelled_there,
        undo_of: change.undo_of,
        version: change.version,
        created_at: change.created_at,
        updated_at: change.updated_at,
    }))
}

fn event_record(change: uuid::Uuid, event: crate::change::Event) -> Record {
    Record::Event(record::Event {
        change,
        at: event.at,
        kind: event.kind,
        step: event.step,
        status: event.status,
        millis: event.millis,
        meaning: event.meaning,
        says: event.says,
    })
}

fn open(key: Option<&Key>, place: Place<'_>, cipher: &[u8]) -> Result<Clear> {
    let key = key.ok_or_else(|| Problem::from(Code::VaultUnset))?;
    key.open(place, cipher).map(Clear)
}
