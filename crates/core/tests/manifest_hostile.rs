//! Files in `services/` that want to harm: they are refused with a place and a hint, or do nothing, and never hold up the start.

use std::time::{Duration, Instant};

use readdress_core::error::Code;
use readdress_core::manifest::{Catalog, Manifest};
use tempfile::TempDir;

const SHIPPED: &str = include_str!("../../../services/webshare.toml");

fn own() -> String {
    SHIPPED.replace("id       = \"webshare\"", "id       = \"mine\"")
}

/// The first message, of a source that must be refused, and soon.
#[track_caller]
fn refused(source: &str) -> String {
    let begin = Instant::now();
    let parsed = Manifest::parse(source, "mine.toml");
    let faults = match parsed {
        Ok(_) => panic!("it was taken: {source:.300}"),
        Err(faults) => faults,
    };
    assert!(
        begin.elapsed() < Duration::from_secs(5),
        "{:?}",
        begin.elapsed()
    );
    assert!((1..=50).contains(&faults.len()), "{}", faults.len());
    faults
        .iter()
        .map(|fault| fault.message.clone())
        .collect::<Vec<_>>()
        .join(" | ")
}

/// The same file with another host in its base URL.
fn with_host(host: &str) -> String {
    let line = own()
        .lines()
        .find(|line| line.starts_with("base_url"))
        .expect("a base URL")
        .to_owned();
    own().replace(
        &line,
        &format!("base_url = {:?}", format!("https://{host}")),
    )
}

#[test]
fn a_host_that_reads_as_another_is_refused() {
    for host in [
        "api.good.example\\.evil.example",
        "api.good.example@evil.example",
        "user:word@evil.example",
        "evil.example#.good.example",
        "evil.example?.good.example",
        "evil.example%2f.good.example",
        "good\t.example",
        "good.example\n",
        "good .example",
        "go\u{ad}od.example",
        "go\u{200b}od.example",
        "\u{202e}elpmaxe.doog",
        "\u{430}pple.example",
        "good\u{3002}example",
        "good\u{ff0f}.evil.example",
        "0x7f000001",
        "2130706433",
        "017700000001",
        "good.example:",
        "good.example:0",
        "good.example:99999",
        "good.example:80:80",
        "[::1",
        "..",
        "good.example.",
        "",
    ] {
        refused(&with_host(host));
    }
    for host in [
        "api.example.com",
        "API.Example.com",
        "xn--pple-43d.example",
        "api.example.com:8443",
        "192.0.2.1",
        "[::1]:8080",
        "{{region}}.example.com",
    ] {
        let source = with_host(host).replace(
            "[flow]",
            "[[field]]\nid = \"region\"\nlabel = { en = \"R\" }\n\n[flow]",
        );
        let manifest = Manifest::parse(&source, "mine.toml");
        assert!(manifest.is_ok(), "{host}: {:?}", manifest.err());
    }
}

#[test]
fn a_field_cannot_move_the_host() {
    use std::collections::BTreeMap;
    let source = with_host("{{region}}.example.com").replace(
        "[flow]",
        "[[field]]\nid = \"region\"\nlabel = { en = \"R\" }\n\n[flow]",
    );
    let manifest = Manifest::parse(&source, "mine.toml").expect("a manifest");
    let origin = |value: &str| {
        let fields = BTreeMap::from([("region".to_owned(), value.to_owned())]);
        manifest.origin(&fields, None)
    };
    assert_eq!(origin("eu").as_deref(), Ok("https://eu.example.com"));
    for value in [
        "evil.com/",
        "evil.com#",
        "evil.com?",
        "evil.com\\",
        "evil.com:443/",
        "a@evil.com",
        "@",
        "/",
        "\\",
        ":",
        "%2f",
        "a b",
        "\u{430}",
        ".",
        "..",
        "a..b",
        ".a",
        "a.",
        "a\r\nHost: evil.com",
        "",
    ] {
        assert!(origin(value).is_err(), "{value:?}");
    }
}

#[test]
fn bombs_are_refused_soon() {
    let pattern = |pattern: &str| {
        own().replace(
            "[flow]",
            &format!(
                "[[field]]\nid = \"x\"\nlabel = {{ en = \"X\" }}\nlooks = '{pattern}'\n\n[flow]"
            ),
        )
    };
    for bomb in [
        r"(\w{1000}){1000}",
        r"((((\w{99}){99}){99}){99}",
        r"\p{L}{9999}",
        "(?:a?){99999}",
        &"(".repeat(400),
        &"a".repeat(501),
    ] {
        let said = refused(&pattern(bomb));
        assert!(
            said.contains("regular expression") || said.contains("pattern"),
            "{said:.200}"
        );
    }
    let retry = own().replace("[flow]", "[retry]\npattern = '(\\w{1000}){1000}'\n[flow]");
    refused(&retry);

    // As many of them as a file can hold.
    let field = |n: usize| {
        format!("[[field]]\nid = \"x{n}\"\nlabel = {{ en = \"X\" }}\nlooks = '(\\w{{99}}){{99}}'\n")
    };
    let many: String = (0..4000).map(field).collect();
    refused(&own().replace("[flow]", &format!("{many}\n[flow]")));
}

#[test]
fn too_much_of_anything_is_refused() {
    let with = |text: String| own().replace("[flow]", &format!("{text}\n[flow]"));
    let fields: String = (0..2000)
        .map(|n| format!("[[field]]\nid = \"f{n}\"\nlabel = {{ en = \"F\" }}\n"))
        .collect();
    assert!(refused(&with(fields)).contains("too many"));
    let rules: String = (0..3000)
        .map(|_| "[[answer]]\nstatus = 400\nmeans = \"ok\"\n")
        .collect();
    assert!(refused(&format!("{}\n{rules}", own())).contains("too many"));
    let steps: String = (0..1500).map(|n| format!("[step.s{n}]\nmethod = \"GET\"\npath = \"/\"\n[[step.s{n}.answer]]\nmeans = \"ok\"\n")).collect();
    assert!(refused(&format!("{}\n{steps}", own())).contains("too many"));
    let flow: Vec<String> = (0..500).map(|n| format!("\"s{n}\"")).collect();
    refused(&own().replace(
        "change = [\"request\", \"verify\"]",
        &format!("change = [{}]", flow.join(",")),
    ));
    // Everything wrong, everywhere.
    refused(&"x = 1\n".repeat(20_000));
    refused(&"[[[[".repeat(40_000));
    refused(&"\u{0}".repeat(200_000));
}

#[test]
fn deep_trees_end_before_the_stack_does() {
    let json = |tree: &str| {
        own().replace(
            "[step.request]",
            &format!("[step.request]\njson = {tree}\n[step.unused]"),
        )
    };
    for depth in [200, 5_000, 60_000] {
        refused(&json(&format!(
            "{{ a = {}1{} }}",
            "[".repeat(depth),
            "]".repeat(depth)
        )));
        refused(&json(&format!(
            "{}1{}",
            "{ a = ".repeat(depth),
            " }".repeat(depth)
        )));
        refused(&format!("{}\n{} = 1\n", own(), vec!["a"; depth].join(".")));
        refused(&format!(
            "{}\n[{}]\nx = 1\n",
            own(),
            vec!["a"; depth].join(".")
        ));
    }
}

#[test]
fn a_header_cannot_be_smuggled() {
    let header = |name: &str, value: &str| {
        own()
            .replace(
                "[flow]",
                &format!("[headers]\n{name:?} = {value:?}\n[flow]"),
            )
            .replacen("[headers]\nAuthorization", "#", 1)
    };
    for name in [
        "Host",
        "content-length",
        "Transfer-Encoding",
        "Connection",
        "X: y\r\nHost",
        "X\n",
        "X Y",
        "",
        "X\u{e9}",
    ] {
        refused(&header(name, "x"));
    }
    for value in ["a\r\nHost: evil.example", "a\nb", "a\0b", "a\u{7f}b"] {
        refused(&header("X-Own", value));
    }
}

#[test]
fn what_it_says_of_itself_is_text_within_limits() {
    let named = |name: &str| own().replace("name     = \"Webshare\"", &format!("name = {name:?}"));
    assert!(own().contains("name     = \"Webshare\""));
    for name in [
        "",
        "  ",
        &"x".repeat(61),
        "a\u{202e}b",
        "a\nb",
        "a\0b",
        "\u{1b}[2J",
        "a\u{200b}b",
    ] {
        // Debug writes Rust's escapes; TOML spells the same characters in another way.
        let source = named("PLACE").replace("\"PLACE\"", &toml::Value::from(name).to_string());
        refused(&source);
    }
    let docs = own()
        .lines()
        .find(|line| line.starts_with("docs"))
        .expect("docs")
        .to_owned();
    for link in [
        "http://example.com",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "data:text/html,x",
        "https://a@b.example",
        "https://exa\u{200b}mple.com",
        "https:example.com",
        "",
    ] {
        let source = own().replace(&docs, &format!("docs = {}", toml::Value::from(link)));
        assert!(refused(&source).contains("web address"), "{link}");
    }
}

fn folder() -> TempDir {
    TempDir::new().expect("a folder")
}

#[test]
fn a_file_that_is_none_is_told_and_waits_for_nobody() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("good.toml"), own()).expect("a file");
    std::fs::create_dir(at("folder.toml")).expect("a folder");
    std::fs::write(at("large.toml"), vec![b'#'; 300 << 10]).expect("a file");
    #[cfg_attr(not(unix), expect(unused_mut, reason = "the rest is Unix's"))]
    let mut told = vec!["folder.toml", "large.toml"];
    #[cfg(unix)]
    {
        let link = |to: &str, name: &str| std::os::unix::fs::symlink(to, at(name)).expect("a link");
        link("/etc/passwd", "passwd.toml");
        link("/dev/zero", "zero.toml");
        link("/dev/tty", "tty.toml");
        link("nowhere", "nowhere.toml");
        link("loop.toml", "loop.toml");
        let made = std::process::Command::new("mkfifo")
            .arg(at("pipe.toml"))
            .status();
        assert!(made.is_ok_and(|status| status.success()), "a pipe");
        let _listens = std::os::unix::net::UnixListener::bind(at("socket.toml")).expect("a socket");
        told.extend([
            "loop.toml",
            "nowhere.toml",
            "passwd.toml",
            "pipe.toml",
            "socket.toml",
            "tty.toml",
            "zero.toml",
        ]);
    }
    let path = folder.path().to_owned();
    let (send, receive) = std::sync::mpsc::channel();
    std::thread::spawn(move || send.send(Catalog::with_folder(&path)));
    let catalog = receive
        .recv_timeout(Duration::from_secs(10))
        .expect("it hangs");
    assert!(catalog.is_own("mine"), "the good one is used");
    for file in told {
        let fault = catalog
            .faults()
            .iter()
            .find(|fault| fault.params["file"] == file);
        assert_eq!(
            fault.map(|fault| fault.code),
            Some(Code::ManifestInvalid),
            "{file}"
        );
    }
    let all = format!("{:?}", catalog.faults());
    assert!(
        !all.contains("/bin/"),
        "what a link leads to is not repeated: {all:.500}"
    );
}

#[test]
fn ten_thousand_files_do_not_hold_up_the_start() {
    let folder = folder();
    for n in 0..10_000 {
        let source = if n % 2 == 0 {
            "schema = ".to_owned()
        } else {
            own().replace("\"mine\"", &format!("\"mine-{n}\""))
        };
        std::fs::write(folder.path().join(format!("{n:05}.toml")), source).expect("a file");
    }
    let begin = Instant::now();
    let catalog = Catalog::with_folder(folder.path());
    assert!(
        begin.elapsed() < Duration::from_secs(10),
        "{:?}",
        begin.elapsed()
    );
    assert!(catalog.faults().len() <= 101, "{}", catalog.faults().len());
    let last = catalog.faults().last().expect("told");
    assert!(last.params["message"].contains("9744 files"), "{last:?}");
    assert!(catalog.is_own("mine-1") && !catalog.is_own("mine-9999"));
}

#[test]
fn no_file_takes_the_place_of_a_shipped_one() {
    let folder = folder();
    for id in ["z-api", "webshare", "mannco-store"] {
        let source = own()
            .replace("\"mine\"", &format!("{id:?}"))
            .replace("proxy.webshare.io", "evil.example");
        std::fs::write(folder.path().join(format!("{id}.toml")), source).expect("a file");
    }
    let catalog = Catalog::with_folder(folder.path());
    assert_eq!(catalog.faults().len(), 3, "each is told");
    for manifest in catalog.all() {
        assert!(
            !catalog.is_own(&manifest.id) && manifest.host() != "evil.example",
            "{}",
            manifest.id
        );
    }
}
