//! How addresses compare in the database: without case, the domain in ASCII.

/// The key under which two spellings of one address are the same.
pub(super) fn email_key(address: &str) -> String {
    match address.trim().rsplit_once('@') {
        Some((local, domain)) => format!("{}@{}", local.to_lowercase(), ascii(domain)),
        None => address.trim().to_lowercase(),
    }
}

/// The address's domain, in ASCII and lower case.
pub(super) fn domain(address: &str) -> Option<String> {
    address
        .trim()
        .rsplit_once('@')
        .map(|(_, domain)| ascii(domain))
}

fn ascii(domain: &str) -> String {
    // What a service shows need not be valid; it is compared as it stands then.
    idna::domain_to_ascii(domain).unwrap_or_else(|_| domain.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_address_share_a_key() {
        assert_eq!(
            email_key(" Ana+x@Bücher.Example "),
            email_key("ana+X@xn--bcher-kva.example")
        );
        assert_ne!(email_key("ana@a.example"), email_key("ana@b.example"));
        assert_eq!(
            domain("Ana@Bücher.example").as_deref(),
            Some("xn--bcher-kva.example")
        );
        assert_eq!(domain("no address"), None);
    }
}
