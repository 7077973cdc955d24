//! Readdress against a real mail server: a code comes by itself, and nothing in the mailbox is touched.
//!
//! Where there is no Dovecot each of these says so and ends. Not here: servers that talk nonsense (the connection's own
//! tests play them).
#![cfg(target_os = "linux")]

mod hands_free;
mod large;
mod outages;
mod refused;
mod server;
mod session;
mod support;
