//! How long is waited: the flags of `wait` and of `change … --wait`.
//!
//! Not here: the waiting (`commands::wait`).

use std::time::Duration;

use jiff::SignedDuration;

/// `90s`, `10m`, `1h 30m`.
///
/// # Errors
/// What does not fit, as clap prints it: not a span, or none above nothing.
pub fn span(text: &str) -> Result<Duration, String> {
    let span: SignedDuration = text
        .parse()
        .map_err(|_| "give a span, such as 90s, 10m or 1h30m".to_owned())?;
    Duration::try_from(span)
        .ok()
        .filter(|span| !span.is_zero())
        .ok_or_else(|| "give a span that is longer than nothing".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_written_with_their_unit() {
        for (text, seconds) in [("90s", 90), ("10m", 600), ("1h30m", 5400), ("2 h", 7200)] {
            assert_eq!(span(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "10", "-1m", "0s", "soon", "10m ago"] {
            assert!(span(text).is_err(), "{text}");
        }
    }
}
