//! The sandbox from outside, over HTTP: each documented answer once, each fault once.

mod common;
mod webshare;
mod z_api;
