//! One change in words: where it stands, until when, and the command that comes next.
//!
//! Not here: problems (`told`), lists (`commands::history`).

use readdress_core::change::{Proof, State};
use readdress_core::view::ChangeView;

use crate::shell::quoted;
use crate::words::Words;
use crate::{clean, when};

/// A few lines for stdout.
pub fn whole(view: &ChangeView, service: &str, words: &Words) -> String {
    let mut lines = vec![
        format!("{}  {}", clean::line(&view.profile), from_to(view, words)),
        stands(view, service, words),
    ];
    if view.state == State::AwaitingCode {
        if let Some(at) = view.expires_at {
            lines.push(words.say("cli.change.holds_until", &[("time", &when::local(at))]));
        }
        if view.tries > 0 {
            lines.push(words.count("cli.change.tries", u64::from(view.tries)));
        }
    }
    lines.push(words.say("cli.change.id", &[("change", &view.id.to_string())]));
    lines.join("\n")
}

/// `old@… → new@…`.
pub fn from_to(view: &ChangeView, words: &Words) -> String {
    let from = view
        .from
        .as_deref()
        .map_or_else(|| words.say("cli.change.no_address", &[]), clean::line);
    format!("{from} → {}", clean::line(&view.to))
}

/// The state's word, as in lists.
pub fn state(view: &ChangeView, words: &Words) -> String {
    let link = view.state == State::AwaitingCode && waits_for_link(view);
    words.say(
        &format!(
            "states.{}",
            if link {
                "awaiting_link"
            } else {
                view.state.as_str()
            }
        ),
        &[],
    )
}

fn stands(view: &ChangeView, service: &str, words: &Words) -> String {
    let address = view
        .waits_for
        .as_ref()
        .and_then(|waits| waits.address.as_deref())
        .unwrap_or_default();
    let key = match (view.state, view.proof) {
        (State::Changed, Some(Proof::ReadBack)) => "changed_read_back",
        (State::Changed, Some(Proof::User)) => "changed_user",
        (State::Changed, _) => "changed_answer",
        (State::AwaitingCode, _) if waits_for_link(view) => "awaiting_link",
        (State::Unknown, _) if view.step == "read" => "unknown_read",
        (State::Expired, _) if view.open => "overdue",
        (state, _) => state.as_str(),
    };
    words.say(
        &format!("cli.change.{key}"),
        &[("service", service), ("address", address), ("to", &view.to)],
    )
}

fn waits_for_link(view: &ChangeView) -> bool {
    view.waits_for
        .as_ref()
        .is_some_and(|waits| waits.what == "link")
}

/// The commands that come next, for stderr.
pub fn next(view: &ChangeView, words: &Words) -> Vec<String> {
    let name = quoted(&view.profile);
    let key = match view.state {
        State::AwaitingCode if waits_for_link(view) => "verify_link",
        State::AwaitingCode => "verify",
        State::Expired if view.open => "verify",
        State::Unknown => "settle",
        State::Planned => "send",
        _ => return Vec::new(),
    };
    let command = match view.state {
        State::Unknown => format!("readdress-cli settle {name}"),
        State::Planned => format!("readdress-cli change {name} --to {}", quoted(&view.to)),
        _ => format!("readdress-cli verify {name} --code -"),
    };
    let text = words.say(&format!("cli.then.{key}"), &[("command", &command)]);
    vec![words.say("cli.next", &[("next", &text)])]
}
