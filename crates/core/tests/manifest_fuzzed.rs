//! Manifests that nobody writes by accident: as large as a file may be and wrong everywhere, or another host than it
//! looks. What fuzzing found and what its limits do not reach (`fuzz/targets/manifest.rs`).

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use readdress_core::manifest::{Fault, Manifest};

/// The largest file that is read, in bytes.
const LARGEST: usize = 256 * 1024;

const HEAD: &str = r#"schema = 1
id = "example"
name = "Example"
docs = "https://example.com/docs"
"#;
const REST: &str = r#"
[flow]
change = ["request"]

[step.request]
method = "POST"
path = "/email"
answer = [{ status = "2xx", means = "ok" }]
"#;

fn with(base_url: &str, rest: &str) -> Result<Manifest, Vec<Fault>> {
    Manifest::parse(
        &format!("{HEAD}base_url = \"{base_url}\"\n{rest}"),
        "own.toml",
    )
}

#[track_caller]
fn told(result: Result<Manifest, Vec<Fault>>, expected: &str) {
    let faults = result.expect_err("it should be refused");
    let told: Vec<String> = faults.iter().map(Fault::one_line).collect();
    assert!(told.iter().any(|line| line.contains(expected)), "{told:#?}");
}

/// Refused in a moment and in a few sentences, whatever it is made of.
#[track_caller]
fn refused_quickly(name: &str, source: &str) {
    assert!(source.len() <= LARGEST + 4096, "{name}: {}", source.len());
    let begun = Instant::now();
    let faults = Manifest::parse(source, "own.toml").expect_err("it should be refused");
    let took = begun.elapsed();
    assert!((1..=50).contains(&faults.len()), "{name}: {}", faults.len());
    for fault in &faults {
        assert!(
            fault.one_line().chars().count() < 1_000,
            "{name}: a sentence without end"
        );
    }
    // Each mistake with a look of its own at the whole file took minutes, and a copy of it for each gigabytes.
    assert!(took < Duration::from_secs(20), "{name}: {took:?}");
}

fn repeated(line: impl Fn(usize) -> String) -> String {
    let mut text = String::new();
    for index in 0.. {
        let line = line(index);
        if text.len() + line.len() > LARGEST - 1024 {
            break;
        }
        text.push_str(&line);
    }
    text
}

#[test]
fn large_and_wrong_everywhere() {
    let base = format!("{HEAD}base_url = \"https://api.example.com\"\n");
    let long = "x".repeat(100_000);
    let cases = [
        ("syntax", repeated(|_| "= 1\n".to_owned())),
        ("brackets", "[".repeat(LARGEST)),
        ("inline", format!("a = {}", "[".repeat(LARGEST - 8))),
        ("dotted", format!("a{} = 1", ".a".repeat(LARGEST / 2 - 8))),
        (
            "fields",
            format!(
                "{base}{}{REST}",
                repeated(|at| format!("[[field]]\nid = \"F{at}\"\nlabel = {{}}\n"))
            ),
        ),
        (
            "patterns",
            format!(
                "{base}{}{REST}",
                repeated(|at| format!(
                    "[[field]]\nid = \"f{at}\"\nlabel = {{ en = \"F\" }}\nlooks = '\\w{{400}}'\n"
                ))
            ),
        ),
        (
            "names",
            format!(
                "{base}[headers]\n{}{REST}",
                repeated(|at| format!("H-{at} = \"{{{{no_such_{at}}}}}\"\n"))
            ),
        ),
        (
            "steps",
            format!(
                "{base}{REST}{}",
                repeated(|at| format!("[step.s{at}]\nmethod = \"GET\"\npath = \"/{{{{a}}}}\"\n"))
            ),
        ),
        (
            "flow",
            format!(
                "{base}[flow]\nchange = [{}]\n",
                repeated(|at| format!("\"s{at}\","))
            ),
        ),
        (
            "limits",
            format!(
                "{base}{REST}{}",
                repeated(|at| format!(
                    "[[limit]]\nbucket = \"b\"\nmax = 0\nper = \"{at}\"\nsteps = [\"s{at}\"]\n"
                ))
            ),
        ),
        (
            "a long name",
            format!(
                "{base}[flow]\nchange = [\"{long}\"]\n[step.{long}y]\nmethod = \"GET\"\npath = \"/\"\n"
            ),
        ),
        ("a long key", format!("{base}{long} = 1\n{REST}")),
        ("a long value", format!("{base}{REST}method = \"{long}\"\n")),
        (
            "a long template",
            format!("{base}[headers]\nX = \"{{{{{long}}}}}\"\n{REST}"),
        ),
    ];
    for (name, source) in cases {
        refused_quickly(name, &source);
    }
}

#[test]
fn a_host_is_the_one_that_is_shown() {
    for hidden in [
        "https://good.example\\\\.bad.example",
        "https://%67ood.example",
        "https://g\u{f6}od.example",
        "https://good\u{3002}example",
        "https://good.exa mple",
        "https://good.example:8x",
        "https://good.example:99999",
        "https://0x7f.1",
        "https://[::1",
        "https://good.example:",
        "https://:8443",
        "https://a..b:443:1",
    ] {
        told(
            with(hidden, REST),
            "the host is not written as it is called",
        );
    }
    told(
        with("https://good.example\\\\@bad.example", REST),
        "only scheme, host, port and path",
    );
    for fine in [
        "https://good.example",
        "https://good.example:443/v1",
        "https://good.example:8443",
        "http://127.0.0.1:80",
        "http://[::1]:9",
        "https://xn--gd-fka.example",
    ] {
        with(fine, REST).unwrap_or_else(|faults| panic!("{fine}: {}", faults[0].one_line()));
    }
}

#[test]
fn a_path_has_no_second_reading() {
    let path = |path: &str| with("https://good.example", &REST.replace("/email", path));
    for (hidden, why) in [
        ("/a/%2e%2E/b", "`.` and `..` are not path segments"),
        ("/a/.%2e", "`.` and `..` are not path segments"),
        ("/a/%2e", "`.` and `..` are not path segments"),
        ("/a\\\\..\\\\b", "no backslash"),
        ("/a\\tb", "no space"),
        ("/a b", "no space"),
    ] {
        told(path(hidden), why);
    }
    path("/a%20b/.well-known/...").expect("these are ordinary");
}

#[test]
fn a_code_is_awaited_after_something_that_mails_it() {
    let waits = "waits_for = { what = \"code\", sent_to = \"new\" }\n";
    told(
        with("https://good.example", &format!("{REST}{waits}")),
        "waits for a code that nothing before it sends",
    );
    for role in ["resend", "cancel", "read", "login"] {
        let mut source = REST.replace(
            "change = [\"request\"]",
            &format!("change = [\"request\", \"verify\"]\n{role} = \"verify\""),
        );
        let _ = write!(
            source,
            "[step.verify]\nmethod = \"POST\"\npath = \"/v\"\n{waits}answer = [{{ means = \"ok\", gives = {{ t = \"/t\" }} }}]\n"
        );
        told(with("https://good.example", &source), "waits for a code");
        let fine = source.replace(&format!("{role} = \"verify\"\n"), "");
        with("https://good.example", &fine)
            .unwrap_or_else(|faults| panic!("{}", faults[0].one_line()));
    }
}
