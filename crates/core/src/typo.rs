//! typo
