//! The net under the choice of `graphics`: sets what was chosen, looks whether the page is painted, notes for the next start what was
//! not, and loads the page again where its process dies. Who has a blank window has no terminal to set a variable in.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tauri::{AppHandle, Manager as _, Runtime, WebviewWindow};

use super::note::{self, Note};
use super::{Choice, Drawing, blank, choose, drivers, machine};
use crate::state::{Shell, lock};
use crate::window;

/// A shown window that is blank for so long stays blank: a start takes half a second, on a slow disk a few.
const LONG_ENOUGH: Duration = Duration::from_secs(20);
/// So often in a row a run loads the page again whose process has died. One that dies at once would go on for ever.
const AGAIN: u8 = 3;
/// After so long without a death the next one is the first of its row: a window that stands open for weeks may lose its page now and
/// then, for want of memory.
const CALM: Duration = Duration::from_secs(10 * 60);
/// Ctrl+C and the end of the session reach the page's process as well as this one; by then it is known that it was one of these.
const HEARD_BY: Duration = Duration::from_millis(300);

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
    /// Of this row, and when the last one was.
    deaths: u8,
    died_at: Option<Instant>,
}

/// Stretches the net under a window that was just made.
pub fn stretch<R: Runtime>(app: &AppHandle<R>, drawn: Drawn) {
    let shell = app.state::<Shell>();
    // Of a folder that is not ours to touch nothing is noted.
    let (Some(folder), Some(window)) = (
        shell.folder_to_write(),
        app.get_webview_window(window::MAIN),
    ) else {
        return;
    };
    let net = Net(Arc::new(Mutex::new(Inner {
        file: note::file_in(folder),
        note: drawn.note,
        drawing: drawn.choice.drawing,
        painted: false,
        deaths: 0,
        died_at: None,
    })));
    app.manage(net.clone());
    hear_deaths(&window, net.clone());
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
        if shown && net.failed().is_some() {
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

/// What becomes of a window whose page has no process any more.
#[derive(Debug, PartialEq, Eq)]
enum After {
    /// The program is ending.
    Nothing,
    /// The page is loaded again. Core holds all that matters, so nothing is lost by it.
    LoadAgain,
    /// The program starts anew, and then draws without the card.
    StartAnew,
    /// Neither helps.
    Tell,
}

fn hear_deaths<R: Runtime>(window: &WebviewWindow<R>, net: Net) {
    use webkit2gtk::{WebProcessTerminationReason, WebViewExt as _};
    let app = window.app_handle().clone();
    let _ = window.with_webview(move |webview| {
        webview
            .inner()
            .connect_web_process_terminated(move |view, reason| {
                if reason == WebProcessTerminationReason::TerminatedByApi {
                    return;
                }
                let (app, net, view) = (app.clone(), net.clone(), view.clone());
                gtk::glib::timeout_add_local_once(HEARD_BY, move || {
                    let ends = app.state::<Shell>().ends_anyway();
                    let after = net.died(ends, Instant::now());
                    tracing::error!(?reason, ?after, "the page's process has ended");
                    match after {
                        After::Nothing => {}
                        After::LoadAgain => {
                            let page = view.uri().filter(|page| !page.is_empty());
                            view.load_uri(page.as_deref().unwrap_or("tauri://localhost"));
                        }
                        After::StartAnew => app.request_restart(),
                        After::Tell => blank::tell(&app),
                    }
                });
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
        if !std::mem::replace(&mut inner.painted, true)
            && let Some(drawing) = inner.drawing
        {
            inner.tell(|note| note.painted(drawing));
        }
    }

    /// How it drew, where nothing was painted yet and that is noted now.
    fn failed(&self) -> Option<Drawing> {
        let mut inner = lock(&self.0);
        let drawing = inner.drawing.filter(|_| !inner.painted)?;
        inner
            .tell(|note| note.failed_now(drawing))
            .then_some(drawing)
    }

    fn died(&self, ends: bool, now: Instant) -> After {
        if ends {
            return After::Nothing;
        }
        // Noted on disk, so the next start finds it and draws without the card. Where that has failed as well it would begin with the
        // card again, and end here again, for ever.
        let other_works = !lock(&self.0).note.failed().contains(&Drawing::Processor);
        if self.failed() == Some(Drawing::Card) && other_works {
            return After::StartAnew;
        }
        let mut inner = lock(&self.0);
        let last = inner.died_at.replace(now);
        if last.is_some_and(|last| now.saturating_duration_since(last) > CALM) {
            inner.deaths = 0;
        }
        inner.deaths = inner.deaths.saturating_add(1);
        if inner.deaths <= AGAIN {
            After::LoadAgain
        } else {
            After::Tell
        }
    }
}

impl Inner {
    /// Whether it could be written down. A folder that takes no note keeps nobody from working.
    fn tell(&mut self, change: impl FnOnce(Note) -> Note) -> bool {
        self.note = change(std::mem::take(&mut self.note));
        self.note.write(&self.file).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    fn net(folder: &Path, drawing: Option<Drawing>) -> Net {
        Net(Arc::new(Mutex::new(Inner {
            file: note::file_in(folder),
            note: Note::read(&note::file_in(folder), "this"),
            drawing,
            painted: false,
            deaths: 0,
            died_at: None,
        })))
    }

    fn failed(folder: &Path) -> Vec<Drawing> {
        Note::read(&note::file_in(folder), "this").failed()
    }

    #[test]
    fn a_page_that_dies_by_the_card_has_the_program_start_anew_without_it() {
        let folder = TempDir::new().expect("a folder");
        let net = net(folder.path(), Some(Drawing::Card));
        net.begun();
        assert_eq!(net.died(false, Instant::now()), After::StartAnew);
        assert_eq!(failed(folder.path()), [Drawing::Card]);
    }

    #[test]
    fn one_that_had_painted_is_loaded_again_a_few_times() {
        let folder = TempDir::new().expect("a folder");
        let net = net(folder.path(), Some(Drawing::Card));
        net.begun();
        net.painted();
        for _ in 0..AGAIN {
            assert_eq!(net.died(false, Instant::now()), After::LoadAgain);
        }
        assert_eq!(net.died(false, Instant::now()), After::Tell);
        assert_eq!(failed(folder.path()), []);
    }

    #[test]
    fn without_a_card_it_does_not_start_anew() {
        let folder = TempDir::new().expect("a folder");
        let own = net(folder.path(), None);
        assert_eq!(own.died(false, Instant::now()), After::LoadAgain);
        assert!(!note::file_in(folder.path()).exists());
        let processor = net(folder.path(), Some(Drawing::Processor));
        assert_eq!(processor.died(false, Instant::now()), After::LoadAgain);
    }

    #[test]
    fn where_nothing_can_be_noted_it_does_not_start_anew() {
        let nowhere = Path::new("/proc/none");
        assert_eq!(
            net(nowhere, Some(Drawing::Card)).died(false, Instant::now()),
            After::LoadAgain
        );
    }

    #[test]
    fn where_both_ways_have_failed_it_does_not_start_anew_for_ever() {
        let folder = TempDir::new().expect("a folder");
        let by_card = net(folder.path(), Some(Drawing::Card));
        assert_eq!(by_card.died(false, Instant::now()), After::StartAnew);
        let by_processor = net(folder.path(), Some(Drawing::Processor));
        assert_eq!(by_processor.died(false, Instant::now()), After::LoadAgain);
        assert_eq!(failed(folder.path()), [Drawing::Card, Drawing::Processor]);
        // The next start of a machine whose card is known to work.
        let again = net(folder.path(), Some(Drawing::Card));
        for _ in 0..AGAIN {
            assert_eq!(again.died(false, Instant::now()), After::LoadAgain);
        }
        assert_eq!(again.died(false, Instant::now()), After::Tell);
    }

    #[test]
    fn a_page_that_ends_with_the_program_says_nothing_about_the_card() {
        let folder = TempDir::new().expect("a folder");
        let net = net(folder.path(), Some(Drawing::Card));
        assert_eq!(net.died(true, Instant::now()), After::Nothing);
        assert_eq!(failed(folder.path()), []);
    }

    #[test]
    fn deaths_that_lie_far_apart_do_not_add_up() {
        let folder = TempDir::new().expect("a folder");
        let net = net(folder.path(), Some(Drawing::Card));
        net.painted();
        let mut now = Instant::now();
        for _ in 0..10 {
            now += CALM + Duration::from_secs(1);
            assert_eq!(net.died(false, now), After::LoadAgain);
        }
    }
}
