//! What one change or read needs at hand: profile, manifest, opened secrets.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use uuid::Uuid;

use super::views::host_of;
use super::{Engine, lock};
use crate::change::Change;
use crate::change::machine::{Shape, ShapeStep};
use crate::email::EmailAddress;
use crate::error::{Code, Problem, Result};
use crate::manifest::Manifest;
use crate::profile::Profile;
use crate::secret::{Redactor, Secret};
use crate::vault::{Key, open_secrets, sealed_with};

pub(super) use crate::vault::CAPTURED;

/// From this length on, in characters, a secret is none by chance.
const LONG_SECRET: u32 = 20;
/// How often sealed values are read that do not belong to the key of that moment.
pub(super) const LOOKS: usize = 4;

/// A profile, ready to be called.
pub(super) struct Context {
    pub profile: Profile,
    pub manifest: Arc<Manifest>,
    pub shape: Shape,
    /// It has a row, and so a place for a captured token.
    pub stored: bool,
    /// The key that opened its secrets: a vault that is locked during a call must not cost the answer.
    key: Option<Key>,
    /// By name as templates know it; a captured token stands in for the pasted one.
    secrets: Mutex<BTreeMap<String, Secret>>,
    /// Secrets of its earlier calls: codes, and tokens whose place another one took. The service knows them still.
    used: Mutex<Vec<Secret>>,
    /// How a login with these secrets failed: asking again at once would cost a try, or a limit.
    failed_login: Mutex<Option<Problem>>,
}

impl Context {
    pub fn secrets(&self) -> BTreeMap<String, Secret> {
        lock(&self.secrets).clone()
    }

    pub fn set_secret(&self, name: &str, secret: Secret) {
        let before = lock(&self.secrets).insert(name.to_owned(), secret);
        self.remember(before);
    }

    pub fn failed_login(&self) -> Option<Problem> {
        lock(&self.failed_login).clone()
    }

    pub fn fail_login(&self, problem: &Problem) {
        *lock(&self.failed_login) = Some(problem.clone());
    }

    /// The step that a change begins with.
    pub fn first_step(&self) -> &str {
        self.manifest.flow.first().map_or("request", String::as_str)
    }

    /// A login can be made: the manifest has one and its secrets are here.
    pub fn can_login(&self) -> bool {
        let secrets = lock(&self.secrets);
        self.manifest
            .login
            .as_ref()
            .is_some_and(|login| login.needs.iter().all(|name| secrets.contains_key(name)))
    }

    /// More that must not be repeated, whichever call of this context a service repeats it in.
    pub fn remember(&self, secrets: impl IntoIterator<Item = Secret>) {
        let mut used = lock(&self.used);
        for secret in secrets {
            if !used.contains(&secret) {
                used.push(secret);
            }
        }
    }

    /// The codes that were given for this change.
    pub fn remember_codes(&self, change: &Change) {
        self.remember(change.values.iter().map(|value| value.text.clone()));
    }

    /// Removes everything secret that is known here from the service's words, and clips them.
    pub fn clean(&self, says: &str) -> String {
        self.redactor(0).says(says, 300)
    }

    /// Whether the service shows one of its secrets where an address is expected: it would be kept and shown as one.
    /// Inside a real address only long ones count, since a weak password may well be a part of it.
    pub fn is_secret(&self, shown: &str) -> bool {
        let at_least = if EmailAddress::parse(shown).is_ok() {
            LONG_SECRET
        } else {
            0
        };
        self.redactor(at_least).redact(shown) != shown
    }

    fn redactor(&self, at_least: u32) -> Redactor {
        let (secrets, used) = (lock(&self.secrets), lock(&self.used));
        let all = secrets.values().chain(used.iter());
        Redactor::new(all.filter(|secret| secret.chars() >= at_least))
    }

    /// A problem that names the service and its host.
    pub fn name(&self, problem: Problem) -> Problem {
        // Of a new origin the sentence names that one: it is what the user is asked to trust.
        let origin = problem.params.get("origin");
        let host = host_of(origin.unwrap_or(&self.profile.origin));
        problem
            .with("service", self.manifest.name.clone())
            .with("host", host)
            .with("label", self.profile.label.clone())
    }
}

impl Engine {
    /// Opens what a call of this profile needs. `once` are secrets for this call only.
    ///
    /// # Errors
    /// `service_unknown`, the vault's, `secret_damaged`.
    pub(super) async fn context(
        &self,
        profile: Profile,
        once: &BTreeMap<String, Secret>,
    ) -> Result<Arc<Context>> {
        let manifest = self.manifest(&profile.service)?;
        let (sealed, key) = self.sealed_secrets(profile.id).await?;
        let mut secrets = BTreeMap::new();
        if let Some(key) = &key {
            let mut captured = BTreeMap::new();
            let opened = open_secrets(key, profile.id, &sealed)
                .map_err(|problem| problem.with("label", profile.label.clone()))?;
            for (field, secret) in opened {
                match field.strip_prefix(CAPTURED) {
                    Some(name) => captured.insert(name.to_owned(), secret),
                    None => secrets.insert(field, secret),
                };
            }
            // Another key for this call only: the session kept here is not its.
            let other_login = manifest
                .login
                .as_ref()
                .is_some_and(|login| login.needs.iter().any(|name| once.contains_key(name)));
            if !other_login {
                secrets.extend(captured);
            }
        }
        secrets.extend(
            once.iter()
                .map(|(name, secret)| (name.clone(), secret.clone())),
        );
        let shape = shape_of(&manifest);
        let secrets = Mutex::new(secrets);
        Ok(Arc::new(Context {
            profile,
            manifest,
            shape,
            stored: true,
            key,
            secrets,
            used: Mutex::default(),
            failed_login: Mutex::default(),
        }))
    }

    /// A profile's sealed secrets, and the key where there are any. Another program may change the key between the two
    /// looks: what is of another key is looked at again before it is called damaged.
    async fn sealed_secrets(
        &self,
        profile: Uuid,
    ) -> Result<(BTreeMap<String, Vec<u8>>, Option<Key>)> {
        let mut looks = 0;
        loop {
            let sealed = self.0.db.secrets(profile)?;
            if sealed.is_empty() {
                return Ok((sealed, None));
            }
            let key = self.0.vault.key().await?;
            looks += 1;
            if looks == LOOKS
                || sealed
                    .values()
                    .all(|one| sealed_with(one) == Some(key.id()))
            {
                return Ok((sealed, Some(key)));
            }
        }
    }

    /// The key for what a call under way writes: the folder's, or the one it began with if the vault was locked since.
    pub(super) async fn key_during(&self, context: &Context) -> Result<Key> {
        match self.0.vault.key().await {
            Ok(key) => Ok(key),
            Err(problem) => context.key.clone().ok_or(problem),
        }
    }
}

/// A context for something that is not stored: *Test* on *Add profile*.
pub(super) fn unstored(
    profile: Profile,
    manifest: Arc<Manifest>,
    secrets: BTreeMap<String, Secret>,
) -> Arc<Context> {
    let shape = shape_of(&manifest);
    Arc::new(Context {
        profile,
        manifest,
        shape,
        stored: false,
        key: None,
        secrets: Mutex::new(secrets),
        used: Mutex::default(),
        failed_login: Mutex::default(),
    })
}

pub(super) fn shape_of(manifest: &Manifest) -> Shape {
    Shape {
        steps: manifest
            .flow
            .iter()
            .map(|id| ShapeStep {
                id: id.clone(),
                waits: manifest
                    .steps
                    .get(id)
                    .is_some_and(|step| step.waits_for.is_some()),
            })
            .collect(),
        has_read: manifest.has_read(),
        expires_after: manifest
            .expires_after()
            .and_then(|span| span.try_into().ok()),
        resend_after: manifest
            .resend_after()
            .and_then(|span| span.try_into().ok()),
        resend_step: manifest.resend_step().map(str::to_owned),
    }
}

/// The manifest leads somewhere else than the profile's secrets were meant for.
pub(super) fn origin_changed(origin: &str) -> Problem {
    Problem::new(Code::OriginChanged)
        .with("origin", origin)
        .with("host", host_of(origin))
}

pub(super) fn missing(field: &str) -> Problem {
    Problem::new(Code::FieldMissing).with("field", field)
}

/// Where a manifest is gone: enough to end or recover a change that stands at its stored step.
pub(super) fn bare_shape(change: &crate::change::Change) -> Shape {
    Shape {
        steps: (0..=change.at)
            .map(|_| ShapeStep {
                id: change.step.clone(),
                waits: change.code_used || change.resending,
            })
            .collect(),
        has_read: false,
        expires_after: None,
        resend_after: None,
        resend_step: Some("request".to_owned()),
    }
}
