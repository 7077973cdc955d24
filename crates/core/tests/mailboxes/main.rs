//! Mailboxes as a person keeps them: added, edited, tried, removed; their servers found.
//!
//! Not here: rows (`db`), new keys (`vault`), backups (`backup`), the conversation with a mail server.

mod edit;
mod keep;
mod secret;
mod servers;
mod stage;
mod tried;
mod web;
