//! Whose mail a mailbox gets: listed addresses, their plus-addresses, and all of a domain. Pure.
//!
//! Not here: which mailbox is watched for a change (`engine::watch`), to whom one mail went (`mail::arrived`).

use crate::email::{EmailAddress, same};
use crate::error::Result;

/// Begins an entry that stands for every address of a domain.
const ALL: &str = "*@";

/// Whether mail for `address` comes to a mailbox that serves `list`.
///
/// An address counts as itself as [`EmailAddress::same_as`] compares, `name@domain` for every `name+anything@domain` too,
/// and `*@domain` for all of that domain, not of those below it. What is no address is served by nobody, but for the very
/// same text: a service may hold one that would not be taken today.
pub fn serves(list: &[String], address: &str) -> bool {
    let asked = EmailAddress::parse(address).ok();
    list.iter().any(|entry| {
        same(entry, address) && !entry.starts_with(ALL)
            || asked.as_ref().is_some_and(|asked| covers(entry, asked))
    })
}

/// As more than one of them: all of its domain, or a plus-address of it.
fn covers(entry: &str, asked: &EmailAddress) -> bool {
    let Ok(listed) = EmailAddress::parse(entry) else {
        return false;
    };
    if listed.domain_ascii() != asked.domain_ascii() {
        return false;
    }
    let (listed, asked) = (listed.local().to_lowercase(), asked.local().to_lowercase());
    listed == "*"
        || asked
            .strip_prefix(&listed)
            .is_some_and(|rest| rest.starts_with('+'))
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
