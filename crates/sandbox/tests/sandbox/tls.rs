//! The TLS fronts: one that a client accepts, three that it must refuse.

use crate::common::bench;
use readdress_sandbox::{Service, TlsKind};
use reqwest::{Certificate, Client};

/// The status behind a front of this kind, for a client that trusts `ca_pem` or nobody.
async fn status(kind: TlsKind, trusting: bool) -> Result<u16, reqwest::Error> {
    let bench = bench().await;
    let front = bench
        .sandbox
        .start_tls(Service::Webshare, kind)
        .await
        .expect("a front");
    let another = bench
        .sandbox
        .start_tls(Service::Webshare, TlsKind::Trusted)
        .await
        .expect("a front");
    let trusted = if trusting {
        front.ca_pem
    } else {
        another.ca_pem
    };
    let trusted = Certificate::from_pem(trusted.as_bytes()).expect("a certificate");
    let client = Client::builder()
        .no_proxy()
        .tls_certs_only([trusted])
        .build()
        .expect("a client");
    let url = format!("{}/api/v2/profile/", front.origin);
    let response = client
        .get(url)
        .header("Authorization", "Token any")
        .send()
        .await?;
    Ok(response.status().as_u16())
}

#[tokio::test]
async fn a_good_certificate_needs_its_ca() {
    assert_eq!(
        status(TlsKind::Trusted, true).await.expect("an answer"),
        200
    );
    assert!(
        status(TlsKind::Trusted, false)
            .await
            .expect_err("unknown CA")
            .is_connect()
    );
}

#[tokio::test]
async fn bad_certificates_are_bad_in_one_way_only() {
    for (kind, reason) in [
        (TlsKind::Expired, "Expired"),
        (TlsKind::WrongHost, "NotValidForName"),
    ] {
        let error = status(kind, true).await.expect_err("a refusal");
        assert!(
            error.is_connect() && format!("{error:?}").contains(reason),
            "{error:?}"
        );
    }
    assert!(
        status(TlsKind::SelfSigned, false)
            .await
            .expect_err("a refusal")
            .is_connect()
    );
}
