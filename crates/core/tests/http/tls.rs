//! Certificates that must be refused, each with its own word; nothing was sent in any case.

use std::net::SocketAddr;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd,
};
use readdress_core::http::{Limits, Sender};
use readdress_core::view::{NetworkSettings, ProxyChoice};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::AsyncWriteExt;
use tokio_rustls::TlsAcceptor;

use crate::servers::*;

/// An authority of our own, and the file that names it.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: tempfile::TempDir,
}

/// A certificate chain with its key.
pub type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

fn params(host: &str) -> CertificateParams {
    let mut params = CertificateParams::new(vec![host.to_owned()]).expect("a host");
    params.distinguished_name.push(DnType::CommonName, host);
    params
}

impl Authority {
    pub fn new() -> Self {
        let mut params = params("practice.authority.example");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key"))
            .expect("an authority");
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("ca.pem"), issuer.pem()).expect("a file");
        Self { issuer, folder }
    }

    pub fn file(&self) -> String {
        self.folder.path().join("ca.pem").display().to_string()
    }

    pub fn identity(&self, host: &str) -> Identity {
        self.signed(&params(host))
    }

    fn signed(&self, params: &CertificateParams) -> Identity {
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        (
            vec![certificate.der().clone()],
            PrivateKeyDer::Pkcs8(key.serialize_der().into()),
        )
    }
}

/// Ends TLS with this identity, offering these protocols.
pub fn acceptor((chain, key): Identity, protocols: &[&str]) -> TlsAcceptor {
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

/// Speaks TLS with this identity and answers each request with `{}`.
pub async fn serve_tls(identity: Identity) -> Server {
    let acceptor = acceptor(identity, &[]);
    Server::new(move |stream, seen| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                return;
            };
            while let Some(request) = read_request(&mut stream).await {
                seen.lock().expect("a log").push(request);
                if stream.write_all(&ok("{}")).await.is_err() {
                    return;
                }
            }
        }
    })
    .await
}

pub fn trusting(authority: Option<&Authority>, limits: Limits) -> Sender {
    let settings = NetworkSettings {
        proxy: ProxyChoice::System,
        ca_file: authority.map(Authority::file),
    };
    Sender::with_limits(&settings, limits).expect("a sender")
}

pub fn https(addr: SocketAddr) -> String {
    format!("https://{addr}/token/{SECRET}")
}

#[tokio::test]
async fn an_own_authority_is_trusted_when_it_is_named() {
    let authority = Authority::new();
    let server = serve_tls(authority.identity("127.0.0.1")).await;
    let sent = trusting(Some(&authority), patient())
        .send(post(&https(server.addr)))
        .await;
    assert_eq!(answer(sent).body, b"{}");
    assert!(server.requests()[0].contains(SECRET));
}

#[tokio::test]
async fn a_refused_certificate_has_its_reason_and_nothing_is_sent() {
    let authority = Authority::new();
    let mut expired = params("127.0.0.1");
    (expired.not_before, expired.not_after) =
        (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
    let mut early = params("127.0.0.1");
    (early.not_before, early.not_after) = (date_time_ymd(2090, 1, 1), date_time_ymd(2091, 1, 1));
    let key = KeyPair::generate().expect("a key");
    let own = params("127.0.0.1")
        .self_signed(&key)
        .expect("a certificate");
    let own = (
        vec![own.der().clone()],
        PrivateKeyDer::Pkcs8(key.serialize_der().into()),
    );

    for (identity, trusted, reason) in [
        (authority.signed(&expired), Some(&authority), "expired"),
        (authority.signed(&early), Some(&authority), "not_yet_valid"),
        (
            authority.identity("other.example"),
            Some(&authority),
            "wrong_host",
        ),
        (authority.identity("127.0.0.1"), None, "unknown_authority"),
        (own, None, "self_signed"),
    ] {
        let server = serve_tls(identity).await;
        let sent = trusting(trusted, patient())
            .send(post(&https(server.addr)))
            .await;
        assert_eq!(not_sent(sent), pair("tls_failed", reason));
        assert!(server.requests().is_empty(), "{reason}");
    }
}

#[tokio::test]
async fn what_does_not_speak_tls_got_nothing() {
    let talking = Server::new(|mut stream, _| async move {
        let _ = stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")
            .await;
        tokio::time::sleep(std::time::Duration::from_secs(5)).await;
    })
    .await;
    let sent = trusting(None, patient())
        .send(post(&https(talking.addr)))
        .await;
    assert_eq!(not_sent(sent), pair("tls_failed", "not_tls"));

    let closing = Server::new(|mut stream, _| async move {
        use tokio::io::AsyncReadExt;
        let mut hello = [0; 16_384];
        let _ = stream.read(&mut hello).await;
        let _ = stream.shutdown().await;
        while stream.read(&mut hello).await.is_ok_and(|count| count > 0) {}
    })
    .await;
    let sent = trusting(None, patient())
        .send(post(&https(closing.addr)))
        .await;
    assert_eq!(not_sent(sent), pair("tls_failed", "handshake"));
}

#[tokio::test]
async fn a_silent_handshake_ends_at_the_connect_limit() {
    let silent = Server::new(|stream, _| async move {
        tokio::time::sleep(std::time::Duration::from_secs(60)).await;
        drop(stream);
    })
    .await;
    let limits = Limits {
        connect: impatient().connect,
        ..patient()
    };
    let sent = trusting(None, limits).send(post(&https(silent.addr))).await;
    assert_eq!(not_sent(sent), pair("timed_out", "connect"));
}
