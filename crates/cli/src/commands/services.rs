//! `services`: what can be used, and what each needs.
//!
//! Not here: mistakes in files (`check`).

use std::path::Path;

use readdress_core::engine::Engine;
use readdress_core::error::{Code, Problem, Result};
use readdress_core::manifest::ServiceFile;
use readdress_core::view::{FieldView, ServicePlace, ServiceView};

use super::check;

use crate::answer::{Answer, Done};
use crate::clean;
use crate::console::Console;
use crate::shell::quoted;
use crate::table::aligned;
use crate::words::Words;

pub fn list(engine: &Engine, console: &Console) -> Done {
    let services = engine.services()?;
    let answer = Answer::of(&services);
    if console.json {
        return Ok(answer);
    }
    let row = |service: &ServiceView| {
        let own = if service.own {
            console.words.say("cli.services.own", &[])
        } else {
            String::new()
        };
        vec![
            service.id.clone(),
            clean::line(&service.name),
            clean::line(&service.host),
            fields(service),
            own,
        ]
    };
    Ok(answer.text(aligned(&services.iter().map(row).collect::<Vec<_>>())))
}

/// # Errors
/// `service_new` where the file names another host than the one that was typed.
pub fn accept(engine: &Engine, id: &str, host: &str, console: &Console) -> Done {
    engine.accept_service(id, host)?;
    let service = found(engine, id)?;
    let answer = Answer::of(&service);
    if console.json {
        return Ok(answer);
    }
    let gaps = [("service", service.name.as_str()), ("host", &service.host)];
    Ok(answer.text(console.words.say("cli.services.accepted", &gaps)))
}

/// A file with mistakes is told as `check` tells it.
///
/// # Errors
/// `service_file_unreadable`, `service_taken`, the folder's.
pub fn add(engine: &Engine, file: &Path, replace: bool, console: &Console) -> Done {
    let read = ServiceFile::read(file)?;
    let looked = engine.look_at_service(&read)?;
    if !looked.mistakes.is_empty() {
        return Ok(check::files(&[file], console));
    }
    let service = engine.add_service(&read, replace)?;
    let mut answer = Answer::of(&service);
    if console.json {
        return Ok(answer);
    }
    let (words, gaps) = (
        &console.words,
        [("service", service.name.as_str()), ("host", &service.host)],
    );
    if looked.place == ServicePlace::Same {
        return Ok(answer.text(words.say("cli.services.same", &gaps)));
    }
    if !service.accepted {
        let (id, host) = (quoted(&service.id), quoted(&service.host));
        let command = format!("readdress-cli services accept {id} --host {host}");
        answer
            .next
            .push(words.say("cli.then.accept", &[("command", &command)]));
    }
    Ok(answer.text(words.say("cli.services.added", &gaps)))
}

fn found(engine: &Engine, id: &str) -> Result<ServiceView> {
    let all = engine.services()?;
    all.into_iter()
        .find(|service| service.id == id)
        .ok_or_else(|| Problem::new(Code::ServiceUnknown).with("service", id))
}

pub fn show(engine: &Engine, id: &str, console: &Console) -> Done {
    let service = found(engine, id)?;
    let answer = Answer::of(&service);
    if console.json {
        return Ok(answer);
    }
    let words = &console.words;
    let mut lines = vec![
        format!("{}  {}", service.id, clean::line(&service.name)),
        clean::line(&service.docs),
        words.say("cli.services.host", &[("host", &service.host)]),
    ];
    lines.extend(
        service
            .fields
            .iter()
            .map(|field| format!("  {}", described(field, words))),
    );
    lines.extend(
        service
            .texts
            .values()
            .filter_map(|texts| words.of_service(texts)),
    );
    Ok(answer.text(lines.join("\n")))
}

/// `instance_id token* [client_token*]`: a star for a secret, brackets for what may be left out, `|` between fields of
/// which one is enough.
fn fields(service: &ServiceView) -> String {
    let is_choice = |field: &FieldView| {
        service.needs_one_of.len() > 1
            && service
                .needs_one_of
                .iter()
                .any(|set| set.contains(&field.id))
    };
    let one = |field: &FieldView| {
        let star = if field.secret { "*" } else { "" };
        let text = format!("{}{star}", field.id);
        let may_miss = (field.optional || field.ask_each_time) && !is_choice(field);
        if may_miss { format!("[{text}]") } else { text }
    };
    let (choice, rest): (Vec<&FieldView>, Vec<&FieldView>) =
        service.fields.iter().partition(|field| is_choice(field));
    let choice = choice.into_iter().map(one).collect::<Vec<_>>().join("|");
    let mut words: Vec<String> = rest.into_iter().map(one).collect();
    words.extend(Some(choice).filter(|choice| !choice.is_empty()));
    words.join(" ")
}

fn described(field: &FieldView, words: &Words) -> String {
    let flag = if field.secret { "--secret" } else { "--field" };
    let value = if field.secret { "VARIABLE" } else { "VALUE" };
    let label = words.of_service(&field.label).unwrap_or_default();
    let help = field
        .help
        .as_ref()
        .and_then(|help| words.of_service(help))
        .unwrap_or_default();
    format!("{flag} {}={value}  {label}  {help}", field.id)
        .trim_end()
        .to_owned()
}
