//! The sandbox from outside, over HTTP: each documented answer once, each fault once.

mod common;
mod control;
mod delivered;
mod faults;
mod mails;
mod mannco_store;
mod saved;
mod tls;
mod webshare;
mod z_api;
