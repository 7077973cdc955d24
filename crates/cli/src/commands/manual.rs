//! `man`: the manual page of all commands, out of the same table that parses them.
//!
//! One page, not one for each command: whoever types `man readdress-cli` can search all of it.
//! Not here: environment, files, exit status and examples, which no table knows (`manual.roff`).

use std::io;

use clap::{Arg, Command, CommandFactory as _};
use clap_mangen::Man;
use readdress_core::error::Code;

use crate::answer::{Answer, Done, Failure};
use crate::args::Cli;

/// What roff's writer expects to be there, and the head of the page. No date: it is that of the release.
const HEAD: &str = concat!(
    r#".ie \n(.g .ds Aq \(aq
.el .ds Aq '
.TH READDRESS\-CLI 1 "" "readdress\-cli "#,
    env!("CARGO_PKG_VERSION"),
    "\" \"User Commands\"\n"
);

const DESCRIPTION: &str = r".SH DESCRIPTION
The same program as the window of
.BR readdress (1),
with the same data folder and journal, for scripts and servers.
Each command gives one answer on standard output; everything else is told on
standard error.
With
.B \-\-json
the answer is one JSON document on one line, also after a failure.
.PP
A
.I PROFILE
is named by its label, without regard to case; a
.I CHANGE
by its id or its profile's label; a
.I MAILBOX
by its login name or id.
";

/// The sections that no table of arguments knows.
const REST: &str = include_str!("manual.roff");

pub fn print() -> Done {
    // Only memory is written to.
    let page = page().map_err(|_| Failure::from(Code::Internal))?;
    Ok(Answer::of(serde_json::json!({ "page": page })).text(page.trim_end()))
}

fn page() -> io::Result<String> {
    let mut all = Cli::command().disable_help_subcommand(true);
    all.build();
    let usage = "readdress-cli [OPTIONS] COMMAND [ARGUMENTS]";
    let whole = Man::new(all.clone().override_usage(usage));
    let mut page = format!(
        "{HEAD}.SH NAME\n{}.SH SYNOPSIS\n{}{DESCRIPTION}.SH OPTIONS\n{}.SH COMMANDS\n",
        part(|to| whole.render_name_section(to))?,
        part(|to| whole.render_synopsis_section(to))?,
        part(|to| whole.render_options_section(to))?,
    );
    for command in all.get_subcommands() {
        add(&mut page, command)?;
    }
    Ok(page + REST)
}

/// A command, or the commands under it.
fn add(page: &mut String, command: &Command) -> io::Result<()> {
    if !command.is_subcommand_required_set() {
        let whole = command.get_bin_name().unwrap_or_default();
        let words = whole.split_once(' ').map_or(whole, |(_, words)| words);
        let mut own = command.clone().mut_args(worded);
        let usage = own.render_usage().to_string();
        let usage = usage.trim_start_matches("Usage:").trim().to_owned();
        let man = Man::new(own.override_usage(usage));
        *page += &format!(
            ".SS \"{words}\"\n{}.PP\n{}{}",
            part(|to| man.render_synopsis_section(to))?,
            part(|to| man.render_description_section(to))?,
            part(|to| man.render_options_section(to))?,
        );
    }
    command
        .get_subcommands()
        .try_for_each(|below| add(page, below))
}

/// As the section of one command tells an argument: not at all where it stands among the options of all commands or
/// its name says it already; with its values in the sentence, since the list that is rendered for them leaves holes.
fn worded(arg: Arg) -> Arg {
    let help = arg.get_help().map(ToString::to_string);
    let values: Vec<String> = arg
        .get_possible_values()
        .iter()
        .map(|value| value.get_name().to_owned())
        .collect();
    let untold =
        arg.is_global_set() || arg.get_id() == "help" || help.is_none() && values.is_empty();
    if untold {
        return arg.hide(true);
    }
    if values.is_empty() {
        return arg;
    }
    let values = format!("One of {}", values.join(", "));
    let help = help.map_or_else(|| values.clone(), |help| format!("{help}. {values}"));
    arg.help(help.clone())
        .long_help(help)
        .hide_possible_values(true)
}

/// What stands under the heading of a section; nothing, where there is no such section.
fn part(render: impl FnOnce(&mut dyn io::Write) -> io::Result<()>) -> io::Result<String> {
    let mut section = Vec::new();
    render(&mut section)?;
    let section = String::from_utf8_lossy(&section).into_owned();
    let under = section
        .split_once(".SH ")
        .and_then(|(_, section)| section.split_once('\n'));
    Ok(under.map_or_else(String::new, |(_, body)| bold_quotes(body)))
}

/// What stands in backquotes in `--help` is bold in a manual.
fn bold_quotes(body: &str) -> String {
    let mut inside = false;
    body.split_inclusive('`')
        .map(|piece| match piece.strip_suffix('`') {
            Some(text) => {
                inside = !inside;
                format!("{text}{}", if inside { r"\fB" } else { r"\fR" })
            }
            None => piece.to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_command_has_its_place_and_each_flag_its_words() {
        let page = page().unwrap();
        let mut all = Cli::command().disable_help_subcommand(true);
        all.build();
        let mut commands: Vec<&Command> = all.get_subcommands().collect();
        let mut seen = 0;
        while let Some(command) = commands.pop() {
            commands.extend(command.get_subcommands());
            let name = command.get_bin_name().unwrap().replace('-', r"\-");
            assert!(page.contains(&name), "{name} is not in the page");
            for arg in command.get_arguments().filter(|arg| !arg.is_positional()) {
                let flag = arg.get_long().unwrap();
                assert!(arg.get_help().is_some(), "{name} --{flag} has no words");
                let flag = format!(r"\fB\-\-{}\fR", flag.replace('-', r"\-"));
                assert!(page.contains(&flag), "{flag} of {name} is not in the page");
                seen += 1;
            }
        }
        assert!(seen > 60, "only {seen} flags were seen");
        assert!(!page.contains('`'), "a quote is open");
    }

    #[test]
    fn the_environment_is_the_one_that_help_tells() {
        let page = page().unwrap();
        let help = Cli::command().render_help().to_string();
        let told = help
            .split(|c: char| !c.is_ascii_uppercase() && c != '_')
            .filter(|word| word.starts_with("READDRESS_"));
        let mut seen = 0;
        for variable in told {
            assert!(page.contains(variable), "{variable} is not in the page");
            seen += 1;
        }
        assert!(seen >= 5, "only {seen} variables were seen");
    }
}
