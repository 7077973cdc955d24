//! Names of folders as IMAP writes them: modified UTF-7 (RFC 3501, 5.1.3). Pure.

use base64::Engine as _;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

const CODING: GeneralPurpose = GeneralPurpose::new(
    &IMAP_MUTF7,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The name for a person; what is not written like that stays as it is.
pub(super) fn decode(name: &str) -> String {
    let mut parts = name.split('&');
    let mut decoded = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let shifted = part.split_once('-');
        match shifted.and_then(|(coded, rest)| Some((letters(coded)?, rest))) {
            Some((letters, rest)) => decoded.extend([&letters, rest]),
            None => decoded.extend(["&", part]),
        }
    }
    decoded
}

fn letters(coded: &str) -> Option<String> {
    if coded.is_empty() {
        return Some("&".to_owned());
    }
    let bytes = CODING.decode(coded).ok()?;
    let units: Vec<u16> = bytes
        .chunks_exact(2)
        .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
        .collect();
    String::from_utf16(&units).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_rfc_and_of_providers() {
        for (name, decoded) in [
            ("INBOX", "INBOX"),
            ("~peter/mail/&U,BTFw-/&ZeVnLIqe-", "~peter/mail/台北/日本語"),
            ("Lixo Eletr&APQ-nico", "Lixo Eletrônico"),
            ("&V4NXPpCuTvY-", "垃圾邮件"),
            ("&BCEEPwQwBDw-", "Спам"),
            ("A &- B", "A & B"),
            ("A & B", "A & B"),
            ("&!!!-", "&!!!-"),
            ("&2D0-", "&2D0-"),
            ("&", "&"),
        ] {
            assert_eq!(decode(name), decoded, "{name}");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(name in "[&A-Za-z0-9+,/ é-]{0,30}") {
            decode(&name);
        }
    }
}
