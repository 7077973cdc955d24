//! The net as a proxy that plays every host: who was asked for what, and what it answers.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use readdress_core::engine::Engine;
use readdress_core::view::{NetworkSettings, ProxyChoice};
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// Status, further head lines, body.
pub type Page = (u16, &'static str, String);

pub struct Web {
    proxy: String,
    ca_file: String,
    _folder: tempfile::TempDir,
    /// Hosts that were asked for, whether they are there or not.
    pub called: Arc<Mutex<Vec<String>>>,
    /// What was said to those that are.
    pub requests: Arc<Mutex<Vec<String>>>,
}

impl Web {
    /// Hosts that are not in `pages` are not there.
    pub async fn new(pages: BTreeMap<&'static str, Page>) -> Self {
        let names: Vec<String> = pages.keys().map(|&host| host.to_owned()).collect();
        let (acceptor, pem) = identity(&names);
        let folder = tempfile::tempdir().unwrap();
        let ca_file = folder.path().join("ca.pem");
        std::fs::write(&ca_file, pem).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = format!("http://{}", listener.local_addr().unwrap());
        let (called, requests) = (Arc::default(), Arc::default());
        let web = Self {
            proxy,
            ca_file: ca_file.to_str().unwrap().to_owned(),
            _folder: folder,
            called: Arc::clone(&called),
            requests: Arc::clone(&requests),
        };
        let pages = Arc::new(pages);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (called, requests) = (Arc::clone(&called), Arc::clone(&requests));
                let (pages, acceptor) = (Arc::clone(&pages), acceptor.clone());
                tokio::spawn(async move {
                    serve(stream, &pages, acceptor, &called, &requests).await;
                });
            }
        });
        web
    }

    /// Sends all of the engine's calls here.
    pub fn around(&self, engine: &Engine) {
        let settings = NetworkSettings {
            proxy: ProxyChoice::Own {
                url: self.proxy.clone(),
            },
            ca_file: Some(self.ca_file.clone()),
        };
        engine.set_network(&settings).unwrap();
    }

    pub fn called(&self) -> Vec<String> {
        self.called.lock().unwrap().clone()
    }
}

async fn serve(
    mut stream: TcpStream,
    pages: &BTreeMap<&'static str, Page>,
    acceptor: TlsAcceptor,
    called: &Mutex<Vec<String>>,
    requests: &Mutex<Vec<String>>,
) {
    let Some(connect) = head(&mut stream).await else {
        return;
    };
    let Some(host) = connect
        .strip_prefix("CONNECT ")
        .and_then(|rest| rest.split_once(":443 "))
        .map(|(host, _)| host.to_owned())
    else {
        called.lock().unwrap().push(format!("not https: {connect}"));
        return;
    };
    called.lock().unwrap().push(host.clone());
    let Some((status, lines, body)) = pages.get(host.as_str()) else {
        let _ = stream
            .write_all(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n")
            .await;
        return;
    };
    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
    let Ok(mut stream) = acceptor.accept(stream).await else {
        return;
    };
    while let Some(request) = head(&mut stream).await {
        requests.lock().unwrap().push(request);
        let answer = format!(
            "HTTP/1.1 {status} X\r\ncontent-length: {}\r\n{lines}\r\n{body}",
            body.len()
        );
        let _ = stream.write_all(answer.as_bytes()).await;
    }
}

async fn head(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    String::from_utf8(head).ok()
}

/// One certificate for all of them, and the authority that signed it.
fn identity(names: &[String]) -> (TlsAcceptor, String) {
    let mut params = rcgen::CertificateParams::default();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let key = rcgen::KeyPair::generate().unwrap();
    let issuer = rcgen::CertifiedIssuer::self_signed(params, key).unwrap();
    let key = rcgen::KeyPair::generate().unwrap();
    let leaf = rcgen::CertificateParams::new(names.to_vec()).unwrap();
    let leaf = leaf.signed_by(&key, &issuer).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![leaf.der().clone()],
            PrivateKeyDer::Pkcs8(key.serialize_der().into()),
        )
        .unwrap();
    (TlsAcceptor::from(Arc::new(config)), issuer.pem())
}
