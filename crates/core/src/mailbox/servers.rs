//! Where the mail of an address is read: the table of large providers, and whom else one could ask.
//!
//! Not here: asking (`engine::mail_servers`), reading the answer (`autoconfig`).

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::email::EmailAddress;
use crate::view::{MailServerNote, MailServerSource, MailServerView, MailTls};

/// Usual for TLS from the first byte (RFC 8314, 3.2).
const PORT: u16 = 993;

/// Knows the settings of many domains: <https://wiki.mozilla.org/Thunderbird:Autoconfiguration>.
const LIST: &str = "autoconfig.thunderbird.net";

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    // Compiled in, and read by a test: it can be read.
    toml::from_str(include_str!("providers.toml")).unwrap_or_default()
});

/// From a domain to its place in the table.
static BY_DOMAIN: LazyLock<HashMap<&'static str, &'static Provider>> = LazyLock::new(|| {
    let domains = |provider: &'static Provider| {
        provider
            .domains
            .iter()
            .map(move |domain| (domain.as_str(), provider))
    };
    TABLE.provider.iter().flat_map(domains).collect()
});

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    provider: Vec<Provider>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Provider {
    /// In ASCII and lower case.
    domains: Vec<String>,
    host: Option<String>,
    #[serde(default = "usual_port")]
    port: u16,
    #[serde(default = "usual_tls")]
    tls: MailTls,
    #[serde(default)]
    user: User,
    note: Option<MailServerNote>,
    help: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum User {
    #[default]
    Address,
    LocalPart,
}

fn usual_port() -> u16 {
    PORT
}

fn usual_tls() -> MailTls {
    MailTls::Implicit
}

/// What the table knows of the address's domain.
pub(crate) fn known(address: &EmailAddress) -> Option<MailServerView> {
    let provider = BY_DOMAIN.get(address.domain_ascii())?;
    Some(MailServerView {
        source: MailServerSource::Table,
        host: provider.host.clone(),
        port: provider.port,
        tls: provider.tls,
        user: match provider.user {
            User::Address => address.as_str(),
            User::LocalPart => address.local(),
        }
        .to_owned(),
        note: provider.note,
        help: provider.help.clone(),
        asks: Vec::new(),
    })
}

/// Nobody knows, or nobody was asked yet: what a person may begin with.
pub(crate) fn unknown(address: &EmailAddress, asks: Vec<String>) -> MailServerView {
    MailServerView {
        source: MailServerSource::Unknown,
        host: None,
        port: PORT,
        tls: MailTls::Implicit,
        user: address.as_str().to_owned(),
        note: None,
        help: None,
        asks,
    }
}

/// Host and URL of who may know, in the order in which they are asked: the domain itself, then Thunderbird's list. They
/// are told the domain, never the address.
pub(crate) fn askable(address: &EmailAddress) -> [(String, String); 3] {
    let domain = address.domain_ascii();
    let own = format!("autoconfig.{domain}");
    [
        (own.clone(), format!("https://{own}/mail/config-v1.1.xml")),
        (
            domain.to_owned(),
            format!("https://{domain}/.well-known/autoconfig/mail/config-v1.1.xml"),
        ),
        (LIST.to_owned(), format!("https://{LIST}/v1.1/{domain}")),
    ]
}

/// The table says that no password opens a mailbox at this host.
pub(crate) fn takes_oauth_only(host: &str) -> bool {
    TABLE.provider.iter().any(|provider| {
        provider.host.as_deref() == Some(host) && provider.note == Some(MailServerNote::OauthOnly)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::mailbox::typed;

    fn of(address: &str) -> Option<MailServerView> {
        known(&EmailAddress::parse(address).unwrap())
    }

    #[test]
    fn every_row_can_be_used() {
        let table: Table = toml::from_str(include_str!("providers.toml")).expect("it can be read");
        assert!(table.provider.len() > 25);
        let mut seen = HashSet::new();
        for provider in &table.provider {
            assert!(!provider.domains.is_empty());
            for domain in &provider.domains {
                let address = EmailAddress::parse(&format!("a@{domain}")).expect(domain);
                assert_eq!(address.domain_ascii(), domain, "as it is looked up");
                assert!(seen.insert(domain), "{domain} twice");
            }
            let name = &provider.domains[0];
            assert_ne!(provider.port, 0);
            match &provider.host {
                Some(host) => assert_eq!(typed::host(host).as_ref(), Ok(host)),
                None => assert_eq!(provider.note, Some(MailServerNote::NoImap), "{name}"),
            }
            let here = provider.host.as_deref() == Some("127.0.0.1");
            assert_eq!(
                here,
                provider.note == Some(MailServerNote::Bridge),
                "{name}"
            );
            // In the clear only on this machine, until STARTTLS.
            assert!(here || provider.tls == MailTls::Implicit, "{name}");
            if let Some(help) = &provider.help {
                let url = url::Url::parse(help).expect(help);
                assert!(url.scheme() == "https" && url.domain().is_some(), "{help}");
            }
        }
    }

    #[test]
    fn large_providers_are_known_whatever_the_spelling() {
        let gmail = of(" Ana.B@GMAIL.com ").unwrap();
        assert_eq!(gmail.source, MailServerSource::Table);
        assert_eq!(gmail.host.as_deref(), Some("imap.gmail.com"));
        assert_eq!((gmail.port, gmail.tls), (993, MailTls::Implicit));
        assert_eq!(gmail.user, "Ana.B@GMAIL.com", "as typed");
        assert_eq!(gmail.note, Some(MailServerNote::AppPassword));
        assert!(gmail.asks.is_empty());
        let apple = of("ana@icloud.com").unwrap();
        assert_eq!(apple.user, "ana");
        let hotmail = of("ana@hotmail.com.br").unwrap();
        assert_eq!(hotmail.note, Some(MailServerNote::OauthOnly));
        let proton = of("ana@pm.me").unwrap();
        assert_eq!((proton.port, proton.tls), (1143, MailTls::Starttls));
        assert_eq!(of("ana@tuta.com").unwrap().host, None);
        for unknown in [
            "ana@acme.example",
            "ana@mail.gmail.com",
            "ana@gmail.com.example",
        ] {
            assert_eq!(of(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn who_is_asked_learns_the_domain_and_not_the_address() {
        let address = EmailAddress::parse("Secret.Name+x@Bücher.example").unwrap();
        for (host, url) in askable(&address) {
            let parsed = url::Url::parse(&url).unwrap();
            assert_eq!(
                (parsed.scheme(), parsed.host_str()),
                ("https", Some(&*host))
            );
            assert_eq!(parsed.query(), None);
            assert!(
                !url.to_lowercase().contains("secret") && !url.contains('@'),
                "{url}"
            );
            assert!(url.contains("xn--bcher-kva.example"));
        }
        assert_eq!(unknown(&address, Vec::new()).user, address.as_str());
    }

    #[test]
    fn which_hosts_take_no_password() {
        assert!(takes_oauth_only("outlook.office365.com"));
        assert!(!takes_oauth_only("imap.gmail.com") && !takes_oauth_only(""));
    }
}
