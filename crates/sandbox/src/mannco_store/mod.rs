//! Mannco.store: login with an API key, then change the account's email with a mailed code.
//!
//! Facts: <https://docs.mannco.store> (introduction, authentication) and its removed pages (user email,
//! two-factor, account).

mod account;
mod answers;
mod email;
mod envelope;
mod session;
mod texts;

pub use account::ManncoAccount;
pub(crate) use answers::{account_of, answer, limited, route};
pub(crate) use session::{Sessions, refuse_tokens};
