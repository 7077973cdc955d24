//! From a rendered request to one that can leave: URL, route and headers checked.
//!
//! Not here: I/O; templates (`manifest::render`).

use reqwest::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use url::{Host, Url};

use super::client::Route;
use super::{Method, Request};
use crate::error::{Code, Problem, Result};

/// A request that can leave.
pub(super) struct Outgoing {
    pub request: reqwest::Request,
    pub route: Route,
    /// `host`, or `host:port` where the port is not the usual one. The only part of a URL that is ever told.
    pub host: String,
}

impl std::fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Outgoing({})", self.host)
    }
}

/// Headers that the connection itself owns; a request that could set them could smuggle a second one.
const NOT_OURS: [&str; 12] = [
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "keep-alive",
    "proxy-connection",
    "proxy-authorization",
    "te",
    "trailer",
    "upgrade",
    "expect",
    "accept-encoding",
];

impl Outgoing {
    /// Errors: `base_url_invalid` (param `reason`: `not_a_url`, `not_https`, `user_info`), `manifest_invalid` and
    /// `field_invalid` (param `header`).
    pub fn check(request: Request) -> Result<Self> {
        let url = Url::parse(request.url.expose()).map_err(|_| bad_url("not_a_url"))?;
        let host = named_host(&url).ok_or_else(|| bad_url("not_a_url"))?;
        let route = route(&url).map_err(|reason| bad_url(reason).with("host", &host))?;
        let mut outgoing = reqwest::Request::new(method(request.method), url);
        let headers = outgoing.headers_mut();
        for (name, value) in &request.headers {
            let wrong = |code: Code| Problem::new(code).with("header", name).with("host", &host);
            let name = HeaderName::from_bytes(name.as_bytes())
                .map_err(|_| wrong(Code::ManifestInvalid))?;
            if NOT_OURS.contains(&name.as_str()) {
                return Err(wrong(Code::ManifestInvalid));
            }
            // A pasted token with a line break inside ends here.
            let value = sensitive(value.expose()).ok_or_else(|| wrong(Code::FieldInvalid))?;
            headers.append(name, value);
        }
        if let Some((kind, bytes)) = request.body {
            let kind = HeaderValue::from_str(&kind)
                .map_err(|_| Problem::new(Code::ManifestInvalid).with("header", "content-type"))?;
            headers.insert(CONTENT_TYPE, kind);
            *outgoing.body_mut() = Some(bytes.expose().to_owned().into());
        }
        Ok(Self {
            request: outgoing,
            route,
            host,
        })
    }
}

fn bad_url(reason: &str) -> Problem {
    Problem::new(Code::BaseUrlInvalid).with("reason", reason)
}

fn named_host(url: &Url) -> Option<String> {
    let host = url.host_str().filter(|host| !host.is_empty())?;
    Some(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}

fn route(url: &Url) -> Result<Route, &'static str> {
    // User info would become a header of its own, past all that is checked here.
    if !url.username().is_empty() || url.password().is_some() {
        return Err("user_info");
    }
    match (url.scheme(), is_loopback(url)) {
        ("https", false) => Ok(Route::Outside),
        ("https", true) => Ok(Route::LoopbackTls),
        ("http", true) => Ok(Route::Loopback),
        _ => Err("not_https"),
    }
}

/// Whether the URL names this machine: `127.0.0.0/8`, `::1` or `localhost` itself.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

fn sensitive(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_bytes(text.as_bytes()).ok()?;
    value.set_sensitive(true);
    Some(value)
}

fn method(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Patch => reqwest::Method::PATCH,
        Method::Delete => reqwest::Method::DELETE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    fn get(url: &str, headers: &[(&str, &str)]) -> Result<Outgoing> {
        Outgoing::check(Request {
            method: Method::Get,
            url: Secret::new(url),
            headers: headers
                .iter()
                .map(|(n, v)| ((*n).to_owned(), Secret::new(*v)))
                .collect(),
            body: None,
        })
    }

    #[test]
    fn http_is_for_this_machine_only() {
        for url in [
            "http://127.0.0.1:1/",
            "http://127.9.9.9/",
            "http://[::1]:1/",
            "http://localhost/",
            "http://LOCALHOST:8/",
        ] {
            assert_eq!(
                get(url, &[]).map(|o| o.route).ok(),
                Some(Route::Loopback),
                "{url}"
            );
        }
        for url in [
            "http://example.com/",
            "http://192.168.0.1/",
            "http://localhost.example.com/",
            "http://127.0.0.1.example.com/",
            "http://0.0.0.0/",
            "http://[::ffff:127.0.0.1]/",
            "ftp://127.0.0.1/",
            "file:///etc/passwd",
            "https://user@example.com/",
            "https://user:word@example.com/",
            "example.com",
            "",
        ] {
            assert_eq!(
                get(url, &[]).map_err(|p| p.code).err(),
                Some(Code::BaseUrlInvalid),
                "{url}"
            );
        }
        assert_eq!(
            get("https://example.com/", &[]).map(|o| o.route).ok(),
            Some(Route::Outside)
        );
        assert_eq!(
            get("https://127.0.0.1/", &[]).map(|o| o.route).ok(),
            Some(Route::LoopbackTls)
        );
    }

    #[test]
    fn a_problem_tells_the_host_and_nothing_else_of_the_url() {
        let problem =
            get("http://example.com:81/token/s3cret?key=s3cret", &[]).expect_err("http outside");
        assert_eq!(problem.params["host"], "example.com:81");
        assert!(!format!("{problem:?}").contains("s3cret"));
    }

    #[test]
    fn headers_of_the_connection_are_refused_and_others_do_not_print() {
        for name in [
            "Host",
            "Content-Length",
            "transfer-encoding",
            "CONNECTION",
            "Upgrade",
            "Bad Name",
            "",
        ] {
            let problem = get("https://example.com/", &[(name, "x")]).expect_err(name);
            assert_eq!(problem.code, Code::ManifestInvalid, "{name}");
        }
        let problem = get("https://example.com/", &[("x-token", "s3\r\nhost: evil")])
            .expect_err("a line break");
        assert_eq!(
            (problem.code, problem.params["header"].as_str()),
            (Code::FieldInvalid, "x-token")
        );
        let outgoing = get("https://example.com/", &[("x-token", "s3cret")]).expect("a good one");
        assert!(!format!("{:?}", outgoing.request.headers()).contains("s3cret"));
    }
}
