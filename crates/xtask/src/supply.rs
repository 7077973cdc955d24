//! What comes in with dependencies: licences, sources and banned crates by cargo-deny, unused ones by cargo-machete.
//!
//! Not here: advisories. Their list has to be fetched, so CI's own job looks at them (`cargo deny check`).

use crate::layer::{Counted, Gate};
use crate::place::Place;
use crate::test::cargo;
use crate::{Outcome, process, tools};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

pub fn layers(place: &Place, gate: &mut Gate<'_>) {
    layer(place, gate, "licences", cargo_deny, deny);
    layer(
        place,
        gate,
        "unused dependencies",
        tools::cargo_machete,
        machete,
    );
}

fn layer(
    place: &Place,
    gate: &mut Gate<'_>,
    name: &'static str,
    tool: fn(&Place) -> Outcome<PathBuf>,
    words: fn(&Place, &Path) -> Command,
) {
    if !gate.wanted(name) {
        return;
    }
    match tool(place) {
        Ok(program) => {
            gate.program(
                name,
                Counted::AsOne,
                5 * MINUTE,
                &mut words(place, &program),
            );
        }
        Err(why) => gate.missing(name, &why),
    }
}

/// Its look at the crates of all systems is an offline one; a build has fetched those of this system only.
fn cargo_deny(place: &Place) -> Outcome<PathBuf> {
    process::show_and_run(&mut cargo(place, &["fetch", "--locked"]))?;
    tools::cargo_deny(place)
}

fn deny(place: &Place, program: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(&place.root).args([
        "--offline",
        "--locked",
        "check",
        "bans",
        "licenses",
        "sources",
    ]);
    command
}

fn machete(place: &Place, program: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .current_dir(&place.root)
        .args(["--skip-target-dir", "."]);
    command
}
