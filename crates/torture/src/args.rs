//! The command line: `--cli PROGRAM [--kills N] [--seed S]`.

use std::path::PathBuf;

pub struct Args {
    /// `readdress-cli`, built with `kill-points`.
    pub cli: PathBuf,
    pub kills: usize,
    pub seed: u64,
}

impl Args {
    pub fn parse(words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut args = Self {
            cli: PathBuf::new(),
            kills: 1000,
            seed: 1,
        };
        let mut words = words;
        while let Some(word) = words.next() {
            let value = words
                .next()
                .ok_or_else(|| format!("{word} needs a value"))?;
            let number = || {
                value
                    .parse::<u64>()
                    .map_err(|_| format!("{word} needs a number"))
            };
            match word.as_str() {
                "--cli" => args.cli = PathBuf::from(&value),
                "--kills" => args.kills = usize::try_from(number()?).unwrap_or(usize::MAX),
                "--seed" => args.seed = number()?,
                _ => return Err(format!("{word} is unknown")),
            }
        }
        if args.cli.is_file() {
            Ok(args)
        } else {
            Err("--cli names the program to kill".to_owned())
        }
    }
}
