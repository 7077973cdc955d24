//! A certificate authority of our own, and certificates that are wrong in one way each.

use std::path::Path;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, IsCa, KeyPair,
    date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

#[derive(Clone, Copy)]
pub enum Flaw {
    None,
    Expired,
    NotYetValid,
    OtherHost,
    SelfSigned,
    UnknownAuthority,
    /// Its name is the name of the authority that is trusted, its key is another: one that was made anew.
    AuthorityMadeAnew,
    SelfSignedInItsName,
}

const TRUSTED: &str = "Company Root";

fn params(name: &str, hosts: &[&str]) -> CertificateParams {
    let hosts: Vec<_> = hosts.iter().map(|host| (*host).to_owned()).collect();
    let mut about = CertificateParams::new(hosts).expect("hosts");
    about.distinguished_name = DistinguishedName::new();
    about.distinguished_name.push(DnType::CommonName, name);
    about
}

impl Authority {
    pub fn new() -> Self {
        Self::named(TRUSTED)
    }

    fn named(name: &str) -> Self {
        let mut about = params(name, &["authority.example"]);
        about.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        Self {
            issuer: CertifiedIssuer::self_signed(about, key).expect("an authority"),
        }
    }

    pub fn write(&self, file: &Path) {
        std::fs::write(file, self.issuer.pem()).expect("a file");
    }

    /// A server for `127.0.0.1` and `service.example` with this flaw, which speaks these protocols.
    pub fn acceptor(&self, flaw: Flaw, protocols: &[&str]) -> TlsAcceptor {
        let key = KeyPair::generate().expect("a key");
        let name = match flaw {
            Flaw::SelfSignedInItsName => TRUSTED,
            _ => "service.example",
        };
        let mut about = params(name, &["127.0.0.1", "service.example"]);
        match flaw {
            Flaw::Expired => about.not_after = date_time_ymd(2020, 1, 1),
            Flaw::NotYetValid => about.not_before = date_time_ymd(2090, 1, 1),
            Flaw::OtherHost => about = params(name, &["elsewhere.example"]),
            _ => {}
        }
        let made = match flaw {
            Flaw::SelfSigned | Flaw::SelfSignedInItsName => about.self_signed(&key),
            Flaw::UnknownAuthority => about.signed_by(&key, &Self::named("Nobody").issuer),
            Flaw::AuthorityMadeAnew => about.signed_by(&key, &Self::new().issuer),
            _ => about.signed_by(&key, &self.issuer),
        };
        let chain = vec![CertificateDer::from(made.expect("a certificate"))];
        server(
            chain,
            PrivateKeyDer::Pkcs8(key.serialize_der().into()),
            protocols,
        )
    }
}

fn server(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    protocols: &[&str],
) -> TlsAcceptor {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .expect("an identity");
    config.alpn_protocols = protocols
        .iter()
        .map(|name| name.as_bytes().to_vec())
        .collect();
    TlsAcceptor::from(Arc::new(config))
}
