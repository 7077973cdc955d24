//! The domain of Readdress: everything that must be right lives here.
//!
//! Not here: windows, Tauri, sentences for people (those are `text/*.json`), and the practice services.
//! Pure files import no I/O and no clock; `now` is passed in. `engine` is the only room that joins the pieces.

pub mod ask;
pub mod backup;
pub mod change;
pub mod clock;
pub mod db;
pub mod email;
pub mod engine;
pub mod error;
pub mod folder;
pub mod http;
pub mod kill;
pub mod link;
pub mod mail;
pub mod mailbox;
pub mod manifest;
pub mod process;
pub mod profile;
pub mod secret;
pub mod typo;
pub mod vault;
pub mod view;
