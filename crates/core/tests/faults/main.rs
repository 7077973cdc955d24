//! Every fault of the wire, at every kind of step of a whole change: what it proves, what the change makes of it, and
//! how the truth is found afterwards. `cargo test -p readdress-core --test faults -- --nocapture` prints the table.
//!
//! A row (`row`) says what a fault proves; `row::end` says once for all what each step makes of that. `play` drives a
//! change through the engine to the step, spoils that one call at the `gate` before a practice service, compares state,
//! code, how often the call was received and taken, then mends the wire and goes on until the service holds the new
//! address, counted exactly once. Not here: one test per error of the sender alone (`tests/http`).

mod authority;
mod environment;
mod frames;
mod gate;
mod play;
mod proxy;
mod redirect;
mod room;
mod row;
mod script;

mod body;
mod head;
mod http2;
mod login;
mod lost;
mod memory;
mod slow;
mod status;
mod tls;
mod wait;
