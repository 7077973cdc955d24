//! An engine that does what it is asked, people who interrupt it, and a process that dies at any moment: each answer
//! has its intent, and the journal alone tells where the change stands.

use proptest::prelude::*;
use readdress_core::change::machine::{Do, Input, turn};
use readdress_core::change::replay::{Stand, replay};
use readdress_core::change::{Event, EventKind, State};

use crate::invariants::holds_always;
use crate::moves::{Move, World, any_moves, any_shape, from_outside, from_the_call};

fn event(kind: EventKind, step: Option<&str>, meaning: Option<&str>) -> Event {
    Event {
        at: crate::at(0),
        kind,
        step: step.map(str::to_owned),
        status: None,
        millis: None,
        meaning: meaning.map(str::to_owned),
        says: None,
    }
}

/// A change from its plan on, with its journal.
struct Story {
    world: World,
    journal: Vec<Event>,
    /// The step whose intent has no answer yet.
    open: Option<String>,
}

impl Story {
    /// One input, as the engine would put it in: the end of a call only while that call is on its way.
    fn go_on(&mut self, (kind, detail, seconds): Move) -> Result<(), TestCaseError> {
        self.world.pass(seconds);
        let call = from_the_call(&self.world.next, detail);
        let (input, ours) = match call.filter(|_| kind % 4 != 0) {
            Some(input) => (input, true),
            None => (from_outside(kind / 4, detail), false),
        };
        let now = self.world.now;
        let done = turn(
            &self.world.change,
            &self.world.shape,
            input.clone(),
            crate::ME,
            now,
        );
        let Ok(done) = done else {
            prop_assert!(!ours, "the end of our own call was turned away: {input:?}");
            return Ok(());
        };
        holds_always(&self.world, &input, &done)?;
        for event in &done.events {
            self.has_its_intent(event)?;
        }
        self.journal.extend(done.events);
        // A code that comes during a call leaves the call on its way.
        if !matches!(input, Input::Given(_)) || !self.world.change.state.is_sending() {
            self.world.next = done.next;
        }
        self.world.change = done.change;
        Ok(())
    }

    /// At most one intent without answer, and no answer without its intent.
    fn has_its_intent(&mut self, event: &Event) -> Result<(), TestCaseError> {
        match event.kind {
            EventKind::Intent => {
                prop_assert_eq!(&self.open, &None, "a second intent before the answer");
                self.open.clone_from(&event.step);
            }
            // The login for it failed: its first answer, "token refused", is there already.
            EventKind::NotSent if self.world.next == Do::Login => {}
            // A limit without room: no intent was written.
            EventKind::NotSent if self.world.change.state == State::Planned => {}
            EventKind::Answer | EventKind::NotSent | EventKind::NoAnswer => {
                prop_assert_eq!(
                    self.open.take(),
                    event.step.clone(),
                    "an answer without its intent"
                );
            }
            // Who sent it is gone, or stands in another folder.
            EventKind::Recovered | EventKind::Restored => self.open = None,
            _ => {}
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn each_answer_has_its_intent_and_the_journal_tells_the_rest(shape in any_shape(), moves in any_moves()) {
        let mut story = Story {
            world: World::new(shape),
            journal: vec![event(EventKind::Planned, None, None)],
            open: None,
        };
        for one in moves {
            story.go_on(one)?;
            if story.world.change.state.is_end() {
                break;
            }
        }
        let change = &story.world.change;
        prop_assert!(change.state.is_sending() || change.resending || story.open.is_none());
        let told = replay(&story.world.shape, &story.journal);
        prop_assert!(told.contains(&Stand::of(change)), "stands {:?}, told {told:?}", Stand::of(change));
        prop_assert!(told.len() <= 2, "the journal leaves too much open: {told:?}");
        // It says something: as if nothing after the plan had happened is told by that journal only.
        let mut sooner = Stand::of(&World::new(story.world.shape.clone()).change);
        sooner.state = State::Changed;
        prop_assert!(!told.contains(&sooner), "changed, by nothing");
    }
}

/// The row's stand, and that of a change which took another way, with the journal of the first.
#[test]
fn a_row_that_its_journal_did_not_lead_to_is_seen() {
    let shape = crate::shape();
    let journal = [
        event(EventKind::Planned, None, None),
        event(EventKind::ReadBack, Some("read"), Some("other_address")),
        event(EventKind::Intent, Some("request"), None),
        event(EventKind::Answer, Some("request"), Some("code_sent")),
        event(EventKind::Intent, Some("verify"), None),
        event(EventKind::NoAnswer, Some("verify"), Some("timed_out")),
    ];
    let stands: Vec<State> = (1..=journal.len())
        .flat_map(|length| replay(&shape, &journal[..length]))
        .map(|stand| stand.state)
        .collect();
    assert_eq!(
        stands,
        [
            State::Planned,
            State::Requesting,
            State::AwaitingCode,
            State::Verifying,
            State::Unknown
        ],
        "one after the other; the read alone is no commit"
    );
    let without_intent = [&journal[..2], &journal[3..]].concat();
    assert_eq!(replay(&shape, &without_intent), []);
    assert_eq!(replay(&shape, &journal[1..]), [], "nothing was planned");
    assert_eq!(replay(&shape, &[]), []);
}

/// The service's own cancel call is in the journal of a change that rests.
#[test]
fn a_call_that_cancels_is_part_of_the_story() {
    let journal = [
        event(EventKind::Planned, None, None),
        event(EventKind::ReadBack, Some("read"), Some("none_set")),
        event(EventKind::Intent, Some("request"), None),
        event(EventKind::Answer, Some("request"), Some("code_sent")),
        event(EventKind::Intent, Some("cancel"), None),
        event(EventKind::Answer, Some("cancel"), None),
        event(EventKind::Cancelled, None, Some("ok")),
    ];
    let told = replay(&crate::shape(), &journal);
    let stands: Vec<_> = told
        .iter()
        .map(|stand| (stand.state, stand.cancelled_there))
        .collect();
    assert_eq!(stands, [(State::Cancelled, Some(true))]);
    let told = replay(&crate::shape(), &journal[..5]);
    assert_eq!(told[0].state, State::AwaitingCode, "{told:?}");
}
