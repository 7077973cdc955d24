//! `AppState`: what the page knows of the whole app. The contract has its shape (`ui/src/backend/backend.ts`).

use readdress_core::engine::Engine;
use readdress_core::error::{Problem, Result};
use readdress_core::link;
use readdress_core::view::{HistoryFilter, NetworkSettings, VaultKind, VaultState, VaultView};
use serde::{Deserialize, Serialize};

use crate::preferences::Preferences;
use crate::state::{Mode, Shell};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AppState {
    pub version: String,
    pub mode: Mode,
    pub platform: Platform,
    /// No profile was ever made here.
    pub first_start: bool,
    pub data_folder: String,
    pub data_bytes: u64,
    pub preferences: Preferences,
    /// Of the profiles that are shown: practice has its own.
    pub vault: VaultView,
    /// Of this machine, in practice too: practice calls never use a proxy.
    pub network: NetworkSettings,
    pub notices: Vec<Problem>,
    /// Where newer versions are. It is opened when somebody asks; nothing is fetched from there.
    pub releases: ReleasesPage,
    /// The folder cannot be used at all.
    pub fatal: Option<Problem>,
}

/// The page, and the host that is shown beside it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReleasesPage {
    pub url: String,
    pub host: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Platform {
    Linux,
    Macos,
    Windows,
}

impl Shell {
    /// Never fails: what keeps the folder from being used stands in `fatal`.
    pub fn app_state(&self) -> AppState {
        let mut state = AppState {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            mode: self.mode(),
            platform: here(),
            first_start: false,
            data_folder: self
                .folder_path()
                .map(|path| path.display().to_string())
                .unwrap_or_default(),
            data_bytes: 0,
            preferences: self.preferences(),
            vault: VaultView {
                kind: VaultKind::Unset,
                state: VaultState::Unset,
                problem: None,
                keychain_works: None,
            },
            network: NetworkSettings::default(),
            notices: self.settings_problem().into_iter().collect(),
            releases: releases_page(),
            fatal: None,
        };
        if let Err(problem) = self.fill(&mut state) {
            state.fatal = Some(problem);
        }
        state
    }

    fn fill(&self, state: &mut AppState) -> Result<()> {
        let real = self.real()?;
        state.first_start = nothing_yet(&real)?;
        state.data_bytes = real.folder().bytes();
        state.network = real.network()?;
        state.notices.extend(real.notices());
        state.vault = self.engine()?.vault().view();
        Ok(())
    }
}

fn nothing_yet(engine: &Engine) -> Result<bool> {
    Ok(engine.profiles(None, 1)?.total == 0
        && engine
            .history(&HistoryFilter::default(), None, 1, false)?
            .total
            == 0)
}

fn releases_page() -> ReleasesPage {
    let page = link::outside(link::RELEASES);
    let (url, host) = page.map(|page| (page.url, page.host)).unwrap_or_default();
    ReleasesPage { url, host }
}

fn here() -> Platform {
    if cfg!(target_os = "macos") {
        Platform::Macos
    } else if cfg!(windows) {
        Platform::Windows
    } else {
        Platform::Linux
    }
}
