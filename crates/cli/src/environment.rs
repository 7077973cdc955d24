//! The engine, opened as flags and environment say.

use readdress_core::engine::{Engine, Options};
use readdress_core::error::{Code, Problem};
use readdress_core::vault::VaultEnv;

use crate::answer::Failure;
use crate::args::Global;
use crate::console::Console;

/// # Errors
/// What keeps the folder from being opened; `passphrase_wrong` where the variable is no text; `manifest_invalid` where `--services` names no folder.
pub fn open(global: &Global, console: &Console) -> Result<Engine, Failure> {
    if let Some(folder) = global.services.as_ref().filter(|folder| !folder.is_dir()) {
        let problem =
            Problem::new(Code::ManifestInvalid).with("file", folder.display().to_string());
        return Err(Failure::from(problem).instead("services_folder"));
    }
    let engine = Engine::open(Options {
        data_dir: global.data_dir.clone(),
        services_dir: global.services.clone(),
        // Nobody is there to be asked.
        vault: VaultEnv::from_env(true)?,
        ..Options::default()
    })?;
    for notice in engine.notices() {
        console.warn(&notice);
    }
    Ok(engine)
}
