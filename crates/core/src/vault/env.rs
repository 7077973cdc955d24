//! What the program was started with: the variables that open a vault.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::error::{Code, Problem, Result};
use crate::process;
use crate::secret::Secret;

const PASSPHRASE: &str = "READDRESS_PASSPHRASE";
const KEY_FILE: &str = "READDRESS_KEY_FILE";

/// Which vault the environment names. A variable that is set to nothing is there and empty.
#[derive(Debug, Clone, Default)]
pub struct VaultEnv {
    /// `READDRESS_PASSPHRASE`.
    pub passphrase: Option<Secret>,
    /// `READDRESS_KEY_FILE`.
    pub key_file: Option<PathBuf>,
    /// Nobody is there to be asked: a fresh folder with neither variable takes the keychain.
    pub auto_keychain: bool,
}

impl VaultEnv {
    /// From the environment; the passphrase is taken out of it, so that no program started by this one inherits it.
    ///
    /// # Errors
    /// `passphrase_wrong` with `reason = not_text`: it would be another passphrase in each character set.
    pub fn from_env(auto_keychain: bool) -> Result<Self> {
        let passphrase = process::take_text(PASSPHRASE)
            .map(OsString::into_string)
            .transpose()
            .map_err(|_| Problem::new(Code::PassphraseWrong).with("reason", "not_text"))?;
        Ok(Self {
            passphrase: passphrase.map(Secret::new),
            key_file: std::env::var_os(KEY_FILE).map(PathBuf::from),
            auto_keychain,
        })
    }

    pub(super) fn passphrase(&self) -> Option<&Secret> {
        self.passphrase.as_ref().filter(|text| !text.is_empty())
    }

    pub(super) fn key_file(&self) -> Option<&PathBuf> {
        self.key_file
            .as_ref()
            .filter(|path| !path.as_os_str().is_empty())
    }

    /// A variable that is set to nothing, where nobody can be asked what was meant: taking the keychain instead would be a
    /// choice that nobody made.
    pub(super) fn refuse_empty(&self) -> Result<()> {
        if !self.auto_keychain {
            return Ok(());
        }
        match (&self.passphrase, &self.key_file) {
            (Some(text), _) if text.is_empty() => super::passphrase::check(text),
            (_, Some(path)) if path.as_os_str().is_empty() => {
                Err(super::home::key_file_not_named())
            }
            _ => Ok(()),
        }
    }
}
