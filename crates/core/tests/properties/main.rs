//! What must hold for any input of the pure parts: proptest looks for the one for which it does not.
//!
//! Not here: changes (`change`), manifests and their templates (`manifest_*`), any bytes at all (`fuzz/`).

mod addresses;
mod codes;
mod locks;
mod pastes;
mod pointers;
mod redaction;
mod served;
mod waits;
mod words;
