//! `profile add|list|edit|remove`.
//!
//! Not here: checks of what was given (core), how secrets come in (`given`).

use readdress_core::ask::{NewProfile, ProfileEdit};
use readdress_core::engine::Engine;
use readdress_core::error::Result;
use readdress_core::view::ProfileView;

use crate::answer::{Answer, Done, Failure};
use crate::args::ProfileCommand;
use crate::clean;
use crate::console::Console;
use crate::documents::ProfileDocument;
use crate::given;
use crate::shell::quoted;
use crate::table::aligned;
use crate::words::Words;

/// Profiles that are read at once.
const PAGE: u32 = 500;

pub async fn run(engine: &Engine, what: ProfileCommand, console: &Console) -> Done {
    match what {
        ProfileCommand::Add {
            service,
            label,
            fields,
            secrets,
            base_url,
        } => {
            let new = NewProfile {
                service,
                label,
                fields: given::fields(&fields)?,
                secrets: given::secrets(&secrets)?,
                base_url,
                draft: None,
            };
            add(engine, new, console).await
        }
        ProfileCommand::List => list(engine, console),
        ProfileCommand::Edit {
            profile,
            label,
            fields,
            secrets,
            forget,
            accept_origin,
        } => {
            let id = engine.find_profile(&profile)?;
            // Without an origin: the one that the file names now.
            let accept_origin = match accept_origin {
                Some(origin) if origin.is_empty() => Some(engine.origin_now(id)?),
                given => given,
            };
            let edit = ProfileEdit {
                label,
                fields: patch(&fields)?,
                secrets: given::secrets(&secrets)?,
                forget,
                accept_origin,
            };
            let view = engine
                .edit_profile(id, edit)
                .await
                .map_err(|problem| Failure::from(problem).name(&profile))?;
            Ok(saved(&view, "cli.profile.saved", console))
        }
        ProfileCommand::Remove { profile } => remove(engine, &profile, console).await,
    }
}

async fn add(engine: &Engine, new: NewProfile, console: &Console) -> Done {
    let service = new.service.clone();
    let view = engine.add_profile(new).await.map_err(|problem| {
        let named = problem.params.contains_key("service");
        Failure::from(if named {
            problem
        } else {
            problem.with("service", service)
        })
    })?;
    let mut answer = saved(&view, "cli.profile.added", console);
    if !console.json {
        let command = format!("readdress-cli read {}", quoted(&view.label));
        let text = console.words.say("cli.then.read", &[("command", &command)]);
        answer
            .next
            .push(console.words.say("cli.next", &[("next", &text)]));
    }
    Ok(answer)
}

/// Fields that are not named stay; an empty value removes one.
fn patch(given: &[String]) -> Result<Option<std::collections::BTreeMap<String, String>>, Failure> {
    if given.is_empty() {
        return Ok(None);
    }
    Ok(Some(given::fields(given)?))
}

fn saved(view: &ProfileView, key: &str, console: &Console) -> Answer {
    let answer = Answer::of(ProfileDocument::of(view));
    if console.json {
        return answer;
    }
    answer.text(
        console
            .words
            .say(key, &[("label", &view.label), ("host", &view.host)]),
    )
}

fn list(engine: &Engine, console: &Console) -> Done {
    let views = all(engine)?;
    let answer = Answer::of(views.iter().map(ProfileDocument::of).collect::<Vec<_>>());
    if console.json {
        return Ok(answer);
    }
    if views.is_empty() {
        return Ok(answer.text(console.words.say("cli.profile.none", &[])));
    }
    let rows: Vec<Vec<String>> = views.iter().map(|view| row(view, &console.words)).collect();
    Ok(answer.text(aligned(&rows)))
}

fn all(engine: &Engine) -> Result<Vec<ProfileView>> {
    let mut views = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page = engine.profiles(after.as_deref(), PAGE)?;
        views.extend(page.items);
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(views),
        }
    }
}

fn row(view: &ProfileView, words: &Words) -> Vec<String> {
    let known = serde_json::to_value(view.known)
        .ok()
        .and_then(|name| name.as_str().map(str::to_owned))
        .unwrap_or_default();
    vec![
        clean::line(&view.label),
        view.service.clone(),
        view.email
            .as_deref()
            .map_or_else(|| "–".to_owned(), clean::line),
        words.say(&format!("states.known.{known}"), &[]),
    ]
}

async fn remove(engine: &Engine, name: &str, console: &Console) -> Done {
    let id = engine.find_profile(name)?;
    let label = engine.profile(id)?.label;
    engine
        .remove_profile(id)
        .await
        .map_err(|problem| Failure::from(problem).name(name))?;
    let answer = Answer::of(serde_json::json!({ "removed": label }));
    if console.json {
        return Ok(answer);
    }
    Ok(answer.text(
        console
            .words
            .say("cli.profile.removed", &[("label", &label)]),
    ))
}
