//! Closing the window while calls are on their way, or while changes wait for a mail in a watched mailbox.
//!
//! The window can always be closed: a page that shows no question within ten seconds is not waited for, and a second close request while the
//! question is open closes. There is no icon in a tray: a second start of the app brings the hidden window back.

use std::time::Duration;

use tauri::{AppHandle, Emitter as _, Manager as _, Runtime, WebviewWindow};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, timeout};

use crate::preferences;
use crate::state::{Shell, lock};
use crate::window::{self, MAIN};

/// A call's own limit is 60 s, and a little for its commit.
const WAIT_FOR_CALLS: Duration = Duration::from_secs(65);
/// How long the page has to put the question.
pub const PATIENCE: Duration = Duration::from_secs(10);
/// Windows ends a program that takes five seconds at the end of the session.
const AT_THE_END: Duration = Duration::from_secs(4);
const LOOK_AGAIN: Duration = Duration::from_millis(100);
/// Between two looks whether something is still waited for without a window; and for the system to take the last notification.
const LOOK_FOR_END: Duration = Duration::from_secs(1);

/// Whether the page shows a dialog, this question or another. It is asked from here, so no policy of the page is in the way.
const ASKS: &str =
    "document.querySelector('dialog[open], [role=dialog], [role=alertdialog]') !== null";

/// How far closing is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Stage {
    #[default]
    Open,
    /// The page puts the question.
    Asked,
    /// Hidden, as long as something is waited for.
    Watching,
    /// Hidden, for the calls on their way.
    Ending,
}

#[derive(Debug, PartialEq, Eq)]
enum Deed {
    Close,
    WaitForCalls,
    Ask,
    Keep,
}

/// `anyway`: a signal, or the person's answer.
fn decide(anyway: bool, preference: preferences::Closing, waiting: u32, calls: usize) -> Deed {
    match preference {
        preferences::Closing::Ask if !anyway && waiting > 0 => Deed::Ask,
        preferences::Closing::Keep if !anyway && waiting > 0 => Deed::Keep,
        _ if calls > 0 => Deed::WaitForCalls,
        _ => Deed::Close,
    }
}

/// Answers whether the window may close now.
pub fn requested<R: Runtime>(app: &AppHandle<R>) -> bool {
    let shell = app.state::<Shell>();
    let preference = shell.preferences().closing;
    let anyway = shell.ends_anyway();
    // Nobody is asked in vain: what waits is looked up only where it matters.
    let waiting = match preference {
        preferences::Closing::Close => 0,
        _ if anyway => 0,
        _ => shell.waiting_for_mail(),
    };
    match decide(anyway, preference, waiting, shell.calls_under_way()) {
        Deed::Close => return true,
        Deed::WaitForCalls => {
            hide(app);
            if shell.set_stage(Stage::Ending) != Stage::Ending {
                tauri::async_runtime::spawn(close_after_calls(app.clone()));
            }
        }
        Deed::Keep => keep(app),
        Deed::Ask => drop(tauri::async_runtime::spawn(ask(app.clone(), waiting))),
    }
    false
}

/// The person's answer.
pub fn answered<R: Runtime>(window: &WebviewWindow<R>, keeps: bool) {
    if keeps {
        keep(window.app_handle());
    } else {
        end(window.app_handle());
    }
}

/// Closes, whatever waits; calls on their way come to their end.
pub fn end<R: Runtime>(app: &AppHandle<R>) {
    app.state::<Shell>().set_ends_anyway(true);
    if let Some(window) = app.get_webview_window(MAIN) {
        let _ = window.close();
    }
}

/// Somebody wants the window back.
pub fn taken_back(shell: &Shell) {
    if shell.stage() != Stage::Asked {
        shell.set_stage(Stage::Open);
    }
    shell.set_ends_anyway(false);
}

async fn ask<R: Runtime>(app: AppHandle<R>, waiting: u32) {
    let Some(window) = app.get_webview_window(MAIN) else {
        return;
    };
    let shell = app.state::<Shell>();
    let asked_before = shell.set_stage(Stage::Asked) == Stage::Asked;
    if asked_before && shows_question(&window).await != Some(false) {
        return end(&app);
    }
    let _ = app.emit_to(MAIN, "closing", waiting);
    let until = Instant::now() + shell.patience();
    while Instant::now() < until {
        if shell.stage() != Stage::Asked || shows_question(&window).await == Some(true) {
            return;
        }
        sleep(LOOK_AGAIN).await;
    }
    if shell.stage() == Stage::Asked {
        tracing::warn!("the page did not ask whether to close");
        end(&app);
    }
}

/// `None`: the page does not answer.
async fn shows_question<R: Runtime>(window: &WebviewWindow<R>) -> Option<bool> {
    let (send, answer) = oneshot::channel();
    let send = std::sync::Mutex::new(Some(send));
    let told = move |text: String| {
        if let Some(send) = lock(&send).take() {
            let _ = send.send(text == "true");
        }
    };
    window.eval_with_callback(ASKS, told).ok()?;
    timeout(Duration::from_secs(1), answer).await.ok()?.ok()
}

fn hide<R: Runtime>(app: &AppHandle<R>) {
    if let Some(window) = app.get_webview_window(MAIN) {
        let _ = window.hide();
    }
}

fn keep<R: Runtime>(app: &AppHandle<R>) {
    hide(app);
    if app.state::<Shell>().set_stage(Stage::Watching) != Stage::Watching {
        tauri::async_runtime::spawn(end_when_nothing_waits(app.clone()));
    }
}

/// Between a mail and its call nothing may seem to wait, so it is looked twice.
async fn end_when_nothing_waits<R: Runtime>(app: AppHandle<R>) {
    let shell = app.state::<Shell>();
    let mut nothing = 0;
    while nothing < 2 {
        sleep(LOOK_FOR_END).await;
        if shell.stage() != Stage::Watching {
            return;
        }
        let waits = shell.calls_under_way() > 0 || shell.waiting_for_mail() > 0;
        nothing = if waits { 0 } else { nothing + 1 };
    }
    if shell.is_mail_stopped() {
        // Only the person can mend it, and was told that it is watched.
        return window::raise(&app);
    }
    if let Some(notices) = shell.notices() {
        notices.settle().await;
    }
    sleep(LOOK_FOR_END).await;
    if shell.stage() == Stage::Watching {
        tracing::info!("nothing is waited for any more");
        end(&app);
    }
}

async fn close_after_calls<R: Runtime>(app: AppHandle<R>) {
    let shell = app.state::<Shell>();
    let until = Instant::now() + WAIT_FOR_CALLS;
    while shell.calls_under_way() > 0 && Instant::now() < until {
        sleep(Duration::from_millis(50)).await;
    }
    // Raised again meanwhile: somebody wants it.
    if shell.set_stage(Stage::Open) == Stage::Ending
        && let Some(window) = app.get_webview_window(MAIN)
    {
        // The last window's end is the program's.
        let _ = window.destroy();
    }
}

/// The program ends here, whatever is on its way: the system's session ends, where nobody was asked to close. Calls under way get
/// the time that Windows gives, and a little less. Elsewhere there is none under way any more.
pub fn last_wait(shell: &Shell) {
    let until = std::time::Instant::now() + AT_THE_END;
    while shell.calls_under_way() > 0 && std::time::Instant::now() < until {
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// What *Quit* asks for, where the system has such a menu: as closing, but never to go on without a window.
#[cfg(target_os = "macos")]
pub fn quit<R: Runtime>(app: &AppHandle<R>) {
    let shell = app.state::<Shell>();
    let hidden = matches!(shell.stage(), Stage::Watching | Stage::Ending);
    match (app.get_webview_window(MAIN), shell.preferences().closing) {
        (Some(window), preferences::Closing::Ask) if !hidden => drop(window.close()),
        _ => end(app),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preferences::Closing;

    #[test]
    fn only_what_waits_is_asked_about_and_calls_are_always_waited_for() {
        assert_eq!(decide(false, Closing::Ask, 0, 0), Deed::Close);
        assert_eq!(decide(false, Closing::Ask, 2, 0), Deed::Ask);
        assert_eq!(decide(false, Closing::Ask, 2, 1), Deed::Ask);
        assert_eq!(decide(false, Closing::Keep, 2, 0), Deed::Keep);
        assert_eq!(decide(false, Closing::Keep, 0, 0), Deed::Close);
        for preference in [Closing::Ask, Closing::Keep, Closing::Close] {
            assert_eq!(
                decide(true, preference, 2, 0),
                Deed::Close,
                "{preference:?}"
            );
            assert_eq!(decide(true, preference, 2, 1), Deed::WaitForCalls);
            assert_eq!(decide(false, preference, 0, 1), Deed::WaitForCalls);
        }
        assert_eq!(decide(false, Closing::Close, 2, 0), Deed::Close);
    }
}
