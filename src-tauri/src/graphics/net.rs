//! The net under the choice of `graphics`: sets what was chosen, looks whether the page is painted, notes for the next start what was
//! not, and loads the page again where its process dies. Who has a blank window has no terminal to set a variable in.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tauri::{AppHandle, Manager as _, Runtime, WebviewWindow};

use super::note::{self, Note};
use super::{Choice, Drawing, choose, drivers, machine};
use crate::state::{Shell, lock};
use crate::window;

/// A shown window that is blank for so long stays blank: a start takes half a second, on a slow disk a few.
const LONG_ENOUGH: Duration = Duration::from_secs(20);
/// So often a run loads the page again whose process has died. One that dies at once would go on for ever.
const AGAIN: u8 = 3;

/// How this start draws.
#[derive(Debug, Clone)]
pub struct Drawn {
    pub choice: Choice,
    note: Note,
}

/// Chooses how to draw, and sets it. Before the first thread of the process: it writes to the environment.
pub fn apply(folder: Option<&Path>) -> Drawn {
    let mut facts = machine::facts(Path::new("/"), &|name| std::env::var_os(name));
    let of = [
        env!("CARGO_PKG_VERSION").to_owned(),
        tauri::webview_version().unwrap_or_default(),
        drivers(&facts),
    ];
    let file = folder.map(note::file_in).unwrap_or_default();
    let note = Note::read(&file, &of.join(" "));
    facts.failed = note.failed();
    let choice = choose(&facts);
    for name in &choice.variables {
        set(name);
    }
    Drawn { choice, note }
}

fn set(name: &str) {
    if std::env::var_os(name).is_some() {
        return;
    }
    #[expect(
        unsafe_code,
        reason = "nothing else runs yet that could read the environment"
    )]
    // SAFETY: `run` is the first that `main` calls, and this comes before it starts a thread.
    unsafe {
        std::env::set_var(name, OsString::from("1"));
    }
}

/// Whether this run has painted. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Net(Arc<Mutex<Inner>>);

struct Inner {
    file: PathBuf,
    note: Note,
    /// `None`: the person's own choice, of which nothing is noted.
    drawing: Option<Drawing>,
    painted: bool,
    deaths: u8,
}

/// Stretches the net under a window that was just made.
pub fn stretch<R: Runtime>(app: &AppHandle<R>, drawn: Drawn) {
    let shell = app.state::<Shell>();
    let (Some(folder), Some(window)) = (shell.folder_path(), app.get_webview_window(window::MAIN))
    else {
        return;
    };
    let net = Net(Arc::new(Mutex::new(Inner {
        file: note::file_in(folder),
        note: drawn.note,
        drawing: drawn.choice.drawing,
        painted: false,
        deaths: 0,
    })));
    app.manage(net.clone());
    load_again(&window, net.clone());
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        // There is a folder to note it in once this is answered.
        if app.state::<Shell>().real().is_err() {
            return;
        }
        net.begun();
        tokio::time::sleep(LONG_ENOUGH).await;
        let shown = app
            .get_webview_window(window::MAIN)
            .is_some_and(|window| is_shown(&window));
        if shown && net.failed() {
            tracing::warn!("the window has painted nothing; the next start draws the other way");
        }
    });
}

fn is_shown<R: Runtime>(window: &WebviewWindow<R>) -> bool {
    window.is_visible().unwrap_or(false) && !window.is_minimized().unwrap_or(true)
}

/// The page is painted: what the page itself has told.
pub fn painted<R: Runtime>(app: &AppHandle<R>) {
    if let Some(net) = app.try_state::<Net>() {
        net.painted();
    }
}

/// Where the page's process dies, the page is loaded again; where that was before it had painted, without a card, which needs no
/// variable. Core holds all that matters, so nothing is lost by it.
fn load_again<R: Runtime>(window: &WebviewWindow<R>, net: Net) {
    use webkit2gtk::{
        HardwareAccelerationPolicy, SettingsExt as _, WebProcessTerminationReason, WebViewExt as _,
    };
    let _ = window.with_webview(move |webview| {
        webview
            .inner()
            .connect_web_process_terminated(move |view, reason| {
                if reason == WebProcessTerminationReason::TerminatedByApi {
                    return;
                }
                let (painted, again) = net.died();
                tracing::error!(?reason, painted, again, "the page's process has ended");
                if !painted && let Some(settings) = view.settings() {
                    settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
                }
                if again {
                    let page = view.uri().filter(|page| !page.is_empty());
                    view.load_uri(page.as_deref().unwrap_or("tauri://localhost"));
                }
            });
    });
}

impl Net {
    fn begun(&self) {
        let mut inner = lock(&self.0);
        if let Some(drawing) = inner.drawing
            && !inner.painted
        {
            inner.tell(|note| note.begun(drawing));
        }
    }

    fn painted(&self) {
        let mut inner = lock(&self.0);
        if !std::mem::replace(&mut inner.painted, true) && inner.drawing.is_some() {
            inner.tell(Note::painted);
        }
    }

    /// `true` where nothing was painted yet, and that is noted now.
    fn failed(&self) -> bool {
        let mut inner = lock(&self.0);
        match inner.drawing {
            Some(drawing) if !inner.painted => {
                inner.tell(|note| note.failed_now(drawing));
                true
            }
            _ => false,
        }
    }

    /// Whether the page had been painted, and whether it is to be loaded again.
    fn died(&self) -> (bool, bool) {
        self.failed();
        let mut inner = lock(&self.0);
        inner.deaths = inner.deaths.saturating_add(1);
        (inner.painted, inner.deaths <= AGAIN)
    }
}

impl Inner {
    /// A folder that takes no note keeps nobody from working.
    fn tell(&mut self, change: impl FnOnce(Note) -> Note) {
        self.note = change(std::mem::take(&mut self.note));
        let _ = self.note.write(&self.file);
    }
}
