//! Watching mailboxes, against the practice services and a mailbox in memory: no network, and every count exact.

mod asked;
mod connection;
mod hands_free;
mod many;
mod office;
mod quiet;
mod rivals;
mod support;
mod twice;
