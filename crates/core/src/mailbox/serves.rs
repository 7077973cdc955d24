//! Whose mail a mailbox gets: listed addresses, their plus-addresses, and all of a domain. Pure.
//!
//! Not here: which mailbox is watched for a change (`engine::watch`), to whom one mail went (`mail::arrived`).

use std::collections::HashSet;

use crate::email::{EmailAddress, same};
use crate::error::Result;

/// Stands for every address of a domain, before its `@`.
const ALL: &str = "*";

/// A list of served addresses, ready to be asked often: as quick with a thousand entries as with one.
///
/// An address counts as itself as [`EmailAddress::same_as`] compares, `name@domain` for every `name+anything@domain` too,
/// and `*@domain` for all of that domain, not of those below it.
#[derive(Debug, Clone, Default)]
pub struct Served {
    /// Local part in lower case, `@`, domain in ASCII.
    addresses: HashSet<String>,
    /// In ASCII.
    domains: HashSet<String>,
    /// What is no address: served as the very same text only. A service may hold one that would not be taken today.
    odd: Vec<String>,
}

impl Served {
    pub fn new(list: &[String]) -> Self {
        let mut served = Self::default();
        for entry in list {
            match EmailAddress::parse(entry) {
                Ok(all) if all.local() == ALL => {
                    served.domains.insert(all.domain_ascii().to_owned());
                }
                Ok(address) => {
                    let local = address.local().to_lowercase();
                    served
                        .addresses
                        .insert(format!("{local}@{}", address.domain_ascii()));
                }
                Err(_) => served.odd.push(entry.clone()),
            }
        }
        served
    }

    /// Whether mail for `address` comes there.
    pub fn has(&self, address: &str) -> bool {
        let Ok(asked) = EmailAddress::parse(address) else {
            return self.odd.iter().any(|entry| same(entry, address));
        };
        let domain = asked.domain_ascii();
        if self.domains.contains(domain) {
            return true;
        }
        let local = asked.local().to_lowercase();
        let bases = local.match_indices('+').map(|(at, _)| &local[..at]);
        bases
            .chain([local.as_str()])
            .any(|base| self.addresses.contains(&format!("{base}@{domain}")))
    }
}

/// As [`Served::has`], for one question.
pub fn serves(list: &[String], address: &str) -> bool {
    Served::new(list).has(address)
}

/// What was typed as the way it is kept: without outer spaces, domains in lower case, each once, in the typed order.
///
/// # Errors
/// `email_invalid` with its `reason`, and the entry as `address`.
pub fn normal(typed: &[String]) -> Result<Vec<String>> {
    let mut kept: Vec<String> = Vec::new();
    for entry in typed {
        let entry = entry.trim();
        let address =
            EmailAddress::parse(entry).map_err(|problem| problem.with("address", entry))?;
        let (domain, _) = idna::domain_to_unicode(address.domain_ascii());
        let entry = format!("{}@{domain}", address.local());
        if !kept.iter().any(|other| same(other, &entry)) {
            kept.push(entry);
        }
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    fn list(entries: &[&str]) -> Vec<String> {
        entries.iter().map(|&entry| entry.to_owned()).collect()
    }

    #[test]
    fn a_listed_address_is_served_in_any_spelling() {
        let served = list(&["Ops@Acme.example", "ana@bücher.example"]);
        for address in [
            "ops@acme.example",
            " OPS@ACME.EXAMPLE ",
            "ops+z-api@acme.example",
            "ops+a+b@acme.example",
            "ANA@XN--BCHER-KVA.example",
        ] {
            assert!(serves(&served, address), "{address}");
        }
        for address in [
            "ops2@acme.example",
            "op@acme.example",
            "ops-z@acme.example",
            "ops@mail.acme.example",
            "ops@acme.example.org",
            "+ops@acme.example",
            "*@acme.example",
            "",
            "ops",
        ] {
            assert!(!serves(&served, address), "{address}");
        }
    }

    #[test]
    fn a_listed_plus_address_is_not_the_whole_mailbox() {
        let served = list(&["ops+a@acme.example"]);
        assert!(serves(&served, "OPS+A@acme.example"));
        assert!(!serves(&served, "ops@acme.example"));
        assert!(!serves(&served, "ops+b@acme.example"));
    }

    #[test]
    fn a_domain_is_served_without_those_below_it() {
        let served = list(&["*@acme.example"]);
        assert!(serves(&served, "Anybody+x@ACME.example"));
        assert!(!serves(&served, "anybody@mail.acme.example"));
        assert!(!serves(&served, "anybody@notacme.example"));
        assert!(!serves(&served, "acme.example"));
        assert!(!serves(&[], "anybody@acme.example"));
    }

    #[test]
    fn what_was_typed_is_kept_once_and_tidy() {
        let typed = list(&[
            " Ops@ACME.example ",
            "ops@acme.example",
            "*@ACME.Example",
            "*@acme.example",
            "a@XN--BCHER-KVA.example",
            "A@bücher.example",
        ]);
        let kept = normal(&typed).unwrap();
        assert_eq!(
            kept,
            ["Ops@acme.example", "*@acme.example", "a@bücher.example"]
        );
        for (typed, reason) in [
            ("acme.example", "no_at"),
            ("*acme.example", "no_at"),
            ("@acme.example", "no_local"),
            ("*@", "no_domain"),
            ("*@localhost", "no_tld"),
            ("a b@acme.example", "spaces"),
            ("", "empty"),
        ] {
            let problem = normal(&list(&["ops@acme.example", typed])).unwrap_err();
            assert_eq!(problem.code, Code::EmailInvalid);
            assert_eq!(problem.params["reason"], reason, "{typed}");
            assert_eq!(problem.params["address"], typed);
        }
    }
}
