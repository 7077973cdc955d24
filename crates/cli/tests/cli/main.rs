//! The real binary against the real sandbox: names, JSON keys, exit codes and what may never be printed.

mod backup;
mod clock;
mod codes;
#[cfg(unix)]
mod disk;
mod face;
mod flows;
mod folder;
mod hostile;
mod leaks;
mod limits;
mod lists;
mod locked;
mod manifests;
mod open;
mod pair;
mod pair_races;
mod play;
mod release;
#[cfg(unix)]
mod rights;
mod stage;
mod steps;
#[cfg(target_os = "linux")]
mod sync;
mod terminal;
mod torn;
mod unknown;
mod usage;
mod vault;
