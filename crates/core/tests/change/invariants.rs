//! Whatever comes in whatever order, even what no engine would put in: what must hold.

use proptest::prelude::*;
use readdress_core::change::machine::{Do, Input, Turn, kept_value, turn};
use readdress_core::change::{Change, EventKind, Proof, State, show};

use crate::moves::{World, any_moves, any_shape, anything};

/// What holds after every turn, however it came about.
pub fn holds_always(
    world: &World,
    input: &Input,
    done: &Turn,
) -> Result<(), proptest::test_runner::TestCaseError> {
    let (before, after) = (&world.change, &done.change);
    prop_assert!(!before.state.is_end(), "an ended change moved on");
    what_never_changes(before, after)?;
    let intents = done
        .events
        .iter()
        .filter(|event| event.kind == EventKind::Intent)
        .count();
    match &done.next {
        Do::Step(step) | Do::Resend(step) => {
            prop_assert_eq!(intents, 1, "one call, one intent");
            let last = done.events.last();
            prop_assert_eq!(
                last.and_then(|event| event.step.as_ref()),
                Some(step),
                "the intent is the last thing on disk before the bytes leave, and names the step"
            );
            prop_assert_eq!(after.owner, Some(crate::ME));
        }
        _ => prop_assert_eq!(intents, 0, "an intent without a call"),
    }
    if let Do::Step(step) = &done.next {
        prop_assert!(after.state.is_sending() && !after.resending);
        prop_assert_eq!(step, &after.step);
        if world.shape.steps[after.at as usize].waits {
            let value = kept_value(after, step);
            prop_assert!(value.is_some(), "a step that sends a code has none");
            let refused = after.values.iter().any(|other| {
                other.marked
                    && other.step == *step
                    && Some(&other.text) == value.map(|value| &value.text)
            });
            prop_assert!(!refused, "a code that was refused is sent again");
        }
        if before.state == State::Unknown {
            prop_assert!(
                matches!(input, Input::Given(_) | Input::SendAgain | Input::Worked),
                "unknown was sent again by itself"
            );
        }
    }
    if done.unchanged {
        prop_assert!(done.events.is_empty());
        return Ok(());
    }
    prop_assert!(
        !done.events.is_empty(),
        "a change moved and the journal does not say why"
    );
    for event in &done.events {
        prop_assert_eq!(event.at, world.now);
    }
    prop_assert_eq!(after.updated_at, world.now);
    stands_somewhere(world, after)?;
    times_are_true(world, after)?;
    prop_assert_eq!(after.proof.is_some(), after.state == State::Changed);
    match after.proof {
        Some(Proof::ReadBack) => prop_assert!(
            matches!(input, Input::Read(_, reading, _) if reading.proves(&after.to)),
            "proved by something else than a read that proves"
        ),
        Some(Proof::User) => prop_assert!(matches!(input, Input::Worked)),
        Some(Proof::Answer) => prop_assert!(
            !world.shape.has_read || matches!(input, Input::Read(..)),
            "an answer is no proof where the service can be asked"
        ),
        None => {}
    }
    codes_are_kept(world, input, after)
}

fn what_never_changes(
    before: &Change,
    after: &Change,
) -> Result<(), proptest::test_runner::TestCaseError> {
    prop_assert_eq!(
        (before.id, before.profile_id, before.undo_of, before.version),
        (after.id, after.profile_id, after.undo_of, after.version)
    );
    prop_assert_eq!(
        (
            &before.to,
            &before.label,
            &before.service,
            before.created_at
        ),
        (&after.to, &after.label, &after.service, after.created_at)
    );
    prop_assert!(
        after.code_used || !before.code_used,
        "a used code was forgotten"
    );
    Ok(())
}

/// A deadline is new, and then as far off as the manifest says; or it is the one from before. Whatever the clock says,
/// something can be done with an open change that no call holds.
fn times_are_true(
    world: &World,
    after: &Change,
) -> Result<(), proptest::test_runner::TestCaseError> {
    let (before, shape, now) = (&world.change, &world.shape, world.now);
    for (after, before, span) in [
        (after.expires_at, before.expires_at, shape.expires_after),
        (after.resend_at, before.resend_at, shape.resend_after),
    ] {
        let fresh = span.map(|span| now.checked_add(span).unwrap_or(jiff::Timestamp::MAX));
        prop_assert!(after == before || after == fresh, "{after:?} at {now}");
    }
    let can = show::can(after, Some(shape), now);
    if after.state.is_end() {
        prop_assert_eq!(show::shown_state(after, now), after.state);
    } else if after.owner.is_none() {
        prop_assert!(can.cancel, "an open change can be ended");
        let on = can.send || can.submit || can.settle || can.check;
        prop_assert!(on || after.retry_at.is_some_and(|at| now < at), "{can:?}");
    }
    Ok(())
}

/// State, step and owner fit together.
fn stands_somewhere(
    world: &World,
    after: &Change,
) -> Result<(), proptest::test_runner::TestCaseError> {
    let at = after.at as usize;
    let step = world.shape.steps.get(at);
    prop_assert!(at <= world.shape.steps.len());
    prop_assert_eq!(
        after.step.as_str(),
        step.map_or("read", |step| step.id.as_str())
    );
    prop_assert_eq!(
        after.owner.is_some(),
        after.state.is_sending() || after.resending,
        "an owner exactly while a call is on its way"
    );
    prop_assert!(!after.resending || after.state == State::AwaitingCode);
    let waits = step.is_some_and(|step| step.waits);
    match after.state {
        State::Planned => prop_assert!(step.is_some() && !waits),
        State::AwaitingCode => prop_assert!(waits),
        State::Requesting => prop_assert!(!after.code_used),
        State::Verifying => prop_assert!(after.code_used),
        _ => {}
    }
    if after.state == State::Cancelled {
        prop_assert!(after.cancelled_there.is_some());
    }
    Ok(())
}

/// Codes go with the end, marks stay, and tries are forgotten only when the service sent another code.
fn codes_are_kept(
    world: &World,
    input: &Input,
    after: &Change,
) -> Result<(), proptest::test_runner::TestCaseError> {
    let before = &world.change;
    if after.state.is_end() {
        prop_assert!(after.values.is_empty(), "a code outlives its change");
        return Ok(());
    }
    let new_times = after.expires_at
        == world
            .shape
            .expires_after
            .map(|span| world.now.checked_add(span).unwrap_or(jiff::Timestamp::MAX));
    if after.tries < before.tries {
        prop_assert!(after.tries == 0 && new_times, "tries went back");
    }
    let marks = |change: &Change| change.values.iter().filter(|value| value.marked).count();
    if after.tries > before.tries {
        prop_assert_eq!(after.tries, before.tries + 1);
        prop_assert!(matches!(input, Input::Answered(..)));
    }
    if marks(after) < marks(before) {
        prop_assert!(
            before.resending && after.values.is_empty(),
            "a mark is gone"
        );
    }
    for step in &world.shape.steps {
        let unmarked = after
            .values
            .iter()
            .filter(|value| value.step == step.id && !value.marked)
            .count();
        prop_assert!(unmarked <= 1, "two codes for one step");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_sent_silently_or_proved_by_nothing(shape in any_shape(), moves in any_moves()) {
        let mut world = World::new(shape);
        for (kind, detail, seconds) in moves {
            world.pass(seconds);
            let input = anything(kind, detail);
            let Ok(done) = turn(&world.change, &world.shape, input.clone(), crate::ME, world.now) else { continue };
            holds_always(&world, &input, &done)?;
            world.change = done.change;
        }
    }
}
