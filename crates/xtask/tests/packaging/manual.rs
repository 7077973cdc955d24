//! The manual page of the window's program, which is written by hand.

use crate::{options, read};

#[test]
fn it_tells_every_option_and_no_other() {
    let page = read("src-tauri/packaging/readdress.1").replace(r"\-", "-");
    let options = options();
    for option in &options {
        assert!(page.contains(option.as_str()), "{option} is not told");
    }
    let told = page
        .split(|c: char| c.is_whitespace() || c == '"')
        .filter(|word| word.starts_with("--") && word.len() > 2);
    let mut seen = 0;
    for word in told {
        let word = word.trim_end_matches(r"\~");
        assert!(options.contains(&word.to_owned()), "{word} is no option");
        seen += 1;
    }
    assert!(seen >= options.len());
}

#[test]
fn it_tells_the_environment_that_help_tells() {
    let page = read("src-tauri/packaging/readdress.1");
    let source = read("src-tauri/src/arguments.rs");
    let help = source.split("Environment:").nth(1).unwrap();
    let help = help.split("\";").next().unwrap();
    let variables: Vec<&str> = help
        .split_whitespace()
        .filter(|word| word.starts_with("READDRESS_"))
        .collect();
    assert!(variables.len() >= 4, "{variables:?}");
    for variable in variables {
        assert!(page.contains(variable), "{variable} is not told");
    }
}
