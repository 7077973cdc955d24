//! The curl command, run by a real shell with a `curl` that only tells its arguments.
#![cfg(unix)]

use std::process::Command;

use readdress_core::manifest::{Catalog, Manifest, render};

use crate::Given;

/// The arguments that a shell hands to curl, with these variables set.
pub fn arguments(command: &str, variables: &[(&str, &str)]) -> Vec<String> {
    let script =
        format!("curl() {{ for word in \"$@\"; do printf '%s\\0' \"$word\"; done; }}\n{command}\n");
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(script).envs(variables.iter().copied());
    let output = shell.output().unwrap();
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    text.split_terminator('\0').map(ToOwned::to_owned).collect()
}

#[test]
fn reads_well() {
    let given = Given::new(
        &[("instance_id", "3C4F")],
        &[("token", "t"), ("client_token", "c")],
        &[("new_email", "o'neil@new.example")],
    );
    let command = render(
        &Catalog::shipped().get("z-api").unwrap(),
        "request",
        &given.inputs(),
    )
    .unwrap()
    .curl();
    insta::assert_snapshot!(command, @r#"
    curl -g -X POST 'https://api.z-api.io/instances/3C4F/token/'"$TOKEN"'/security/email' \
      -H 'Client-Token: '"$CLIENT_TOKEN" \
      -H 'Content-Type: application/json' \
      --data-raw '{"email":"o'\''neil@new.example"}'
    "#);
    let seen = arguments(&command, &[("TOKEN", "T 1"), ("CLIENT_TOKEN", "C$2")]);
    assert_eq!(
        seen,
        [
            "-g",
            "-X",
            "POST",
            "https://api.z-api.io/instances/3C4F/token/T 1/security/email",
            "-H",
            "Client-Token: C$2",
            "-H",
            "Content-Type: application/json",
            "--data-raw",
            "{\"email\":\"o'neil@new.example\"}",
        ]
    );
}

#[test]
fn a_password_is_right_inside_json() {
    let given = Given::new(
        &[],
        &[("api_key", "k"), ("password", "p")],
        &[("new_email", "a@new.example")],
    );
    let command = render(
        &Catalog::shipped().get("webshare").unwrap(),
        "request",
        &given.inputs(),
    )
    .unwrap()
    .curl();
    for password in [
        "plain",
        r#"a"b\c"#,
        "$(touch x) `y` 'z'",
        "}{,:",
        "& | ; * ? ~",
        "ü€ & %s %",
    ] {
        let seen = arguments(&command, &[("API_KEY", "k"), ("PASSWORD", password)]);
        let body: serde_json::Value = serde_json::from_str(seen.last().unwrap()).unwrap();
        assert_eq!(
            body,
            serde_json::json!({"password": password, "new_email": "a@new.example"})
        );
    }
}

#[test]
fn forms_and_names_that_a_shell_knows() {
    let manifest = Manifest::parse(
        r#"
        schema = 1
        id = "example"
        name = "Example"
        docs = "https://example.com/"
        base_url = "https://api.example.com"
        field = [{ id = "path", label = { en = "Path" }, secret = true }]
        flow = { change = ["request"] }
        [step.request]
        method = "POST"
        path = "/e"
        query = { "a b" = "x&{{new_email}}" }
        form = { mail = "{{new_email}}", key = "{{path}}" }
        answer = [{ status = 200, means = "ok" }]
        "#,
        "example.toml",
    )
    .unwrap();
    let given = Given::new(&[], &[("path", "s&=")], &[("new_email", "a+b@c.example")]);
    let rendered = render(&manifest, "request", &given.inputs()).unwrap();
    let (kind, body) = rendered.request().body.unwrap();
    assert_eq!(
        (kind.as_str(), body.expose()),
        (
            "application/x-www-form-urlencoded",
            "mail=a%2Bb%40c.example&key=s%26%3D"
        )
    );
    assert_eq!(
        rendered.request().url.expose(),
        "https://api.example.com/e?a%20b=x%26a%2Bb%40c.example"
    );
    let seen = arguments(&rendered.curl(), &[("PATH_SECRET", "s&=")]);
    assert_eq!(
        seen[4..],
        [
            "--data-urlencode",
            "mail=a+b@c.example",
            "--data-urlencode",
            "key=s&="
        ]
    );
}
