//! An authority of one's own, and what it signs for a server on loopback.

use crate::ServerCertificate;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};

/// PEM texts of one server.
pub struct Authority {
    /// What a client must trust.
    pub ca: String,
    pub certificate: String,
    pub key: String,
}

impl Authority {
    /// # Errors
    /// None in practice: the names below are good ones.
    pub fn make(kind: ServerCertificate) -> Result<Self, rcgen::Error> {
        let key = KeyPair::generate()?;
        let names = match kind {
            ServerCertificate::WrongHost => vec!["elsewhere.example".to_owned()],
            _ => vec!["localhost".to_owned(), "127.0.0.1".to_owned()],
        };
        let mut params = CertificateParams::new(names)?;
        params
            .distinguished_name
            .push(DnType::CommonName, "Mail server of a test");
        let (ca_params, ca_key) = authority()?;
        let ca = ca_params.self_signed(&ca_key)?.pem();
        let certificate = if kind == ServerCertificate::SelfSigned {
            params.self_signed(&key)?.pem()
        } else {
            params
                .signed_by(&key, &Issuer::new(ca_params, ca_key))?
                .pem()
        };
        Ok(Self {
            ca,
            certificate,
            key: key.serialize_pem(),
        })
    }
}

/// An authority that signed nothing here: with it, and only it, a client must refuse.
///
/// # Errors
/// None in practice.
pub fn stranger_pem() -> Result<String, rcgen::Error> {
    let (params, key) = authority()?;
    Ok(params.self_signed(&key)?.pem())
}

fn authority() -> Result<(CertificateParams, KeyPair), rcgen::Error> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
        .distinguished_name
        .push(DnType::CommonName, "Authority of a test");
    Ok((params, KeyPair::generate()?))
}
