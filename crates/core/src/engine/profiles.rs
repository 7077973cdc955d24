//! Profiles: add, try, edit, remove, list, and ask which address the service holds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use uuid::Uuid;

use super::context::{CAPTURED, origin_changed, unstored};
use super::reading::read_view;
use super::typed::{check_lengths, checked_label, patched, trimmed};
use super::{Engine, lock};
use crate::ask::{NewProfile, ProfileEdit};
use crate::change::{Change, State};
use crate::db::{Guard, Job, ProfileWrite};
use crate::error::{Code, Problem, Result};
use crate::manifest::Manifest;
use crate::profile::{Known, Profile};
use crate::secret::Secret;
use crate::vault::{Key, Place};
use crate::view::{Page, ProfileView, ReadView};

/// An edit that finds the profile edited meanwhile is made anew on what is there, so often at most.
const EDIT_TRIES: u32 = 20;

impl Engine {
    /// A page of profiles by label, with their open (or last) change. `after` is the `next` of the page before.
    pub fn profiles(&self, after: Option<&str>, limit: u32) -> Result<Page<ProfileView>> {
        let (profiles, next, total) = self.0.db.profiles_page(after, limit)?;
        let ids: Vec<Uuid> = profiles.iter().map(|profile| profile.id).collect();
        let mut changes: BTreeMap<Uuid, Change> = self
            .0
            .db
            .changes_of_profiles(&ids)?
            .into_iter()
            .filter_map(|stored| Some((stored.change.profile_id?, stored.into_shown())))
            .collect();
        let items = profiles
            .into_iter()
            .map(|profile| {
                let change = changes.remove(&profile.id);
                self.profile_view(profile, change)
            })
            .collect();
        Ok(Page { items, next, total })
    }

    pub fn profile(&self, id: Uuid) -> Result<ProfileView> {
        let profile = self.0.db.profile(id)?;
        let change = self.0.db.changes_of_profiles(&[id])?.pop();
        Ok(self.profile_view(profile, change.map(|stored| stored.into_shown())))
    }

    /// By label, without case, or by id.
    ///
    /// # Errors
    /// `profile_unknown`.
    pub fn find_profile(&self, name: &str) -> Result<Uuid> {
        if let Ok(id) = Uuid::parse_str(name)
            && let Ok(profile) = self.0.db.profile(id)
        {
            return Ok(profile.id);
        }
        let found = self.0.db.profile_by_label(name);
        found
            .map(|profile| profile.id)
            .map_err(|problem| problem.with("label", name))
    }

    /// # Errors
    /// `service_unknown`, `label_invalid`, `label_taken`, `field_missing|unknown|invalid`, `base_url_invalid`,
    /// `profile_twice`, the vault's and the folder's.
    pub async fn add_profile(&self, new: NewProfile) -> Result<ProfileView> {
        let draft = new.draft;
        let (profile, manifest, secrets) = self.checked(new)?;
        let id = profile.id;
        let _one_at_a_time = self.0.adding.lock().await;
        let mut tries = 0;
        loop {
            let job = self.insert_job(&profile, &manifest, &secrets).await?;
            match self.0.db.commit(job).await {
                Err(problem) if problem.code == Code::Busy && tries < EDIT_TRIES => tries += 1,
                Err(problem) if problem.code == Code::ProfileTwice => {
                    return Err(problem.with("service", manifest.name.clone()));
                }
                other => break other?,
            }
        }
        if let Some(draft) = draft {
            lock(&self.0.drafts).remove(&draft);
        }
        self.tell(Some(id), None);
        self.profile(id)
    }

    /// The new profile, if no other one is the same account: as far as the database can tell, at the commit too.
    async fn insert_job(
        &self,
        profile: &Profile,
        manifest: &Manifest,
        secrets: &BTreeMap<String, Secret>,
    ) -> Result<Job> {
        let key = self.0.vault.key().await?;
        let count = self.0.db.profiles_of_service(&profile.service)?;
        if let Some(label) = self.same_account(profile, secrets, &key)? {
            return Err(Problem::new(Code::ProfileTwice)
                .with("label", label)
                .with("service", manifest.name.clone()));
        }
        // Only we can compare keys, which are sealed: so nobody may have come in between.
        let service = profile.service.clone();
        let alone = match profile.fields.is_empty() {
            true => Guard::Profiles { service, count },
            false => Guard::OnlyOne(Box::new(profile.clone())),
        };
        let mut job = Job::new()
            .guard(alone)
            .profile(ProfileWrite::Insert(profile.clone()));
        for (field, secret) in secrets {
            let cipher = key.seal(Place::secret(profile.id, field), secret);
            job = job.secret(profile.id, field.clone(), Some(cipher));
        }
        Ok(job)
    }

    /// The label of a profile that is the same account: same plain fields or, where a service has none, the same key.
    fn same_account(
        &self,
        new: &Profile,
        secrets: &BTreeMap<String, Secret>,
        key: &Key,
    ) -> Result<Option<String>> {
        if !new.fields.is_empty() {
            return self
                .0
                .db
                .profile_exists_like(&new.service, &new.origin, &new.fields, None);
        }
        let mut after: Option<String> = None;
        loop {
            let (page, next, _) = self.0.db.profiles_page(after.as_deref(), 500)?;
            let rivals: Vec<&Profile> = page
                .iter()
                .filter(|held| held.service == new.service && held.origin == new.origin)
                .collect();
            let ids: Vec<Uuid> = rivals.iter().map(|held| held.id).collect();
            let sealed = self.0.db.secrets_of_profiles(&ids)?;
            for held in rivals {
                let Some(sealed) = sealed.get(&held.id) else {
                    continue;
                };
                let same = sealed
                    .iter()
                    // A password may be the same on many accounts; a key or token never is.
                    .filter(|(field, _)| !field.contains("password"))
                    .any(|(field, cipher)| {
                        secrets.get(field).is_some_and(|typed| {
                            key.open(Place::secret(held.id, field), cipher)
                                .is_ok_and(|kept| kept == *typed)
                        })
                    });
                if same {
                    return Ok(Some(held.label.clone()));
                }
            }
            match next {
                Some(next) => after = Some(next),
                None => return Ok(None),
            }
        }
    }

    /// A harmless read with what was typed, before anything is stored.
    ///
    /// # Errors
    /// As `add_profile` but for the label, and what the service or the wire said.
    pub async fn test_profile(&self, mut new: NewProfile) -> Result<ReadView> {
        if new.label.trim().is_empty() {
            "new".clone_into(&mut new.label);
        }
        let (profile, manifest, secrets) = self.checked(new)?;
        let context = unstored(profile, manifest, secrets);
        let (reading, _) = self.call_read(&context, 2).await;
        read_view(&context, reading)
    }

    /// What was typed, checked, with the secrets of its paste.
    fn checked(
        &self,
        new: NewProfile,
    ) -> Result<(Profile, Arc<Manifest>, BTreeMap<String, Secret>)> {
        let manifest = self.manifest(&new.service)?;
        let label = checked_label(&new.label)?;
        let mut secrets = new.secrets;
        secrets.retain(|_, secret| !secret.is_empty());
        let mut fields = trimmed(new.fields);
        if let Some(draft) = new.draft
            && let Some(pasted) = lock(&self.0.drafts).get(&draft)
        {
            for (name, secret) in &pasted.secrets {
                secrets
                    .entry(name.clone())
                    .or_insert_with(|| secret.clone());
            }
            for (name, value) in &pasted.fields {
                fields.entry(name.clone()).or_insert_with(|| value.clone());
            }
        }
        check_lengths(&secrets)?;
        let base_url = new.base_url.filter(|url| !url.trim().is_empty());
        if base_url.is_none() {
            self.check_looked_at(&manifest)?;
        }
        let present: BTreeSet<String> = secrets.keys().cloned().collect();
        manifest.check_profile(&fields, &present, base_url.as_deref())?;
        let origin = manifest.origin(&fields, base_url.as_deref())?;
        let profile = Profile {
            id: Uuid::now_v7(),
            label,
            service: manifest.id.clone(),
            base_url,
            origin,
            fields,
            has_secret: BTreeMap::new(),
            email: None,
            verified: None,
            checked_at: None,
            known: Known::NeverChecked,
            problem: None,
            created_at: super::now(),
        };
        Ok((profile, manifest, secrets))
    }

    /// A call that is on its way ends with what it began with; a session that it captures for keys that are replaced here
    /// is not kept. Another program may edit the same profile: what this edit does not name stays as it is on disk then.
    ///
    /// # Errors
    /// As `add_profile`; `change_open` where other fields would take an open change to another account; `busy` where
    /// another program keeps editing.
    pub async fn edit_profile(&self, id: Uuid, edit: ProfileEdit) -> Result<ProfileView> {
        let mut tries = 0;
        loop {
            let job = self.edit_job(id, &edit).await?;
            match self.0.db.commit(job).await {
                Err(problem) if problem.code == Code::Busy && tries < EDIT_TRIES => tries += 1,
                other => break other?,
            }
        }
        self.tell(Some(id), None);
        self.profile(id)
    }

    /// The edit on the profile as it is now; it holds only if the profile is still so at the commit.
    async fn edit_job(&self, id: Uuid, edit: &ProfileEdit) -> Result<Job> {
        let mut profile = self.0.db.profile(id)?;
        let mut guards = vec![Guard::SameProfile(Box::new(profile.clone()))];
        let manifest = self.manifest(&profile.service)?;
        if let Some(label) = &edit.label {
            profile.label = checked_label(label)?;
        }
        let fields = patched(&profile.fields, edit.fields.as_ref());
        if fields != profile.fields {
            self.check_nothing_begun(id)?;
            guards.push(Guard::NothingBegun(id));
            profile.fields = fields;
        }
        let mut secrets = edit.secrets.clone();
        secrets.retain(|_, secret| !secret.is_empty());
        check_lengths(&secrets)?;
        // A profile can come out of a backup that somebody else made, and its file with it.
        if !secrets.is_empty() && profile.base_url.is_none() {
            self.check_looked_at(&manifest)?;
        }
        let mut present: BTreeSet<String> = profile.has_secret.keys().cloned().collect();
        // A captured session is none of the manifest's fields.
        present.retain(|name| !edit.forget.contains(name) && !name.starts_with(CAPTURED));
        present.extend(secrets.keys().cloned());
        manifest.check_profile(&profile.fields, &present, profile.base_url.as_deref())?;
        if let Some(accepted) = &edit.accept_origin {
            let origin = manifest.origin(&profile.fields, profile.base_url.as_deref())?;
            if *accepted != origin {
                return Err(origin_changed(&origin)
                    .with("service", manifest.name.clone())
                    .with("label", profile.label.clone()));
            }
            profile.origin = origin;
        }
        let touched = !secrets.is_empty() || !edit.forget.is_empty();
        let mut forget = edit.forget.clone();
        if touched && let Some(login) = &manifest.login {
            // A session of the keys before must not outlive them.
            forget.push(format!("{CAPTURED}{}", login.gives));
        }
        let mut job = Job {
            guards,
            ..Job::default()
        };
        if !secrets.is_empty() {
            let key = self.0.vault.key().await?;
            for (field, secret) in &secrets {
                let cipher = key.seal(Place::secret(id, field), secret);
                job = job.secret(id, field.clone(), Some(cipher));
            }
        }
        forget.retain(|field| !secrets.contains_key(field));
        for field in forget {
            job = job.secret(id, field, None);
        }
        if touched && profile.problem.is_some() {
            // What was refused were the keys before.
            job = job.profile(ProfileWrite::Problem(id, None));
        }
        Ok(job.profile(ProfileWrite::Edit(profile)))
    }

    /// The origin that the profile's manifest leads to now.
    ///
    /// # Errors
    /// `profile_unknown`, `service_unknown`, and what is wrong with its fields.
    pub fn origin_now(&self, id: Uuid) -> Result<String> {
        let profile = self.0.db.profile(id)?;
        self.manifest(&profile.service)?
            .origin(&profile.fields, profile.base_url.as_deref())
    }

    /// Nothing has left for this profile that is still open: its code would go to whatever account the fields name then,
    /// and that account's address would be taken for a proof.
    fn check_nothing_begun(&self, id: Uuid) -> Result<()> {
        match self.0.db.open_change_of(id)? {
            Some(open)
                if open.change.state != State::Planned
                    || lock(&self.0.flights).contains(&open.change.id) =>
            {
                Err(open.change.in_the_way())
            }
            _ => Ok(()),
        }
    }

    /// Removes the profile and its secrets; its changes stay in the history, an open one is cancelled.
    ///
    /// # Errors
    /// `busy` while a call is on its way.
    pub async fn remove_profile(&self, id: Uuid) -> Result<()> {
        if let Some(open) = self.0.db.open_change_of(id)? {
            self.cancel_change(open.change.id).await?;
        }
        self.0.db.commit(ProfileWrite::Remove(id)).await?;
        self.tell(Some(id), None);
        Ok(())
    }
}
