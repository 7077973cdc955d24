//! What a step becomes: the call itself, its masked text, its curl command.

mod calls;
mod curl;
mod places;
mod profile;
mod properties;

use std::collections::BTreeMap;

use readdress_core::manifest::Inputs;
use readdress_core::secret::Secret;

/// Values of one call.
#[derive(Default)]
pub struct Given {
    pub base_url: Option<String>,
    pub fields: BTreeMap<String, String>,
    pub secrets: BTreeMap<String, Secret>,
    pub values: BTreeMap<String, Secret>,
}

impl Given {
    pub fn new(fields: &[(&str, &str)], secrets: &[(&str, &str)], values: &[(&str, &str)]) -> Self {
        let hidden = |list: &[(&str, &str)]| {
            list.iter()
                .map(|(name, text)| ((*name).to_owned(), Secret::new(*text)))
                .collect()
        };
        Self {
            base_url: None,
            fields: fields
                .iter()
                .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
                .collect(),
            secrets: hidden(secrets),
            values: hidden(values),
        }
    }

    pub fn inputs(&self) -> Inputs<'_> {
        Inputs {
            base_url: self.base_url.as_deref(),
            fields: &self.fields,
            secrets: &self.secrets,
            values: &self.values,
        }
    }
}
