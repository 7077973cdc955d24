//! The real binary against the real sandbox: names, JSON keys, exit codes and what may never be printed.

mod backup;
mod clock;
mod codes;
mod face;
mod flows;
mod folder;
mod hostile;
mod leaks;
mod limits;
mod lists;
mod manifests;
mod open;
mod pair;
mod pair_races;
mod play;
#[cfg(unix)]
mod rights;
mod stage;
mod unknown;
mod usage;
mod vault;
