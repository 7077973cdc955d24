//! One change on one fresh account, with kills on its way, driven to its end as a person would.

use std::collections::VecDeque;
use std::process::Command;
use std::time::Duration;

use rand::Rng;
use rand::rngs::StdRng;

use crate::judge::{self, Counts};
use crate::seen::{self, Seen};
use crate::stage::{House, Stage};
use crate::strike::{Ran, Strike, run};
use crate::targets::{Target, plan};
use crate::user::{self, Act, Done, Wishes};

/// More starts than any change needs, kills included.
const MOST_ACTS: usize = 30;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    Changed,
    Cancelled,
    Unknown,
}

/// One kill, and what became of the change that it fell on.
#[derive(Debug)]
pub struct Hit {
    pub target: Target,
    /// Starts of the program after it, until the change rested.
    pub starts: u32,
    pub was_unknown: bool,
}

#[derive(Debug)]
pub struct Played {
    pub last: Seen,
    pub ended: Ended,
    pub hits: Vec<Hit>,
}

pub struct Game {
    house: House,
    account: String,
    label: String,
    to: String,
    wishes: Wishes,
    stale_token: bool,
    strikes: VecDeque<(Target, Act, Strike)>,
    done: Done,
    hits: Vec<Hit>,
    /// What was done, for whoever reads of a violation.
    log: Vec<String>,
}

impl Game {
    pub fn new(number: usize, target: Target, random: &mut StdRng) -> Self {
        let plan = plan(target, random);
        Self {
            house: plan.house,
            account: format!("account-{number}"),
            label: format!("p{number}"),
            to: format!("after-{number}@practice.example"),
            wishes: plan.wishes,
            stale_token: plan.stale_token,
            strikes: plan.strikes.into(),
            done: Done::default(),
            hits: Vec::new(),
            log: Vec::new(),
        }
    }

    /// # Errors
    /// What was broken, in words, with all that was done before.
    pub fn play(mut self, stage: &mut Stage, random: &mut StdRng) -> Result<Played, String> {
        self.drive(stage, random).map_err(|broken| {
            format!(
                "{broken}\n{} at {:?}:\n  {}",
                self.label,
                self.house,
                self.log.join("\n  ")
            )
        })
    }

    fn drive(&mut self, stage: &mut Stage, random: &mut StdRng) -> Result<Played, String> {
        stage.open_account(self.house, &self.account);
        let mut added = false;
        let mut before: Option<Seen> = None;
        for _ in 0..MOST_ACTS {
            if !added {
                added = self.add(stage, random)?;
                continue;
            }
            let looked = self.act(Act::Look, stage, random)?;
            if looked.killed {
                continue;
            }
            let seen = self.read(stage, &looked, before.as_ref())?;
            let has_mail = stage.sandbox.last_mail(&self.to).is_some();
            match user::next(seen.as_ref(), self.wishes, self.done, has_mail) {
                Some(act) => drop(self.act(act, stage, random)?),
                None => return self.end(seen.ok_or("nothing is there")?),
            }
            before = seen;
        }
        Err("the change does not come to an end".to_owned())
    }

    /// Adds the profile, or finds that a start that was killed had added it.
    fn add(&mut self, stage: &mut Stage, random: &mut StdRng) -> Result<bool, String> {
        let added = self.act(Act::Add, stage, random)?;
        if !added.killed {
            return Ok(true);
        }
        loop {
            let looked = self.act(Act::Look, stage, random)?;
            if !looked.killed {
                return Ok(looked.code == Some(0));
            }
        }
    }

    fn act(&mut self, act: Act, stage: &mut Stage, random: &mut StdRng) -> Result<Ran, String> {
        let (target, strike) = self.strike_for(act, stage, random);
        if act == Act::Verify && std::mem::take(&mut self.stale_token) {
            stage.sandbox.refuse_tokens(Some(&self.account));
        }
        let before = Counts::now(stage, self.house, &self.account);
        let (command, input) = self.command(act, stage);
        let ran = run(command, &input, &strike, stage, self.house, &self.account)?;
        self.log.push(format!(
            "{act:?} {strike:?}: {}",
            if ran.killed {
                "killed".to_owned()
            } else {
                format!("exit {:?}", ran.code)
            }
        ));
        let after = Counts::now(stage, self.house, &self.account);
        judge::sent(act, &before, &after)?;
        for hit in &mut self.hits {
            hit.starts += 1;
        }
        if ran.killed {
            let target = target.ok_or("killed, and not by us")?;
            self.hits.push(Hit {
                target,
                starts: 0,
                was_unknown: false,
            });
            judge::database_of_the_killed(stage)?;
        } else {
            judge::exit(act, &ran)?;
            stage.learn(act, ran.took);
        }
        match act {
            Act::Resend => self.done.resends += 1,
            Act::Settle => {
                self.done.checks += 1;
                self.done.settles += u32::from(!ran.killed);
            }
            _ => {}
        }
        Ok(ran)
    }

    /// The next strike, if it is meant for such an act.
    fn strike_for(
        &mut self,
        act: Act,
        stage: &Stage,
        random: &mut StdRng,
    ) -> (Option<Target>, Strike) {
        match self.strikes.pop_front() {
            Some((target, wanted, strike)) if wanted == act => match strike {
                Strike::After(_) => {
                    // A little longer than usual, so that the very end is met too.
                    let usual = stage
                        .usual
                        .get(&act)
                        .copied()
                        .unwrap_or(Duration::from_millis(50));
                    let delay = usual.mul_f64(random.random_range(0.0..1.1));
                    (Some(target), Strike::After(delay))
                }
                strike => (Some(target), strike),
            },
            Some(other) => {
                self.strikes.push_front(other);
                (None, Strike::None)
            }
            None => (None, Strike::None),
        }
    }

    fn command(&self, act: Act, stage: &Stage) -> (Command, String) {
        let label = self.label.as_str();
        let words: &[&str] = match act {
            Act::Add => {
                let command = stage.add_command(self.house, &self.account, label);
                return (command, String::new());
            }
            Act::Request => &["change", label, "--to", &self.to, "--anyway"],
            Act::Verify => {
                let mail = stage.sandbox.last_mail(&self.to);
                let text = mail.map(|mail| mail.raw).unwrap_or_default();
                return (stage.command(&["verify", label, "--code", "-"]), text);
            }
            Act::Resend => &["resend", label, "--anyway"],
            Act::Cancel => &["cancel", label],
            Act::Settle => &["settle", label],
            Act::Look => &["history", "--profile", label],
        };
        (stage.command(words), String::new())
    }

    fn read(
        &mut self,
        stage: &Stage,
        looked: &Ran,
        before: Option<&Seen>,
    ) -> Result<Option<Seen>, String> {
        let mut changes = seen::changes(&looked.stdout)?;
        if changes.len() > 1 {
            return Err(format!("one change became {}", changes.len()));
        }
        let seen = changes.pop();
        let counts = Counts::now(stage, self.house, &self.account);
        if let Some(seen) = &seen {
            self.log
                .push(format!("   stands {} at {}", seen.state, seen.step));
            let held = stage.held(self.house, &self.account);
            judge::standing(seen, &counts, held.as_ref(), &self.to)?;
            if seen.state == "unknown" {
                for hit in &mut self.hits {
                    hit.was_unknown = true;
                }
            }
        }
        judge::kept(before, seen.as_ref(), &counts)?;
        Ok(seen)
    }

    fn end(&mut self, last: Seen) -> Result<Played, String> {
        let ended = match last.state.as_str() {
            "changed" => Ended::Changed,
            "cancelled" if self.wishes.cancel => Ended::Cancelled,
            "unknown" => Ended::Unknown,
            other => return Err(format!("it ended {other}")),
        };
        Ok(Played {
            last,
            ended,
            hits: std::mem::take(&mut self.hits),
        })
    }
}
