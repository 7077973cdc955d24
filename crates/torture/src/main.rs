//! `readdress-torture`: real changes with the real program, killed again and again, compared with what the services counted.
//!
//! ```text
//! targets ─► game ─► stage     a game is one change on one account, from *add profile* to its end
//!             │ └─► strike     starts the program once, and kills it: at a named point, at a random moment, with its call held
//!             ├─► user         what a person does next: never "send again"
//!             └─► judge        what must be so after every start, by the sandbox's own counters
//! ```
//!
//! `cargo xtask torture` builds what it needs and calls it. Not here: the window (`e2e/torture.mjs`).
#![expect(clippy::print_stdout, reason = "a program for the terminal")]

mod args;
mod game;
mod journal;
mod judge;
mod seen;
mod stage;
mod strike;
mod table;
mod targets;
mod user;

use std::process::ExitCode;

use rand::SeedableRng;
use rand::rngs::StdRng;

use args::Args;
use game::Game;
use stage::Stage;
use table::Table;
use targets::Deck;

fn main() -> ExitCode {
    match Args::parse(std::env::args().skip(1)).and_then(|args| torture(&args)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn torture(args: &Args) -> Result<(), String> {
    println!("{} kills, seed {}", args.kills, args.seed);
    let mut stage = Stage::new(args.cli.clone())?;
    let mut random = StdRng::seed_from_u64(args.seed);
    let mut deck = Deck::new(args.kills, &mut random);
    let began = std::time::Instant::now();
    let mut table = Table::default();
    let mut ends = Vec::new();
    while let Some(target) = deck.draw() {
        let played = Game::new(ends.len(), target, &mut random).play(&mut stage, &mut random);
        let played = match played {
            Ok(played) => played,
            Err(broken) => {
                table.broken(&broken);
                println!("\n{table}");
                let folder = stage.keep();
                return Err(format!(
                    "VIOLATION: {broken}\nseed {}, the folder is kept: {}",
                    args.seed,
                    folder.display()
                ));
            }
        };
        deck.played(&played);
        table.add(&played);
        ends.push(played);
        if ends.len().is_multiple_of(100) {
            println!("{} changes, {} kills …", ends.len(), table.kills());
        }
    }
    let last = judge::whole_folder(&stage, &ends);
    println!("\n{table} in {} s", began.elapsed().as_secs());
    deck.unreached().map_or(Ok(()), |names| {
        Err(format!("Nobody was killed at: {}", names.join(", ")))
    })?;
    last.map_err(|broken| {
        let folder = stage.keep();
        format!(
            "VIOLATION: {broken}\nseed {}, the folder is kept: {}",
            args.seed,
            folder.display()
        )
    })
}
