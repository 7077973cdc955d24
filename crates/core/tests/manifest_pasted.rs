//! Smart paste: URLs and curl commands as people copy them from panels, docs and browsers.

use readdress_core::manifest::{Catalog, Pasted, read_pasted};

fn read(text: &str) -> Option<Pasted> {
    read_pasted(&Catalog::shipped(), text)
}

/// Service, `name=value` of fields and secrets in order, base URL.
#[track_caller]
fn understood(text: &str, service: &str, values: &[&str], base_url: Option<&str>) {
    let pasted = read(text).unwrap_or_else(|| panic!("nothing was understood: {text}"));
    let fields = pasted
        .fields
        .iter()
        .map(|(name, value)| format!("{name}={value}"));
    let secrets = pasted
        .secrets
        .iter()
        .map(|(name, value)| format!("{name}={}", value.expose()));
    let found: Vec<_> = fields.chain(secrets).collect();
    assert_eq!(
        (pasted.service.as_str(), found, pasted.base_url.as_deref()),
        (
            service,
            values.iter().map(|value| (*value).to_owned()).collect(),
            base_url
        )
    );
}

#[test]
fn a_z_api_address() {
    let both = ["instance_id=3C4F", "token=T0K"];
    understood(
        "https://api.z-api.io/instances/3C4F/token/T0K/send-text",
        "z-api",
        &both,
        None,
    );
    understood(
        "https://api.z-api.io/instances/3C4F/token/T0K",
        "z-api",
        &both,
        None,
    );
    understood(
        "  My URL: <https://api.z-api.io/instances/3C4F/token/T0K/security/email>,\n",
        "z-api",
        &both,
        None,
    );
    understood(
        "http://127.0.0.1:4100/instances/3C4F/token/T0K/status",
        "z-api",
        &both,
        Some("http://127.0.0.1:4100"),
    );
    understood(
        "https://api.z-api.io/instances/3C4F/token/%54%2F",
        "z-api",
        &["instance_id=3C4F", "token=T/"],
        None,
    );
}

#[test]
fn a_curl_command() {
    let all = ["instance_id=3C4F", "client_token=C T", "token=T0K"];
    for command in [
        "curl -X POST 'https://api.z-api.io/instances/3C4F/token/T0K/security/email' \\\n  -H 'Client-Token: C T' \\\n  -d '{\"email\":\"a@b.example\"}'",
        "curl --request POST --url \"https://api.z-api.io/instances/3C4F/token/T0K/security/email\" --header \"client-token: C T\"",
        "curl --header='Client-Token: C T' https://api.z-api.io/instances/3C4F/token/T0K/security/email",
        "curl.exe https://api.z-api.io/instances/3C4F/token/T0K/x ^\r\n -H \"Client-Token: C T\"",
        "$ /usr/bin/curl -H'Client-Token: C T' https://api.z-api.io/instances/3C4F/token/T0K/x",
    ] {
        understood(command, "z-api", &all, None);
    }
}

#[test]
fn webshare_by_its_host() {
    understood(
        "curl https://proxy.webshare.io/api/v2/profile/ -H \"Authorization: Token abc123\"",
        "webshare",
        &["api_key=abc123"],
        None,
    );
    understood(
        "curl -X POST https://proxy.webshare.io/api/v2/changeemail/ -H 'Authorization: Token k' --json '{\"password\": \"p w\", \"new_email\": \"a@b.example\"}'",
        "webshare",
        &["api_key=k", "password=p w"],
        None,
    );
    understood(
        "GET https://proxy.webshare.io/api/v2/proxy/list/\nAuthorization: Token abc123",
        "webshare",
        &["api_key=abc123"],
        None,
    );
    understood(
        "curl http://localhost:4101/api/v2/profile/ -H 'Authorization: Token abc123'",
        "webshare",
        &["api_key=abc123"],
        Some("http://localhost:4101"),
    );
}

#[test]
fn mannco_store_by_its_host() {
    understood(
        "curl -X POST https://api.mannco.store/user/login -H 'Content-Type: application/json' --data '{\"apiKey\":\"K\"}'",
        "mannco-store",
        &["api_key=K"],
        None,
    );
    understood(
        "curl https://api.mannco.store/user/infos -H 'authorization: Bearer h.p.s'",
        "mannco-store",
        &["session_token=h.p.s"],
        None,
    );
    understood(
        "curl http://127.0.0.1:4102/user/login -d '{\"apiKey\":\"K\"}'",
        "mannco-store",
        &["api_key=K"],
        Some("http://127.0.0.1:4102"),
    );
}

#[test]
fn what_is_no_profile() {
    for text in [
        "",
        "hello",
        "https://example.com/instances/3C4F/token/T0K",
        "https://api.z-api.io.evil.example/instances/3C4F/token/T0K",
        "http://api.z-api.io/instances/3C4F/token/T0K",
        "https://proxy.webshare.io/api/v2/profile/",
        "curl https://proxy.webshare.io/api/v2/profile/ -H 'Authorization: Token $API_KEY'",
        "curl https://proxy.webshare.io/api/v2/profile/ -H 'Authorization: Token <APIKEY>'",
        "https://api.z-api.io/instances/{instanceId}/token/{token}/send-text",
        "http://127.0.0.1:4100/other/3C4F",
        "curl 'unclosed",
        "-H",
    ] {
        assert_eq!(read(text), None, "{text}");
    }
    assert_eq!(
        read(&"https://api.z-api.io/instances/3C4F/token/T0K ".repeat(2000)),
        None,
        "too long"
    );
}

#[test]
fn an_own_curl_line_reads_back() {
    understood(
        "curl -g -X POST 'https://api.z-api.io/instances/3C4F/token/'\"$TOKEN\"'/security/email'",
        "z-api",
        &["instance_id=3C4F"],
        None,
    );
}
