//! `mailbox find`: which server holds the mail of an address. Nothing is stored.
//!
//! Not here: the table of providers and asking a domain (core).

use readdress_core::engine::Engine;

use super::server;
use crate::answer::{Answer, Done};
use crate::console::Console;

pub async fn run(engine: &Engine, address: &str, ask: bool, console: &Console) -> Done {
    let found = engine.find_mail_server(address, ask).await?;
    let unknown = found.host.is_none() && found.note.is_none();
    let failure = unknown.then(|| server::not_known(&found, address, ask));
    let answer = Answer::of(&found).failed(failure);
    if console.json || unknown {
        return Ok(answer);
    }
    let at = found.host.as_deref().map(|host| {
        let at = server::shown(host, found.port, found.tls);
        let gaps = [("server", at.as_str()), ("user", &found.user)];
        console.words.say("cli.mailbox.found", &gaps)
    });
    let lines: Vec<String> = at
        .into_iter()
        .chain(server::notes(&found, console))
        .collect();
    Ok(answer.text(lines.join("\n")))
}
