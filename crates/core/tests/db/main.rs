//! The database from outside: what is written comes back, and what goes wrong loses nothing.

#![expect(
    clippy::print_stdout,
    reason = "helper processes talk by it, and a skipped test says so"
)]

mod commits;
mod faults;
mod guards;
mod mailboxes;
mod newer;
mod paging;
mod processes;
mod reads;
mod senders;
mod support;
