//! When it is looked for what is to be told: half a second after something was written, and as time passes.
//!
//! Not here: what is news (`news`), how it is shown (`system`).

use std::time::Duration;

use readdress_core::clock::now;
use readdress_core::engine::Engine;
use readdress_core::error::Result;
use readdress_core::view::{ChangeView, Changed};
use readdress_text::{Language, Words};
use tauri::{AppHandle, Manager as _, Runtime};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::news::{News, Seen};
use super::{said, system};
use crate::events::merge;
use crate::preferences;
use crate::state::Shell;

const LOOK_EVERY: Duration = Duration::from_millis(500);
/// After something was shown: what comes in a burst is gathered, so that a hundred changes are not a hundred messages.
const PAUSE: Duration = Duration::from_secs(3);

/// The way to the one that looks.
pub struct Notices(UnboundedSender<Heard>);

enum Heard {
    Changed(Changed),
    /// Look now, and say when it is done.
    Settle(oneshot::Sender<()>),
}

impl Notices {
    pub fn hear(&self, changed: &Changed) {
        // Nobody looks any more: the program ends.
        let _ = self.0.send(Heard::Changed(changed.clone()));
    }

    /// What is news by now is told when this returns.
    pub async fn settle(&self) {
        let (done, told) = oneshot::channel();
        if self.0.send(Heard::Settle(done)).is_ok() {
            let _ = told.await;
        }
    }
}

/// Tells what becomes of this engine's changes, until the program ends.
pub fn follow<R: Runtime>(app: &AppHandle<R>, engine: Engine) -> Notices {
    let (send, heard) = unbounded_channel();
    let look = Look {
        app: app.clone(),
        engine,
        seen: Seen::default(),
    };
    tauri::async_runtime::spawn(look.run(heard));
    Notices(send)
}

struct Look<R: Runtime> {
    app: AppHandle<R>,
    engine: Engine,
    seen: Seen,
}

impl<R: Runtime> Look<R> {
    async fn run(mut self, mut heard: UnboundedReceiver<Heard>) {
        let open = self.engine.open_changes(false).unwrap_or_default();
        self.seen.begin(open, &self.engine.mail_finds(), now());
        let mut pending = Changed::default();
        let mut not_before = Instant::now();
        let mut tick = interval(LOOK_EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let mut done = None;
            tokio::select! {
                one = heard.recv() => match one {
                    Some(Heard::Changed(one)) => {
                        merge(&mut pending, one);
                        continue;
                    }
                    Some(Heard::Settle(ask)) => done = Some(ask),
                    None => return,
                },
                _ = tick.tick() => if Instant::now() < not_before { continue },
            }
            if self.look(std::mem::take(&mut pending)).await {
                not_before = Instant::now() + PAUSE;
            }
            if let Some(done) = done {
                let _ = done.send(());
            }
        }
    }

    /// Whether something was shown.
    async fn look(&mut self, pending: Changed) -> bool {
        let shell = self.app.state::<Shell>();
        let mut news = Vec::new();
        if pending.all || pending.mail || !pending.changes.is_empty() {
            let changes = self.changed(&pending).await.unwrap_or_default();
            let hand = |view: &ChangeView| {
                let on = |id| shell.is_by_hand(id);
                shell.is_focused() && (on(view.id) || view.profile_id.is_some_and(on))
            };
            news.extend(self.seen.look(changes, hand, now()));
            news.extend(self.seen.asked(&self.engine.mail_finds()));
        }
        news.extend(self.seen.tick(now()));
        if news.is_empty() || !shell.preferences().notify {
            return false;
        }
        self.tell(&news);
        true
    }

    fn tell(&self, news: &[News]) {
        let language = self.app.state::<Shell>().preferences().language;
        let words = Words::new(spoken(language));
        let services = self.engine.services().unwrap_or_default();
        let name = |id: &str| {
            let service = services.iter().find(|service| service.id == id);
            service.map_or_else(|| id.to_owned(), |service| service.name.clone())
        };
        for notice in said::notices(news, &words, name) {
            system::show(&self.app, notice);
        }
    }

    /// The changes that may have moved.
    async fn changed(&self, pending: &Changed) -> Result<Vec<ChangeView>> {
        let mut changes = Vec::new();
        let mut ids = pending.changes.clone();
        if pending.all {
            changes = self.engine.open_changes(false)?;
            let open = |id: &uuid::Uuid| changes.iter().any(|change| change.id == *id);
            ids = self.seen.open().filter(|id| !open(id)).collect();
        }
        for id in ids {
            // One that was removed meanwhile has no end to tell of.
            changes.extend(self.engine.change(id).await);
        }
        Ok(changes)
    }
}

/// As chosen, else the system's.
pub fn spoken(chosen: Option<preferences::Language>) -> Language {
    match chosen {
        Some(preferences::Language::English) => Language::English,
        Some(preferences::Language::Portuguese) => Language::Portuguese,
        Some(preferences::Language::Spanish) => Language::Spanish,
        None => Language::of(&sys_locale::get_locale().unwrap_or_default()),
    }
}
