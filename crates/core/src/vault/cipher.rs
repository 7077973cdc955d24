//! Seals single values: XChaCha20-Poly1305 under the vault's data key, bound to the place where the value is kept.
//!
//! A sealed value is `version (1) | key id (16) | nonce (24) | ciphertext and tag`.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::rand_core::RngCore;
use chacha20poly1305::aead::{Aead, KeyInit, OsRng, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use secrecy::{ExposeSecret, SecretBox};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::error::{Code, Problem, Result};
use crate::secret::Secret;

const VERSION: u8 = 1;
const NONCE: usize = 1 + 16;
const CIPHER: usize = NONCE + 24;
const PROOF: &str = "readdress";

/// Where a sealed value is kept; it opens nowhere else.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    pub table: &'a str,
    pub row: Uuid,
    pub field: &'a str,
}

impl<'a> Place<'a> {
    /// A secret field, or a captured token, of a profile.
    pub fn secret(profile: Uuid, field: &'a str) -> Self {
        Self {
            table: "secrets",
            row: profile,
            field,
        }
    }

    /// A code that was given for a step of a change.
    pub fn value(change: Uuid, step: &'a str) -> Self {
        Self {
            table: "change_values",
            row: change,
            field: step,
        }
    }

    /// The password of a mailbox.
    pub fn mailbox(mailbox: Uuid) -> Self {
        Self {
            table: "mailboxes",
            row: mailbox,
            field: "password",
        }
    }

    fn aad(&self, header: &[u8]) -> Vec<u8> {
        let mut aad = header.to_vec();
        for part in [
            self.table.as_bytes(),
            self.row.as_bytes(),
            self.field.as_bytes(),
        ] {
            // With its length before it, no part can reach into the next.
            aad.extend((part.len() as u64).to_le_bytes());
            aad.extend(part);
        }
        aad
    }
}

/// The bytes of a data key, in one place on the heap from the first: what is moved leaves a copy behind.
pub(super) type KeyBytes = SecretBox<[u8; 32]>;

/// The vault's data key: 32 bytes, zeroized when the last handle goes. Cheap to clone.
#[derive(Clone)]
pub struct Key(Arc<Inner>);

struct Inner {
    id: Uuid,
    bytes: KeyBytes,
}

impl Key {
    pub(super) fn new(id: Uuid, bytes: KeyBytes) -> Self {
        Self(Arc::new(Inner { id, bytes }))
    }

    pub(super) fn random() -> Self {
        Self::new(Uuid::now_v7(), random_bytes())
    }

    /// The id in the header of all that it seals.
    pub fn id(&self) -> Uuid {
        self.0.id
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        self.0.bytes.expose_secret()
    }

    /// For one value: it zeroizes its copy of the key where it stands.
    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.bytes().into())
    }

    pub fn seal(&self, place: Place<'_>, secret: &Secret) -> Vec<u8> {
        let mut sealed = vec![0; CIPHER];
        sealed[0] = VERSION;
        sealed[1..NONCE].copy_from_slice(self.id().as_bytes());
        OsRng.fill_bytes(&mut sealed[NONCE..]);
        let payload = Payload {
            msg: secret.expose().as_bytes(),
            aad: &place.aad(&sealed[..NONCE]),
        };
        let cipher = self
            .cipher()
            .encrypt(XNonce::from_slice(&sealed[NONCE..]), payload);
        sealed.extend(cipher.expect("a value is far shorter than the cipher's 256 GiB"));
        sealed
    }

    /// # Errors
    /// `secret_damaged` with `table`, `field` and, if another key sealed it, `reason = other_key`.
    pub fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Secret> {
        let damaged = || {
            Problem::new(Code::SecretDamaged)
                .with("table", place.table)
                .with("field", place.field)
        };
        if sealed.len() < CIPHER || sealed[0] != VERSION {
            return Err(damaged());
        }
        if sealed_with(sealed) != Some(self.id()) {
            return Err(damaged().with("reason", "other_key"));
        }
        let payload = Payload {
            msg: &sealed[CIPHER..],
            aad: &place.aad(&sealed[..NONCE]),
        };
        let plain = self
            .cipher()
            .decrypt(XNonce::from_slice(&sealed[NONCE..CIPHER]), payload)
            .map_err(|_| damaged())?;
        let text = String::from_utf8(plain).map_err(|error| {
            drop(Zeroizing::new(error.into_bytes()));
            damaged()
        })?;
        Ok(Secret::new(text))
    }

    /// The password of a mailbox.
    ///
    /// # Errors
    /// `secret_damaged` with `label` and `reason = mailbox`: it is given again at the mailbox, not at a profile.
    pub fn open_password(&self, mailbox: Uuid, user: &str, sealed: &[u8]) -> Result<Secret> {
        let opened = self.open(Place::mailbox(mailbox), sealed);
        opened.map_err(|problem| problem.with("label", user).with("reason", "mailbox"))
    }

    /// A known text sealed, by which a foreign key is told from this one.
    pub(super) fn proof(&self) -> Vec<u8> {
        self.seal(proof_place(self.id()), &Secret::new(PROOF))
    }

    pub(super) fn fits(&self, proof: &[u8]) -> bool {
        self.open(proof_place(self.id()), proof)
            .is_ok_and(|text| text.expose() == PROOF)
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Key").field(&self.id()).finish()
    }
}

fn proof_place(id: Uuid) -> Place<'static> {
    Place {
        table: "vault",
        row: id,
        field: "proof",
    }
}

pub(super) fn random_bytes() -> KeyBytes {
    SecretBox::init_with_mut(|bytes: &mut [u8; 32]| OsRng.fill_bytes(bytes))
}

/// As keychains and key files hold them.
pub(super) fn key_text(bytes: &[u8; 32]) -> Zeroizing<String> {
    Zeroizing::new(STANDARD.encode(bytes))
}

/// `None` where the text is not exactly one key in base64.
pub(super) fn key_of_text(text: &str) -> Option<KeyBytes> {
    // Room for what the decoder may touch beyond a key's 32 bytes.
    let mut room = Zeroizing::new([0; 48]);
    let length = STANDARD
        .decode_slice(text.trim(), room.as_mut_slice())
        .ok()?;
    let bytes: &[u8; 32] = room[..length].try_into().ok()?;
    Some(SecretBox::init_with_mut(|key: &mut [u8; 32]| {
        key.copy_from_slice(bytes)
    }))
}

/// The id of the key that sealed this value.
pub(crate) fn sealed_with(sealed: &[u8]) -> Option<Uuid> {
    Uuid::from_slice(sealed.get(1..NONCE)?).ok()
}
