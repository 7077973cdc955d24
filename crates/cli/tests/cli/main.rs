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
#[cfg(unix)]
mod mail_servers;
#[cfg(unix)]
mod mailbox;
mod manifests;
mod open;
mod pair;
mod pair_races;
mod play;
#[cfg(unix)]
mod post;
mod release;
#[cfg(unix)]
mod rights;
mod shipped;
mod stage;
mod steps;
#[cfg(target_os = "linux")]
mod sync;
mod terminal;
mod torn;
mod unknown;
mod usage;
mod vault;
#[cfg(unix)]
mod wait;
