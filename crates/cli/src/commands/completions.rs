//! `completions`: what a shell needs to complete this command line. Packages put it where each shell looks.

use clap::CommandFactory as _;
use clap_complete::{Shell, generate};

use crate::answer::Answer;
use crate::args::Cli;

pub fn print(shell: Shell) -> Answer {
    let mut script = Vec::new();
    let mut command = Cli::command();
    let name = command.get_name().to_owned();
    generate(shell, &mut command, name, &mut script);
    let script = String::from_utf8_lossy(&script);
    Answer::of(serde_json::json!({ "script": script })).text(script.trim_end())
}
