//! Puts the rows of a checked backup into the database, sealed with this folder's key, in one transaction.
//!
//! Not here: the check before it (`read`), the manifest files (`manifests`), what becomes of open changes (`settle`).

use jiff::Timestamp;
use rusqlite::Connection;
use uuid::Uuid;

use super::manifests::Pending;
use super::read::{self, Checked};
use super::record::{self, Record};
use super::settle::restored;
use super::{Counter, Tell};
use crate::change::{Change, Event, State};
use crate::db::{
    ChangeWrite, CodeMail, Copied, Expect, Fail, Job, MailboxRow, PENDING, ProfileWrite, Refill,
    SealedValue, SecretWrite, Use,
};
use crate::error::{Code, Problem, Result};
use crate::kill;
use crate::profile::Profile;
use crate::vault::{Key, Place};

type Done<T = ()> = std::result::Result<T, Fail>;

/// A restore, ready for the writer's thread.
pub(crate) struct Restore {
    pub checked: Checked,
    pub process: Uuid,
    /// Of the folder that is filled; `None` where nothing has to be sealed.
    pub key: Option<Key>,
    pub replace: bool,
    /// What was here before, where something was.
    pub copied: Option<std::sync::Arc<Copied>>,
    pub pending: Pending,
    pub now: Timestamp,
    pub tell: Tell,
}

impl Restore {
    /// Inside a transaction that the caller takes back if it fails. Returns how many changes are unknown now.
    ///
    /// # Errors
    /// As [`Refill::begin`] and [`Refill::put`]; as [`Checked::open`] where the file is another one by now.
    pub fn run(self, db: &Connection) -> Done<u32> {
        let Self {
            mut checked,
            process,
            key,
            replace,
            copied,
            pending,
            now,
            tell,
        } = self;
        if let Some(copied) = &copied {
            copied.check(db)?;
        }
        let refill = Refill::begin(db, process, key.as_ref().map(Key::id), replace)?;
        checked.source.rewind()?;
        let head = read::head(&mut checked.source)?;
        let lines = head.counts.lines();
        let mut counter = Counter::new(&tell, lines, lines.saturating_mul(2));
        let mut filling = Filling {
            refill: &refill,
            key: key.as_ref(),
            now,
            own_event: None,
            unknown: 0,
        };
        read::each(&mut checked.source, &head, |record| {
            counter.count();
            filling.put(record)
        })?;
        filling.end_change()?;
        let unknown = filling.unknown;
        let pending = serde_json::to_string(&pending).map_err(|_| Code::Internal)?;
        refill.put_setting(PENDING, &pending)?;
        kill::point("restore: before commit");
        Ok(unknown)
    }
}

struct Filling<'a> {
    refill: &'a Refill<'a>,
    key: Option<&'a Key>,
    now: Timestamp,
    /// What the journal of the change before gets after its own lines.
    own_event: Option<(Uuid, Event)>,
    unknown: u32,
}

impl Filling<'_> {
    fn put(&mut self, record: Record) -> Done {
        if !matches!(record, Record::Event(_)) {
            self.end_change()?;
        }
        match record {
            Record::Setting(setting) => self.refill.put_setting(&setting.key, &setting.value),
            Record::Mailbox(mailbox) => self.put_mailbox(mailbox),
            Record::Profile(profile) => self.put_profile(profile),
            Record::Change(change) => self.put_change(change),
            Record::Event(event) => self.refill.put_event(
                event.change,
                &Event {
                    at: event.at,
                    kind: event.kind,
                    step: event.step,
                    status: event.status,
                    millis: event.millis,
                    meaning: event.meaning,
                    says: event.says,
                },
            ),
            Record::Use(used) => self.refill.put(Job::new().used(Use {
                service: used.service,
                profile_id: used.profile_id,
                bucket: used.bucket,
                at: used.at,
            })),
            // The files are beside their places already.
            Record::Manifest(_) | Record::ReaddressBackup(_) | Record::End(_) => Ok(()),
        }
    }

    fn end_change(&mut self) -> Done {
        match self.own_event.take() {
            Some((change, event)) => self.refill.put_event(change, &event),
            None => Ok(()),
        }
    }

    fn put_mailbox(&self, mailbox: record::Mailbox) -> Done {
        let password = mailbox.password.as_ref();
        self.refill.put_mailbox(&MailboxRow {
            id: mailbox.id,
            user: mailbox.user,
            host: mailbox.host,
            port: mailbox.port,
            tls: mailbox.tls,
            ca_file: mailbox.ca_file,
            serves: mailbox.serves,
            password: password
                .map(|password| self.seal(Place::mailbox(mailbox.id), password))
                .transpose()?,
            created_at: mailbox.created_at,
        })
    }

    fn put_profile(&self, profile: record::Profile) -> Done {
        let id = profile.id;
        let secrets = profile
            .secrets
            .iter()
            .map(|(field, secret)| {
                Ok(SecretWrite {
                    profile_id: id,
                    field: field.clone(),
                    cipher: Some(self.seal(Place::secret(id, field), secret)?),
                })
            })
            .collect::<Result<_>>()?;
        let row = Profile {
            id,
            label: profile.label,
            service: profile.service,
            base_url: profile.base_url,
            origin: profile.origin,
            fields: profile.fields,
            has_secret: Default::default(),
            email: profile.email,
            verified: profile.verified,
            checked_at: profile.checked_at,
            known: profile.known,
            problem: profile.problem,
            created_at: profile.created_at,
        };
        self.refill.put(Job {
            profiles: vec![ProfileWrite::Insert(row)],
            secrets,
            ..Job::default()
        })
    }

    fn put_change(&mut self, from: record::Change) -> Done {
        let id = from.id;
        let values = from
            .values
            .iter()
            .map(|value| {
                Ok(SealedValue {
                    step: value.step.clone(),
                    cipher: self.seal(Place::value(id, &value.step), &value.text)?,
                    marked: value.marked,
                })
            })
            .collect::<Result<Vec<_>>>()?;
        let mail = from.code_mail.as_ref().map(|mail| CodeMail {
            sender: mail.sender.clone(),
            at: mail.at,
        });
        let (change, event) = restored(row(from), self.now);
        self.unknown += u32::from(change.state == State::Unknown);
        self.own_event = event.map(|event| (id, event));
        let write = ChangeWrite::new(change, Expect::New).values(values);
        self.refill.put_change(write)?;
        match mail {
            Some(mail) => self.refill.put_code_mail(id, &mail),
            None => Ok(()),
        }
    }

    fn seal(&self, place: Place<'_>, text: &record::Clear) -> Result<Vec<u8>> {
        let key = self.key.ok_or_else(|| Problem::from(Code::VaultUnset))?;
        Ok(key.seal(place, &text.0))
    }
}

fn row(change: record::Change) -> Change {
    Change {
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
        values: Vec::new(),
        cancelled_there: change.cancelled_there,
        undo_of: change.undo_of,
        owner: None,
        resending: false,
        version: change.version,
        created_at: change.created_at,
        updated_at: change.updated_at,
    }
}
