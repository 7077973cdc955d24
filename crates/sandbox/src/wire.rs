//! Connections that a fault can cut: the listener of every server here, plain or TLS.

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

const OPEN: u8 = 0;
const CLOSE: u8 = 1;
const RESET: u8 = 2;

/// Ends the connection it belongs to, at the moment when something would be written.
#[derive(Clone, Debug, Default)]
pub(crate) struct CutSwitch(Arc<AtomicU8>);

impl CutSwitch {
    /// A close in order (FIN).
    pub(crate) fn close(&self) {
        self.0.store(CLOSE, Ordering::Release);
    }

    /// A reset (RST).
    pub(crate) fn reset(&self) {
        self.0.store(RESET, Ordering::Release);
    }
}

#[derive(Debug)]
enum Inner {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// A connection with its switch.
#[derive(Debug)]
pub(crate) struct Wire {
    inner: Inner,
    cut: CutSwitch,
}

impl Wire {
    fn new(inner: Inner) -> Self {
        Self {
            inner,
            cut: CutSwitch::default(),
        }
    }

    /// The error with which a cut connection ends.
    fn ended(&self) -> Option<io::Error> {
        let state = self.cut.0.load(Ordering::Acquire);
        if state == OPEN {
            return None;
        }
        if state == RESET {
            let stream = match &self.inner {
                Inner::Plain(stream) => stream,
                Inner::Tls(stream) => stream.get_ref().0,
            };
            // When the system refuses, the connection is closed in order instead: still no answer.
            let _ = stream.set_zero_linger();
        }
        Some(io::ErrorKind::ConnectionAborted.into())
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match &mut self.get_mut().inner {
            Inner::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Inner::Tls(stream) => Pin::new(stream).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let wire = self.get_mut();
        if let Some(error) = wire.ended() {
            return Poll::Ready(Err(error));
        }
        match &mut wire.inner {
            Inner::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Inner::Tls(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().inner {
            Inner::Plain(stream) => Pin::new(stream).poll_flush(context),
            Inner::Tls(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().inner {
            Inner::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Inner::Tls(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}

/// Where connections come from.
#[derive(Debug)]
pub(crate) enum Gate {
    Plain(TcpListener),
    /// Handshakes run beside each other; finished ones arrive here.
    Tls {
        ready: mpsc::Receiver<(Wire, SocketAddr)>,
        address: SocketAddr,
        task: JoinHandle<()>,
    },
}

impl Gate {
    /// Opens a free port on 127.0.0.1; with TLS when an acceptor is given.
    pub(crate) async fn open(tls: Option<TlsAcceptor>) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let Some(acceptor) = tls else {
            return Ok(Self::Plain(listener));
        };
        let address = listener.local_addr()?;
        let (sender, ready) = mpsc::channel(16);
        let task = tokio::spawn(async move {
            loop {
                let (stream, peer) = accept_tcp(&listener).await;
                let (acceptor, sender) = (acceptor.clone(), sender.clone());
                tokio::spawn(async move {
                    // A failed handshake is the caller's refusal of our certificate: nothing to serve.
                    if let Ok(stream) = acceptor.accept(stream).await {
                        let wire = Wire::new(Inner::Tls(Box::new(stream)));
                        let _ = sender.send((wire, peer)).await;
                    }
                });
            }
        });
        Ok(Self::Tls {
            ready,
            address,
            task,
        })
    }

    pub(crate) fn address(&self) -> io::Result<SocketAddr> {
        match self {
            Self::Plain(listener) => listener.local_addr(),
            Self::Tls { address, .. } => Ok(*address),
        }
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        if let Self::Tls { task, .. } = self {
            task.abort();
        }
    }
}

async fn accept_tcp(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // Without it small answers wait for acknowledgements; a failure only makes them slower.
                let _ = stream.set_nodelay(true);
                return (stream, peer);
            }
            // Out of file descriptors, most likely: wait for some to be closed.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

impl Listener for Gate {
    type Io = Wire;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Wire, SocketAddr) {
        match self {
            Self::Plain(listener) => {
                let (stream, peer) = accept_tcp(listener).await;
                (Wire::new(Inner::Plain(stream)), peer)
            }
            Self::Tls { ready, .. } => match ready.recv().await {
                Some(connection) => connection,
                None => pending().await,
            },
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.address()
    }
}

impl Connected<IncomingStream<'_, Gate>> for CutSwitch {
    fn connect_info(stream: IncomingStream<'_, Gate>) -> Self {
        stream.io().cut.clone()
    }
}
