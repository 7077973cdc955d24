//! The vault from outside: each kind, what may be wrong with it, and programs that end between two steps.

#![cfg_attr(
    target_os = "linux",
    expect(
        clippy::print_stdout,
        reason = "helper processes talk by it, and a skipped test says so"
    )
)]

mod fake;
mod key_changes;
#[cfg(target_os = "linux")]
mod key_files;
#[cfg(target_os = "linux")]
mod keychain;
mod keyrings;
#[cfg(target_os = "linux")]
mod kills;
mod kinds;
mod passphrases;
mod sealing;
mod tamper;
mod two_programs;
