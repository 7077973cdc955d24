//! `wait`, and `change … --wait`: watches the mailboxes in this process until the change has ended, or cannot go on by
//! itself.
//!
//! Several programs may wait for the same change: its intent is a compare-and-set, so its code is sent once.
//! Not here: watching (core), when it is over (`over`), what is told on the way (`progress`).

mod over;
mod progress;

use std::time::Duration;

use jiff::Timestamp;
use readdress_core::change::State;
use readdress_core::engine::Engine;
use readdress_core::error::{Code, Problem};
use readdress_core::view::{ChangeView, MailFindView, MailboxView, ServiceView};
use tokio::time::Instant;
use uuid::Uuid;

use self::over::Over;
use self::progress::Progress;
use super::change;
use super::stop::Stop;
use crate::answer::{Answer, Done, Failure};
use crate::console::Console;
use crate::documents::{ChangeDocument, FindDocument};
use crate::exit::Exit;
use crate::served;
use crate::shell::quoted;

/// How often the folder is asked what other programs did.
const LOOK: Duration = Duration::from_secs(1);
/// How long an unknown request is waited for where nothing was said: a mail would settle it, and may never come.
const LONGEST_DOUBT: Duration = Duration::from_secs(10 * 60);
/// A call under way has ended by then, in one way or another.
const LONGEST_CALL: Duration = Duration::from_secs(75);

/// Whether mail for a change that is about to be requested would be seen at all.
///
/// # Errors
/// `mailbox_needed` where no mailbox gets it; `mail_password_needed` where none that does has its password.
pub fn is_possible(engine: &Engine, profile: Uuid, to: &str) -> Result<(), Failure> {
    if engine.check_address(profile, to)?.problem.is_some() {
        // Nothing will be sent: the refusal says why.
        return Ok(());
    }
    let (view, services) = (engine.profile(profile)?, engine.services()?);
    let from = view.email.as_deref();
    let address = served::of_service(&view.service, &services, from, to);
    if address.is_none() {
        // No step waits for a mail, or the old address is not known before it is read.
        return Ok(());
    }
    ready(&engine.mailboxes()?, address).map_err(|failure| match failure.problem.code {
        Code::MailboxNeeded => failure.instead("mailbox_needed_first"),
        _ => failure,
    })
}

/// Whether a change that was just requested may come to its end by itself.
pub fn goes_on(view: &ChangeView) -> bool {
    view.state == State::AwaitingCode || over::is_in_doubt(view)
}

/// One mailbox at least gets the mail and can be opened.
fn ready(mailboxes: &[MailboxView], address: Option<&str>) -> Result<(), Failure> {
    let served = served::by(mailboxes, address);
    if served.iter().any(|mailbox| mailbox.has_password) {
        return Ok(());
    }
    Err(match served.first() {
        Some(mailbox) => Failure::from(Code::MailPasswordNeeded).name(&mailbox.user),
        None => {
            let mut problem = Problem::new(Code::MailboxNeeded);
            if let Some(address) = address {
                problem = problem.with("address", address);
            }
            problem.into()
        }
    })
}

pub async fn run(
    engine: &Engine,
    name: &str,
    at_most: Option<Duration>,
    console: &Console,
) -> Done {
    let change = engine.find_change(name)?;
    until_over(engine, change, at_most, console).await
}

/// Waits for a change that was requested.
pub async fn until_over(
    engine: &Engine,
    change: Uuid,
    at_most: Option<Duration>,
    console: &Console,
) -> Done {
    let begun = engine.change(change).await?;
    let services = engine.services()?;
    let mut wait = Wait {
        engine,
        console,
        services,
        begun,
    };
    if let Some(over) = wait.look().await? {
        return wait.end(over).await;
    }
    if let Err(failure) = wait.ready() {
        let failure = failure_named(failure, &wait.begun.profile);
        return Ok(change::document(engine, &wait.begun, console).failed(Some(failure)));
    }
    // A locked vault is told now, and not by a mailbox that rests.
    engine.vault().key().await?;
    let over = wait.watch(at_most).await?;
    wait.end(over).await
}

struct Wait<'a> {
    engine: &'a Engine,
    console: &'a Console,
    services: Vec<ServiceView>,
    /// The change as it was when waiting began: what is new since then tells whether a code was tried.
    begun: ChangeView,
}

impl Wait<'_> {
    fn ready(&self) -> Result<(), Failure> {
        let address = served::address(&self.begun, &self.services);
        ready(&self.engine.mailboxes()?, address)
    }

    async fn watch(&mut self, at_most: Option<Duration>) -> Result<Over, Failure> {
        let mut stop = Stop::new();
        let mut news = self.engine.subscribe();
        let begin = Instant::now();
        let mut progress = Progress::new(self.console);
        progress.begins(&self.begun);
        let watch = self.engine.watch_mail();
        let over = loop {
            if let Some(over) = self.look().await? {
                break over;
            }
            // Somebody may remove it, or make a new vault, meanwhile.
            if let Err(failure) = self.ready() {
                let failure = Some(failure);
                break Over::Ended { failure };
            }
            let limit = at_most.or(self.doubt().await?);
            let end = limit.map(|limit| begin + limit);
            if end.is_some_and(|end| Instant::now() >= end) {
                break Over::TimeUp;
            }
            self.tell(&mut progress).await?;
            let next = Instant::now() + LOOK;
            tokio::select! {
                // A message that was missed is none: everything is looked at anew.
                _ = news.recv() => {}
                () = tokio::time::sleep_until(end.map_or(next, |end| end.min(next))) => self.others().await,
                () = stop.asked() => break Over::Left,
            }
        };
        // A mail and its end may come between two looks.
        self.tell(&mut progress).await?;
        drop(watch);
        self.land(&mut stop).await;
        Ok(over)
    }

    async fn tell(&self, progress: &mut Progress<'_>) -> Result<(), Failure> {
        let view = self.engine.change(self.begun.id).await?;
        let mailboxes = self.engine.mailboxes()?;
        let address = served::address(&view, &self.services);
        progress.mailboxes(&served::by(&mailboxes, address));
        Ok(())
    }

    /// What other programs did, or left undone when they died.
    async fn others(&self) {
        let engine = self.engine.clone();
        // A folder that cannot be asked now is asked a second later.
        let _ = tokio::task::spawn_blocking(move || engine.data_version()).await;
    }

    /// An unknown request without a limit of its own is not waited for without end.
    async fn doubt(&self) -> Result<Option<Duration>, Failure> {
        let view = self.engine.change(self.begun.id).await?;
        Ok(over::is_in_doubt(&view).then_some(LONGEST_DOUBT))
    }

    /// A call on its way is not cut, since its outcome would be unknown; whoever asks once more has decided so.
    async fn land(&self, stop: &mut Stop) {
        let end = Instant::now() + LONGEST_CALL;
        while self.engine.calls_under_way() > 0 && Instant::now() < end {
            tokio::select! {
                () = tokio::time::sleep(Duration::from_millis(20)) => {}
                () = stop.asked() => break,
            }
        }
    }

    /// Whether it is over.
    async fn look(&self) -> Result<Option<Over>, Failure> {
        let view = self.engine.change(self.begun.id).await?;
        if let Some(over) = over::of_change(&view, &self.begun, Timestamp::now()) {
            return Ok(Some(over));
        }
        let finds = self.engine.mail_finds();
        if let Some(find) = finds.into_iter().find(|find| find.change == view.id) {
            return Ok(Some(Over::Asked(Box::new(find))));
        }
        let mailboxes = self.engine.mailboxes()?;
        let served = served::by(&mailboxes, served::address(&view, &self.services));
        Ok(over::of_mailboxes(&served))
    }

    async fn end(&self, over: Over) -> Done {
        // What came while the last call landed counts.
        let view = self.engine.change(self.begun.id).await?;
        let over = over::of_change(&view, &self.begun, Timestamp::now()).unwrap_or(over);
        let failure = over
            .failure(&view, &self.service_name())
            .map(|failure| failure_named(failure, &view.profile));
        if let Over::Asked(find) = &over {
            return Ok(self.asked(&view, find).failed(failure));
        }
        let mut answer = change::document(self.engine, &view, self.console);
        let verify_next = matches!(over, Over::Ended { .. });
        if failure.is_none() && verify_next && !self.console.json {
            answer.next = crate::change_text::next(&view, &self.console.words);
        }
        Ok(answer.failed(failure))
    }

    fn service_name(&self) -> String {
        let id = &self.begun.service;
        let service = self.services.iter().find(|known| known.id == *id);
        service.map_or_else(|| id.clone(), |known| known.name.clone())
    }

    /// The choices are told: whoever runs this has to choose.
    fn asked(&self, view: &ChangeView, find: &MailFindView) -> Answer {
        if self.console.json {
            let mut document = ChangeDocument::of(view);
            document.find = Some(FindDocument::of(find));
            return Answer::of(document);
        }
        let mut answer = change::document(self.engine, view, self.console);
        let words = &self.console.words;
        let mut lines = vec![std::mem::take(&mut answer.text)];
        lines.push(progress::mail(
            find.at,
            find.from.as_deref(),
            find.junk,
            words,
        ));
        lines.extend(find.choices.iter().map(|choice| {
            let command = format!(
                "readdress-cli verify {} --code {}",
                quoted(&view.profile),
                quoted(choice)
            );
            words.say("cli.wait.choice", &[("command", &command)])
        }));
        answer.text = lines.join("\n");
        answer
    }
}

/// With the name that a command line goes on with.
fn failure_named(failure: Failure, name: &str) -> Failure {
    match failure.name {
        Some(_) => failure,
        None => failure.name(name),
    }
}

impl Over {
    fn failure(&self, view: &ChangeView, service: &str) -> Option<Failure> {
        let plain = |code, instead| {
            let problem = Problem::new(code).with("label", &view.profile);
            Failure::new(problem, Exit::Failed).instead(instead)
        };
        match self {
            Self::Ended { failure } => failure.clone(),
            Self::Asked(find) => Some(Failure::new(
                find.why.clone().with("service", service),
                Exit::of_change(find.why.code),
            )),
            Self::Stopped { problem, user } => {
                let exit = Exit::of_change(problem.code);
                Some(Failure::new(problem.clone(), exit).name(user))
            }
            Self::TimeUp => Some(plain(Code::TimedOut, "waited_in_vain")),
            Self::Left => Some(plain(Code::Interrupted, "wait_left")),
        }
    }
}
