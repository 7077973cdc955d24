//! A problem in words: what happened, the service's own words, from when on trying again makes sense, what to do.
//!
//! Not here: the sentences (`text/*.json`), where they are printed (`console`).

use readdress_core::error::Problem;

use crate::shell::quoted;
use crate::when;
use crate::words::Words;

#[derive(Debug)]
pub struct Told {
    pub what: String,
    pub next: String,
    lines: Vec<String>,
}

impl Told {
    /// By the code or, where the command line has better words, by those: of `instead`, of the problem's reason, of
    /// the code in a shell. Else by what the window says of the reason. `name` is how a command line names the profile or the change.
    pub fn of(words: &Words, problem: &Problem, instead: Option<&str>, name: Option<&str>) -> Self {
        let code = problem.code.as_str();
        let name = name
            .or(problem.params.get("label").map(String::as_str))
            .map_or_else(|| "NAME".to_owned(), quoted);
        let mut gaps = vec![("name", name.as_str())];
        gaps.extend(
            problem
                .params
                .iter()
                .map(|(gap, value)| (gap.as_str(), value.as_str())),
        );
        let reason = problem.params.get("reason");
        let say = |part: &str| {
            let keys = [
                instead.map(|key| format!("cli.instead.{key}.{part}")),
                reason.map(|reason| format!("cli.instead.{code}_{reason}.{part}")),
                Some(format!("cli.codes.{code}.{part}")),
                reason.map(|reason| format!("codes.{code}.reasons.{reason}.{part}")),
                Some(format!("codes.{code}.{part}")),
            ];
            let key = keys.into_iter().flatten().find(|key| words.has(key));
            key.map(|key| words.say(&key, &gaps)).unwrap_or_default()
        };
        let (what, next) = (say("what"), say("next"));
        let mut lines = vec![format!("{code}: {what}")];
        if let Some(says) = &problem.service_says {
            lines.push(words.say("cli.says", &[("says", says)]));
        }
        if let Some(at) = problem.retry_at {
            lines.push(words.say("cli.retry_at", &[("time", &when::local(at))]));
        }
        if !next.is_empty() {
            lines.push(words.say("cli.next", &[("next", &next)]));
        }
        Self { what, next, lines }
    }

    pub fn lines(&self) -> &[String] {
        &self.lines
    }
}
