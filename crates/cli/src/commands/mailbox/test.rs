//! `mailbox test`: each step in words, and whether codes can come from there.
//!
//! Not here: trying it (core).

use readdress_core::ask::NewMailbox;
use readdress_core::engine::Engine;
use readdress_core::error::{Code, Problem};
use readdress_core::view::{MailboxTestId, MailboxTestStep, MailboxTestView};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::server::shown;
use crate::answer::{Answer, Done, Failure};
use crate::console::Console;
use crate::documents::error_document;
use crate::exit::Exit;
use crate::table::aligned;
use crate::told::Told;

#[derive(Debug, Serialize)]
struct TestDocument<'a> {
    user: &'a str,
    host: &'a str,
    port: u16,
    works: bool,
    /// The folder for unwanted mail, where the server names one.
    junk: Option<&'a str>,
    steps: Vec<StepDocument>,
}

#[derive(Debug, Serialize)]
struct StepDocument {
    /// `name`, `port`, `tls`, `login`, `inbox`, `idle`.
    id: MailboxTestId,
    /// `null`: not reached.
    ok: Option<bool>,
    problem: Option<Value>,
}

pub async fn run(engine: &Engine, id: Option<Uuid>, new: NewMailbox, console: &Console) -> Done {
    let (user, host, port, tls) = (new.user.clone(), new.host.clone(), new.port, new.tls);
    let tested = engine
        .test_mailbox(id, new)
        .await
        .map_err(|problem| Failure::from(problem).name(&user))?;
    let document = TestDocument {
        user: &user,
        host: &host,
        port,
        works: tested.works,
        junk: tested.junk.as_deref(),
        steps: tested
            .steps
            .iter()
            .map(|step| document(step, &user, console))
            .collect(),
    };
    let failure = (!tested.works).then(|| Failure::new(fault(&tested), Exit::Failed).name(&user));
    let answer = Answer::of(document).failed(failure);
    if console.json {
        return Ok(answer);
    }
    let title = format!("{user}  {}", shown(&host, port, tls));
    Ok(answer.text(words(&title, &tested, console)))
}

fn document(step: &MailboxTestStep, user: &str, console: &Console) -> StepDocument {
    let told = |problem| Told::of(&console.words, problem, None, Some(user));
    StepDocument {
        id: step.id,
        ok: step.ok,
        problem: step
            .problem
            .as_ref()
            .map(|problem| error_document(problem, Some(&told(problem)))),
    }
}

/// What keeps it from working; a server that tells nothing by itself (no IDLE) does not.
fn fault(tested: &MailboxTestView) -> Problem {
    tested
        .steps
        .iter()
        .filter(|step| step.id != MailboxTestId::Idle)
        .find_map(|step| step.problem.clone())
        .unwrap_or_else(|| Code::MailServerFailed.into())
}

fn words(title: &str, tested: &MailboxTestView, console: &Console) -> String {
    let say = |key: &str| console.words.say(&format!("cli.mailbox.test.{key}"), &[]);
    let rows: Vec<Vec<String>> = tested
        .steps
        .iter()
        .map(|step| {
            let result = match (step.ok, step.id) {
                (Some(true), _) => say("ok"),
                (Some(false), MailboxTestId::Idle) => say("no_idle"),
                (Some(false), _) => say("not_ok"),
                (None, _) => say("not_reached"),
            };
            vec![
                format!("  {}", say(&format!("step_{}", id(step.id)))),
                result,
            ]
        })
        .collect();
    let mut lines = vec![crate::clean::line(title), aligned(&rows)];
    if tested.works {
        lines.push(match &tested.junk {
            Some(junk) => console
                .words
                .say("cli.mailbox.test.junk", &[("folder", junk)]),
            None => say("no_junk"),
        });
        lines.push(say("works"));
    }
    lines.join("\n")
}

fn id(id: MailboxTestId) -> String {
    let name = serde_json::to_value(id).unwrap_or_default();
    name.as_str().unwrap_or_default().to_owned()
}
