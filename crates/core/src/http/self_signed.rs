//! Whether a certificate names itself as its issuer.
//!
//! Not here: trust. This only picks the word for a certificate that was refused already.

/// Compares issuer and subject of a DER certificate (RFC 5280, section 4.1); `false` for what cannot be read.
pub(super) fn is_self_signed(certificate: &[u8]) -> bool {
    names(certificate).is_some_and(|(issuer, subject)| issuer == subject)
}

const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;

fn names(certificate: &[u8]) -> Option<(&[u8], &[u8])> {
    let (SEQUENCE, outer, _) = element(certificate)? else {
        return None;
    };
    let (SEQUENCE, signed, _) = element(outer)? else {
        return None;
    };
    let (tag, _, after_first) = element(signed)?;
    // The version is left out in version 1; then the first element is the serial number already.
    let rest = if tag == VERSION {
        element(after_first)?.2
    } else {
        after_first
    };
    let (_, _, rest) = element(rest)?; // signature algorithm
    let (SEQUENCE, issuer, rest) = element(rest)? else {
        return None;
    };
    let (_, _, rest) = element(rest)?; // validity
    let (SEQUENCE, subject, _) = element(rest)? else {
        return None;
    };
    Some((issuer, subject))
}

/// Tag, content and what follows of one DER element.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, mut rest) = rest.split_first()?;
    let mut length = usize::from(first);
    if first >= 0x80 {
        let count = usize::from(first & 0x7f);
        if count == 0 || count > 4 || rest.len() < count {
            return None;
        }
        let (digits, after) = rest.split_at(count);
        length = digits
            .iter()
            .fold(0, |sum, digit| (sum << 8) | usize::from(*digit));
        rest = after;
    }
    (rest.len() >= length).then(|| {
        let (content, after) = rest.split_at(length);
        (tag, content, after)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, CertifiedIssuer, DnType, KeyPair};

    fn params(name: &str) -> CertificateParams {
        let mut params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
        params.distinguished_name.push(DnType::CommonName, name);
        params
    }

    #[test]
    fn tells_an_issued_certificate_from_one_that_signed_itself() {
        let key = KeyPair::generate().expect("a key");
        let own = params("a.example")
            .self_signed(&key)
            .expect("a certificate");
        assert!(is_self_signed(own.der()));

        let authority_key = KeyPair::generate().expect("a key");
        let authority =
            CertifiedIssuer::self_signed(params("authority"), authority_key).expect("an authority");
        let issued = params("b.example")
            .signed_by(&key, &authority)
            .expect("a certificate");
        assert!(!is_self_signed(issued.der()));
    }

    proptest::proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            is_self_signed(&bytes);
        }
    }
}
