//! One look through a folder: what is new in it, newest first, and what becomes of each mail. Nothing is downloaded but heads, and
//! the beginning of mails that can be for a change that waits.
//!
//! Not here: when it is looked (`mailbox`), which mail is what (`mail::arrived`), sending (`act`).

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use super::super::lock;
use super::act::Deed;
use super::desk::{Judged, MailId, last_mail};
use super::finds::Find;
use super::mailbox::MailboxTask;
use super::post::Talk;
use super::waiting::{Awaited, TOLERANCE};
use crate::error::{Code, Problem, Result};
use crate::mail::arrived::{Verdict, WaitingList};
use crate::mailbox::imap::{Examined, MailFolder};
use crate::secret::Secret;
use crate::view::MailOutcome;

/// Heads asked for at once.
const HEADS: usize = 64;
/// Below so many rows of heads that are all too old, everything is. One alone may have been moved here.
const OLD_ROWS: usize = 2;
/// As much of a mail is read: a code stands at its beginning, attachments behind it.
const MOST_OF_A_MAIL: u32 = 512 << 10;

/// A mail whose text is here.
struct Opened<'m> {
    id: MailId,
    at: Timestamp,
    seen_at: Timestamp,
    junk: bool,
    raw: &'m [u8],
}

impl Opened<'_> {
    /// Dated later than it was seen, and nothing tells when it came: the clock here is behind, and the mail may be from before its
    /// code was asked for.
    fn is_from_the_future(&self) -> bool {
        self.at.duration_since(self.seen_at) > TOLERANCE
    }
}

impl MailboxTask {
    /// Looks at what is new, and leaves the folder open. As it was then.
    pub(super) async fn look(
        &mut self,
        talk: &mut dyn Talk,
        folder: &MailFolder,
    ) -> Result<Examined> {
        let examined = talk.examine(folder).await?;
        self.take();
        if let Some(since) = self.taken.since {
            self.look_for_heads(talk, folder, examined.uid_validity, since)
                .await?;
            self.open_due(talk, folder, examined.uid_validity).await?;
        }
        Ok(examined)
    }

    /// Whether something came into the open folder since the last look. Their number would not tell: one goes, one comes.
    pub(super) async fn has_new(
        &mut self,
        talk: &mut dyn Talk,
        folder: &MailFolder,
        uid_validity: u32,
    ) -> Result<bool> {
        // A server need not tell by itself what came, and searches in what it has told (RFC 3501, 5.2).
        talk.poll().await?;
        let Some(since) = self.taken.since else {
            return Ok(false);
        };
        let memory = self.memory.folder(folder, uid_validity);
        let uids = talk.search(since, memory.from(since)).await?;
        Ok(uids.iter().any(|uid| !memory.knows(*uid)))
    }

    /// The heads of mails that were not seen yet, newest first: below mails that are all too old are only older ones.
    async fn look_for_heads(
        &mut self,
        talk: &mut dyn Talk,
        folder: &MailFolder,
        uid_validity: u32,
        since: Timestamp,
    ) -> Result<()> {
        let from = self.memory.folder(folder, uid_validity).from(since);
        let begun = (self.with.wall)();
        let mut uids = talk.search(since, from).await?;
        uids.sort_unstable_by(|a, b| b.cmp(a));
        uids.dedup();
        let last = uids.first().copied();
        let memory = self.memory.folder(folder, uid_validity);
        uids.retain(|uid| !memory.knows(*uid));
        let mut old_rows = 0;
        for some in uids.chunks(HEADS) {
            let mut heads = talk.heads(some).await?;
            let seen_at = (self.with.wall)();
            let seen = heads.len();
            heads.retain(|head| head.at >= since);
            let list = Arc::clone(&self.taken);
            self.memory
                .keep(folder, uid_validity, &heads, seen_at, &list.list);
            // The newest are opened before older heads are asked for.
            self.open_due(talk, folder, uid_validity).await?;
            let old = seen > 0 && heads.is_empty();
            old_rows = if old { old_rows + 1 } else { 0 };
            if old_rows == OLD_ROWS {
                break;
            }
        }
        self.memory
            .folder(folder, uid_validity)
            .looked_through(since, last, begun);
        Ok(())
    }

    /// Opens the mails that can be for a change that waits, newest first.
    async fn open_due(
        &mut self,
        talk: &mut dyn Talk,
        folder: &MailFolder,
        uid_validity: u32,
    ) -> Result<()> {
        loop {
            self.take();
            let mailbox = self.mailbox;
            let memory = self.memory.folder(folder, uid_validity);
            let Some((uid, seen)) = memory.take_due() else {
                return Ok(());
            };
            let (id, at, seen_at) = ((mailbox, seen.mark), seen.at, seen.seen_at);
            if self.is_on_its_way(id) {
                continue;
            }
            let raw = match talk.mail(uid, MOST_OF_A_MAIL).await {
                Ok(Some(raw)) => raw,
                Ok(None) => continue,
                Err(problem) => {
                    self.memory.folder(folder, uid_validity).put_back(uid, at);
                    return Err(problem);
                }
            };
            let opened = Opened {
                id,
                at,
                seen_at,
                junk: folder.junk,
                raw: &raw,
            };
            self.take();
            self.decide(&opened);
        }
    }

    /// Its code waits to go out for a change that stands as it did then: nothing new would come of another look.
    fn is_on_its_way(&self, mail: MailId) -> bool {
        let queued = self.engine.0.desk.queued(mail);
        queued.is_some_and(|judged| {
            let one = self.taken.changes.get(&judged.change);
            one.is_some_and(|one| self.judged_by(one) == judged)
        })
    }

    fn judged_by(&self, one: &Awaited) -> Judged {
        let address = one.waiting.waits.address.as_deref();
        Judged {
            change: one.waiting.change,
            version: one.version,
            known: address.map_or_else(Vec::new, |address| self.taken.list.at_address(address)),
        }
    }

    fn decide(&self, mail: &Opened<'_>) {
        let list = &self.taken;
        // A mail that was here before its code was asked for is not the answer, whatever its date says.
        let awaited = |change: Uuid| {
            let one = list.changes.get(&change);
            one.filter(|one| mail.seen_at >= one.asked_at)
        };
        let verdicts = judged(&list.list, mail);
        self.engine.0.desk.leave_queue(mail.id);
        // Whose it is can be told once the request that is on its way has ended: then it is looked at again.
        let is_held = |verdict: &Verdict| {
            let one = verdict.change().and_then(awaited);
            one.is_some_and(|one| !one.rests)
        };
        if verdicts.iter().any(is_held) {
            return;
        }
        for verdict in verdicts {
            match verdict {
                Verdict::NotOurs => {}
                Verdict::Nothing { change, problem } => {
                    if awaited(change).is_some() {
                        tracing::info!(code = ?problem.code, junk = mail.junk, "a mail with nothing to send");
                        self.forget(mail, change);
                        self.say(mail, None, MailOutcome::NothingFound);
                    }
                }
                Verdict::Use {
                    change,
                    value,
                    sender,
                } => {
                    if let Some(one) = awaited(change) {
                        self.forget(mail, change);
                        if mail.is_from_the_future() {
                            let why = Problem::new(Code::CodeAmbiguous).with("reason", "time");
                            self.ask(mail, one, why, vec![value], sender);
                        } else {
                            self.give(mail, one, value, sender);
                        }
                    }
                }
                Verdict::Ask {
                    change,
                    why,
                    choices,
                    sender,
                } => {
                    if let Some(one) = awaited(change) {
                        tracing::info!(code = ?why.code, junk = mail.junk, "a mail is asked about");
                        self.ask(mail, one, why, choices, sender);
                    }
                }
            }
        }
    }

    /// What was asked about this mail before is settled.
    fn forget(&self, mail: &Opened<'_>, change: Uuid) {
        if lock(&self.engine.0.desk.finds).drop_mail(mail.id, change) {
            self.engine.tell_mail();
        }
    }

    fn give(&self, mail: &Opened<'_>, one: &Awaited, value: Secret, sender: Option<String>) {
        if self.engine.0.desk.is_used(mail.id) {
            return;
        }
        let deed = Deed {
            mail: mail.id,
            junk: mail.junk,
            at: mail.at,
            seen_at: mail.seen_at,
            sender,
            judged: self.judged_by(one),
            service: one.service.clone(),
            to: one.waiting.waits.address.clone(),
            value,
            tries: 0,
        };
        let desk = &self.engine.0.desk;
        desk.queue(deed.mail, deed.judged.clone());
        // The actor ends with the supervisor, and this task too.
        let _ = self.deeds.send(deed);
    }

    fn ask(
        &self,
        mail: &Opened<'_>,
        one: &Awaited,
        why: Problem,
        choices: Vec<Secret>,
        sender: Option<String>,
    ) {
        let named = self.engine.manifest(&one.service);
        let name = named.map_or_else(|_| one.service.clone(), |manifest| manifest.name.clone());
        let find = Find {
            mail: mail.id,
            change: one.waiting.change,
            at: mail.at,
            seen_at: mail.seen_at,
            from: sender.clone(),
            to: one.waiting.waits.address.clone(),
            junk: mail.junk,
            why: why.with("service", name),
            choices,
        };
        if lock(&self.engine.0.desk.finds).put(find) {
            self.engine.tell_mail();
        }
        self.say(mail, sender, MailOutcome::Asked);
    }

    fn say(&self, mail: &Opened<'_>, from: Option<String>, outcome: MailOutcome) {
        let from = from.or_else(|| crate::mail::arrived::Envelope::read(mail.raw).from);
        self.show(|view| last_mail(view, mail.at, from, mail.junk, outcome));
    }
}

/// A mail that finds a mistake of ours must not end the watch over all others.
fn judged(list: &WaitingList, mail: &Opened<'_>) -> Vec<Verdict> {
    let judge = || list.judge_each(mail.raw, mail.at);
    catch_unwind(AssertUnwindSafe(judge)).unwrap_or_else(|_| {
        tracing::error!(junk = mail.junk, "a mail could not be read");
        Vec::new()
    })
}
