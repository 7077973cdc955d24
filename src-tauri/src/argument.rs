//! One argument of a command. One that does not fit is told as a `Problem`, and never repeats what was given.

use readdress_core::error::{Code, Problem};
use serde::Deserialize;
use tauri::Runtime;
use tauri::ipc::{CommandArg, CommandItem, InvokeError};

/// Tauri's own conversion rejects with a sentence that holds the value, which may be a secret.
pub struct Arg<T>(pub T);

impl<'de, T: Deserialize<'de>, R: Runtime> CommandArg<'de, R> for Arg<T> {
    fn from_command(command: CommandItem<'de, R>) -> Result<Self, InvokeError> {
        let name = command.key;
        T::deserialize(command)
            .map(Self)
            .map_err(|_| InvokeError::from(Problem::new(Code::Internal).with("argument", name)))
    }
}
