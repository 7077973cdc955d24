//! What must be so in every journal. Pure.

use crate::seen::{Line, Seen};

/// Steps that have an effect: each of their calls has its intent.
const EFFECTS: [&str; 2] = ["request", "verify"];

/// What is wrong with it, if anything. `received`: how often each effect step reached the service.
pub fn fault(seen: &Seen, received: [u64; 2]) -> Option<String> {
    let events = &seen.events;
    if events.first().is_none_or(|first| first.kind != "planned") {
        return Some("it does not begin with `planned`".to_owned());
    }
    // As text, without the sign at the end: a longer fraction is the later one.
    let time = |line: &Line| line.at.trim_end_matches('Z').to_owned();
    if events.windows(2).any(|two| time(&two[0]) > time(&two[1])) {
        return Some("its times go back".to_owned());
    }
    for (step, received) in EFFECTS.iter().zip(received) {
        let count = |kinds: &[&str]| {
            let fits = |line: &&Line| line.step == *step && kinds.contains(&line.kind.as_str());
            events.iter().filter(fits).count() as u64
        };
        let intents = count(&["intent"]);
        let answers = count(&["answer", "no_answer", "not_sent"]);
        // One that died between a refused token and its next try has an answer, and is recovered all the same.
        let ends = answers + count(&["recovered"]);
        if received > intents {
            return Some(format!(
                "{step} arrived {received} times at the service, and {intents} intents were written"
            ));
        }
        if answers > intents || ends < intents {
            return Some(format!("{step} has {intents} intents and {ends} ends"));
        }
    }
    let proved = events
        .iter()
        .any(|line| matches!(line.kind.as_str(), "read_back" | "answer"));
    (seen.state == "changed" && !proved).then(|| "changed, and nothing shows why".to_owned())
}
