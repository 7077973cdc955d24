//! What mails carry: codes and links, and how they are found in what a person pastes.
//!
//! Not here: fetching mail, sending the code (`engine`).

pub mod arrived;
mod candidate;
pub mod code;
pub mod hints;
mod html;
mod letter;
pub mod link;
mod links;
mod parts;
mod quoted;
mod reading;
mod typed;
mod words;
mod wrapped;

pub use code::understand;
pub use hints::{Hints, SenderPattern};
pub use link::LinkPattern;

use regex::Regex;

/// What a step waits for, as far as a pasted text is concerned.
#[derive(Debug, Clone, Default)]
pub struct Waits {
    pub what: Awaited,
    /// The documented shape of the value. Another shape is told, never refused.
    pub looks: Option<Looks>,
    /// Links whose `{code}` is the value.
    pub link: Vec<LinkPattern>,
    /// Links of the same service with another purpose.
    pub refuse: Vec<RefusedLink>,
    /// What the manifest tells about these mails.
    pub hints: Hints,
    /// The address that the mail goes to.
    pub address: Option<String>,
}

/// What the mail is known to carry.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Awaited {
    /// Digits or letters to type.
    #[default]
    Code,
    /// A link that holds the value.
    Link,
}

/// A link that must not be taken for the awaited one, and one word for why (`activation`, `password_reset`, …).
#[derive(
    Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct RefusedLink {
    pub host: link::HostPattern,
    pub path: link::PathPattern,
    /// Param `reason` of `link_wrong_kind`.
    pub reason: String,
}

/// The shape a value usually has: a regular expression for the whole of it.
#[derive(Debug, Clone)]
pub struct Looks(Regex);

impl Looks {
    /// Errors: not a regular expression, or one too large to be a code's shape.
    pub fn new(pattern: &str) -> Result<Self, regex::Error> {
        regex::RegexBuilder::new(&format!("^(?:{pattern})$"))
            .size_limit(256 << 10)
            .build()
            .map(Self)
    }

    /// Whether the whole text has this shape.
    pub fn fits(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}
