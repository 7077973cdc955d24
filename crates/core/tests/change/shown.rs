//! What a person is shown of a change, and what they can do with it.

use readdress_core::change::State;
use readdress_core::change::machine::{Do, Ending, Input};
use readdress_core::change::show::{can, shown_state, steps};
use readdress_core::view::StepState;

use crate::{Play, at, given};

#[test]
fn an_overdue_code_reads_expired_and_can_still_be_tried() {
    let play = Play::awaiting().later(3600);
    assert_eq!(shown_state(&play.change, at(3599)), State::AwaitingCode);
    assert_eq!(shown_state(&play.change, at(3600)), State::Expired);
    assert!(can(&play.change, Some(&play.shape), at(3600)).submit);
    play.put(given("123456"))
        .is(State::Verifying, &Do::Step("verify".into()));
}

#[test]
fn only_what_makes_sense_can_be_done() {
    let waiting = Play::awaiting();
    let early = can(&waiting.change, Some(&waiting.shape), at(1));
    assert!(
        early.submit
            && early.cancel
            && early.check
            && !early.resend
            && !early.settle
            && !early.send
    );
    assert!(can(&waiting.change, Some(&waiting.shape), at(300)).resend);
    let sending = Play::verifying();
    let nothing = can(&sending.change, Some(&sending.shape), at(1));
    assert!(!nothing.submit && !nothing.cancel && !nothing.check && !nothing.resend);
    let ended = Play::awaiting().put(Input::Cancel(Ending::Here));
    assert!(!can(&ended.change, Some(&ended.shape), at(1)).cancel);
}

#[test]
fn the_steps_tell_what_is_done_and_what_is_to_come() {
    let play = Play::awaiting();
    let states: Vec<_> = steps(&play.change, &play.shape, &[])
        .iter()
        .map(|step| step.state)
        .collect();
    assert_eq!(states, [StepState::Done, StepState::Now, StepState::ToCome]);
}
