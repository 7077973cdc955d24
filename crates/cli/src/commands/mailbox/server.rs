//! Which server a mailbox is at: the one that was named, else the one that is known, or found, for the address.
//!
//! Not here: the table of providers and asking a domain (core).

use readdress_core::engine::Engine;
use readdress_core::error::{Code, Problem};
use readdress_core::view::{MailServerNote, MailServerView, MailTls};

use crate::answer::Failure;
use crate::args::{FoundArgs, ServerArgs};
use crate::console::Console;
use crate::exit::Exit;

/// Where, and as whom.
pub struct Server {
    pub user: String,
    pub host: String,
    pub port: u16,
    pub tls: MailTls,
}

/// # Errors
/// `mail_oauth_only` where the address's provider takes no password; `mailbox_invalid` where it has no IMAP;
/// `field_missing` where the server is neither named nor known.
pub async fn of(
    engine: &Engine,
    user: &str,
    found: &FoundArgs,
    console: &Console,
) -> Result<Server, Failure> {
    let (args, ask) = (&found.server, found.ask);
    if !user.contains('@') {
        let host = args.host.clone().ok_or_else(|| {
            Failure::from(Problem::new(Code::FieldMissing).with("field", "--host"))
                .instead("mail_host_needed")
        })?;
        return Ok(named(user, host, args));
    }
    // Where the server is named, the table is looked at all the same: a provider that cannot be served is told now.
    let found = engine
        .find_mail_server(user, ask && args.host.is_none())
        .await;
    let found = match (found, &args.host) {
        (Ok(found), _) => found,
        // A login name with an @ need not be an address.
        (Err(_), Some(host)) => return Ok(named(user, host.clone(), args)),
        (Err(problem), None) => return Err(problem.into()),
    };
    if let Some(host) = &args.host {
        if found.host.as_deref() == Some(host.as_str()) {
            refuse(&found, user)?;
        }
        return Ok(named(user, host.clone(), args));
    }
    refuse(&found, user)?;
    let Some(host) = found.host.clone() else {
        return Err(not_known(&found, user, ask));
    };
    let (tls, port) = way(args, found.tls, found.port);
    let server = Server {
        user: found.user.clone(),
        host,
        port,
        tls,
    };
    if !console.json {
        let at = shown(&server.host, port, tls);
        let gaps = [("address", user), ("server", &at), ("user", &server.user)];
        console.note(&console.words.say("cli.mailbox.taken", &gaps));
        for line in notes(&found, console) {
            console.note(&line);
        }
    }
    Ok(server)
}

fn named(user: &str, host: String, args: &ServerArgs) -> Server {
    let (tls, port) = way(args, MailTls::Implicit, usual_port(MailTls::Implicit));
    Server {
        user: user.to_owned(),
        host,
        port,
        tls,
    }
}

/// TLS and port: as given; a given way of TLS without a port takes its usual one.
pub fn way(args: &ServerArgs, tls: MailTls, port: u16) -> (MailTls, u16) {
    let given: Option<MailTls> = args.tls.map(Into::into);
    let port = match (args.port, given) {
        (Some(port), _) => port,
        (None, Some(given)) if given != tls => usual_port(given),
        _ => port,
    };
    (given.unwrap_or(tls), port)
}

fn usual_port(tls: MailTls) -> u16 {
    match tls {
        MailTls::Implicit => 993,
        MailTls::Starttls => 143,
    }
}

/// `imap.example.com:993 (TLS)`.
pub fn shown(host: &str, port: u16, tls: MailTls) -> String {
    let tls = match tls {
        MailTls::Implicit => "TLS",
        MailTls::Starttls => "STARTTLS",
    };
    format!("{host}:{port} ({tls})")
}

/// A provider whose mailboxes cannot be watched is told before anything is stored.
pub fn refuse(found: &MailServerView, user: &str) -> Result<(), Failure> {
    let failure = match found.note {
        Some(MailServerNote::OauthOnly) => Failure::from(Code::MailOauthOnly),
        Some(MailServerNote::NoImap) => {
            let problem = Problem::new(Code::MailboxInvalid).with("field", "host");
            Failure::new(problem, Exit::Failed).instead("no_imap")
        }
        _ => return Ok(()),
    };
    Err(failure.name(user))
}

pub fn not_known(found: &MailServerView, address: &str, asked: bool) -> Failure {
    let problem = Problem::new(Code::FieldMissing)
        .with("field", "--host")
        .with("address", address)
        .with("hosts", found.asks.join(", "));
    Failure::from(problem).instead(if asked || found.asks.is_empty() {
        "mail_server_not_found"
    } else {
        "mail_server_unknown"
    })
}

/// What the provider wants first, and where it tells how.
pub fn notes(found: &MailServerView, console: &Console) -> Vec<String> {
    let key = match found.note {
        Some(MailServerNote::AppPassword) => Some("app_password"),
        Some(MailServerNote::SwitchOn) => Some("switch_on"),
        Some(MailServerNote::Bridge) => Some("bridge"),
        Some(MailServerNote::OauthOnly) => Some("oauth_only"),
        Some(MailServerNote::NoImap) => Some("no_imap"),
        None => None,
    };
    let said = key.map(|key| console.words.say(&format!("cli.mailbox.{key}"), &[]));
    let help = found
        .help
        .as_deref()
        .map(|help| console.words.say("cli.mailbox.help", &[("url", help)]));
    said.into_iter().chain(help).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::TlsName;

    fn args(port: Option<u16>, tls: Option<TlsName>) -> ServerArgs {
        ServerArgs {
            host: None,
            port,
            tls,
            ca: None,
            serves: Vec::new(),
        }
    }

    #[test]
    fn a_way_of_tls_has_its_usual_port() {
        let implicit = (MailTls::Implicit, 993);
        let way = |port, tls| super::way(&args(port, tls), implicit.0, implicit.1);
        assert_eq!(way(None, None), implicit);
        assert_eq!(way(None, Some(TlsName::Starttls)), (MailTls::Starttls, 143));
        assert_eq!(
            way(Some(1143), Some(TlsName::Starttls)),
            (MailTls::Starttls, 1143)
        );
        assert_eq!(way(Some(1993), None), (MailTls::Implicit, 1993));
        // What is kept at a port of its own stays there.
        assert_eq!(
            super::way(
                &args(None, Some(TlsName::Starttls)),
                MailTls::Starttls,
                1143
            ),
            (MailTls::Starttls, 1143)
        );
    }
}
