//! Any bytes as a paste: see `looks/mail.rs`.
#![no_main]

#[path = "looks/mail.rs"]
mod mail;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| mail::look(bytes));
