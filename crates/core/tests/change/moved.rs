//! Where a change stands in a flow that was edited: never at a step of another name, never between two of its own.

use readdress_core::change::align::aligned;
use readdress_core::change::machine::{Shape, ShapeStep};
use readdress_core::change::{Change, State};

/// `W` behind a name: it waits for a code.
fn flow(steps: &[&str]) -> Shape {
    Shape {
        steps: steps
            .iter()
            .map(|step| ShapeStep {
                id: step.trim_end_matches(" W").to_owned(),
                waits: step.ends_with(" W"),
            })
            .collect(),
        has_read: true,
        expires_after: None,
        resend_after: None,
        resend_step: None,
    }
}

fn standing(state: State, at: u32, step: &str) -> Change {
    Change {
        state,
        at,
        step: step.to_owned(),
        ..super::planned()
    }
}

/// State, index and name of its step, the flow as it is now, where it stands in that.
type Row = (
    State,
    u32,
    &'static str,
    &'static [&'static str],
    Option<u32>,
);

#[test]
fn a_step_is_found_by_its_name_or_not_at_all() {
    use State::{AwaitingCode, Cancelled, Planned, Unknown, Verifying};
    let rows: &[Row] = &[
        // as it was
        (AwaitingCode, 1, "verify", &["request", "verify W"], Some(1)),
        (Unknown, 2, "read", &["request", "verify W"], Some(2)),
        // moved
        (
            AwaitingCode,
            1,
            "verify",
            &["greet", "request", "verify W"],
            Some(2),
        ),
        (AwaitingCode, 1, "verify", &["verify W"], Some(0)),
        (
            Unknown,
            0,
            "request",
            &["greet", "request", "verify W"],
            Some(1),
        ),
        (
            Verifying,
            2,
            "read",
            &["request", "verify W", "confirm"],
            Some(3),
        ),
        (Unknown, 2, "read", &["request"], Some(1)),
        // gone
        (AwaitingCode, 1, "verify", &["request", "confirm W"], None),
        (Unknown, 0, "request", &["ask", "verify W"], None),
        (Verifying, 9, "verify", &["request"], None),
        // twice: a step called `read`, and the closing read
        (Unknown, 5, "read", &["request", "read", "verify W"], None),
        (
            Unknown,
            1,
            "read",
            &["request", "read", "verify W"],
            Some(1),
        ),
        // another flow under the same names: a code where none is taken, none where one is
        (AwaitingCode, 1, "verify", &["request", "verify"], None),
        (Planned, 1, "confirm", &["request", "confirm W"], None),
        (Planned, 1, "confirm", &["request", "confirm"], Some(1)),
        // nothing was done yet: it begins where the flow begins
        (
            Planned,
            0,
            "request",
            &["greet", "request", "verify W"],
            Some(0),
        ),
        (Planned, 0, "request", &["ask", "verify W"], Some(0)),
        // ended changes never move
        (Cancelled, 1, "verify", &["ask"], Some(1)),
    ];
    for (state, at, step, steps, expected) in rows {
        let found = aligned(&standing(*state, *at, step), &flow(steps));
        assert_eq!(found, *expected, "{state:?} at {at} `{step}` in {steps:?}");
    }
}
