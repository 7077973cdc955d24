//! The vault from outside: each kind, what may be wrong with it, and programs that end between two steps.

mod fake;
mod key_changes;
mod keychain;
mod kinds;
mod sealing;
