//! Broken manifests: each mistake is told with file, line, column and a hint.

use readdress_core::error::Code;
use readdress_core::manifest::Manifest;

/// A small manifest that is right.
const GOOD: &str = r#"schema = 1
id = "example"
name = "Example"
docs = "https://example.com/docs"
base_url = "https://api.example.com/v1"

[[field]]
id = "token"
label = { en = "Token" }
secret = true

[headers]
Authorization = "Bearer {{token}}"

[flow]
change = ["request", "verify"]

[step.request]
method = "POST"
path = "/email"
json = { email = "{{new_email}}" }
answer = [{ status = "2xx", means = "code_sent" }]

[step.verify]
method = "POST"
path = "/email/verify"
json = { code = "{{code}}" }
waits_for = { what = "code", sent_to = "new" }
answer = [{ status = "2xx", means = "ok" }]
"#;

/// `GOOD` with one text replaced: its faults, one a line.
#[track_caller]
fn faults(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from), "the small manifest holds no {from}");
    let faults = Manifest::parse(&GOOD.replacen(from, to, 1), "example.toml")
        .expect_err("it should be refused");
    faults
        .iter()
        .map(|fault| fault.one_line())
        .collect::<Vec<_>>()
        .join("\n")
}

#[track_caller]
fn told(from: &str, to: &str, expected: &str) {
    assert_eq!(faults(from, to), expected);
}

#[test]
fn the_small_manifest_is_right() {
    Manifest::parse(GOOD, "example.toml").unwrap();
}

#[test]
fn toml_itself() {
    assert!(faults("schema = 1", "schema = ").starts_with("example.toml:1:"));
    assert!(faults("id = \"token\"", "id = \"token").starts_with("example.toml:8:"));
    let both = faults("schema = 1\nid = \"example\"", "schema = \nid = ");
    assert!(
        both.contains("example.toml:1:") && both.contains("example.toml:2:"),
        "{both}"
    );
}

#[test]
fn shape() {
    told(
        "method = \"POST\"",
        "metod = \"POST\"",
        "example.toml:19:1: unknown field `metod` (did you mean `method`?)",
    );
    told(
        "\"code_sent\"",
        "\"code_send\"",
        "example.toml:22:37: unknown variant `code_send` (did you mean `code_sent`?)",
    );
    assert!(faults("name = \"Example\"\n", "").contains("missing field `name`"));
    assert!(faults("schema = 1", "schema = \"1\"").contains("expected u32"));
}

#[test]
fn names() {
    told(
        "Bearer {{token}}",
        "Bearer {{tokn}}",
        "example.toml:13:17: nothing is called `tokn` (did you mean `token`?)",
    );
    told(
        "{{new_email}}",
        "{{address}}",
        "example.toml:21:18: nothing is called `address` (known names: token, new_email, old_email, code)",
    );
    told(
        "[\"request\", \"verify\"]",
        "[\"request\", \"verfy\"]",
        "example.toml:16:22: no step is called `verfy` (did you mean `verify`?)\nexample.toml:24:1: no part of `flow` uses the step `verify` (add it to `flow`, or remove it)",
    );
    told(
        "{{token}}",
        "{{token",
        "example.toml:13:17: `{{` without its `}}`",
    );
    assert!(faults("id = \"token\"", "id = \"new_email\"").contains("a name of Readdress's own"));
    assert!(
        faults(
            "\n\n[headers]",
            "\n[[field]]\nid = \"token\"\nlabel = {en = \"T\"}\n[headers]"
        )
        .contains("a second field")
    );
}

#[test]
fn where_secrets_may_go() {
    told(
        "https://api.example.com/v1",
        "http://api.example.com/v1",
        "example.toml:5:12: secrets go over https, or over http to this machine only (https://api.example.com/v1)",
    );
    told(
        "api.example.com/v1",
        "{{token}}.example.com/v1",
        "example.toml:5:12: the host may not hold the secret `token` (put it into the path or a header)",
    );
    told(
        "Authorization = ",
        "Host = ",
        "example.toml:13:8: a manifest cannot set `Host` (Readdress sets it from the call)",
    );
    for header in ["Content-Length", "Transfer-Encoding", "Connection"] {
        assert!(faults("Authorization = ", &format!("{header} = ")).contains("cannot set"));
    }
    assert!(faults("Bearer {{token}}", "a\\nb").contains("no line breaks"));
    assert!(
        faults("api.example.com", "user@api.example.com")
            .contains("only scheme, host, port and path")
    );
    assert!(
        faults(
            "secret = true",
            "secret = true\noptional = true\n[step.extra]\nmethod=\"GET\"\npath=\"/{{token}}\""
        )
        .contains("cannot be left out of a path")
    );
}

#[test]
fn steps_and_rules() {
    told(
        "\"/email\"",
        "\"email\"",
        "example.toml:20:8: a path starts with `/` (\"/email\")",
    );
    assert!(faults("\"/email\"", "\"/email?x=1\"").contains("query ="));
    told(
        "waits_for = { what = \"code\", sent_to = \"new\" }\n",
        "",
        "example.toml:24:1: this step sends `code` and does not wait for one (waits_for = { what = \"code\", sent_to = \"new\" })",
    );
    told(
        "status = \"2xx\"",
        "status = \"2x\"",
        "example.toml:22:22: `2x` is not a status: write 300 or \"4xx\"",
    );
    assert!(
        faults(
            "status = \"2xx\"",
            "body = { \"/x\" = { containz = \"a\" } }"
        )
        .contains("did you mean `contains`?")
    );
    assert!(
        faults("answer = [{ status = \"2xx\", means = \"code_sent\" }]", "")
            .contains("at least one [[answer]] rule")
    );
    assert!(
        faults("means = \"ok\"", "means = \"ok\", retry_after = \"5min\"")
            .contains("goes with `means = \"rate_limited\"`")
    );
    assert!(
        faults("sent_to = \"new\"", "sent_to = \"new\", looks = '('")
            .contains("not a regular expression")
    );
    assert!(
        faults(
            "sent_to = \"new\"",
            "sent_to = \"new\", link = { host = \"https://x.y\", path = \"/{code}\" }"
        )
        .contains("is not a host")
    );
    assert!(
        faults(
            "sent_to = \"new\"",
            "sent_to = \"new\", link = { host = \"x.y\", path = \"/{id}\" }"
        )
        .contains("{code}")
    );
}

#[test]
fn durations_texts_and_ids() {
    let times = |text: &str| format!("[times]\nexpires_after = \"{text}\"\n[flow]");
    told(
        "[flow]",
        &times("soon"),
        "example.toml:16:17: `soon` is not a duration (write \"90s\", \"5min\" or \"24h\")",
    );
    assert!(faults("[flow]", &times("-5min")).contains("not a duration"));
    told(
        "label = { en = \"Token\" }",
        "label = { es = \"Token\" }",
        "example.toml:9:9: the English text (`en`) is missing",
    );
    assert!(faults("id = \"example\"", "id = \"Ex ample\"").contains("lower-case letters"));
    assert!(faults("schema = 1", "schema = 2").contains("reads schema 1"));
}

#[test]
fn a_fault_shows_its_place_in_the_source() {
    let source = GOOD.replacen("{{token}}", "{{tokn}}", 1);
    let fault = Manifest::parse(&source, "example.toml")
        .unwrap_err()
        .remove(0);
    let shown: Vec<_> = fault
        .render()
        .lines()
        .map(|line| line.trim_end().to_owned())
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @r#"
    × nothing is called `tokn`
      ╭─[example.toml:13:17]
   12 │ [headers]
   13 │ Authorization = "Bearer {{tokn}}"
      ·                 ────────┬────────
      ·                         ╰── here
   14 │
      ╰────
    help: did you mean `token`?
    "#);
    let problem = readdress_core::error::Problem::from(&fault);
    assert_eq!(
        (
            problem.code,
            problem.params["line"].as_str(),
            problem.params["column"].as_str()
        ),
        (Code::ManifestInvalid, "13", "17")
    );
    assert_eq!(
        (
            problem.params["file"].as_str(),
            problem.params["hint"].as_str()
        ),
        ("example.toml", "did you mean `token`?")
    );
}

#[test]
fn columns_count_characters() {
    let source = GOOD.replacen("name = \"Example\"", "name = \"Ünïcödé\"\nnaem = 1", 1);
    assert!(
        Manifest::parse(&source, "é.toml").unwrap_err()[0]
            .one_line()
            .starts_with("é.toml:4:1: unknown field `naem`")
    );
    let source = GOOD.replacen("{ en = \"Token\" }", "{ en = \"Tökén\", es = \"\" }", 1);
    assert_eq!(
        Manifest::parse(&source, "x").unwrap_err()[0].one_line(),
        "x:9:30: this text is empty"
    );
}

#[test]
fn no_text_whatever_makes_it_panic() {
    for end in 0..GOOD.len() {
        let _ = Manifest::parse(&GOOD[..end], "cut.toml").map_err(|faults| {
            faults
                .iter()
                .map(|fault| fault.render())
                .collect::<String>()
        });
    }
    assert!(Manifest::parse("", "empty.toml").is_err());
    assert!(Manifest::parse("\u{0}\u{feff}", "odd.toml").is_err());
}

#[test]
fn hints_about_mails_are_checked() {
    let waits = r#"sent_to = "new" }"#;
    let with = |mail: &str| format!(r#"sent_to = "new", mail = {{ {mail} }} }}"#);
    let good = r#"from = ["*@example.com", "a@b.example", "*@*.example.com"], subject = ["confirm"], names = ["Example Mail"]"#;
    let manifest = Manifest::parse(&GOOD.replacen(waits, &with(good), 1), "example.toml");
    let manifest = manifest.unwrap_or_else(|faults| panic!("{}", faults[0].render()));
    let waits_for = manifest.steps["verify"].waits_for.as_ref().unwrap();
    let hints = waits_for.for_address(None).hints;
    assert_eq!(hints.from.len(), 3);
    assert_eq!(hints.subject, ["confirm"]);
    assert_eq!(hints.names, ["example", "example mail", "example.com"]);
    for (mail, expected) in [
        (
            r#"from = ["*@example.com", "example.com"]"#,
            "example.toml:28:81: `example.com` is not a sender such as `noreply@example.com` or `*@example.com`",
        ),
        (
            r#"from = ["*@*"]"#,
            "example.toml:28:64: `*@*` is not a sender such as `noreply@example.com` or `*@example.com`",
        ),
        (
            r#"subject = ["confirm", " x "]"#,
            "example.toml:28:78: has 3 to 100 characters",
        ),
        (
            r#"form = ["a@b.example"]"#,
            "example.toml:28:56: unknown field `form` (did you mean `from`?)",
        ),
    ] {
        told(waits, &with(mail), expected);
    }
}
