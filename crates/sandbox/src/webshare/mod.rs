//! Webshare: change the account's email with a link that is mailed to the new address.
//!
//! Facts: <https://apidocs.webshare.io> (change-email, profile, activate-account, errors) and the
//! shapes that the vendor's own SDK holds for real.

mod account;
mod answers;
mod email;
mod errors;

pub use account::WebshareAccount;
pub(crate) use answers::{account_of, answer, route};
pub(crate) use email::{open_link, send_activation_mail};
