//! Any text as a manifest: see `looks/manifest.rs`.
#![no_main]

#[path = "looks/manifest.rs"]
mod manifest;

libfuzzer_sys::fuzz_target!(|source: &str| manifest::look(source));
