//! The search can fail: every spelling is found, wherever it stands, and nothing where nothing is.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use readdress_canary::Search;

const SECRET: &str = "tö/K+en \"x\"&ß=9 'q' <Ω>\\end";

fn search() -> Search {
    Search::new([("secret", SECRET)])
}

#[track_caller]
fn finds(spelling: impl AsRef<[u8]>) {
    let mut text = b"before-".to_vec();
    text.extend(spelling.as_ref());
    text.extend(b"-after");
    let shown = String::from_utf8_lossy(&text).into_owned();
    assert!(!search().bytes("a text", &text).is_empty(), "{shown}");
}

fn percent(keep: impl Fn(u8) -> bool, upper: bool) -> String {
    let one = |byte: u8| match (keep(byte), upper) {
        (true, _) => char::from(byte).to_string(),
        (_, true) => format!("%{byte:02X}"),
        (..) => format!("%{byte:02x}"),
    };
    SECRET.bytes().map(one).collect()
}

#[test]
fn as_it_is_and_cut_in_the_middle() {
    finds(SECRET);
    finds(&SECRET[..SECRET.len() - 4]);
    finds(&SECRET[4..]);
}

#[test]
fn behind_escapes_of_a_url() {
    for upper in [true, false] {
        finds(percent(|byte| byte.is_ascii_alphanumeric(), upper));
        finds(percent(|byte| byte.is_ascii() && byte != b' ', upper));
        finds(percent(|_| false, upper));
        finds(percent(|byte| byte.is_ascii_alphanumeric(), upper).replace("%20", "+"));
    }
    let once = percent(|byte| byte.is_ascii_alphanumeric(), true);
    finds(once.replace('%', "%25"));
}

#[test]
fn behind_escapes_of_json_and_of_debug() {
    let json = serde_json::to_string(SECRET).expect("JSON");
    finds(&json);
    finds(json.replace('/', "\\/"));
    finds(
        json.replace('ö', "\\u00f6")
            .replace('ß', "\\u00DF")
            .replace('Ω', "\\u03a9"),
    );
    finds(serde_json::to_string(&json).expect("JSON in JSON"));
    finds(format!("{SECRET:?}"));
    finds(format!("{SECRET:?}").replace('ö', "\\u{f6}"));
    finds(SECRET.as_bytes().escape_ascii().to_string());
    let far = Search::new([("key", "a key 🗝 with a pair")]);
    assert!(!far.bytes("", br"a key \ud83d\udddd with a pair").is_empty());
}

#[test]
fn behind_escapes_of_html_and_two_kinds_at_once() {
    let html = SECRET
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;");
    finds(&html);
    finds(html.replace('\'', "&#39;").replace('ö', "&#xf6;"));
    finds(serde_json::to_string(&html).expect("JSON"));
    let json = serde_json::to_string(SECRET).expect("JSON");
    finds(json.replace('"', "&quot;"));
}

#[test]
fn in_base64_padded_or_not_and_at_each_place_of_a_group() {
    for before in ["", "u", "us", "use"] {
        let whole = format!("{before}{SECRET}:and more");
        finds(STANDARD.encode(&whole));
        finds(STANDARD_NO_PAD.encode(&whole));
        finds(URL_SAFE.encode(&whole));
        finds(URL_SAFE_NO_PAD.encode(&whole));
    }
    finds(STANDARD.encode(SECRET));
    finds(URL_SAFE.encode(SECRET));
    finds(
        STANDARD
            .encode(SECRET)
            .replace('+', "%2B")
            .replace('/', "%2F"),
    );
    let key: Vec<u8> = (130..162).collect();
    let keys = Search::new([("key", &key)]);
    assert!(!keys.bytes("", STANDARD.encode(&key).as_bytes()).is_empty());
    assert!(!keys.bytes("", &key).is_empty());
}

#[test]
fn as_numbers_and_in_other_encodings() {
    let hex: String = SECRET.bytes().map(|byte| format!("{byte:02x}")).collect();
    finds(&hex);
    finds(hex.to_uppercase());
    finds(format!("{:?}", SECRET.as_bytes()));
    finds(serde_json::to_string(SECRET.as_bytes()).expect("JSON"));
    finds(
        SECRET
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<u8>>(),
    );
    finds(
        SECRET
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect::<Vec<u8>>(),
    );
    finds(SECRET.bytes().map(char::from).collect::<String>());
}

#[test]
fn nothing_where_nothing_is() {
    let other = "töK+en \"y\" &ß=9 %2F \\u00f6 &amp; dMO2L0sr 746fcc";
    assert_eq!(search().bytes("a text", other.as_bytes()), []);
    assert_eq!(search().bytes("a text", b""), []);
}

#[test]
fn a_short_number_counts_where_it_stands_alone() {
    let search = Search::new([("code", "730619")]);
    for text in [
        "code=730619&",
        "{\"code\":\"730619\"}",
        "730619",
        "%22730619%22",
    ] {
        assert!(!search.bytes("", text.as_bytes()).is_empty(), "{text}");
    }
    for text in ["11:15:22.730619Z", "a730619b", "1730619"] {
        assert_eq!(search.bytes("", text.as_bytes()), [], "{text}");
    }
}

#[test]
fn in_every_file_below_a_folder_and_in_the_names() {
    let folder = std::env::temp_dir().join(format!("readdress-canary-{}", std::process::id()));
    let deep = folder.join("a/b");
    std::fs::create_dir_all(&deep).expect("a folder");
    let mut bytes = vec![0, 255, 254];
    bytes.extend(STANDARD.encode(format!("x{SECRET}")).into_bytes());
    std::fs::write(deep.join("db-wal"), bytes).expect("a file");
    std::fs::write(deep.join("canary-name"), b"").expect("a file");
    let found = search().folder(&folder, &[]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].place.ends_with("db-wal") && found[0].form == "base64");
    assert_eq!(search().folder(&folder, &["db-wal"]), []);
    let named = Search::new([("name", "canary-name")]);
    assert!(!named.folder(&folder, &[]).is_empty());
    std::fs::remove_dir_all(&folder).expect("it was ours");
}

#[cfg(target_os = "linux")]
#[test]
fn in_arguments_and_environment_of_a_process_and_its_children() {
    let mut parent = std::process::Command::new("sh")
        .args(["-c", "sleep 20 & wait # canary-argument"])
        .env("SOMETHING", "canary-environment")
        .spawn()
        .expect("a shell");
    let search = Search::new([
        ("argument", "canary-argument"),
        ("environment", "canary-environment"),
    ]);
    let mut found = Vec::new();
    for _ in 0..100 {
        found = search.family(parent.id());
        if found.iter().any(|one| one.place.contains("sleep")) {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    for one in readdress_canary::family(parent.id()) {
        let pid = one.name.split(' ').next().expect("a number");
        let _ = std::process::Command::new("kill").arg(pid).status();
    }
    let _ = parent.wait();
    let places: Vec<&str> = found.iter().map(|one| one.place.as_str()).collect();
    let has = |what: &str, of: &str| {
        places
            .iter()
            .any(|place| place.starts_with(what) && place.ends_with(of))
    };
    assert!(
        has("arguments", "sh") && has("environment", "sh") && has("environment", "sleep"),
        "{found:?}"
    );
}
