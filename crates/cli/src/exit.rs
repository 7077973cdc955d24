//! Exit codes, and which problem ends with which.

use std::process::ExitCode;

use readdress_core::error::Code;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    Done = 0,
    /// The service refused, or it did not work.
    Failed = 1,
    /// What was asked cannot be asked.
    Usage = 2,
    /// A call was sent, and its outcome is unknown.
    Unknown = 3,
    /// The vault is not open.
    Vault = 4,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

impl Exit {
    /// For a problem that kept the command from being done at all.
    pub fn of(code: Code) -> Self {
        if is_of_the_vault(code) {
            return Self::Vault;
        }
        match code {
            Code::AnswerNotKept => Self::Unknown,
            Code::EmailInvalid
            | Code::ServiceUnknown
            | Code::ProfileUnknown
            | Code::ChangeUnknown
            | Code::LabelTaken
            | Code::LabelInvalid
            | Code::FieldMissing
            | Code::FieldUnknown
            | Code::FieldInvalid
            | Code::BaseUrlInvalid
            | Code::MailboxInvalid
            | Code::MailboxTwice
            | Code::MailboxUnknown
            | Code::ManifestInvalid
            | Code::ServiceFileUnreadable
            | Code::ProxyInvalid
            | Code::CertificateInvalid => Self::Usage,
            _ => Self::Failed,
        }
    }

    /// For a problem that stands in a change: a service that calls the address invalid has refused it.
    pub fn of_change(code: Code) -> Self {
        if is_of_the_vault(code) {
            Self::Vault
        } else {
            Self::Failed
        }
    }
}

fn is_of_the_vault(code: Code) -> bool {
    matches!(
        code,
        Code::VaultUnset
            | Code::VaultLocked
            | Code::PassphraseWrong
            | Code::PassphraseTooShort
            | Code::KeyFileInvalid
            | Code::KeychainMissing
            | Code::KeychainWrong
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_end_as_the_face_says() {
        assert_eq!(Exit::of(Code::EmailInvalid), Exit::Usage);
        assert_eq!(Exit::of_change(Code::EmailInvalid), Exit::Failed);
        assert_eq!(Exit::of(Code::ChangeOpen), Exit::Failed);
        assert_eq!(Exit::of(Code::AnswerNotKept), Exit::Unknown);
        assert_eq!(Exit::of(Code::VaultLocked), Exit::Vault);
        assert_eq!(Exit::of_change(Code::VaultLocked), Exit::Vault);
    }
}
