//! The data key under a passphrase: `age` with scrypt.
//!
//! What keyboards type for one character differs: macOS may give `é` as two, Linux and Windows as one. So a passphrase is
//! composed (Unicode NFC) before it is used.

use std::io::Read;

use age::secrecy::{ExposeSecretMut, SecretString};
use age::{DecryptError, Decryptor, scrypt};
use icu_normalizer::ComposingNormalizerBorrowed;
use secrecy::SecretBox;
use uuid::Uuid;

use super::cipher::Key;
use crate::error::{Code, Problem, Result};
use crate::secret::Secret;

/// Fewer characters are refused.
pub const MIN_CHARS: u32 = 8;

/// scrypt's log2(N): 128 MiB and about 0.4 s on a desktop of today.
pub(super) const WORK_FACTOR: u8 = 17;

/// 256 MiB. More than this could take a small server's memory, or its time, by a wrapped key that somebody else put into
/// the database.
const MAX_WORK_FACTOR: u8 = 18;

/// # Errors
/// `passphrase_too_short` with `min`.
pub(crate) fn check(passphrase: &Secret) -> Result<()> {
    if composed(passphrase).chars() < MIN_CHARS {
        return Err(Problem::new(Code::PassphraseTooShort).with("min", MIN_CHARS.to_string()));
    }
    Ok(())
}

pub(super) fn wrap(key: &Key, passphrase: &Secret, work_factor: u8) -> Result<Vec<u8>> {
    let mut recipient = scrypt::Recipient::new(text(&composed(passphrase)));
    recipient.set_work_factor(work_factor);
    age::encrypt(&recipient, key.bytes()).map_err(|_| Code::Internal.into())
}

/// # Errors
/// `passphrase_wrong`; `secret_damaged` if what is stored is no wrapped key.
pub(super) fn unwrap(id: Uuid, wrapped: &[u8], passphrase: &Secret) -> Result<Key> {
    let composed = composed(passphrase);
    let opened = unwrap_with(id, wrapped, &composed);
    let other_form = composed != *passphrase
        && matches!(&opened, Err(problem) if problem.code == Code::PassphraseWrong);
    if other_form {
        // Wrapped as it was typed, by a program that did not compose.
        return unwrap_with(id, wrapped, passphrase);
    }
    opened
}

fn unwrap_with(id: Uuid, wrapped: &[u8], passphrase: &Secret) -> Result<Key> {
    let damaged = || super::damaged("wrapped");
    let mut identity = scrypt::Identity::new(text(passphrase));
    identity.set_max_work_factor(MAX_WORK_FACTOR);
    let identities = std::iter::once(&identity as &dyn age::Identity);
    let mut plain = Decryptor::new_buffered(wrapped)
        .and_then(|age| age.decrypt(identities))
        .map_err(|error| match error {
            DecryptError::DecryptionFailed
            | DecryptError::KeyDecryptionFailed
            | DecryptError::NoMatchingKeys => Code::PassphraseWrong.into(),
            _ => damaged(),
        })?;
    // Straight into its place: a buffer that grows would leave copies of the key behind.
    let mut bytes = SecretBox::new(Box::new([0; 32]));
    plain
        .read_exact(bytes.expose_secret_mut())
        .map_err(|_| damaged())?;
    match plain.read(&mut [0]) {
        Ok(0) => Ok(Key::new(id, bytes)),
        _ => Err(damaged()),
    }
}

pub(crate) fn composed(passphrase: &Secret) -> Secret {
    let nfc = ComposingNormalizerBorrowed::new_nfc();
    Secret::new(nfc.normalize(passphrase.expose()).into_owned())
}

fn text(passphrase: &Secret) -> SecretString {
    SecretString::from(passphrase.expose().to_owned())
}
