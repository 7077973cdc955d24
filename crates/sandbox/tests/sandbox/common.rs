//! A sandbox with a client that follows nothing, and short ways to say a call.

use readdress_sandbox::{Mail, Options, Sandbox};
use reqwest::{Client, Method, RequestBuilder, Response, redirect};
use serde_json::Value;
use std::time::Duration;

pub struct Bench {
    pub sandbox: Sandbox,
    pub client: Client,
}

/// A default sandbox.
pub async fn bench() -> Bench {
    bench_with(Options::default()).await
}

pub async fn bench_with(options: Options) -> Bench {
    // Fails only when it is installed already, by another test of this process.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder()
        .no_proxy()
        .redirect(redirect::Policy::none())
        .timeout(Duration::from_secs(5))
        .build()
        .expect("a client");
    Bench {
        sandbox: Sandbox::start(options).await.expect("a sandbox"),
        client,
    }
}

impl Bench {
    pub fn call(&self, method: &str, url: &str) -> RequestBuilder {
        self.client
            .request(method.parse::<Method>().expect("a method"), url)
    }

    /// The only mail to an address.
    pub fn only_mail(&self, to: &str) -> Mail {
        let mut mails = self.sandbox.mails(Some(to), None);
        assert_eq!(mails.len(), 1, "mails to {to}");
        mails.remove(0)
    }
}

/// Status and JSON body (null when there is none).
pub async fn told(request: RequestBuilder) -> (u16, Value) {
    read(request.send().await.expect("an answer")).await
}

pub async fn read(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let text = response.text().await.expect("a body");
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}
