//! What the page is told without asking: `changed` (at most ten times a second) and `app_state`.

use std::time::Duration;

use readdress_core::engine::Engine;
use readdress_core::view::Changed;
use tauri::async_runtime::JoinHandle;
use tauri::{AppHandle, Emitter as _, Manager as _, Runtime};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

use crate::state::{Mode, Shell};
use crate::window::MAIN;

const AT_MOST_EVERY: Duration = Duration::from_millis(100);
const LOOK_FOR_OTHERS: Duration = Duration::from_secs(1);
/// More ids than this in one event say no more than "all".
const IDS_AT_MOST: usize = 200;

/// Tells the page what this engine commits, and that another program has. Ends with its handle's abort.
pub fn watch<R: Runtime>(app: &AppHandle<R>, engine: Engine, of: Mode) -> JoinHandle<()> {
    let app = app.clone();
    let mut news = engine.subscribe();
    tauri::async_runtime::spawn(async move {
        let mut version = others_version(&engine).await;
        let mut state = (clocks_off(&engine), engine.vault().view().state);
        let mut last = Instant::now() - AT_MOST_EVERY;
        let mut look = interval(LOOK_FOR_OTHERS);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let mut changed = Changed::default();
            tokio::select! {
                one = news.recv() => match one {
                    Ok(one) => merge(&mut changed, one),
                    Err(RecvError::Lagged(_)) => changed.all = true,
                    Err(RecvError::Closed) => return,
                },
                _ = look.tick() => {
                    let now = others_version(&engine).await;
                    // A mailbox that is looked at opens the vault without any command of the page.
                    let is = (clocks_off(&engine), engine.vault().view().state);
                    if of == Mode::Real && is != state {
                        state = is;
                        tell_app_state(&app);
                    }
                    if now == version {
                        continue;
                    }
                    version = now;
                    changed.all = true;
                }
            }
            sleep_until(last + AT_MOST_EVERY).await;
            drain(&mut news, &mut changed);
            last = Instant::now();
            tell(&app, of, &changed);
        }
    })
}

/// Whose clock is off; by how much changes with each answer, and is no news.
fn clocks_off(engine: &Engine) -> Vec<[Option<String>; 2]> {
    let notices = engine.clock_notices();
    notices
        .iter()
        .map(|one| ["host", "reason"].map(|name| one.params.get(name).cloned()))
        .collect()
}

fn tell<R: Runtime>(app: &AppHandle<R>, of: Mode, changed: &Changed) {
    let shell = app.state::<Shell>();
    match of {
        Mode::Practice => {
            if let Some(practice) = shell.practice() {
                practice.save();
            }
        }
        Mode::Real => {
            if let Some(notices) = shell.notices() {
                notices.hear(changed);
            }
        }
    }
    if shell.mode() == of {
        // A window that is gone needs no news.
        let _ = app.emit_to(MAIN, "changed", changed);
    }
}

/// Asked on a thread that may wait.
async fn others_version(engine: &Engine) -> i64 {
    let engine = engine.clone();
    tauri::async_runtime::spawn_blocking(move || engine.data_version())
        .await
        .unwrap_or_default()
}

fn drain(news: &mut Receiver<Changed>, into: &mut Changed) {
    loop {
        match news.try_recv() {
            Ok(one) => merge(into, one),
            Err(TryRecvError::Lagged(_)) => into.all = true,
            Err(TryRecvError::Empty | TryRecvError::Closed) => return,
        }
    }
}

pub fn merge(into: &mut Changed, one: Changed) {
    into.all |= one.all;
    into.mail |= one.mail;
    add(&mut into.profiles, one.profiles);
    add(&mut into.changes, one.changes);
    if into.profiles.len() + into.changes.len() > IDS_AT_MOST {
        *into = Changed {
            all: true,
            mail: into.mail,
            ..Changed::default()
        };
    }
}

fn add<T: PartialEq>(into: &mut Vec<T>, more: Vec<T>) {
    for one in more {
        if !into.contains(&one) {
            into.push(one);
        }
    }
}

/// Vault, mode or notices are new.
pub fn tell_app_state<R: Runtime>(app: &AppHandle<R>) {
    let _ = app.emit_to(MAIN, "app_state", app.state::<Shell>().app_state());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_new_is_named_once_and_not_endlessly() {
        let id = |n: u128| uuid::Uuid::from_u128(n);
        let mut all = Changed::default();
        for n in [1, 2, 1] {
            merge(
                &mut all,
                Changed {
                    profiles: vec![id(n)],
                    changes: vec![id(9)],
                    ..Changed::default()
                },
            );
        }
        assert_eq!(
            (all.profiles.len(), all.changes.len(), all.all),
            (2, 1, false)
        );
        merge(
            &mut all,
            Changed {
                changes: (10..300).map(id).collect(),
                ..Changed::default()
            },
        );
        assert!(all.all && all.changes.is_empty() && all.profiles.is_empty());
    }
}
