//! Whatever holds a secret, a code or a service's raw words prints none of it, with `{:?}` and with `{:#?}`; and what is
//! made to be shown or copied (preview, curl, diagnostics, problems of the wire) has none either.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::time::Duration;

use jiff::Timestamp;
use readdress_canary::Search;
use readdress_core::ask::{NewProfile, ProfileEdit, RequestChange};
use readdress_core::engine::{Engine, Options};
use readdress_core::http::{Answer, Method, Request, Sender, Sent};
use readdress_core::mail;
use readdress_core::mailbox::imap::Head;
use readdress_core::manifest::{Catalog, Inputs, Verdict, judge, read_pasted, render};
use readdress_core::secret::{Redactor, Secret};
use readdress_core::vault::{VaultEnv, new_key_file};
use readdress_core::view::NetworkSettings;
use uuid::Uuid;

const SECRET: &str = "k3y+of/the \"canäry\" &%41";
const CODE: &str = "730619";

fn search() -> Search {
    Search::new([("secret", SECRET), ("code", CODE)])
}

#[track_caller]
fn prints_nothing(what: &str, thing: &impl Debug) {
    let text = format!("{thing:?}\n{thing:#?}");
    assert!(text.len() > 4, "{what} prints something");
    assert_eq!(search().bytes(what, text.as_bytes()), []);
}

fn secrets() -> BTreeMap<String, Secret> {
    let names = ["api_key", "password", "token", "client_token"];
    names
        .map(|name| (name.to_owned(), Secret::new(SECRET)))
        .into()
}

fn catalog() -> Catalog {
    Catalog::shipped()
}

#[test]
fn what_is_given_and_what_is_kept() {
    prints_nothing("Secret", &Secret::new(SECRET));
    prints_nothing("Redactor", &Redactor::new(secrets().values()));
    let vault = VaultEnv {
        passphrase: Some(Secret::new(SECRET)),
        ..VaultEnv::default()
    };
    prints_nothing("VaultEnv", &vault);
    let options = Options {
        vault,
        ..Options::default()
    };
    prints_nothing("Options", &options);
    let new = NewProfile {
        service: "z-api".to_owned(),
        label: "x".to_owned(),
        fields: BTreeMap::new(),
        secrets: secrets(),
        base_url: None,
        draft: None,
    };
    prints_nothing("NewProfile", &new);
    let edit = ProfileEdit {
        secrets: secrets(),
        ..ProfileEdit::default()
    };
    prints_nothing("ProfileEdit", &edit);
    let ask = RequestChange {
        profile_id: Uuid::nil(),
        to: String::new(),
        secrets: secrets(),
        replace: false,
        anyway: false,
        undo_of: None,
    };
    prints_nothing("RequestChange", &ask);
    let pasted = "curl https://proxy.webshare.io/api/v2/profile/ -H 'Authorization: Token k3y+of/the \"canäry\" &%41'";
    let pasted = read_pasted(&catalog(), pasted).expect("a profile");
    assert_eq!(pasted.secrets["api_key"].expose(), SECRET);
    prints_nothing("Pasted", &pasted);
}

#[test]
fn what_leaves_and_what_comes_back() {
    let catalog = catalog();
    let fields = BTreeMap::from([("instance_id".to_owned(), "A1".to_owned())]);
    let values = BTreeMap::from([("code".to_owned(), Secret::new(CODE))]);
    for service in ["z-api", "webshare", "mannco-store"] {
        let manifest = catalog.get(service).expect("a manifest");
        let mut all = secrets();
        all.insert(
            "session_token".to_owned(),
            Secret::new("k3y+of-the-session"),
        );
        let inputs = Inputs {
            base_url: None,
            fields: &fields,
            secrets: &all,
            values: &values,
        };
        // A header takes no quotation of a path, so Z-API's header has the plain form: it fits.
        let rendered = render(&manifest, "verify", &inputs).expect("a call");
        prints_nothing("Rendered", &rendered);
        prints_nothing("Request", &rendered.request());
        let shown = format!("{}\n{}", rendered.masked(), rendered.curl());
        assert_eq!(search().bytes("the preview", shown.as_bytes()), []);

        let body = serde_json::json!({
            "error": SECRET, "message": SECRET, "detail": SECRET, "success": true,
            "content": { "jwt": SECRET, "address": SECRET }, "email": SECRET, "hasEmail": true,
        });
        let answer = Answer {
            status: 200,
            headers: vec![("location".to_owned(), SECRET.to_owned())],
            body: body.to_string().into_bytes(),
            took: Duration::ZERO,
            at: Timestamp::UNIX_EPOCH,
        };
        prints_nothing("Answer", &answer);
        for step in ["login", "read", "request", "verify"] {
            let verdict: Verdict = judge(&manifest, step, &answer);
            prints_nothing("Verdict", &verdict);
        }
        prints_nothing("Sent", &Sent::Answer(answer));
    }
}

#[test]
fn what_a_mails_header_says() {
    let header =
        format!("From: {CODE}@x.example\r\nTo: {CODE}@y.example\r\nSubject: {CODE}\r\n\r\n");
    prints_nothing(
        "Envelope",
        &mail::arrived::Envelope::read(header.as_bytes()),
    );
    let head = Head {
        uid: 7,
        at: Timestamp::UNIX_EPOCH,
        size: 4711,
        header: CODE.as_bytes().to_vec(),
    };
    prints_nothing("Head", &head);
    assert!(!format!("{head:?}").contains(&format!("{:?}", head.header)));
}

#[test]
fn what_a_paste_was_understood_to_be() {
    let waits = mail::Waits {
        looks: mail::Looks::new(r"\d{6}").ok(),
        ..mail::Waits::default()
    };
    let read = mail::understand(&format!("Your code is {CODE}."), &waits);
    assert_eq!(read.value.as_deref(), Some(CODE));
    prints_nothing("Understood", &read);
    let several = mail::understand(
        &format!("Your code is {CODE}. Your code is 123456."),
        &waits,
    );
    prints_nothing("Understood", &several);
}

#[tokio::test]
async fn what_the_wire_says_when_it_fails() {
    let sender = Sender::new(&NetworkSettings::default()).expect("a sender");
    let path: String = SECRET.bytes().map(|byte| format!("%{byte:02X}")).collect();
    for start in [
        "http://127.0.0.1:9/",
        "http://localhost:9/",
        "https://no-such-host.invalid/",
        "http://elsewhere.example/",
        "nothing ",
        "https://me:you@127.0.0.1/",
    ] {
        for end in [path.as_str(), SECRET] {
            let request = Request {
                method: Method::Post,
                url: Secret::new(format!("{start}token/{end}?key={end}")),
                headers: vec![("authorization".to_owned(), Secret::new(SECRET))],
                body: Some(("application/json".to_owned(), Secret::new(SECRET))),
            };
            match sender.send(request).await {
                Sent::NotSent(problem) => {
                    prints_nothing("Problem", &problem);
                    let told = format!("{problem} {}", serde_json::json!(problem));
                    assert_eq!(search().bytes("Problem", told.as_bytes()), []);
                }
                other => panic!("nothing answers there: {other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn what_an_engine_shows_of_a_profile() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = folder.path().join("key");
    new_key_file(&key).expect("a key file");
    let engine = Engine::open(Options {
        data_dir: Some(folder.path().join("data")),
        vault: VaultEnv {
            key_file: Some(key),
            ..VaultEnv::default()
        },
        ..Options::default()
    });
    let engine = engine.expect("an engine");
    let mut all = secrets();
    all.retain(|name, _| name.ends_with("token"));
    let added = engine
        .add_profile(NewProfile {
            service: "z-api".to_owned(),
            label: "Shop".to_owned(),
            fields: BTreeMap::from([("instance_id".to_owned(), "A1".to_owned())]),
            secrets: all,
            base_url: None,
            draft: None,
        })
        .await
        .expect("a profile");
    let id = added.id;
    prints_nothing("ProfileView", &added);
    for (step, value) in [
        ("request", "new@practice.example"),
        ("verify", CODE),
        ("resend", ""),
    ] {
        let preview = engine.preview(id, step, value).expect("a preview");
        prints_nothing("Preview", &preview);
        assert!(preview.curl.contains("\"$TOKEN\"") && preview.masked.contains("••••••"));
    }
    let code = engine.preview(id, "verify", CODE).expect("a preview");
    assert!(
        code.curl.contains("$CODE"),
        "it runs once the variable is set: {}",
        code.curl
    );
    let diagnostics = engine.diagnostics().await.expect("a text");
    for (what, text) in [("label", "Shop"), ("folder", "/data")] {
        assert!(!diagnostics.contains(text), "the {what}: {diagnostics}");
    }
    prints_nothing("diagnostics", &diagnostics);
}
