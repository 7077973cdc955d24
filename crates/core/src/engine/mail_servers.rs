//! Where the mail of an address is read: the table first, then, if somebody agrees, the domain's own settings.
//!
//! Not here: the table and who could be asked (`mailbox::servers`), what an answer says (`mailbox::autoconfig`).

use std::time::Duration;

use super::Engine;
use crate::email::EmailAddress;
use crate::error::{Code, Problem, Result};
use crate::http::{Method, Request, Sent};
use crate::mailbox::{autoconfig, servers};
use crate::secret::Secret;
use crate::view::MailServerView;

/// For one host. Somebody waits at a form, and can type the settings.
const PATIENCE: Duration = Duration::from_secs(6);

/// What one host came to.
enum Asked {
    Knows(MailServerView),
    DoesNot,
    /// It was not reached.
    Silent(Problem),
}

impl Engine {
    /// Where the mail of an address is read. Nobody is asked over the net without `ask`; with it, the hosts of
    /// `MailServerView::asks` are, one after the other until one knows, with the domain only.
    ///
    /// # Errors
    /// `email_invalid`; with `ask`, why not one of them was reached (`unreachable`, `proxy_failed`, `tls_failed`, …).
    pub async fn find_mail_server(&self, address: &str, ask: bool) -> Result<MailServerView> {
        let address = EmailAddress::parse(address)?;
        if let Some(known) = servers::known(&address) {
            return Ok(known);
        }
        let askable = servers::askable(&address);
        if !ask {
            let hosts = askable.into_iter().map(|(host, _)| host).collect();
            return Ok(servers::unknown(&address, hosts));
        }
        let mut silent = None;
        let mut all_silent = true;
        for (_, url) in askable {
            match self.ask_for_settings(url, &address).await {
                Asked::Knows(found) => return Ok(found),
                Asked::DoesNot => all_silent = false,
                Asked::Silent(problem) => silent = Some(problem),
            }
        }
        // Thunderbird's list is always there: where not even that answers, it is this machine that is cut off.
        match silent {
            Some(problem) if all_silent => Err(problem),
            _ => Ok(servers::unknown(&address, Vec::new())),
        }
    }

    async fn ask_for_settings(&self, url: String, address: &EmailAddress) -> Asked {
        let request = Request {
            method: Method::Get,
            url: Secret::new(url),
            headers: vec![(
                "accept".to_owned(),
                Secret::new("text/xml, application/xml"),
            )],
            body: None,
        };
        let sender = self.sender();
        let Ok(sent) = tokio::time::timeout(PATIENCE, sender.send(request)).await else {
            return Asked::Silent(Code::TimedOut.into());
        };
        match sent {
            // A redirect is an answer like any other: it is not followed.
            Sent::Answer(answer) if answer.status == 200 => {
                match autoconfig::read(&answer.body, address) {
                    Some(found) => Asked::Knows(found),
                    None => Asked::DoesNot,
                }
            }
            Sent::Answer(_) => Asked::DoesNot,
            Sent::NotSent(problem) | Sent::NoAnswer(problem) => Asked::Silent(problem),
        }
    }
}
