//! A client that does nothing but wait: how long the mail server itself takes to say that a mail is there.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::Outcome;

/// A connection that waits in IDLE.
pub struct Bare(BufReader<TlsStream<TcpStream>>);

impl Bare {
    pub async fn connect(to: SocketAddr, ca: &Path, user: &str, password: &str) -> Outcome<Self> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(ca)?)?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let stream = TcpStream::connect(to).await?;
        stream.set_nodelay(true)?;
        let stream = TlsConnector::from(Arc::new(config))
            .connect(ServerName::try_from("localhost")?, stream)
            .await?;
        let mut bare = Self(BufReader::new(stream));
        bare.say("a", &format!("LOGIN {user} {password}")).await?;
        bare.until("a OK").await?;
        bare.say("b", "EXAMINE INBOX").await?;
        bare.until("b OK").await?;
        bare.say("c", "IDLE").await?;
        bare.until("+ ").await?;
        Ok(bare)
    }

    /// Until the server tells of a new mail.
    pub async fn news(&mut self) -> Outcome<()> {
        loop {
            if self.line().await?.trim_end().ends_with(" EXISTS") {
                return Ok(());
            }
        }
    }

    async fn say(&mut self, tag: &str, words: &str) -> Outcome<()> {
        let line = format!("{tag} {words}\r\n");
        self.0.get_mut().write_all(line.as_bytes()).await?;
        Ok(self.0.get_mut().flush().await?)
    }

    async fn until(&mut self, start: &str) -> Outcome<()> {
        while !self.line().await?.starts_with(start) {}
        Ok(())
    }

    async fn line(&mut self) -> Outcome<String> {
        let mut line = String::new();
        if self.0.read_line(&mut line).await? == 0 {
            return Err("the mail server went".into());
        }
        Ok(line)
    }
}
