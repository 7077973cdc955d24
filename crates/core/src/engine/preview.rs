//! What would be sent, and what speaks against the address that was typed.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::Engine;
use crate::email::EmailAddress;
use crate::error::{Code, Problem, Result};
use crate::manifest::{self, Inputs};
use crate::profile::Profile;
use crate::secret::Secret;
use crate::typo;
use crate::view::{AddressCheck, Doubt, Preview};

/// Longest address or code that is shown in a request, in bytes.
const LONGEST_VALUE: usize = 64 << 10;

impl Engine {
    /// The address field's verdict. Sends nothing, opens no vault.
    ///
    /// # Errors
    /// `profile_unknown`, the folder's; what is wrong with the address stands in the verdict.
    pub fn check_address(&self, profile: Uuid, text: &str) -> Result<AddressCheck> {
        let profile = self.0.db.profile(profile)?;
        let address = match EmailAddress::parse(text) {
            Ok(address) => address,
            Err(problem) => {
                return Ok(AddressCheck {
                    problem: Some(problem),
                    doubts: Vec::new(),
                });
            }
        };
        let same = profile
            .email
            .as_deref()
            .is_some_and(|held| address.same_as(held));
        let problem = (same && profile.verified != Some(false)).then(|| {
            Problem::new(Code::EmailSame)
                .with("address", address.as_str())
                .with("service", self.service_name(&profile.service))
        });
        Ok(AddressCheck {
            problem,
            doubts: self.doubts(&profile, &address)?,
        })
    }

    fn doubts(&self, profile: &Profile, address: &EmailAddress) -> Result<Vec<Doubt>> {
        let mut doubts = Vec::new();
        let in_use = self.0.db.domains_in_use(50)?;
        if let Some(domain) = typo::suggest(address.domain_ascii(), &in_use) {
            let local = address
                .as_str()
                .rsplit_once('@')
                .map_or("", |(local, _)| local);
            doubts.push(Doubt::Typo {
                suggestion: format!("{local}@{domain}"),
            });
        }
        let holders = self
            .0
            .db
            .addresses_in_use(&profile.service, address.as_str())?;
        if let Some(label) = holders.into_iter().find(|label| *label != profile.label) {
            doubts.push(Doubt::UsedBy { label });
        }
        let manifest = self.manifest(&profile.service)?;
        let first = manifest.flow.first().map_or("request", String::as_str);
        let asked = self.0.db.asked_to_wait(profile.id, first, super::now())?;
        if let Some(retry_at) = asked.max(self.too_soon(&manifest, profile.id, first)?) {
            doubts.push(Doubt::TooSoon { retry_at });
        }
        Ok(doubts)
    }

    /// The request of `step` (`request`, `verify`, `resend`) as it will be sent. Opens no vault: secrets are named, not shown.
    ///
    /// # Errors
    /// `field_missing` (the step cannot be rendered), `not_supported` (no such step), `field_invalid` (no address and no code is that long).
    pub fn preview(&self, profile: Uuid, step: &str, value: &str) -> Result<Preview> {
        let profile = self.0.db.profile(profile)?;
        let manifest = self.manifest(&profile.service)?;
        let step = if step == "resend" {
            manifest.resend_step().unwrap_or(step)
        } else {
            step
        };
        if manifest.step(step).is_none() {
            return Err(Code::NotSupported.into());
        }
        // Which optional parts go along is told by stand-ins; both texts mask them.
        let secrets: BTreeMap<String, Secret> = profile
            .has_secret
            .keys()
            .map(|name| (name.clone(), Secret::new("hidden")))
            .collect();
        let mut values = BTreeMap::new();
        let value = value.trim();
        if value.len() > LONGEST_VALUE {
            return Err(Problem::new(Code::FieldInvalid).with("field", "value"));
        }
        if !value.is_empty() {
            let waits = manifest
                .step(step)
                .is_some_and(|step| step.waits_for.is_some());
            let name = if waits { "code" } else { "new_email" };
            values.insert(name.to_owned(), Secret::new(value));
        }
        if let Some(held) = &profile.email {
            values.insert("old_email".to_owned(), Secret::new(held.clone()));
        }
        let inputs = Inputs {
            base_url: profile.base_url.as_deref(),
            fields: &profile.fields,
            secrets: &secrets,
            values: &values,
        };
        let sketch = manifest::preview(&manifest, step, &inputs)?;
        let session = manifest.login.as_ref().map(|login| login.gives.as_str());
        let captured = session.map(|gives| format!("{}{gives}", super::context::CAPTURED));
        Ok(Preview {
            masked: sketch.masked(),
            curl: sketch.curl(),
            host: super::views::host_of(sketch.origin()),
            login_first: session.is_some_and(|gives| {
                manifest::needs(&manifest, step).secrets.contains(gives)
                    && !profile.has_secret.contains_key(gives)
                    && !captured.is_some_and(|captured| profile.has_secret.contains_key(&captured))
            }),
        })
    }

    fn service_name(&self, service: &str) -> String {
        self.manifest(service)
            .map_or_else(|_| service.to_owned(), |manifest| manifest.name.clone())
    }
}
