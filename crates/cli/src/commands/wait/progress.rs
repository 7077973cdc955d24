//! What is told while waiting, on stderr: what is waited for, how each mailbox is doing, what came. Never a code.
//!
//! Not here: how it ended (`over`).

use std::collections::BTreeMap;

use jiff::Timestamp;
use readdress_core::view::{
    ChangeView, LastMailView, MailOutcome, MailboxView, WatchState, WatchView,
};
use uuid::Uuid;

use crate::console::Console;
use crate::told::Told;
use crate::when;
use crate::words::Words;

pub struct Progress<'a> {
    console: &'a Console,
    /// What was told last of each mailbox.
    told: BTreeMap<Uuid, (WatchState, Option<LastMailView>)>,
}

impl<'a> Progress<'a> {
    pub fn new(console: &'a Console) -> Self {
        Self {
            console,
            told: BTreeMap::new(),
        }
    }

    pub fn begins(&self, view: &ChangeView) {
        self.say(&awaited(view, &self.console.words));
    }

    /// What is new of the mailboxes that get its mail.
    pub fn mailboxes(&mut self, served: &[&MailboxView]) {
        for mailbox in served {
            let now = (mailbox.watch.state, mailbox.watch.last.clone());
            let before = self.told.insert(mailbox.id, now);
            let (state, last) = before.unwrap_or((WatchState::Resting, None));
            // It rests when nothing is waited for any more: that is told by the change itself.
            if state != mailbox.watch.state && mailbox.watch.state != WatchState::Resting {
                for line in stands(mailbox, &mailbox.watch, &self.console.words) {
                    self.say(&line);
                }
            }
            if let Some(new) = mailbox
                .watch
                .last
                .as_ref()
                .filter(|new| last.as_ref() != Some(new))
            {
                self.say(&came(new, &self.console.words));
            }
        }
    }

    fn say(&self, line: &str) {
        if !self.console.json {
            self.console.note(line);
        }
    }
}

/// Six digits, a link, or a code, and to whom.
fn awaited(view: &ChangeView, words: &Words) -> String {
    let Some(waits) = &view.waits_for else {
        return words.say("cli.wait.doubt", &[("address", &view.to)]);
    };
    let address = waits.address.as_deref().unwrap_or(&view.to);
    let what = match waits.looks.as_deref().and_then(digits) {
        _ if waits.what == "link" => words.say("cli.wait.a_link", &[]),
        Some(n) => words.count("cli.wait.digits", n),
        None => words.say("cli.wait.a_code", &[]),
    };
    words.say("cli.wait.begin", &[("what", &what), ("address", address)])
}

/// The N of `\d{N}`.
fn digits(looks: &str) -> Option<u64> {
    looks.strip_prefix(r"\d{")?.strip_suffix('}')?.parse().ok()
}

fn stands(mailbox: &MailboxView, watch: &WatchView, words: &Words) -> Vec<String> {
    let key = match watch.state {
        WatchState::Resting | WatchState::Connecting => "connecting",
        WatchState::Watching => "watching",
        WatchState::Polling => "polling",
        WatchState::Retrying => "retrying",
        WatchState::Stopped => "stopped",
    };
    let time = watch.retry_at.map(when::local).unwrap_or_default();
    let gaps = [("user", mailbox.user.as_str()), ("time", &time)];
    let mut lines = vec![words.say(&format!("cli.wait.{key}"), &gaps)];
    if watch.state == WatchState::Retrying
        && let Some(problem) = &watch.problem
    {
        let told = Told::of(words, problem, None, Some(&mailbox.user));
        lines.extend(told.lines().iter().map(|line| format!("  {line}")));
    }
    lines
}

/// A mail, when it came, from whom, and where it lay.
pub fn mail(at: Timestamp, from: Option<&str>, junk: bool, words: &Words) -> String {
    let key = if junk { "mail_junk" } else { "mail" };
    let time = when::local(at);
    let gaps = [("from", from.unwrap_or_default()), ("time", time.as_str())];
    words.say(&format!("cli.wait.{key}"), &gaps)
}

fn came(last: &LastMailView, words: &Words) -> String {
    let key = match last.outcome {
        MailOutcome::Used => "mail_used",
        MailOutcome::Asked => "mail_asked",
        MailOutcome::NothingFound => "mail_nothing",
    };
    format!(
        "{} {}",
        mail(last.at, last.from.as_deref(), last.junk, words),
        words.say(&format!("cli.wait.{key}"), &[])
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn digits_are_counted_where_the_shape_is_nothing_else() {
        assert_eq!(super::digits(r"\d{6}"), Some(6));
        assert_eq!(super::digits(r"\d{4,8}"), None);
        assert_eq!(super::digits("[0-9A-Z]{6}"), None);
    }
}
