//! What a step waits for: the shape of its code, its links, and what is known of its mail.
//!
//! Not here: the step itself (`parse_step`), what the hints do (`mail::arrived`).

use super::mistakes::{Mistakes, not_regex};
use super::source::{MailSource, ManifestSource, WaitsForSource, What};
use super::waits::WaitsFor;
use crate::mail::{Awaited, Hints, LinkPattern, Looks, RefusedLink, SenderPattern, Waits};

/// Most senders, subjects or names of one step; the shortest and the longest of them in characters. What is shorter stands in any mail.
const MOST_HINTS: usize = 20;
const SHORTEST_HINT: usize = 3;
const LONGEST_HINT: usize = 100;

pub fn read_waits(
    m: &mut Mistakes,
    manifest: &ManifestSource,
    id: &str,
    raw: &WaitsForSource,
) -> Option<WaitsFor> {
    let place = ["step", id, "waits_for"];
    let looks_place = ["step", id, "waits_for", "looks"];
    let shape = raw
        .looks
        .as_ref()
        .map(|looks| Looks::new(looks).map_err(|error| not_regex(&error)));
    let looks = shape.and_then(|shape| m.take(&looks_place, shape));
    let link_place = ["step", id, "waits_for", "link"];
    let link = raw
        .link
        .as_ref()
        .and_then(|link| m.take(&link_place, LinkPattern::new(&link.host, &link.path)));
    if raw
        .link
        .as_ref()
        .is_some_and(|link| !link.path.contains("{code}"))
    {
        m.add(
            &link_place,
            "the link's path has no place for the code",
            Some("write `{code}` for that segment".to_owned()),
        );
    }
    let mut refuse = Vec::new();
    for other in &raw.not_links {
        let own = other
            .host
            .as_ref()
            .or(raw.link.as_ref().map(|link| &link.host));
        let Some(host) = own else {
            m.add(
                &place,
                "`not_links` needs a host, its own or that of `link`",
                None,
            );
            continue;
        };
        if let Some(pattern) = m.take(&place, LinkPattern::new(host, &other.path)) {
            refuse.push(RefusedLink {
                host: pattern.host,
                path: pattern.path,
                reason: other.kind.clone(),
            });
        }
    }
    let hints = read_hints(m, manifest, id, raw);
    Some(WaitsFor {
        what: raw.what,
        sent_to: raw.sent_to,
        looks: raw.looks.clone(),
        waits: Waits {
            what: match raw.what {
                What::Code => Awaited::Code,
                What::Link => Awaited::Link,
            },
            looks,
            link: link.into_iter().collect(),
            refuse,
            hints,
            address: None,
        },
    })
}

fn read_hints(
    m: &mut Mistakes,
    manifest: &ManifestSource,
    id: &str,
    waits: &WaitsForSource,
) -> Hints {
    let MailSource {
        from,
        subject,
        names,
    } = &waits.mail;
    let mut senders = Vec::new();
    for (at, text) in from.iter().enumerate().take(MOST_HINTS) {
        let at = at.to_string();
        let place = ["step", id, "waits_for", "mail", "from", &at];
        senders.extend(m.take(&place, SenderPattern::try_from(text.clone())));
    }
    for (name, list) in [("from", from), ("subject", subject), ("names", names)] {
        let place = ["step", id, "waits_for", "mail", name];
        if list.len() > MOST_HINTS {
            m.add(&place, format!("at most {MOST_HINTS} of them"), None);
        }
        for (at, text) in list.iter().enumerate().take(MOST_HINTS) {
            let length = text.trim().chars().count();
            if !(SHORTEST_HINT..=LONGEST_HINT).contains(&length) {
                let at = at.to_string();
                let place = [&place[..], &[at.as_str()]].concat();
                let message = format!("has {SHORTEST_HINT} to {LONGEST_HINT} characters");
                m.add(&place, message, None);
            }
        }
    }
    let lower = |text: &String| text.trim().to_lowercase();
    let hosts = waits.link.iter().map(|link| link.host.clone());
    let own = [manifest.name.clone()]
        .into_iter()
        .chain(host_of(&manifest.base_url))
        .chain(hosts);
    let mut all: Vec<String> = own.map(|name| site(&name)).collect();
    all.extend(names.iter().take(MOST_HINTS).map(lower));
    all.retain(|name| name.chars().count() >= SHORTEST_HINT);
    all.sort();
    all.dedup();
    Hints {
        from: senders,
        subject: subject.iter().take(MOST_HINTS).map(lower).collect(),
        names: all,
    }
}

/// The host of a base URL, unless it is a template or a number.
fn host_of(base_url: &str) -> Option<String> {
    let host = url::Url::parse(base_url).ok()?.domain()?.to_owned();
    let plain = host.contains('.') && !host.contains(['{', '}', '%']);
    plain.then_some(host)
}

/// `api.example.com` is called `example.com` in mails; anything else by its name. Of a host under `co.uk` and the like, more is kept.
fn site(name: &str) -> String {
    let name = name.trim().trim_start_matches("*.").to_lowercase();
    let labels: Vec<&str> = name.split('.').collect();
    let is_host = labels.len() > 2 && !name.contains(char::is_whitespace);
    if !is_host {
        return name;
    }
    let short = labels[labels.len() - 2].len() <= 3;
    labels[labels.len() - if short { 3 } else { 2 }..].join(".")
}
