//! A call as a curl command for a POSIX shell: secrets as variables, everything else in single quotes.
//!
//! A variable in the URL stands as it is: the shell has no percent-encoding, and tokens need none.
//! Not here: reading curl commands (`pasted`).

use super::encode::{Place, escape};
use super::masked::method_name;
use super::sketch::{FilledBody, Ink, Part, Sketch};
use crate::http::Method;

/// Variables that a shell gives a meaning to.
const TAKEN: [&str; 12] = [
    "PATH", "HOME", "IFS", "PWD", "OLDPWD", "SHELL", "USER", "ENV", "LANG", "TERM", "CDPATH",
    "OPTIND",
];

impl Sketch {
    /// The command, one option a line. Runs once the variables that it names are set.
    pub fn curl(&self) -> String {
        let mut url = Word::new(Quote::Plain);
        url.raw(&self.origin);
        self.write_target(&mut url);
        // -g: curl would read [] and {} in the URL as ranges.
        let method = if self.method == Method::Get {
            String::new()
        } else {
            format!("-X {} ", method_name(self.method))
        };
        let mut lines = vec![format!("curl -g {method}{}", url.end())];
        for (name, parts) in &self.headers {
            let mut word = Word::new(Quote::Plain);
            word.raw(&format!("{name}: "));
            word.parts(parts, Place::Header);
            lines.push(format!("-H {}", word.end()));
        }
        match &self.body {
            FilledBody::None => {}
            FilledBody::Json(_) => {
                let mut word = Word::new(Quote::Json);
                self.write_body(&mut word);
                lines.push("-H 'Content-Type: application/json'".to_owned());
                lines.push(format!("--data-raw {}", word.end()));
            }
            FilledBody::Form(list) => {
                for (name, parts) in list {
                    let mut word = Word::new(Quote::Plain);
                    word.raw(&format!("{}=", escape(name, Place::Form)));
                    // curl encodes what follows the equals sign.
                    word.parts(parts, Place::Header);
                    lines.push(format!("--data-urlencode {}", word.end()));
                }
            }
        }
        lines.join(" \\\n  ")
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Quote {
    Plain,
    /// The variable's text goes into a JSON string.
    Json,
}

/// One word of a shell command.
struct Word {
    done: String,
    /// Literal text not yet quoted.
    literal: String,
    quote: Quote,
}

impl Word {
    fn new(quote: Quote) -> Self {
        Self {
            done: String::new(),
            literal: String::new(),
            quote,
        }
    }

    fn flush(&mut self) {
        if !self.literal.is_empty() {
            self.done
                .push_str(&format!("'{}'", self.literal.replace('\'', r"'\''")));
            self.literal.clear();
        }
    }

    fn variable(&mut self, name: &str) {
        self.flush();
        let name = variable_name(name);
        match self.quote {
            Quote::Plain => self.done.push_str(&format!("\"${name}\"")),
            Quote::Json => self.done.push_str(&format!(
                r#""$(printf %s "${name}" | sed 's/[\\"]/\\&/g')""#
            )),
        }
    }

    fn end(mut self) -> String {
        self.flush();
        if self.done.is_empty() {
            "''".to_owned()
        } else {
            self.done
        }
    }
}

impl Ink for Word {
    fn raw(&mut self, text: &str) {
        self.literal.push_str(text);
    }

    fn part(&mut self, part: &Part, place: Place) {
        match part {
            Part::Value {
                name, secret: true, ..
            }
            | Part::Missing { name, .. } => self.variable(name),
            Part::Value { text, .. } => self.literal.push_str(&escape(text.expose(), place)),
            Part::Fixed(text) => self.literal.push_str(text),
        }
    }
}

/// `client_token` → `CLIENT_TOKEN`.
fn variable_name(name: &str) -> String {
    let name = name.to_ascii_uppercase();
    if TAKEN.contains(&name.as_str()) {
        format!("{name}_SECRET")
    } else {
        name
    }
}
