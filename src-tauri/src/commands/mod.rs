//! What the page may ask, by group: one file each. Every command is an adapter of one call of core.
//!
//! Not here: their list (`handler`) and their permissions (`capabilities/main.json`).

pub mod app;
pub mod backup;
pub mod changes;
pub mod errands;
pub mod mail;
pub mod practice;
pub mod profiles;
pub mod services;
pub mod settings;
pub mod tools;
pub mod vault;

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
use readdress_core::error::{Code, Result};

pub use crate::argument::Arg;
pub use crate::state::Shell;

/// Runs a command's work. A panic in it is told as `internal`; without this the page would wait for ever.
async fn guarded<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    match AssertUnwindSafe(work).catch_unwind().await {
        Ok(result) => result,
        Err(_) => Err(Code::Internal.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_answer() {
        let work = async { if true { panic!("a defect") } else { Ok(1) } };
        let answer = tauri::async_runtime::block_on(guarded(work));
        assert_eq!(answer.map_err(|problem| problem.code), Err(Code::Internal));
    }
}
