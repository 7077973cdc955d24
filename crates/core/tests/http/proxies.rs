//! Proxies: what they refuse was not sent, what they tunnel they do not see, and practice never passes one.

use readdress_core::http::{Limits, Sender};
use readdress_core::view::{NetworkSettings, ProxyChoice};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

use crate::servers::*;
use crate::tls::{Authority, serve_tls};

fn through(proxy: &str, ca_file: Option<String>, limits: Limits) -> Sender {
    let settings = NetworkSettings {
        proxy: ProxyChoice::Own {
            url: proxy.to_owned(),
        },
        ca_file,
    };
    Sender::with_limits(&settings, limits).expect("a sender")
}

fn outside() -> String {
    format!("https://service.example/token/{SECRET}")
}

#[tokio::test]
async fn a_proxy_that_is_down_got_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let addr = listener.local_addr().expect("an address");
    drop(listener);
    for scheme in ["http", "https", "socks5h"] {
        let sent = through(&format!("{scheme}://{addr}"), None, patient())
            .send(post(&outside()))
            .await;
        assert_eq!(
            not_sent(sent),
            pair("proxy_failed", "unreachable"),
            "{scheme}"
        );
    }
}

#[tokio::test]
async fn a_proxy_that_refuses_got_no_secret() {
    for (answer, reason) in [
        (
            "HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n",
            "auth",
        ),
        (
            "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n",
            "refused",
        ),
        (
            "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n",
            "refused",
        ),
        ("", "refused"),
        ("nonsense\r\n\r\n", "refused"),
    ] {
        let proxy = Server::answering_once(answer).await;
        let sent = through(&format!("http://{}", proxy.addr), None, patient())
            .send(post(&outside()))
            .await;
        assert_eq!(not_sent(sent), pair("proxy_failed", reason), "{answer}");
        let seen = proxy.requests();
        assert!(
            seen.len() == 1 && seen[0].starts_with("CONNECT service.example:443 "),
            "{seen:?}"
        );
        assert!(!seen[0].contains(SECRET));
    }
}

#[tokio::test]
async fn a_socks_proxy_that_refuses_got_no_secret() {
    let proxy = Server::new(|mut stream, seen| async move {
        let mut hello = [0; 64];
        let count = stream.read(&mut hello).await.unwrap_or(0);
        seen.lock()
            .expect("a log")
            .push(String::from_utf8_lossy(&hello[..count]).into_owned());
        let _ = stream.write_all(&[5, 0xff]).await;
    })
    .await;
    let sent = through(&format!("socks5h://{}", proxy.addr), None, patient())
        .send(post(&outside()))
        .await;
    assert_eq!(not_sent(sent), pair("proxy_failed", "refused"));
    assert!(!proxy.requests().concat().contains(SECRET));
}

#[tokio::test]
async fn a_silent_proxy_ends_at_the_connect_limit() {
    let proxy = Server::new(|stream, _| async move {
        tokio::time::sleep(std::time::Duration::from_secs(60)).await;
        drop(stream);
    })
    .await;
    let limits = Limits {
        connect: impatient().connect,
        ..patient()
    };
    let sent = through(&format!("http://{}", proxy.addr), None, limits)
        .send(post(&outside()))
        .await;
    assert_eq!(not_sent(sent), pair("timed_out", "connect"));
}

#[tokio::test]
async fn a_tunnel_shows_the_proxy_a_host_and_nothing_else() {
    let authority = Authority::new();
    let service = serve_tls(authority.identity("service.example")).await;
    let behind = service.addr;
    let proxy = Server::new(move |mut stream, seen| async move {
        let Some(request) = read_request(&mut stream).await else {
            return;
        };
        seen.lock().expect("a log").push(request);
        let Ok(mut far) = TcpStream::connect(behind).await else {
            return;
        };
        let _ = stream.write_all(b"HTTP/1.1 200 Established\r\n\r\n").await;
        let _ = copy_bidirectional(&mut stream, &mut far).await;
    })
    .await;
    let sender = through(
        &format!("http://{}", proxy.addr),
        Some(authority.file()),
        patient(),
    );
    assert_eq!(answer(sender.send(post(&outside())).await).body, b"{}");
    assert!(service.requests()[0].contains(SECRET));
    assert!(!proxy.requests().concat().contains(SECRET));

    // The certificate is the service's affair, not the proxy's.
    let stranger = through(&format!("http://{}", proxy.addr), None, patient());
    assert_eq!(
        not_sent(stranger.send(post(&outside())).await),
        pair("tls_failed", "unknown_authority")
    );
}

#[tokio::test]
async fn practice_never_passes_a_proxy() {
    let proxy = Server::answering(ok("from the proxy")).await;
    let service = Server::answering(ok("{}")).await;
    let sender = through(&format!("http://{}", proxy.addr), None, patient());
    for url in [
        service.url(),
        service.url().replace("127.0.0.1", "localhost"),
    ] {
        assert_eq!(answer(sender.send(post(&url)).await).body, b"{}");
    }
    assert_eq!((proxy.connections(), service.requests().len()), (0, 2));
}
