//! One change, driven until it rests: turn, commit, call, turn.
//!
//! The intent is on disk before the first byte leaves, the answer before anybody hears of it.
//! Not here: the transitions (`change::machine`), one call (`calls`).

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use uuid::Uuid;

use super::calls::Values;
use super::context::Context;
use super::limits::no_longer_counted;
use super::not_kept::not_kept;
use super::points::points_around;
use super::{Engine, lock};
use crate::change::machine::{Do, Facts, Input, Outcome, Reading, Turn, Why, kept_value, turn};
use crate::change::{Change, State};
use crate::db::{ChangeWrite, Expect, Guard, Job, Use, WaitWrite};
use crate::error::{Code, Problem, Result};
use crate::kill;
use crate::secret::Secret;

/// The closing read-back: so many reads, so far apart (row 5: 3 reads within 15 s).
const CLOSING_READS: usize = 3;
const CLOSING_PAUSE: Duration = Duration::from_secs(4);
/// No further one begins after this: a service that hangs would hold the change for minutes.
const CLOSING_WITHIN: Duration = Duration::from_secs(15);

/// Whether a call waits for room in the service's limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Limits {
    Keep,
    /// The person wants it sent all the same, or no limit is looked at for it.
    #[default]
    Pass,
}

impl Limits {
    pub fn of(anyway: bool) -> Self {
        if anyway { Self::Pass } else { Self::Keep }
    }
}

/// What one run carries from turn to turn.
#[derive(Default)]
pub(super) struct Run {
    limits: Limits,
    /// A login was made in this step.
    fresh: bool,
    /// When the open intent was counted against a limit.
    used_at: Option<Timestamp>,
}

impl Engine {
    /// Drives a change until it rests. It runs on its own task: a caller that goes away or a panic loses no answer.
    ///
    /// # Errors
    /// What the machine or the database refuses; the change is then as it was on disk.
    pub(super) async fn drive(
        &self,
        context: Arc<Context>,
        change: Change,
        input: Input,
        limits: Limits,
    ) -> Result<Change> {
        // Without a sign of life a neighbour would take the call for that of a dead program.
        self.0.db.stay_alive()?;
        let flight = self.take_off(change.id)?;
        let engine = self.clone();
        let id = change.id;
        let task = tokio::spawn(async move {
            let _flight = flight;
            engine.run(&context, change, input, limits).await
        });
        let problem = match task.await {
            Ok(Ok(change)) => return Ok(change),
            Ok(Err(problem)) => problem,
            Err(_) => Code::Internal.into(),
        };
        // Its answer is not on disk, and nobody waits for it any more. Where even this cannot be written now, the next
        // look at the change tries again.
        if self
            .0
            .db
            .change(id)
            .is_ok_and(|stored| self.orphaned(&stored.change))
        {
            let _ = self.recover_one(id);
        }
        Err(problem)
    }

    async fn run(
        &self,
        context: &Arc<Context>,
        mut change: Change,
        mut input: Input,
        limits: Limits,
    ) -> Result<Change> {
        let mut run = Run {
            limits,
            ..Run::default()
        };
        loop {
            let sent = may_have_left(&input);
            let done = match self.put(context, &change, input, &mut run).await {
                // Somebody took the last place meanwhile: it stands there with its time, as if the service had said so.
                Err(problem) if is_too_soon(&problem, &change) => {
                    return self.put_in(context, change, Input::TooSoon(problem)).await;
                }
                Err(problem) if sent => return Err(context.name(not_kept(problem))),
                done => done?,
            };
            change = done.change;
            input = match done.next {
                Do::Nothing => return Ok(change),
                Do::Step(step) | Do::Resend(step) => {
                    let (outcome, facts) =
                        self.guarded_effect(context, &step, &change, &mut run).await;
                    Input::Answered(outcome, facts)
                }
                Do::Login => match self.login(context).await {
                    Ok(()) => {
                        run.fresh = true;
                        Input::LoggedIn
                    }
                    Err(problem) => Input::Answered(Outcome::NotSent(problem), Facts::default()),
                },
                Do::Read(why) => {
                    let (reading, facts) = self.read_for(context, why, &change.to).await;
                    Input::Read(why, reading, facts)
                }
            };
        }
    }

    /// A panic in a call must not leave a change that looks as if it were still on its way.
    async fn guarded_effect(
        &self,
        context: &Arc<Context>,
        step: &str,
        change: &Change,
        run: &mut Run,
    ) -> (Outcome, Facts) {
        let values = values_for(change, step);
        let (engine, context, step, mut fresh) = (
            self.clone(),
            Arc::clone(context),
            step.to_owned(),
            run.fresh,
        );
        let call = tokio::spawn(async move {
            let answer = engine
                .call_effect(&context, &step, &values, &mut fresh)
                .await;
            (answer, fresh)
        });
        match call.await {
            Ok((answer, fresh)) => {
                run.fresh = fresh;
                answer
            }
            Err(_) => (Outcome::NoAnswer(Code::Internal.into()), Facts::default()),
        }
    }

    async fn read_for(&self, context: &Context, why: Why, to: &str) -> (Reading, Facts) {
        match why {
            Why::Before => self.call_read(context, 1).await,
            Why::AfterRefusal | Why::Check => self.call_read(context, 3).await,
            Why::Closing => {
                let (begun, fresh) = (Instant::now(), AtomicBool::new(false));
                let mut last = self.call_read_after(context, 1, &fresh).await;
                for _ in 1..CLOSING_READS {
                    let late = begun.elapsed() + CLOSING_PAUSE > CLOSING_WITHIN;
                    if late || last.0.proves(to) || matches!(last.0, Reading::NotOffered) {
                        break;
                    }
                    tokio::time::sleep(CLOSING_PAUSE).await;
                    last = self.call_read_after(context, 1, &fresh).await;
                }
                last
            }
        }
    }

    /// One turn and its commit. A lost compare is tried again where the input is about our own call.
    pub(super) async fn put(
        &self,
        context: &Context,
        change: &Change,
        input: Input,
        run: &mut Run,
    ) -> Result<Turn> {
        let me = self.0.db.process();
        let mut base = change.clone();
        loop {
            let now = super::now();
            let mut done = turn(&base, &context.shape, input.clone(), me, now)?;
            let seen = self.seen_by(context, &input, Some(&done.change), now)?;
            if done.unchanged && seen.is_none() {
                return Ok(done);
            }
            let mut job = Job {
                profiles: seen.into_iter().collect(),
                ..Job::default()
            };
            if !done.unchanged {
                let expect = Expect::Version(base.version);
                done.change.version = expect.next();
                job.changes = vec![ChangeWrite {
                    change: done.change.clone(),
                    expect,
                    values: self.sealed_values(context, &base, &done.change).await?,
                    events: done.events.clone(),
                }];
            }
            let used_at = count_uses(context, &input, &done, run.used_at, now, &mut job);
            job.waits.extend(asked_to_wait(context, &base, &input, now));
            // What another account shows proves nothing of this one.
            if begins(&input) || matches!(input, Input::Read(Why::Check, ..)) {
                let account = Box::new(context.profile.clone());
                job.guards.push(Guard::SameAccount(account));
            }
            if let (true, Do::Step(step) | Do::Resend(step)) = (begins(&input), &done.next)
                && run.limits == Limits::Keep
            {
                job.guards.extend(self.limit_guards(context, step, now)?);
            }
            let [before, after] = points_around(&input, &done.next);
            kill::point(before);
            match self.0.db.commit(job).await {
                Ok(()) => {
                    kill::point(after);
                    run.used_at = used_at;
                    self.tell(change.profile_id, Some(change.id));
                    return Ok(done);
                }
                Err(problem) if problem.code == Code::Busy && is_ours(&input) => {
                    base = self.change_during(context, base.id).await?;
                    if base.owner != Some(me) {
                        return Err(problem);
                    }
                }
                Err(problem) if problem.code == Code::RateLimited => {
                    return Err(context.name(problem));
                }
                Err(problem) => return Err(problem),
            }
        }
    }

    pub(super) fn take_off(&self, id: Uuid) -> Result<Flight> {
        if lock(&self.0.flights).insert(id) {
            Ok(Flight {
                engine: self.clone(),
                id,
            })
        } else {
            Err(Code::Busy.into())
        }
    }

    /// Calls on their way in this process: closing waits for them.
    pub fn calls_under_way(&self) -> usize {
        lock(&self.0.flights).len()
    }

    /// What dead processes left: unknown, never sent again by itself.
    pub(super) fn recover(&self) -> Result<()> {
        for id in self.0.db.interrupted()? {
            self.recover_one(id)?;
        }
        Ok(())
    }

    pub(super) fn recover_one(&self, id: Uuid) -> Result<()> {
        let stored = self.0.db.change(id)?;
        let shape = self.shape_for(&stored.change);
        let Ok(done) = turn(
            &stored.change,
            &shape,
            Input::OwnerDied,
            self.0.db.process(),
            super::now(),
        ) else {
            return Ok(());
        };
        let write = ChangeWrite {
            change: done.change,
            expect: Expect::Version(stored.change.version),
            values: None,
            events: done.events,
        };
        kill::point("before_recovery");
        let written = self.0.db.commit_blocking(write);
        kill::point("after_recovery");
        match written {
            Err(problem) if problem.code != Code::Busy => Err(problem),
            _ => {
                self.tell(stored.change.profile_id, Some(id));
                Ok(())
            }
        }
    }
}

/// A call on its way; the place is free again when it is dropped.
pub(super) struct Flight {
    engine: Engine,
    id: Uuid,
}

impl Drop for Flight {
    fn drop(&mut self) {
        lock(&self.engine.0.flights).remove(&self.id);
    }
}

/// Requests count against the service's limit from their intent on; a certain refusal gives the place back.
/// Returns when the open intent was counted, to be kept once the job is on disk: a lost compare asks again.
fn count_uses(
    context: &Context,
    input: &Input,
    done: &Turn,
    used_at: Option<Timestamp>,
    now: Timestamp,
    job: &mut Job,
) -> Option<Timestamp> {
    let certain = matches!(
        input,
        Input::Answered(
            Outcome::NotSent(_) | Outcome::Refused(_) | Outcome::CodeWrongOrExpired(_),
            _
        )
    );
    let use_at = |bucket: &str, at| Use {
        service: context.profile.service.clone(),
        profile_id: context.profile.id,
        bucket: bucket.to_owned(),
        at,
    };
    let limits = &context.manifest.limits;
    if certain && let Some(at) = used_at {
        job.forget_uses = limits
            .iter()
            .map(|limit| use_at(&limit.bucket, at))
            .collect();
    }
    // After a login the same step goes out again: its place is the one that it has.
    let again = matches!(input, Input::LoggedIn);
    if let (false, Do::Step(step) | Do::Resend(step)) = (again, &done.next) {
        let counted = limits.iter().filter(|limit| limit.steps.contains(step));
        job.uses = counted.map(|limit| use_at(&limit.bucket, now)).collect();
        let old = |used: &Use| no_longer_counted(&context.manifest, &used.bucket, now);
        job.prune = job.uses.iter().filter_map(old).collect();
        return (!job.uses.is_empty()).then_some(now);
    }
    used_at.filter(|_| !certain)
}

/// What the answer says about the next call of the same step: when it may go out, or that it was taken.
fn asked_to_wait(
    context: &Context,
    before: &Change,
    input: &Input,
    now: Timestamp,
) -> Option<WaitWrite> {
    let Input::Answered(outcome, _) = input else {
        return None;
    };
    let until = match outcome {
        Outcome::Ok | Outcome::CodeSent | Outcome::ReadBack => None,
        Outcome::NotSent(problem) | Outcome::Refused(problem)
            if problem.code == Code::RateLimited =>
        {
            Some(problem.retry_at?)
        }
        _ => return None,
    };
    let step = match &context.shape.resend_step {
        Some(step) if before.resending => step,
        _ => &before.step,
    };
    Some(WaitWrite {
        profile: context.profile.id,
        step: step.clone(),
        now,
        until,
    })
}

/// A person's wish leads to a call; what follows from an answer goes on where it began.
fn begins(input: &Input) -> bool {
    match input {
        Input::Send | Input::Given(_) | Input::Resend { .. } | Input::SendAgain => true,
        Input::Read(why, ..) => *why == Why::Before,
        _ => false,
    }
}

fn is_too_soon(problem: &Problem, change: &Change) -> bool {
    problem.code == Code::RateLimited && change.state == State::Planned
}

/// What the step's templates may name.
fn values_for(change: &Change, step: &str) -> Values {
    let mut values = Values::from([("new_email".to_owned(), Secret::new(change.to.clone()))]);
    if let Some(from) = &change.from {
        values.insert("old_email".to_owned(), Secret::new(from.clone()));
    }
    if let Some(value) = kept_value(change, step) {
        values.insert("code".to_owned(), value.text.clone());
    }
    values
}

/// The turn before this one has sent something.
fn may_have_left(input: &Input) -> bool {
    is_ours(input) && !matches!(input, Input::Answered(Outcome::NotSent(_), _))
}

/// About a call that we made: its result must reach the disk.
fn is_ours(input: &Input) -> bool {
    match input {
        Input::Answered(..) | Input::LoggedIn => true,
        Input::Read(why, ..) => matches!(why, Why::Closing | Why::AfterRefusal),
        _ => false,
    }
}
