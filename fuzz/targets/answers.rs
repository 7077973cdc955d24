//! Any bytes as an answer: see `looks/answers.rs`.
#![no_main]

#[path = "looks/answers.rs"]
mod answers;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| answers::look(bytes));
