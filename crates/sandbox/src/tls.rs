//! Certificates for TLS on loopback: a good one, and three that a client must refuse.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use serde::{Deserialize, Serialize};
use std::io;
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

/// Which certificate a TLS front shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TlsKind {
    /// Right in everything, for a client that trusts `ca_pem`.
    Trusted,
    /// Signed by itself.
    SelfSigned,
    /// Signed by the CA, valid until 2020.
    Expired,
    /// Signed by the CA, for `elsewhere.example`.
    WrongHost,
}

/// A TLS front of one service.
#[derive(Clone, Debug, Serialize)]
pub struct TlsFront {
    /// `https://127.0.0.1:PORT`
    pub origin: String,
    /// The CA (for a self-signed one: the certificate itself), PEM.
    pub ca_pem: String,
}

/// The acceptor and the PEM to trust.
pub(crate) fn acceptor(kind: TlsKind) -> io::Result<(TlsAcceptor, String)> {
    let (chain, key, ca_pem) = certificates(kind).map_err(io::Error::other)?;
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| {
            builder
                .with_no_client_auth()
                .with_single_cert(chain, PrivatePkcs8KeyDer::from(key.serialize_der()).into())
        })
        .map_err(io::Error::other)?;
    Ok((TlsAcceptor::from(Arc::new(config)), ca_pem))
}

type Chain = Vec<tokio_rustls::rustls::pki_types::CertificateDer<'static>>;

fn certificates(kind: TlsKind) -> Result<(Chain, KeyPair, String), rcgen::Error> {
    let key = KeyPair::generate()?;
    let hosts = match kind {
        TlsKind::WrongHost => vec!["elsewhere.example".to_owned()],
        _ => vec!["127.0.0.1".to_owned(), "localhost".to_owned()],
    };
    let mut leaf = CertificateParams::new(hosts)?;
    leaf.distinguished_name.push(DnType::CommonName, "practice");
    leaf.key_usages.push(KeyUsagePurpose::DigitalSignature);
    leaf.extended_key_usages
        .push(ExtendedKeyUsagePurpose::ServerAuth);
    // The real year: certificates are judged by the caller's clock. Some systems refuse more than 825 days.
    let year = i32::from(Timestamp::now().to_zoned(TimeZone::UTC).year());
    (leaf.not_before, leaf.not_after) = match kind {
        TlsKind::Expired => (date_time_ymd(2019, 1, 1), date_time_ymd(2020, 1, 1)),
        _ => (
            date_time_ymd(year - 1, 12, 1),
            date_time_ymd(year + 1, 2, 1),
        ),
    };
    if kind == TlsKind::SelfSigned {
        let own = leaf.self_signed(&key)?;
        return Ok((vec![own.der().clone()], key, own.pem()));
    }
    let mut ca = CertificateParams::new(Vec::new())?;
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    ca.distinguished_name
        .push(DnType::CommonName, "Practice CA");
    ca.key_usages.push(KeyUsagePurpose::KeyCertSign);
    (ca.not_before, ca.not_after) = (date_time_ymd(2019, 1, 1), date_time_ymd(year + 1, 2, 1));
    let ca_key = KeyPair::generate()?;
    let ca_certificate = ca.self_signed(&ca_key)?;
    let signed = leaf.signed_by(&key, &Issuer::new(ca, ca_key))?;
    Ok((vec![signed.der().clone()], key, ca_certificate.pem()))
}
