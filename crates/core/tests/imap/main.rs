//! The conversation with a mail server, against one that plays from a script: what it must say, and what it hears.

mod faults;
mod folders;
mod idle;
mod leaks;
mod login;
mod probe;
mod reading;
mod server;
mod starttls;
mod tls;
mod trust;
