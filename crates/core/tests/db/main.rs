//! The database from outside: what is written comes back, and what goes wrong loses nothing.

mod commits;
mod faults;
mod paging;
mod processes;
mod reads;
mod support;
