//! Canaries: made-up secrets, and the search for them in everything that a run left behind. For tests only.
//!
//! A canary is found in whichever spelling it stands: as it is, in base64, hex, UTF-16 or a list of numbers (`forms`),
//! and behind URL, JSON or HTML escapes, also two of them (`views`). Not here: what is run, and which canaries there are
//! (the tests of CLI and shell, `e2e/`). It uses nothing of the product, so that a misreading has to be made twice.

mod folder;
mod forms;
mod process;
mod search;
mod views;

pub use process::family;
pub use search::{Found, Search};
