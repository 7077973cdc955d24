//! The clients behind the sender, one per route, and the checked network settings.
//!
//! Not here: certificates (`tls`), sending (`sender`).

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;

use reqwest::header::{ACCEPT, HeaderMap, HeaderValue};
use rustls::pki_types::CertificateDer;
use url::Url;

use super::{Limits, tls};
use crate::error::{Code, Problem, Result};
use crate::view::{NetworkSettings, ProxyChoice};

const USER_AGENT: &str = concat!("Readdress/", env!("CARGO_PKG_VERSION"));

/// Which client a URL takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Route {
    /// https, through the proxy where there is one.
    Outside,
    /// Plain http to this machine: no proxy, no roots to load.
    Loopback,
    /// https to this machine: no proxy.
    LoopbackTls,
}

/// Network settings that hold together.
pub(super) struct Network {
    proxy: Proxy,
    /// Extra certificate authorities.
    roots: Vec<CertificateDer<'static>>,
}

enum Proxy {
    System,
    None,
    Own(Url),
}

impl Network {
    pub fn check(settings: &NetworkSettings) -> Result<Self> {
        Ok(Self {
            proxy: match &settings.proxy {
                ProxyChoice::System => Proxy::System,
                ProxyChoice::None => Proxy::None,
                ProxyChoice::Own { url } => {
                    Proxy::Own(own_proxy(url).map_err(|reason| {
                        Problem::new(Code::ProxyInvalid).with("reason", reason)
                    })?)
                }
            },
            roots: match settings
                .ca_file
                .as_deref()
                .filter(|file| !file.trim().is_empty())
            {
                Some(file) => tls::read_roots(&PathBuf::from(file))?,
                None => Vec::new(),
            },
        })
    }
}

/// `http://`, `https://`, `socks5://` or `socks5h://` with a host; no user info, since settings are not encrypted.
fn own_proxy(text: &str) -> Result<Url, &'static str> {
    let url = Url::parse(text.trim()).map_err(|_| "not_a_url")?;
    if !matches!(url.scheme(), "http" | "https" | "socks5" | "socks5h") {
        return Err("scheme");
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err("not_a_url");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("user_info");
    }
    if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
        return Err("path");
    }
    Ok(url)
}

/// Errors: `tls_failed` (reason `no_roots`), `proxy_invalid`, `internal`.
pub(super) fn build(route: Route, network: &Network, limits: &Limits) -> Result<reqwest::Client> {
    let mut accept = HeaderMap::new();
    accept.insert(ACCEPT, HeaderValue::from_static("application/json"));
    let builder = reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .default_headers(accept)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .connect_timeout(limits.connect)
        .read_timeout(limits.read)
        .timeout(limits.total)
        .pool_idle_timeout(limits.idle);
    let builder = match route {
        Route::Outside => {
            let builder = builder
                .https_only(true)
                .tls_backend_preconfigured(tls::with_system_roots(&network.roots)?);
            match &network.proxy {
                Proxy::System => builder,
                Proxy::None => builder.no_proxy(),
                Proxy::Own(url) => {
                    builder
                        .no_proxy()
                        .proxy(reqwest::Proxy::all(url.as_str()).map_err(|_| {
                            Problem::new(Code::ProxyInvalid).with("reason", "not_a_url")
                        })?)
                }
            }
        }
        Route::Loopback => {
            on_this_machine(builder).tls_backend_preconfigured(tls::without_roots()?)
        }
        Route::LoopbackTls => on_this_machine(builder)
            .https_only(true)
            .tls_backend_preconfigured(tls::with_system_roots(&network.roots)?),
    };
    builder.build().map_err(|_| Code::Internal.into())
}

/// `localhost` is this machine, whatever a name server says; a proxy would see practice secrets.
fn on_this_machine(builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    let here = [
        SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        SocketAddr::from((Ipv6Addr::LOCALHOST, 0)),
    ];
    builder.no_proxy().resolve_to_addrs("localhost", &here)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_own_proxy_is_a_scheme_a_host_and_a_port() {
        for good in [
            "http://proxy:3128",
            "https://10.0.0.1:8443/",
            "socks5://[::1]:1080",
            " socks5h://proxy ",
        ] {
            assert!(own_proxy(good).is_ok(), "{good}");
        }
        for (bad, reason) in [
            ("", "not_a_url"),
            ("proxy:3128", "scheme"),
            ("ftp://proxy", "scheme"),
            ("http://", "not_a_url"),
            ("http://me:word@proxy:3128", "user_info"),
            ("http://proxy/path", "path"),
            ("http://proxy?x", "path"),
        ] {
            assert_eq!(own_proxy(bad), Err(reason), "{bad}");
        }
    }
}
