//! `completions`: what a shell needs to complete this command line. Packages put it where each shell looks.

use clap::CommandFactory as _;
use clap_complete::{Shell, generate};

use crate::answer::Answer;
use crate::args::Cli;

/// In bash's script a name with a hyphen is spelt in one way where a word is read and in another where it is answered,
/// so that nothing is offered behind the first word: <https://github.com/clap-rs/clap/issues/6421>.
const MISSPELT: &str = "readdress__subcmd__cli";
const SPELT: &str = "readdress__cli";

pub fn print(shell: Shell) -> Answer {
    let mut script = Vec::new();
    let mut command = Cli::command();
    let name = command.get_name().to_owned();
    generate(shell, &mut command, name, &mut script);
    let mut script = String::from_utf8_lossy(&script).into_owned();
    if shell == Shell::Bash {
        script = script.replace(MISSPELT, SPELT);
    }
    Answer::of(serde_json::json!({ "script": script })).text(script.trim_end())
}
