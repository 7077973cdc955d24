//! The shell, asked as the page asks it: over IPC, on Tauri's mock runtime, against the practice services.

mod backup;
mod closing;
mod closing_mail;
#[path = "../../command_names.rs"]
mod command_names;
mod errands;
mod events;
mod fatal;
mod hostile;
mod lists;
mod mail;
mod notices;
mod practice;
mod profiles;
mod settings;
mod support;
mod vault;
