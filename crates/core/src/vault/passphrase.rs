//! The data key under a passphrase: `age` with scrypt.

use age::secrecy::SecretString;
use age::{DecryptError, scrypt};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::cipher::Key;
use crate::error::{Code, Problem, Result};
use crate::secret::Secret;

/// Fewer characters are refused.
pub const MIN_CHARS: u32 = 8;

/// scrypt's log2(N): 128 MiB and about 0.4 s on a desktop of today.
pub(super) const WORK_FACTOR: u8 = 17;

/// More than this would hang a machine that opens a wrapped key somebody else put into the database.
const MAX_WORK_FACTOR: u8 = 20;

/// # Errors
/// `passphrase_too_short` with `min`.
pub(crate) fn check(passphrase: &Secret) -> Result<()> {
    if passphrase.chars() < MIN_CHARS {
        return Err(Problem::new(Code::PassphraseTooShort).with("min", MIN_CHARS.to_string()));
    }
    Ok(())
}

pub(super) fn wrap(key: &Key, passphrase: &Secret, work_factor: u8) -> Result<Vec<u8>> {
    let mut recipient = scrypt::Recipient::new(SecretString::from(passphrase.expose().to_owned()));
    recipient.set_work_factor(work_factor);
    age::encrypt(&recipient, key.bytes()).map_err(|_| Code::Internal.into())
}

/// # Errors
/// `passphrase_wrong`; `secret_damaged` if what is stored is no wrapped key.
pub(super) fn unwrap(id: Uuid, wrapped: &[u8], passphrase: &Secret) -> Result<Key> {
    let damaged = || {
        Problem::new(Code::SecretDamaged)
            .with("table", "vault")
            .with("field", "wrapped")
    };
    let mut identity = scrypt::Identity::new(SecretString::from(passphrase.expose().to_owned()));
    identity.set_max_work_factor(MAX_WORK_FACTOR);
    let plain = age::decrypt(&identity, wrapped)
        .map(Zeroizing::new)
        .map_err(|error| match error {
            DecryptError::DecryptionFailed
            | DecryptError::KeyDecryptionFailed
            | DecryptError::NoMatchingKeys => Code::PassphraseWrong.into(),
            _ => damaged(),
        })?;
    let bytes = <[u8; 32]>::try_from(plain.as_slice()).map_err(|_| damaged())?;
    Ok(Key::new(id, Zeroizing::new(bytes)))
}
