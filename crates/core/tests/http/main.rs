//! The sender against servers that do what servers do: one test per fault, each on loopback.

mod answers;
mod connections;
mod faults;
mod http2;
mod proxies;
mod servers;
mod settings;
mod tls;
