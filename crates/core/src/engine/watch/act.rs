//! Gives the values that mails carried: many at once, few to one service, each change's one at a time.
//!
//! The way is the one of a typed code, with its compare-and-set: two programs that watch one mailbox send it once. Not here: which
//! value is whose (`mail::arrived`), the machine (`change::machine`).

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

use super::super::{Engine, lock};
use super::Watching;
use super::desk::{Judged, MailId, last_mail};
use super::finds::Find;
use super::read::Rival;
use crate::change::machine::kept_value;
use crate::change::{Change, State};
use crate::error::{Code, Problem};
use crate::secret::Secret;
use crate::view::MailOutcome;

/// Values on their way to one service at once: one that hangs keeps no other service's codes waiting.
const AT_ONCE: usize = 16;

/// A change whose code is on its way out already is looked at again after this.
const SHORTLY: Duration = Duration::from_millis(50);

/// A value that a mail carried, for its change as it was when the mail was judged.
pub(super) struct Deed {
    pub mail: MailId,
    pub junk: bool,
    pub at: Timestamp,
    pub seen_at: Timestamp,
    pub sender: Option<String>,
    pub judged: Judged,
    pub service: String,
    pub to: Option<String>,
    pub value: Secret,
    /// How often it could not leave this machine.
    pub tries: usize,
}

/// What is to be done, by service.
#[derive(Default)]
struct Queue {
    waiting: HashMap<String, VecDeque<Deed>>,
    running: HashMap<String, usize>,
    /// Those that are tried again, by time; the number keeps two of one moment apart.
    later: BTreeMap<(Instant, u64), Deed>,
    number: u64,
}

impl Queue {
    fn push(&mut self, deed: Deed) {
        let service = deed.service.clone();
        self.waiting.entry(service).or_default().push_back(deed);
    }

    fn push_later(&mut self, deed: Deed, wait: Duration) {
        self.number += 1;
        self.later
            .insert((Instant::now() + wait, self.number), deed);
    }

    /// One that may run now.
    fn next(&mut self) -> Option<Deed> {
        while let Some(first) = self.later.first_entry() {
            if first.key().0 > Instant::now() {
                break;
            }
            let deed = first.remove();
            self.push(deed);
        }
        let running = &mut self.running;
        let free = |service: &str| running.get(service).copied().unwrap_or(0) < AT_ONCE;
        let mut waiting = self.waiting.iter_mut();
        let (service, queue) = waiting.find(|(name, queue)| !queue.is_empty() && free(name))?;
        let deed = queue.pop_front();
        *self.running.entry(service.clone()).or_default() += 1;
        deed
    }

    fn ended(&mut self, service: &str) {
        if let Some(running) = self.running.get_mut(service) {
            *running = running.saturating_sub(1);
        }
    }
}

/// Until nobody finds values any more. What is on its way then goes on to its end.
pub(super) async fn act_on(
    engine: Engine,
    with: Arc<Watching>,
    mut given: mpsc::UnboundedReceiver<Deed>,
) {
    let (done, mut ended) = mpsc::unbounded_channel();
    let mut queue = Queue::default();
    loop {
        while let Some(deed) = queue.next() {
            let (engine, with, done) = (engine.clone(), Arc::clone(&with), done.clone());
            tokio::spawn(async move {
                let place = Place {
                    service: deed.service.clone(),
                    again: None,
                    done,
                };
                engine.act(deed, &with, place).await;
            });
        }
        let later = queue.later.first_key_value().map(|((at, _), _)| *at);
        tokio::select! {
            deed = given.recv() => match deed {
                Some(deed) => queue.push(deed),
                None => return,
            },
            Some((service, again)) = ended.recv() => {
                queue.ended(&service);
                if let Some((deed, wait)) = again {
                    queue.push_later(deed, wait);
                }
            }
            () = sleep_until(later.unwrap_or_else(Instant::now)), if later.is_some() => {}
        }
    }
}

type Again = Option<(Deed, Duration)>;

/// A place among those that run at once: given back also where the one that has it panics.
struct Place {
    service: String,
    again: Again,
    done: mpsc::UnboundedSender<(String, Again)>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let service = std::mem::take(&mut self.service);
        // Nobody counts any more once watching ended.
        let _ = self.done.send((service, self.again.take()));
    }
}

impl Engine {
    async fn act(&self, deed: Deed, with: &Watching, mut place: Place) {
        let change = deed.judged.change;
        if !self.0.desk.begin_acting(change) {
            place.again = Some((deed, SHORTLY));
            return;
        }
        let acting = Acting(self.clone(), change);
        if self.is_judged_anew(&deed) {
            return;
        }
        let given = match self.rival(&deed) {
            Ok(None) => self.give_mailed(&deed).await,
            // The next list has it, and the mail is judged anew.
            Ok(Some(Rival::Rests)) => Ok(None),
            Ok(Some(Rival::OnItsWay)) => {
                place.again = Some((deed, SHORTLY));
                return;
            }
            Err(problem) => Err(problem),
        };
        drop(acting);
        self.0.desk.end_queue(deed.mail, &deed.judged);
        match given {
            Ok(None) => {}
            Ok(Some(change)) => {
                tracing::info!(
                    state = change.state.as_str(),
                    junk = deed.junk,
                    "a code came by mail"
                );
                self.show_used(&deed);
                place.again = again(&change, deed, with);
            }
            Err(problem) => self.not_given(deed, problem),
        }
    }

    /// `None`: it is no longer what was judged, and nothing was done.
    async fn give_mailed(&self, deed: &Deed) -> Result<Option<Change>, Problem> {
        let change = self.ready_change(deed.judged.change).await?;
        let first = deed.tries == 0;
        if change.version != deed.judged.version
            || !matches!(change.state, State::AwaitingCode | State::Unknown)
            || first && self.0.desk.is_used(deed.mail)
            || !may_be_given(&change, &deed.value)
        {
            return Ok(None);
        }
        let change = self
            .give_from(change, &deed.value, deed.sender.as_deref(), deed.at)
            .await?;
        self.0.desk.use_up(deed.mail);
        Ok(Some(change))
    }

    /// The mail was looked at again meanwhile, and what it was judged to be before counts no more.
    fn is_judged_anew(&self, deed: &Deed) -> bool {
        deed.tries == 0 && self.0.desk.queued(deed.mail).as_ref() != Some(&deed.judged)
    }

    fn rival(&self, deed: &Deed) -> Result<Option<Rival>, Problem> {
        match &deed.to {
            Some(address) if deed.tries == 0 => self.rival_at(address, &deed.judged.known),
            _ => Ok(None),
        }
    }

    /// Gives a value that a person chose among those of a mail.
    pub(super) async fn submit_chosen(
        &self,
        find: &Find,
        value: &Secret,
    ) -> Result<Change, Problem> {
        if !self.0.desk.begin_acting(find.change) {
            return Err(Code::Busy.into());
        }
        let _acting = Acting(self.clone(), find.change);
        let change = self.ready_change(find.change).await?;
        let change = self
            .give_from(change, value, find.from.as_deref(), find.at)
            .await?;
        self.0.desk.use_up(find.mail);
        Ok(change)
    }

    /// Gives a value with the mail it comes from: its sender counts as the service's once the change is proved.
    async fn give_from(
        &self,
        change: Change,
        value: &Secret,
        sender: Option<&str>,
        at: Timestamp,
    ) -> Result<Change, Problem> {
        let (db, id) = (&self.0.db, change.id);
        let had = db.has_code_mail(id)?;
        db.put_code_mail(id, sender.unwrap_or_default(), at).await?;
        let given = self.give_value(change, value.clone()).await;
        match &given {
            // Its sender is nobody's then; that a mail's code was tried stays known.
            Ok(change) if was_refused(change, value) => db.put_code_mail(id, "", at).await?,
            Ok(_) => {}
            // Nothing of this mail was used.
            Err(_) if had => db.put_code_mail(id, "", at).await?,
            Err(_) => db.drop_code_mail(id).await?,
        }
        given
    }

    fn show_used(&self, deed: &Deed) {
        let used = self.0.desk.show(deed.mail.0, |view| {
            last_mail(
                view,
                deed.at,
                deed.sender.clone(),
                deed.junk,
                MailOutcome::Used,
            );
        });
        if used {
            self.tell_mail();
        }
    }

    /// A value that cannot be given by itself is offered to the person, with the reason: it must not be lost without a word.
    fn not_given(&self, deed: Deed, problem: Problem) {
        match problem.code {
            // Somebody was quicker: the window, or another program that watches too.
            Code::Busy | Code::ChangeNotOpen | Code::ChangeUnknown => return,
            Code::CodeRefusedBefore => return self.0.desk.use_up(deed.mail),
            _ => {}
        }
        tracing::warn!(code = ?problem.code, "a code that came by mail could not be given");
        let find = Find {
            mail: deed.mail,
            change: deed.judged.change,
            at: deed.at,
            seen_at: deed.seen_at,
            from: deed.sender,
            to: deed.to,
            junk: deed.junk,
            why: problem,
            choices: vec![deed.value],
        };
        if lock(&self.0.desk.finds).put(find) {
            self.tell_mail();
        }
    }
}

/// A change whose code is on its way out, until it is dropped.
struct Acting(Engine, Uuid);

impl Drop for Acting {
    fn drop(&mut self) {
        self.0.0.desk.end_acting(self.1);
    }
}

/// Not where this very value is kept already because the service said something else than "wrong" about it: once more is a
/// person's to decide.
fn may_be_given(change: &Change, value: &Secret) -> bool {
    let kept = kept_value(change, &change.step).is_some_and(|kept| kept.text == *value);
    !kept || change.problem.as_ref().is_none_or(did_not_leave)
}

/// Whether a call ended before anything of it could be taken.
fn did_not_leave(problem: &Problem) -> bool {
    let reason = problem.params.get("reason").map(String::as_str);
    match problem.code {
        Code::Unreachable | Code::RateLimited => true,
        Code::TimedOut => reason == Some("connect"),
        _ => reason == Some("not_taken"),
    }
}

fn was_refused(change: &Change, value: &Secret) -> bool {
    let mut values = change.values.iter();
    values.any(|kept| kept.marked && kept.text == *value)
        || matches!(change.state, State::Refused | State::Expired)
}

/// A value that did not leave is given again a few times, as long as nobody touched its change. Where the service named a time,
/// then. After anything else it rests until a person looks: once more might be a try, or twice.
fn again(change: &Change, mut deed: Deed, with: &Watching) -> Again {
    let problem = change.problem.as_ref()?;
    if change.state != State::AwaitingCode
        || !did_not_leave(problem)
        || !kept_value(change, &change.step).is_some_and(|kept| kept.text == deed.value)
    {
        return None;
    }
    let wait = *with.paces.again.get(deed.tries)?;
    let asked = problem.retry_at.or(change.retry_at);
    let asked = asked.map(|at| at.duration_since((with.wall)()));
    let asked = asked.and_then(|span| Duration::try_from(span).ok());
    let wait = asked.map_or(wait, |asked| asked.max(wait));
    deed.judged.version = change.version;
    deed.tries += 1;
    Some((deed, wait))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deed(n: u128, service: &str) -> Deed {
        Deed {
            mail: (Uuid::nil(), 1),
            junk: false,
            at: Timestamp::UNIX_EPOCH,
            seen_at: Timestamp::UNIX_EPOCH,
            sender: None,
            judged: Judged {
                change: Uuid::from_u128(n),
                version: 1,
                known: Vec::new(),
            },
            service: service.to_owned(),
            to: None,
            value: Secret::new("204617"),
            tries: 0,
        }
    }

    #[test]
    fn a_service_that_hangs_keeps_no_other_waiting() {
        let mut queue = Queue::default();
        for n in 0..100 {
            queue.push(deed(n, "slow"));
        }
        let slow: Vec<Deed> = std::iter::from_fn(|| queue.next()).collect();
        assert_eq!(slow.len(), AT_ONCE);
        queue.push(deed(200, "quick"));
        let quick = queue.next().expect("a place");
        assert_eq!(quick.service, "quick");
        assert!(queue.next().is_none());
        queue.ended("slow");
        let next = queue.next().map(|one| one.judged.change);
        assert_eq!(next, Some(Uuid::from_u128(16)));
    }

    #[test]
    fn what_did_not_leave_comes_again_in_its_time() {
        let mut queue = Queue::default();
        queue.push_later(deed(1, "a"), Duration::from_secs(3600));
        queue.push_later(deed(2, "a"), Duration::ZERO);
        queue.push_later(deed(3, "a"), Duration::ZERO);
        let now: Vec<u128> =
            std::iter::from_fn(|| queue.next().map(|one| one.judged.change.as_u128())).collect();
        assert_eq!(now, [2, 3]);
        assert_eq!(queue.later.len(), 1);
    }
}
