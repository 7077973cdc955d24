//! Sentences for people, from `text/*.json`, for the programs that are written in Rust.
//!
//! Not here: the sentences; which one is said when (the CLI, the shell); the page, which reads the same files itself.

pub mod clean;
pub mod words;

pub use words::{Gaps, Language, Words};
