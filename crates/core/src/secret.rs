//! Text that cannot print itself, and the removal of known secrets from foreign text.
//!
//! Not here: encryption (`vault`).

mod escapes;
mod redact;
mod says;

use secrecy::{ExposeSecret, SecretString};

pub use redact::{MASK, Redactor};
pub use says::clip_says;

/// A secret value: zeroized on drop, `Debug` shows nothing of it.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }

    /// The text itself. Only for the wire, the cipher and comparison.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Length in characters, which the page may show.
    pub fn chars(&self) -> u32 {
        u32::try_from(self.expose().chars().count()).unwrap_or(u32::MAX)
    }

    pub fn is_empty(&self) -> bool {
        self.expose().is_empty()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(••••••)")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}
impl Eq for Secret {}

impl<'de> serde::Deserialize<'de> for Secret {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}
