//! Window preferences in `settings.json`: only what a person can choose again in a moment.
//!
//! They are written by tauri-plugin-store. It saves by truncating the file in place and swallows what it cannot load,
//! so the file is looked at here first: a damaged one is set aside and reported, never overwritten. Not here: what
//! must survive (core's database), and any command of the plugin for the page, which has no permission on it.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use readdress_core::error::{Code, Problem, Result};
use readdress_core::folder::private_file;
use serde::{Deserialize, Serialize};
use tauri::{AppHandle, Runtime};
use tauri_plugin_store::StoreExt as _;

/// Most that the page may keep of its view, in bytes.
const LARGEST_VIEW: usize = 64 << 10;

/// As the contract has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// `None`: follow the system's languages.
    pub language: Option<Language>,
    pub theme: Theme,
    pub text_size: TextSize,
    /// The system shows when a code came, a change is done, or a code is about to run out.
    pub notify: bool,
    /// The clipboard may be looked at when the window gets the focus.
    pub clipboard_offer: bool,
    /// What closing the window does while a watched mailbox is waited for.
    pub closing: Closing,
    /// View state of the lists, free for the page.
    pub view: BTreeMap<String, String>,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            language: None,
            theme: Theme::default(),
            text_size: TextSize::default(),
            notify: true,
            clipboard_offer: false,
            closing: Closing::default(),
            view: BTreeMap::new(),
        }
    }
}

impl Preferences {
    /// Small enough to be read at each start.
    pub fn is_small(&self) -> bool {
        let held = |(key, value): (&String, &String)| key.len() + value.len();
        self.view.iter().map(held).sum::<usize>() <= LARGEST_VIEW
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Language {
    #[serde(rename = "en")]
    English,
    #[serde(rename = "pt-BR")]
    Portuguese,
    #[serde(rename = "es")]
    Spanish,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextSize {
    Small,
    #[default]
    Normal,
    Large,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closing {
    #[default]
    Ask,
    /// Without a window until nothing is waited for.
    Keep,
    Close,
}

pub fn file_in(folder: &Path) -> PathBuf {
    folder.join("settings.json")
}

/// The preferences on disk, else the first ones. The problem tells where a damaged file was put.
pub fn load(file: &Path) -> (Preferences, Option<Problem>) {
    let bytes = match std::fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return (Preferences::default(), None),
        Err(error) => {
            let problem = damaged(file).with("reason", error.kind().to_string());
            return (Preferences::default(), Some(problem));
        }
    };
    match parse(&bytes) {
        Ok(preferences) => (preferences, None),
        Err(_) => (Preferences::default(), Some(set_aside(file))),
    }
}

/// The preferences on disk, where they can be read; nothing is set aside. For a folder that is not ours to touch.
pub fn peek(file: &Path) -> Preferences {
    let bytes = std::fs::read(file).unwrap_or_default();
    parse(&bytes).unwrap_or_default()
}

/// A list would pass for preferences with serde, and the store takes nothing but an object.
fn parse(bytes: &[u8]) -> serde_json::Result<Preferences> {
    let object: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(bytes)?;
    serde_json::from_value(object.into())
}

/// The plugins that write these files leave them to everybody's eyes, but keep the rights of one that is there. So it is there
/// first: empty, for this user only. Without it they still work.
pub fn prepare(file: &Path) {
    let new = file.with_extension("new");
    let written = private_file(
        &new,
        OpenOptions::new().write(true).create(true).truncate(true),
    )
    .and_then(|mut empty| empty.write_all(b"{}"));
    // Linked under its name only where nothing is: whole at once, and over nobody's file.
    if written.is_ok() {
        let _ = std::fs::hard_link(&new, file);
    }
    let _ = std::fs::remove_file(&new);
}

fn set_aside(file: &Path) -> Problem {
    let now = Timestamp::now().strftime("%Y%m%dT%H%M%SZ");
    let kept = file.with_file_name(format!("settings.damaged-{now}.json"));
    match std::fs::rename(file, &kept) {
        Ok(()) => damaged(&kept),
        // It stays where it is until the next save; the sentence names it all the same.
        Err(error) => damaged(file).with("reason", error.kind().to_string()),
    }
}

fn damaged(file: &Path) -> Problem {
    Problem::new(Code::SettingsDamaged).with("file", file.display().to_string())
}

/// Writes them; keys that another version put there stay.
///
/// # Errors
/// `disk_full`, `folder_read_only`.
pub fn save<R: Runtime>(app: &AppHandle<R>, file: &Path, preferences: &Preferences) -> Result<()> {
    prepare(file);
    let store = app
        .store_builder(file)
        // A save that nobody waits for would be a save whose error nobody hears.
        .disable_auto_save()
        .build()
        .map_err(|error| cannot_write(&error, file))?;
    let all = serde_json::to_value(preferences).map_err(|_| Code::Internal)?;
    for (key, value) in all.as_object().into_iter().flatten() {
        store.set(key.clone(), value.clone());
    }
    store.save().map_err(|error| cannot_write(&error, file))
}

fn cannot_write(error: &tauri_plugin_store::Error, file: &Path) -> Problem {
    let code = match error {
        tauri_plugin_store::Error::Io(error)
            if matches!(
                error.kind(),
                ErrorKind::StorageFull | ErrorKind::QuotaExceeded
            ) =>
        {
            Code::DiskFull
        }
        tauri_plugin_store::Error::Io(_) => Code::FolderReadOnly,
        _ => Code::Internal,
    };
    Problem::new(code).with("file", file.display().to_string())
}
