//! Reads a domain's own mail settings, as Thunderbird does. Pure; whoever wrote them is not trusted.
//!
//! Format: <https://www.bucksch.org/1/projects/thunderbird/autoconfiguration/config-file-format.html>. Not here: asking for
//! them (`engine::mail_servers`). Nothing of it is used before a person has seen the host.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::typed;
use crate::email::EmailAddress;
use crate::view::{MailServerNote, MailServerSource, MailServerView, MailTls};

/// Real ones have 1 to 5 KB.
const LONGEST: usize = 256 << 10;
/// Real ones have five levels.
const DEEPEST: usize = 16;
const MOST_EVENTS: usize = 20_000;
const MOST_SERVERS: usize = 32;
const LONGEST_VALUE: usize = 512;

/// One `incomingServer`, as far as it was read.
#[derive(Default)]
struct Server {
    host: String,
    port: String,
    socket: String,
    user: String,
    /// Ways to log in that were named.
    ways: Vec<String>,
}

/// A server that can be used.
struct Usable {
    host: String,
    port: u16,
    tls: MailTls,
    user: String,
    password: bool,
}

/// The best of the servers in `xml` for this address: one that takes a password, TLS from the first byte before STARTTLS,
/// else in their order. `None` where there is none, or it is no such file.
pub(crate) fn read(xml: &[u8], address: &EmailAddress) -> Option<MailServerView> {
    let servers = servers(xml)?;
    let usable = servers
        .iter()
        .filter_map(|server| server.usable(address))
        .min_by_key(|server| (!server.password, server.tls == MailTls::Starttls))?;
    Some(MailServerView {
        source: MailServerSource::Autoconfig,
        host: Some(usable.host),
        port: usable.port,
        tls: usable.tls,
        user: usable.user,
        note: (!usable.password).then_some(MailServerNote::OauthOnly),
        help: None,
        asks: Vec::new(),
    })
}

/// `None` where it is not well-formed, or is what no such file needs: a document type (entities come from there), too
/// long, too deep.
fn servers(xml: &[u8]) -> Option<Vec<Server>> {
    if xml.len() > LONGEST {
        return None;
    }
    let text = std::str::from_utf8(xml).ok()?;
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    reader.config_mut().trim_text(true);
    let mut path: Vec<String> = Vec::new();
    let mut found: Vec<Server> = Vec::new();
    let mut value = String::new();
    for _ in 0..MOST_EVENTS {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                path.push(name(start.local_name().as_ref()));
                if path.len() > DEEPEST {
                    return None;
                }
                value.clear();
                if is_server(&path) && attribute(&start, "type").as_deref() == Some("imap") {
                    if found.len() == MOST_SERVERS {
                        return None;
                    }
                    // The path tells later that the values are this one's.
                    path.pop();
                    path.push("imap".to_owned());
                    found.push(Server::default());
                }
            }
            Event::End(_) => {
                let ended = path.pop()?;
                let ours = matches!(&path[..], [root, provider, server]
                    if root == "clientConfig" && provider == "emailProvider" && server == "imap");
                if ours && let Some(server) = found.last_mut() {
                    server.take(&ended, value.trim());
                }
                value.clear();
            }
            Event::Text(text) => add(&mut value, &text),
            Event::CData(text) => add(&mut value, &text),
            // No value that is looked at needs one: what holds it is not what it seems.
            Event::GeneralRef(_) => add(&mut value, "\0"),
            Event::DocType(_) => return None,
            Event::Eof => return path.is_empty().then_some(found),
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
    None
}

fn name(text: &str) -> String {
    text.chars().take(LONGEST_VALUE).collect()
}

fn is_server(path: &[String]) -> bool {
    matches!(path, [root, provider, server]
        if root == "clientConfig" && provider == "emailProvider" && server == "incomingServer")
}

fn attribute(start: &quick_xml::events::BytesStart<'_>, wanted: &str) -> Option<String> {
    let found = start.try_get_attribute(wanted).ok()??;
    Some(found.value.as_ref().to_owned())
}

fn add(value: &mut String, text: &str) {
    if value.len() + text.len() <= LONGEST_VALUE {
        value.push_str(text);
    } else {
        // Longer than anything that is looked at: not cut, or the rest would seem to be all of it.
        value.push('\0');
    }
}

impl Server {
    fn take(&mut self, element: &str, value: &str) {
        let place = match element {
            "hostname" => &mut self.host,
            "port" => &mut self.port,
            "socketType" => &mut self.socket,
            "username" => &mut self.user,
            "authentication" => {
                if self.ways.len() < MOST_SERVERS {
                    self.ways.push(value.to_owned());
                }
                return;
            }
            _ => return,
        };
        // The first counts: a second one must not take its place.
        if place.is_empty() {
            value.clone_into(place);
        }
    }

    fn usable(&self, address: &EmailAddress) -> Option<Usable> {
        let host = self.host.replace("%EMAILDOMAIN%", address.domain_ascii());
        let host = typed::host(&host).ok()?;
        // On the net, and with a name: whoever wrote this has no say in what is reached on this machine or beside it.
        if host.parse::<std::net::IpAddr>().is_ok() || !host.contains('.') {
            return None;
        }
        let tls = match self.socket.as_str() {
            "SSL" => MailTls::Implicit,
            "STARTTLS" => MailTls::Starttls,
            _ => return None,
        };
        let port = self.port.parse().ok().filter(|&port| port != 0)?;
        let known = |way: &&String| {
            [
                "password-cleartext",
                "plain",
                "password-encrypted",
                "secure",
            ]
            .contains(&way.as_str())
        };
        let password = self.ways.is_empty() || self.ways.iter().any(|way| known(&way));
        let oauth = self.ways.iter().any(|way| way == "OAuth2");
        (password || oauth).then(|| Usable {
            host,
            port,
            tls,
            user: login(&self.user, address),
            password,
        })
    }
}

/// The login name that the pattern makes; the address where it makes none.
fn login(pattern: &str, address: &EmailAddress) -> String {
    let user = pattern
        .replace("%EMAILADDRESS%", address.as_str())
        .replace("%EMAILLOCALPART%", address.local())
        .replace("%EMAILDOMAIN%", address.domain());
    let fits = pattern.contains("%EMAIL") && typed::user(&user).as_ref() == Ok(&user);
    if fits {
        user
    } else {
        address.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests;
