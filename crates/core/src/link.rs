//! Links that may be opened outside: which are safe, and which host a person is to be shown before.
//!
//! Not here: opening them (the shell), links in mails (`mail::link`: those are read, never opened).

use url::Url;

/// Where this program's versions are published. Readdress opens it when somebody asks, and never looks there by itself.
pub const RELEASES: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/releases");

/// Longest link that is opened, in bytes.
const LONGEST: usize = 2048;

/// A web page that may be opened, and where it really leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outside {
    /// As a browser understands it: this text is handed on, never the one that was given.
    pub url: String,
    /// Host in Punycode, with the port where it is not 443.
    pub host: String,
}

/// The link, where it is one that may be opened: `https://`, a host, no user info, and no character that a browser drops or a person
/// cannot see. Whatever has to be mended first is refused.
pub fn outside(text: &str) -> Option<Outside> {
    let honest = |c: char| !c.is_control() && !c.is_whitespace() && c != '\\' && !is_unseen(c);
    if text.len() > LONGEST || !text.chars().all(honest) {
        return None;
    }
    let after = text.strip_prefix("https://")?;
    if after.starts_with(['/', '?', '#', ':', '@']) {
        return None;
    }
    let url = Url::parse(text).ok()?;
    let host = url.host_str().filter(|host| !host.is_empty())?;
    if url.scheme() != "https" || !url.username().is_empty() || url.password().is_some() {
        return None;
    }
    // An empty user before the `@` would be dropped in silence.
    if after
        .split(['/', '?', '#'])
        .next()
        .is_some_and(|authority| authority.contains('@'))
    {
        return None;
    }
    let host = match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    Some(Outside {
        url: url.into(),
        host,
    })
}

/// Characters that show nothing, or turn the writing around them: two texts may look the same and be others.
pub fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_shown_is_the_one_that_a_browser_goes_to() {
        for (text, host) in [
            ("https://developer.z-api.io/en/", "developer.z-api.io"),
            ("https://EXAMPLE.com", "example.com"),
            ("https://example.com:443/x", "example.com"),
            ("https://example.com:8443/x", "example.com:8443"),
            // Cyrillic а and о, and a full-width dot.
            ("https://\u{430}pple.c\u{43e}m/", "xn--pple-43d.xn--cm-fmc"),
            ("https://example\u{3002}com/", "example.com"),
            ("https://m\u{fc}nchen.example/", "xn--mnchen-3ya.example"),
            ("https://0x7f.1/", "127.0.0.1"),
            ("https://[::1]:8/", "[::1]:8"),
            (
                "https://good.example.evil.example/good.example",
                "good.example.evil.example",
            ),
            (
                "https://evil.example/?https://good.example/",
                "evil.example",
            ),
            ("https://evil.example/@good.example", "evil.example"),
        ] {
            assert_eq!(
                outside(text).map(|link| link.host).as_deref(),
                Some(host),
                "{text}"
            );
        }
    }

    #[test]
    fn what_must_be_mended_or_could_lie_is_refused() {
        for wrong in [
            "http://example.com",
            "HTTPS:example.com",
            "https:/example.com",
            "https:example.com",
            "https:///example.com",
            "https://\\example.com",
            "https://good.example\\@evil.example/",
            "https://user@example.com",
            "https://u:p@example.com",
            "https://@example.com",
            "https://:@example.com",
            "https://good.example%40evil.example/",
            "https://good.exam\nple/",
            "https://good.exam\tple/",
            " https://example.com",
            "https://example.com ",
            "https://exam\u{ad}ple.com/",
            "https://exam\u{200b}ple.com/",
            "https://example.com/\u{202e}moc.doog",
            "https://example.com/\u{2066}x",
            "https://exa\0mple.com",
            "https://",
            "https://#x",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "javascript://example.com/%0aalert(1)",
            "data:text/html,<script>alert(1)</script>",
            "blob:https://example.com/1",
            "view-source:https://example.com",
            "mailto:a@example.com",
            "//example.com",
            "example.com",
            "",
        ] {
            assert_eq!(outside(wrong), None, "{wrong:?}");
        }
        assert_eq!(
            outside(&format!("https://example.com/{}", "x".repeat(3000))),
            None
        );
    }
}
