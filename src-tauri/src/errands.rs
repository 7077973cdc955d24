//! Errands on their way to the page: those of the start, of a second start that handed over, of the system. The page takes them one by
//! one when it is ready for them, so none is lost while it loads.
//!
//! Not here: what an errand is (`errand`), what the page is answered (`commands::errands`).

use std::collections::VecDeque;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use readdress_core::manifest::ServiceFile;
use tauri::{AppHandle, Emitter as _, Manager as _, Runtime};
use uuid::Uuid;

use crate::arguments::{self, Given};
use crate::errand::Errand;
use crate::state::{Shell, lock};
use crate::window::{self, MAIN};

/// As many as one start may bring, some times over: nobody works through more.
const MOST_WAITING: usize = 100;

#[derive(Default)]
pub struct Errands {
    waiting: Mutex<VecDeque<Errand>>,
    /// The service file that the page shows, as it was read: what was looked at is what is added.
    shown: Mutex<Option<(Uuid, ServiceFile)>>,
}

impl Errands {
    pub fn new(errands: Vec<Errand>) -> Self {
        let waiting = Mutex::new(errands.into());
        Self {
            waiting,
            ..Self::default()
        }
    }

    pub fn add(&self, errands: Vec<Errand>) {
        let mut waiting = lock(&self.waiting);
        let room = MOST_WAITING.saturating_sub(waiting.len());
        waiting.extend(errands.into_iter().take(room));
    }

    pub fn take(&self) -> Option<Errand> {
        lock(&self.waiting).pop_front()
    }

    /// Keeps what is shown now, in place of what was shown before. Answers its token.
    pub fn show(&self, file: ServiceFile) -> Uuid {
        let token = Uuid::now_v7();
        *lock(&self.shown) = Some((token, file));
        token
    }

    pub fn shown(&self, token: Uuid) -> Option<ServiceFile> {
        let shown = lock(&self.shown);
        let (_, file) = shown.as_ref().filter(|(known, _)| *known == token)?;
        Some(file.clone())
    }
}

/// Shows the window, and tells the page that there is something to do.
pub fn give<R: Runtime>(app: &AppHandle<R>, errands: Vec<Errand>) {
    window::raise(app);
    if !errands.is_empty() {
        app.state::<Shell>().errands().add(errands);
        // A page that is not there yet looks by itself when it is.
        let _ = app.emit_to(MAIN, "errand", ());
    }
}

/// A second start hands over what it was for. One that names another data folder only raises the window: what it wants is not here.
pub fn hand_over<R: Runtime>(app: &AppHandle<R>, arguments: Vec<String>, folder: &str) {
    let arguments = arguments.into_iter().skip(1).map(OsString::from);
    let folder = PathBuf::from(folder);
    // Mistakes were told by the second start itself.
    let errands = match arguments::parse(arguments, &folder) {
        Ok(Given::Window { data_dir, errands }) if is_here(app, data_dir.as_deref(), &folder) => {
            errands
        }
        _ => Vec::new(),
    };
    give(app, errands);
}

fn is_here<R: Runtime>(app: &AppHandle<R>, named: Option<&Path>, folder: &Path) -> bool {
    let Some(named) = named else { return true };
    let same = |one: &Path, other: &Path| match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    };
    let shell = app.state::<Shell>();
    let here = shell.folder_path();
    here.is_some_and(|here| same(&folder.join(named), here))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> ServiceFile {
        ServiceFile {
            name: "x.readdress".into(),
            text: text.into(),
        }
    }

    #[test]
    fn they_are_taken_once_in_their_order_and_are_not_endless() {
        let errands = Errands::new(vec![Errand::Practice]);
        errands.add(vec![Errand::Pending; 500]);
        assert_eq!(errands.take(), Some(Errand::Practice));
        let rest = std::iter::from_fn(|| errands.take()).count();
        assert_eq!(rest, MOST_WAITING - 1);
    }

    #[test]
    fn only_what_is_shown_now_can_be_added() {
        let errands = Errands::default();
        let first = errands.show(file("first"));
        let second = errands.show(file("second"));
        assert_eq!(errands.shown(first), None);
        assert_eq!(errands.shown(second), Some(file("second")));
        assert_eq!(errands.shown(Uuid::nil()), None);
    }
}
