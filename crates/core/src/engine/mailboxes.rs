//! Mailboxes as a person keeps them: added, tried, edited, removed; their passwords sealed, and opened for a connection.
//!
//! Not here: what may be typed (`mailbox::typed`), watching them (`watch`), finding their servers (`mail_servers`).

use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::Engine;
use super::context::LOOKS;
use crate::ask::NewMailbox;
use crate::db::MailboxRow;
use crate::error::{Code, Problem, Result};
use crate::http::tls;
use crate::mailbox::Account;
use crate::mailbox::imap::{Limits, Session};
use crate::mailbox::servers;
use crate::mailbox::typed::Typed;
use crate::secret::Secret;
use crate::vault::{Place, sealed_with};
use crate::view::{Changed, MailTls, MailboxTestView, MailboxView};

impl Engine {
    /// All mailboxes, in the order in which they were added.
    pub fn mailboxes(&self) -> Result<Vec<MailboxView>> {
        let rows = self.0.db.mailboxes()?;
        Ok(rows.into_iter().map(|row| self.mailbox_view(row)).collect())
    }

    /// Keeps a mailbox, its password sealed. It is not tried first.
    ///
    /// # Errors
    /// `mailbox_invalid` (params `field`, `reason`), `mailbox_twice` (param `label`), `mail_password_needed`,
    /// `certificate_invalid`, the vault's.
    pub async fn add_mailbox(&self, new: NewMailbox) -> Result<MailboxView> {
        let typed = checked(&new)?;
        let password = given(&new).ok_or_else(|| password_needed(&typed.user))?;
        let id = Uuid::now_v7();
        let mut looks = 0;
        let row = loop {
            looks += 1;
            let row = row_of(&typed, id, Some(self.seal(id, password).await?));
            match self.0.db.add_mailbox(row.clone()).await {
                // Another program has changed the key in between.
                Err(problem) if problem.code == Code::Busy && looks < LOOKS => {}
                other => break other.map(|()| row)?,
            }
        };
        self.tell_mail();
        Ok(self.mailbox_view(row))
    }

    /// Replaces what is kept; without a password the one that is there stays, but never for another host.
    ///
    /// # Errors
    /// As [`Engine::add_mailbox`]; `mailbox_unknown`; `mail_password_needed` (reason `other_server`) where the password would go to another host,
    /// port or authority than it was given for, or under a weaker way of encryption; `busy` where another program keeps editing.
    pub async fn edit_mailbox(&self, id: Uuid, new: NewMailbox) -> Result<MailboxView> {
        let typed = checked(&new)?;
        let mut looks = 0;
        let row = loop {
            looks += 1;
            let before = self.0.db.mailbox(id)?;
            let password = match given(&new) {
                Some(password) => Some(self.seal(id, password).await?),
                None if before.password.is_some() && !may_keep(&before, &typed) => {
                    return Err(given_for_another(&typed.user));
                }
                None => before.password.clone(),
            };
            let mut row = row_of(&typed, id, password);
            row.created_at = before.created_at;
            match self.0.db.replace_mailbox(before, row.clone()).await {
                Err(problem) if problem.code == Code::Busy && looks < LOOKS => {}
                other => break other.map(|()| row)?,
            }
        };
        self.tell_mail();
        Ok(self.mailbox_view(row))
    }

    /// # Errors
    /// `mailbox_unknown`.
    pub async fn remove_mailbox(&self, id: Uuid) -> Result<()> {
        self.0.db.remove_mailbox(id).await?;
        self.tell_mail();
        Ok(())
    }

    /// The mailbox that a script names by its id or its login name.
    ///
    /// # Errors
    /// `mailbox_unknown` (param `label`; `reason` = `several` where more than one has that login name).
    pub fn find_mailbox(&self, name: &str) -> Result<Uuid> {
        let name = name.trim();
        let unknown = || Problem::new(Code::MailboxUnknown).with("label", name);
        if let Ok(id) = Uuid::try_parse(name) {
            return self
                .0
                .db
                .mailbox(id)
                .map(|row| row.id)
                .map_err(|problem| match problem.code {
                    Code::MailboxUnknown => unknown(),
                    _ => problem,
                });
        }
        let rows = self.0.db.mailboxes()?;
        let mut named = rows
            .iter()
            .filter(|row| row.user.to_lowercase() == name.to_lowercase());
        match (named.next(), named.next()) {
            (Some(row), None) => Ok(row.id),
            (Some(_), Some(_)) => Err(unknown().with("reason", "several")),
            (None, _) => Err(unknown()),
        }
    }

    /// Tries it, step by step. `id`: a mailbox that is kept, whose password is taken where `new` has none and an edit could
    /// keep it.
    ///
    /// # Errors
    /// As [`Engine::edit_mailbox`]. What the server does not do stands in the answer.
    pub async fn test_mailbox(&self, id: Option<Uuid>, new: NewMailbox) -> Result<MailboxTestView> {
        let typed = checked(&new)?;
        let needed = || password_needed(&typed.user);
        let password = match (given(&new), id) {
            (Some(password), _) => password.clone(),
            (None, None) => return Err(needed()),
            (None, Some(id)) => {
                let (row, password) = self.opened_mailbox(id).await?;
                // What is on disk now, not what was looked at before: else another program's edit could come in between.
                if !may_keep(&row, &typed) {
                    return Err(given_for_another(&typed.user));
                }
                password
            }
        };
        let account = Account {
            host: typed.host,
            port: typed.port,
            tls: typed.tls,
            ca_file: typed.ca_file.map(PathBuf::from),
            user: typed.user,
            password,
        };
        let tried = Session::test(&account, Limits::default()).await;
        Ok(without_a_vain_wish(tried, &account.host))
    }

    /// How a mailbox is reached, with its password in the clear. Opens the vault.
    ///
    /// # Errors
    /// `mailbox_unknown`; `mail_password_needed`, `secret_damaged` (both with `label`); the vault's.
    pub(super) async fn mailbox_account(&self, id: Uuid) -> Result<Account> {
        let (row, password) = self.opened_mailbox(id).await?;
        Ok(Account {
            host: row.host,
            port: row.port,
            tls: row.tls,
            ca_file: row.ca_file.map(PathBuf::from),
            user: row.user,
            password,
        })
    }

    /// Row and password of one look: another program may change the key, or the host, between two.
    async fn opened_mailbox(&self, id: Uuid) -> Result<(MailboxRow, Secret)> {
        let mut looks = 0;
        loop {
            looks += 1;
            let row = self.0.db.mailbox(id)?;
            let sealed = row
                .password
                .as_ref()
                .ok_or_else(|| password_needed(&row.user))?;
            let key = self.0.vault.key().await?;
            if looks < LOOKS && sealed_with(sealed) != Some(key.id()) {
                continue;
            }
            let password = key.open_password(id, &row.user, sealed)?;
            return Ok((row, password));
        }
    }

    async fn seal(&self, mailbox: Uuid, password: &Secret) -> Result<Vec<u8>> {
        let key = self.0.vault.key().await?;
        Ok(key.seal(Place::mailbox(mailbox), password))
    }

    fn mailbox_view(&self, row: MailboxRow) -> MailboxView {
        MailboxView {
            id: row.id,
            user: row.user,
            host: row.host,
            port: row.port,
            tls: row.tls,
            ca_file: row.ca_file,
            serves: row.serves,
            has_password: row.password.is_some(),
            watch: self.watch_view(row.id),
        }
    }

    pub(super) fn tell_mail(&self) {
        // Nobody may be listening: that is fine.
        let _ = self.0.changed.send(Changed {
            mail: true,
            ..Changed::default()
        });
    }
}

/// What was typed, with a CA file that can be used now.
fn checked(new: &NewMailbox) -> Result<Typed> {
    let mut typed = Typed::check(new)?;
    if let Some(file) = &typed.ca_file {
        tls::read_roots(Path::new(file))?;
        // The window and a script have working folders of their own.
        let whole = std::path::absolute(file).ok();
        let whole = whole.and_then(|path| path.to_str().map(str::to_owned));
        typed.ca_file = whole.or(typed.ca_file);
    }
    Ok(typed)
}

fn given(new: &NewMailbox) -> Option<&Secret> {
    new.password
        .as_ref()
        .filter(|password| !password.is_empty())
}

fn password_needed(user: &str) -> Problem {
    Problem::new(Code::MailPasswordNeeded).with("label", user)
}

/// It is there, and stays where it was given for.
fn given_for_another(user: &str) -> Problem {
    password_needed(user).with("reason", "other_server")
}

/// Whether a password that was given for `before` may be used for `after` without being given again: only where nobody can
/// read it who could not before.
fn may_keep(before: &MailboxRow, after: &Typed) -> bool {
    let weaker = before.tls == MailTls::Implicit && after.tls == MailTls::Starttls;
    let other_authority = after.ca_file.is_some() && after.ca_file != before.ca_file;
    before.host == after.host && before.port == after.port && !weaker && !other_authority
}

/// Some hosts offer a password and then refuse every one: another try would be as vain.
fn without_a_vain_wish(mut tried: MailboxTestView, host: &str) -> MailboxTestView {
    let refused = tried
        .steps
        .iter_mut()
        .filter_map(|step| step.problem.as_mut());
    for problem in refused.filter(|problem| problem.code == Code::MailLoginRefused) {
        if servers::takes_oauth_only(host) {
            *problem = Problem::new(Code::MailOauthOnly).with("host", host);
        }
    }
    tried
}

fn row_of(typed: &Typed, id: Uuid, password: Option<Vec<u8>>) -> MailboxRow {
    let typed = typed.clone();
    MailboxRow {
        id,
        user: typed.user,
        host: typed.host,
        port: typed.port,
        tls: typed.tls,
        ca_file: typed.ca_file,
        serves: typed.serves,
        password,
        created_at: super::now(),
    }
}

#[cfg(test)]
mod tests;
