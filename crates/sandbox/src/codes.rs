//! New codes, link segments and identifiers.

use rand::Rng;
use rand::distr::{Alphanumeric, SampleString};

/// Six digits; leading zeros happen.
pub(crate) fn digits() -> String {
    format!("{:06}", rand::rng().random_range(0..1_000_000))
}

/// A segment for a link: upper and lower case, with the signs that a URL leaves as they are.
pub(crate) fn segment() -> String {
    let mut random = rand::rng();
    let mut part = |length| Alphanumeric.sample_string(&mut random, length);
    format!("{}-{}_{}", part(18), part(12), part(18))
}

/// Random letters and digits.
pub(crate) fn letters(length: usize) -> String {
    Alphanumeric.sample_string(&mut rand::rng(), length)
}

/// Whether a credential looks like one: letters, digits and `. _ -`, not too long.
pub(crate) fn well_formed(credential: &str) -> bool {
    (1..=4096).contains(&credential.len())
        && credential
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}
