//! TLS settings: the system's roots plus the user's own authority, and why a certificate was refused.
//!
//! Not here: which route uses which (`client`, `mailbox::imap`), what is told about a failure (`fault`).

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_name;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, OtherError, RootCertStore,
    SignatureScheme,
};

use super::self_signed::is_self_signed;
use crate::error::{Code, Problem, Result};

/// Larger files are no certificate bundles.
const MOST_BYTES: u64 = 4 * 1024 * 1024;

/// The certificates of a PEM file. Errors: `certificate_invalid` with `file` and `reason`
/// (`missing`, `unreadable`, `too_large`, `no_certificate`, `damaged`).
pub(crate) fn read_roots(file: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let wrong = |reason: &str| {
        Problem::new(Code::CertificateInvalid)
            .with("file", file.display().to_string())
            .with("reason", reason)
    };
    let about = std::fs::metadata(file).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => wrong("missing"),
        _ => wrong("unreadable"),
    })?;
    if about.len() > MOST_BYTES {
        return Err(wrong("too_large"));
    }
    let bytes = std::fs::read(file).map_err(|_| wrong("unreadable"))?;
    let roots = CertificateDer::pem_slice_iter(&bytes)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| wrong("damaged"))?;
    if roots.is_empty() {
        return Err(wrong("no_certificate"));
    }
    let mut store = RootCertStore::empty();
    for root in &roots {
        store.add(root.clone()).map_err(|_| wrong("damaged"))?;
    }
    Ok(roots)
}

/// For https: trusts what the operating system trusts, and `extra`.
pub(super) fn with_system_roots(extra: &[CertificateDer<'static>]) -> Result<ClientConfig> {
    let mut config = verified(extra)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// Trusts what the operating system trusts, and `extra`; names no protocol.
pub(crate) fn verified(extra: &[CertificateDer<'static>]) -> Result<ClientConfig> {
    let provider = provider();
    let verifier =
        rustls_platform_verifier::Verifier::new_with_extra_roots(extra.to_vec(), provider.clone())
            .map_err(|_| Problem::new(Code::TlsFailed).with("reason", "no_roots"))?;
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| Problem::new(Code::Internal))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Explaining {
            system: verifier,
            named: extra.to_vec(),
        }))
        .with_no_client_auth())
}

/// For plain http: trusts nobody and loads nothing.
pub(super) fn without_roots() -> Result<ClientConfig> {
    Ok(ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|_| Problem::new(Code::Internal))?
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth())
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// The system's verifier, which calls any certificate without a known issuer the same; this one tells a
/// self-signed one apart, since the next step differs (name it in Settings, or distrust the network).
#[derive(Debug)]
struct Explaining {
    system: rustls_platform_verifier::Verifier,
    /// What a person named: authorities, or the very certificate of a server of their own.
    named: Vec<CertificateDer<'static>>,
}

impl Explaining {
    /// `openssl req -x509` marks a server's own certificate as an authority, which then is none of a server. If it is the
    /// very one that was named, it is meant; its times were looked at before that mark, its name is looked at here.
    fn is_meant(
        &self,
        certificate: &CertificateDer<'_>,
        name: &ServerName<'_>,
        error: &Error,
    ) -> Result<bool, Error> {
        let marked = match error {
            // The error's type is private to its crate, so its word has to do; a test pins it.
            Error::InvalidCertificate(CertificateError::Other(other)) => {
                other.0.to_string() == "CaUsedAsEndEntity"
            }
            _ => false,
        };
        if !marked || !self.named.iter().any(|own| own == certificate) {
            return Ok(false);
        }
        verify_server_name(&ParsedCertificate::try_from(certificate)?, name)?;
        Ok(true)
    }
}

/// Why [`Explaining`] refused.
#[derive(Debug)]
pub(super) struct SelfSigned;

impl fmt::Display for SelfSigned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("self-signed certificate")
    }
}
impl std::error::Error for SelfSigned {}

impl ServerCertVerifier for Explaining {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verified = self.system.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        );
        let Err(error) = verified else {
            return verified;
        };
        if self.is_meant(end_entity, server_name, &error)? {
            return Ok(ServerCertVerified::assertion());
        }
        Err(match error {
            Error::InvalidCertificate(
                CertificateError::UnknownIssuer
                | CertificateError::BadSignature
                | CertificateError::Other(_),
            ) if is_self_signed(end_entity) => {
                Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(SelfSigned))))
            }
            other => other,
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.system.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.system.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.system.supported_verify_schemes()
    }
}

/// One word for a page: `expired`, `not_yet_valid`, `wrong_host`, `self_signed`, `unknown_authority`, `revoked`,
/// `bad_certificate`, `not_tls`, `handshake`.
pub(crate) fn reason(error: &Error) -> &'static str {
    match error {
        Error::InvalidCertificate(why) => match why {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => "expired",
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                "not_yet_valid"
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                "wrong_host"
            }
            // A trusted authority of the same name did not sign it: most likely it was made anew.
            CertificateError::UnknownIssuer | CertificateError::BadSignature => "unknown_authority",
            CertificateError::Revoked => "revoked",
            CertificateError::Other(other) if other.0.is::<SelfSigned>() => "self_signed",
            _ => "bad_certificate",
        },
        Error::InvalidMessage(_) => "not_tls",
        _ => "handshake",
    }
}
