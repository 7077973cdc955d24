//! Z-API, mobile instances: the account's email for recovering the two-step PIN.
//!
//! Facts: <https://developer.z-api.io/en/mobile/set-account-email>, `/get-account-email`,
//! `/verify-account-email`, `/security/client-token`.

mod account;
mod answers;

pub use account::{ClientTokenMissing, RequestAnswer, ZApiAccount};
pub(crate) use answers::{account_of, answer, route};
