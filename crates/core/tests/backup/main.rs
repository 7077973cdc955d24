//! Backups: what is written, what comes back, and what a broken one does (nothing).

mod broken;
mod export;
mod mail;
mod many;
mod restore;
mod round_trip;
mod schema;
mod support;
