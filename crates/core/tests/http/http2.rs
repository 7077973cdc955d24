//! HTTP/2, which only ALPN chooses.

use h2::Reason;

use crate::servers::*;
use crate::tls::{Authority, acceptor, https, trusting};

/// Answers each stream with `{}`, or resets it.
async fn serve(authority: &Authority, reset: Option<Reason>) -> Server {
    let acceptor = acceptor(authority.identity("127.0.0.1"), &["h2", "http/1.1"]);
    Server::new(move |stream, seen| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(stream) = acceptor.accept(stream).await else {
                return;
            };
            let Ok(mut connection) = h2::server::handshake(stream).await else {
                return;
            };
            while let Some(Ok((request, mut reply))) = connection.accept().await {
                seen.lock()
                    .expect("a log")
                    .push(request.uri().path().to_owned());
                match reset {
                    Some(reason) => reply.send_reset(reason),
                    None => {
                        let mut body = reply
                            .send_response(Default::default(), false)
                            .expect("a head");
                        body.send_data("{}".into(), true).expect("a body");
                    }
                }
            }
        }
    })
    .await
}

#[tokio::test]
async fn one_connection_serves_many_requests() {
    let authority = Authority::new();
    let server = serve(&authority, None).await;
    let sender = trusting(Some(&authority), patient());
    for _ in 0..3 {
        assert_eq!(
            answer(sender.send(post(&https(server.addr))).await).body,
            b"{}"
        );
    }
    assert_eq!((server.connections(), server.requests().len()), (1, 3));
}

#[tokio::test]
async fn a_refused_stream_was_not_processed_and_is_not_sent_again() {
    let authority = Authority::new();
    let server = serve(&authority, Some(Reason::REFUSED_STREAM)).await;
    let sent = trusting(Some(&authority), patient())
        .send(post(&https(server.addr)))
        .await;
    assert_eq!(not_sent(sent), pair("unreachable", "turned_away"));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn another_reset_proves_nothing() {
    for reason in [Reason::INTERNAL_ERROR, Reason::CANCEL, Reason::NO_ERROR] {
        let authority = Authority::new();
        let server = serve(&authority, Some(reason)).await;
        let sent = trusting(Some(&authority), patient())
            .send(post(&https(server.addr)))
            .await;
        assert_eq!(no_answer(sent), pair("unreachable", "closed"));
        assert_eq!(server.requests().len(), 1);
    }
}
