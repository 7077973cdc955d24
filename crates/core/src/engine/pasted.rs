//! What a text pasted on *Add profile* is understood to be.
//!
//! Not here: codes and mails (`given`).

use uuid::Uuid;

use super::{Engine, lock};
use crate::error::{Code, Problem, Result};
use crate::manifest;
use crate::view::PastedProfile;

/// Longest text that may be a service's URL or a curl line, in bytes.
const LONGEST_LINE: usize = 256 << 10;
/// Pastes that were never saved are forgotten beyond this many.
const DRAFTS_KEPT: usize = 8;

impl Engine {
    /// Recognises a service's URL or a curl line. Its secrets stay here, behind the draft's id.
    ///
    /// # Errors
    /// `code_not_found` with param `what = profile` where nothing was recognised.
    pub fn read_pasted_profile(&self, text: &str) -> Result<PastedProfile> {
        let pasted = (text.len() <= LONGEST_LINE)
            .then(|| manifest::read_pasted(&self.catalog(), text))
            .flatten()
            .ok_or_else(|| Problem::new(Code::CodeNotFound).with("what", "profile"))?;
        let view = PastedProfile {
            draft: Uuid::now_v7(),
            service: pasted.service.clone(),
            fields: pasted.fields.clone(),
            secrets: pasted
                .secrets
                .iter()
                .map(|(name, s)| (name.clone(), s.chars()))
                .collect(),
            base_url: pasted.base_url.clone(),
        };
        let mut drafts = lock(&self.0.drafts);
        while drafts.len() >= DRAFTS_KEPT {
            drafts.pop_first();
        }
        drafts.insert(view.draft, pasted);
        Ok(view)
    }
}
