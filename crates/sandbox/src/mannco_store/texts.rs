//! The two documented sets of error texts.
//!
//! The first set says less: several reasons share one sentence.

use crate::settings::Texts;

/// A business refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    EmailMissing,
    EmailInvalid,
    EmailInUse,
    TooSoon,
    TwoFactor,
    CodeMissing,
    CodeWrong,
    NothingPending,
    TooManyTries,
}

impl Refusal {
    pub(super) fn text(self, texts: Texts) -> &'static str {
        match (self, texts) {
            (Self::EmailMissing, _) => "Email parameter is required",
            (Self::EmailInvalid, _) => "Invalid email format",
            (Self::EmailInUse, _) => "Email already in use",
            (Self::TwoFactor, _) => "2FA validation required",
            (Self::CodeMissing, _) => "code parameter is required",
            (Self::TooSoon, Texts::Old) => {
                "Failed to create email change request! Need to wait 5 mins!"
            }
            (Self::TooSoon, Texts::New) => "Too many requests",
            (Self::CodeWrong | Self::NothingPending | Self::TooManyTries, Texts::Old) => {
                "Can't validate email change"
            }
            (Self::CodeWrong, Texts::New) => "Invalid or expired code",
            (Self::NothingPending, Texts::New) => "Request not found",
            (Self::TooManyTries, Texts::New) => "Too many attempts",
        }
    }
}
