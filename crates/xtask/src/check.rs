//! `cargo xtask check`: what to run before each commit; a minute or two once things are built.

use crate::layer::{Counted, Gate};
use crate::packages::{self, Scope};
use crate::place::Place;
use crate::tally::Speaker;
use crate::test::{cargo, clippy, page_lints, quick_layers};
use crate::{Outcome, page, supply};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

pub fn check(place: &Place) -> Outcome {
    packages::ensure(Scope::App)?;
    let mut gate = Gate::new(place, &[]);
    quick_layers(place, &mut gate);
    if gate.check("page: packages", || page::install_packages(&place.ui())) {
        page_lints(place, &mut gate);
    }
    gate.program("clippy", Counted::AsOne, 20 * MINUTE, &mut clippy(place));
    let mut tests = cargo(
        place,
        &["test", "--package", "readdress-core", "--package", "xtask"],
    );
    gate.program(
        "core: tests",
        Counted::By(Speaker::Cargo),
        20 * MINUTE,
        &mut tests,
    );
    supply::layers(place, &mut gate);
    gate.finish()
}
