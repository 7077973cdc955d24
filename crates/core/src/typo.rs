//! A guess at what was meant where a domain is one slip away from a well-known one, or from one the user has.
//!
//! Not here: validity (`email`). A guess is a question, never a correction.

use strsim::osa_distance;

/// Where most people have their mail: large providers in the world and in the languages of Readdress.
const WELL_KNOWN: &[&str] = &[
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "outlook.com.br",
    "outlook.es",
    "outlook.de",
    "outlook.fr",
    "hotmail.com",
    "hotmail.com.br",
    "hotmail.es",
    "hotmail.co.uk",
    "hotmail.fr",
    "hotmail.it",
    "live.com",
    "live.nl",
    "live.co.uk",
    "msn.com",
    "yahoo.com",
    "yahoo.com.br",
    "yahoo.com.mx",
    "yahoo.com.ar",
    "yahoo.es",
    "yahoo.co.uk",
    "yahoo.co.in",
    "yahoo.fr",
    "yahoo.de",
    "yahoo.it",
    "ymail.com",
    "rocketmail.com",
    "icloud.com",
    "me.com",
    "mac.com",
    "proton.me",
    "protonmail.com",
    "pm.me",
    "tuta.com",
    "tutanota.com",
    "fastmail.com",
    "fastmail.fm",
    "zoho.com",
    "zohomail.com",
    "gmx.com",
    "gmx.de",
    "gmx.net",
    "gmx.at",
    "web.de",
    "t-online.de",
    "freenet.de",
    "mail.com",
    "email.com",
    "aol.com",
    "comcast.net",
    "verizon.net",
    "att.net",
    "sbcglobal.net",
    "uol.com.br",
    "bol.com.br",
    "terra.com.br",
    "ig.com.br",
    "globo.com",
    "globomail.com",
    "r7.com",
    "terra.com",
    "telefonica.net",
    "orange.fr",
    "free.fr",
    "laposte.net",
    "wanadoo.fr",
    "libero.it",
    "virgilio.it",
    "tiscali.it",
    "mail.ru",
    "yandex.ru",
    "yandex.com",
    "rambler.ru",
    "ukr.net",
    "seznam.cz",
    "wp.pl",
    "onet.pl",
    "o2.pl",
    "interia.pl",
    "qq.com",
    "163.com",
    "126.com",
    "naver.com",
    "btinternet.com",
    "posteo.de",
    "mailbox.org",
    "hey.com",
    "duck.com",
];

/// Endings that are slips of others. The rest of the domain stays.
const ENDINGS: &[(&str, &str)] = &[
    (".con", ".com"),
    (".cmo", ".com"),
    (".ocm", ".com"),
    (".comm", ".com"),
    (".xom", ".com"),
    (".vom", ".com"),
    (".cpm", ".com"),
    (".clm", ".com"),
    (".coom", ".com"),
    (".om.br", ".com.br"),
    (".con.br", ".com.br"),
    (".cm.br", ".com.br"),
    (".com.bt", ".com.br"),
    (".com.be", ".com.br"),
    (".com.rb", ".com.br"),
    (".nte", ".net"),
    (".ner", ".net"),
    (".met", ".net"),
    (".ent", ".net"),
    (".ogr", ".org"),
    (".orgg", ".org"),
    (".prg", ".org"),
];

/// The domain that was probably meant. `in_use` are domains of the user's own addresses. `None` where the domain is
/// itself well known or in use, or like nothing known. Case does not matter.
pub fn suggest(domain: &str, in_use: &[String]) -> Option<String> {
    let domain = domain.trim().to_lowercase();
    let used: Vec<String> = in_use
        .iter()
        .map(|used| used.trim().to_lowercase())
        .collect();
    let known = |name: &str| WELL_KNOWN.contains(&name) || used.iter().any(|used| used == name);
    if domain.is_empty() || domain.len() > 253 || known(&domain) {
        return None;
    }
    // The user's own domains come first: what they have is likelier than what the world has.
    let own = used
        .iter()
        .map(String::as_str)
        .find(|name| is_near(name, &domain, 3));
    if let Some(meant) = own.or_else(|| {
        WELL_KNOWN
            .iter()
            .copied()
            .find(|name| is_near(name, &domain, 4))
    }) {
        return Some(meant.to_owned());
    }
    let (slip, right) = ENDINGS.iter().find(|(slip, _)| domain.ends_with(slip))?;
    let front = domain
        .strip_suffix(slip)
        .filter(|front| !front.is_empty())?;
    let meant = format!("{front}{right}");
    // "gmial.con" has two slips; what remains may be near a known one.
    let nearer = WELL_KNOWN
        .iter()
        .copied()
        .find(|name| is_near(name, &meant, 4));
    Some(
        nearer
            .filter(|_| !known(&meant))
            .map_or(meant, str::to_owned),
    )
}

/// One letter more, less, other or swapped. Names shorter than `least` have too many honest neighbours, and so has
/// a country's ending: `yahoo.ie` is not a slip of `yahoo.it`.
fn is_near(name: &str, domain: &str, least: usize) -> bool {
    if osa_distance(name, domain) != 1 || name.find('.').unwrap_or(name.len()) < least {
        return false;
    }
    match (name.rsplit_once('.'), domain.rsplit_once('.')) {
        (Some((front, end)), Some((other_front, other_end))) => {
            front != other_front || end.len() != 2 || other_end.len() != 2
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guesses_what_was_meant() {
        for (typed, meant) in [
            ("gmial.com", "gmail.com"),
            ("gmai.com", "gmail.com"),
            ("gmaill.com", "gmail.com"),
            ("gnail.com", "gmail.com"),
            ("GMAIL.CO", "gmail.com"),
            ("gmail.con", "gmail.com"),
            ("gmail.cmo", "gmail.com"),
            ("gmail.comm", "gmail.com"),
            ("gmial.con", "gmail.com"),
            ("hotmal.com", "hotmail.com"),
            ("hotmial.com.br", "hotmail.com.br"),
            ("outlok.com", "outlook.com"),
            ("yaho.com", "yahoo.com"),
            ("yahoo.co", "yahoo.com"),
            ("iclod.com", "icloud.com"),
            ("uol.con.br", "uol.com.br"),
            ("protonmial.com", "protonmail.com"),
            ("firm.con", "firm.com"),
            ("firm.com.bt", "firm.com.br"),
            ("nev.example", "new.example"),
            ("acme.exmaple", "acme.example"),
        ] {
            let in_use = ["new.example".to_owned(), " Acme.Example".to_owned()];
            assert_eq!(suggest(typed, &in_use).as_deref(), Some(meant), "{typed}");
        }
    }

    #[test]
    fn leaves_honest_domains_alone() {
        for honest in [
            "gmail.com",
            "email.com",
            "mail.com",
            "ymail.com",
            "example.com",
            "firm.co",
            "firm.io",
            "yahoo.ie",
            "outlook.dk",
            "hotmail.be",
            "key.com",
            "gmx.ch",
            "m.com",
            "",
            ".con",
            "a",
            "company.com.br",
            "live.fr",
            "new.example",
        ] {
            assert_eq!(
                suggest(honest, &["new.example".to_owned()]),
                None,
                "{honest}"
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn a_guess_is_another_domain(domain in "\\PC{0,40}") {
            let guess = suggest(&domain, &[]);
            proptest::prop_assert_ne!(guess.as_deref(), Some(domain.trim()));
        }
    }
}
