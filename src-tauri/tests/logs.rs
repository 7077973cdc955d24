//! Whole flows over IPC at TRACE, in practice and with real profiles: what the page is answered and told, the data folder
//! and the log in it hold no secret, no code and, the log and the preferences, no address.
//!
//! One test, since a process has one log. Not here: the window itself (`e2e/flows/leaks.test.js`).

#[path = "shell/support.rs"]
#[expect(dead_code, reason = "the other tests use the rest")]
mod support;

use std::sync::{Arc, Mutex};

use readdress_canary::Search;
use readdress_sandbox::{
    Fault, FaultKind, ManncoAccount, Options, Sandbox, Service, WebshareAccount, ZApiAccount,
};
use readdress_shell::Start;
use serde_json::{Value, json};
use support::{Shown, practice_secrets, request_to};
use tauri::Listener as _;
use tempfile::TempDir;

const INSTANCE: &str = "3CA1A2A300000000000000000000C0DE";
const TOKEN: &str = "zT0k3n-canary_Q7.w8x9";
const CLIENT_TOKEN: &str = "cT+l/8\"e-x&%42'<>;=\\R6-canary";
const API_KEY: &str = "wK3y0m7n4y1canary43S5ffkq2200aapqwx81zz9";
const PASSWORD: &str = "pW+n/6\"ß z&%44'<>;=\\T4 canary";
const MANNCO_KEY: &str = "mK+o/5\"å v&%45'<>;=\\U3 canary";
const PASSPHRASE: &str = "pässphrase/of+the \"canary\" & co";
const NEXT_PASSPHRASE: &str = "näxt passphrase/of+the <canary>";
const WRONG_PASSPHRASE: &str = "wröng passphrase/of+a \"canary\"";
const PROXY: &str = "pröxy/pass+w%2Ford";
const CODES: [&str; 3] = ["730619", "Wq3x8yZ0-canary_LINK-5521qqW", "604918"];
const WRONG_CODE: &str = "918273";
const OLD: &str = "old.canary+1@practice.example";
const NEW: &str = "new.canary+2@practice.example";

/// A window whose answers and events are kept.
struct Watched {
    shown: Shown,
    told: Arc<Mutex<Vec<(String, String)>>>,
}

impl Watched {
    fn open(folder: &TempDir) -> Self {
        let start = Start {
            data_dir: Some(folder.path().join("data")),
            log: Some(tracing::Level::TRACE),
            ..Start::default()
        };
        let shown = Shown::start(start);
        let told: Arc<Mutex<Vec<(String, String)>>> = Arc::default();
        for event in ["changed", "app_state"] {
            let told = Arc::clone(&told);
            shown.page.listen(event, move |heard| {
                let mut told = told.lock().expect("no panic");
                told.push((format!("event {event}"), heard.payload().to_owned()));
            });
        }
        Self { shown, told }
    }

    fn ask(&self, command: &str, arguments: Value) -> Value {
        let answer = match self.shown.ask(command, arguments) {
            Ok(answer) => answer,
            Err(problem) => json!(problem),
        };
        let mut told = self.told.lock().expect("no panic");
        told.push((format!("answer to {command}"), answer.to_string()));
        answer
    }
}

fn sandbox() -> Sandbox {
    let sandbox = tauri::async_runtime::block_on(Sandbox::start(Options::default()));
    let sandbox = sandbox.expect("a sandbox");
    sandbox.put_z_api(ZApiAccount {
        instance_id: INSTANCE.to_owned(),
        token: TOKEN.to_owned(),
        client_token: Some(CLIENT_TOKEN.to_owned()),
        email: Some(OLD.to_owned()),
        verified: true,
        ..ZApiAccount::default()
    });
    sandbox.put_webshare(WebshareAccount {
        api_key: API_KEY.to_owned(),
        password: Some(PASSWORD.to_owned()),
        email: OLD.to_owned(),
        ..WebshareAccount::default()
    });
    sandbox.put_mannco_store(ManncoAccount {
        api_key: MANNCO_KEY.to_owned(),
        email: OLD.to_owned(),
        ..ManncoAccount::default()
    });
    CODES.iter().for_each(|code| sandbox.next_code(code));
    sandbox
}

/// A refusal that repeats all that this call sent.
fn repeat_all(sandbox: &Sandbox, service: Service, route: &str, status: u16) {
    let all = match (service, route) {
        (Service::ZApi, _) => format!("{TOKEN} {CLIENT_TOKEN}"),
        (Service::Webshare, "request") => format!("{API_KEY} {PASSWORD}"),
        (Service::Webshare, _) => API_KEY.to_owned(),
        (Service::ManncoStore, _) => MANNCO_KEY.to_owned(),
    };
    let body = json!({ "error": all, "message": all, "detail": all, "content": all, "email": all });
    let kind = FaultKind::Answer {
        status,
        content_type: Some("application/json".to_owned()),
        headers: Vec::new(),
        body: body.to_string(),
    };
    sandbox.add_fault(Fault::new(service, kind).on(route).times(1));
}

/// The profile's secrets by paste where there is one, and its change, wrong code and refusals included.
fn real_flow(window: &Watched, sandbox: &Sandbox, service: Service) {
    let url = sandbox.urls().of(service).to_owned();
    let (paste, fields, secrets) = match service {
        Service::ZApi => (
            format!("curl '{url}/instances/{INSTANCE}/token/{TOKEN}/status'"),
            json!({ "instance_id": INSTANCE }),
            json!({ "client_token": CLIENT_TOKEN }),
        ),
        Service::Webshare => (
            format!("curl {url}/api/v2/profile/ -H 'Authorization: Token {API_KEY}'"),
            json!({}),
            json!({}),
        ),
        Service::ManncoStore => (String::new(), json!({}), json!({ "api_key": MANNCO_KEY })),
    };
    let mut draft = Value::Null;
    if !paste.is_empty() {
        draft = window.ask("read_pasted_profile", json!({ "text": paste }))["draft"].clone();
        assert!(draft.is_string(), "the paste was understood");
    }
    let profile = json!({ "profile": {
        "service": service.id(), "label": service.id(), "fields": fields, "secrets": secrets,
        "base_url": url, "draft": draft,
    }});
    window.ask("test_profile", profile.clone());
    let added = window.ask("add_profile", profile);
    let id = added["id"].clone();
    assert!(id.is_string(), "{added}");
    window.ask("read_profile", json!({ "id": id }));

    let once = if service == Service::Webshare {
        json!({ "password": PASSWORD })
    } else {
        json!({})
    };
    let mut request = request_to(&id, NEW);
    request["request"]["secrets"] = once;
    request["request"]["replace"] = true.into();
    request["request"]["anyway"] = true.into();
    // Not 403: Mannco.store is asked again with a new token then, and takes it.
    for status in [400, 500] {
        repeat_all(sandbox, service, "request", status);
        window.ask("request_change", request.clone());
    }
    repeat_all(sandbox, service, "read", 403);
    window.ask("read_profile", json!({ "id": id }));
    let change = window.ask("request_change", request);
    assert_eq!(change["state"], "awaiting_code", "{change}");
    for value in [NEW, ""] {
        let step = json!({ "profileId": id, "step": "request", "value": value });
        window.ask("preview_step", step);
    }
    let change_id = change["id"].clone();
    let submit = |text: &str| json!({ "changeId": change_id, "text": text });
    let wrong = window.ask("submit_code", submit(WRONG_CODE));
    assert_eq!(wrong["problem"]["code"], "code_wrong", "{wrong}");
    repeat_all(sandbox, service, "verify", 400);
    window.ask("submit_code", submit("555000"));
    let mail = sandbox.last_mail(NEW).expect("a mail");
    let code = mail.code.expect("a code");
    let preview = json!({ "profileId": id, "step": "verify", "value": code });
    window.ask("preview_step", preview);
    let done = window.ask("submit_code", submit(&mail.raw));
    assert_eq!(done["state"], "changed", "{done}");
    window.ask("get_change", json!({ "id": change_id }));
    window.ask("get_profile", json!({ "id": id }));
    sandbox.clear_mails();
}

fn practice_flows(window: &Watched) -> Vec<String> {
    let mut codes = Vec::new();
    for service in ["z-api", "webshare", "mannco-store"] {
        let (_, change, mail) = window.shown.practise_until_mail(service);
        let submit = json!({ "changeId": change["id"], "text": mail["raw"] });
        let read = window.shown.get("understand_code", submit.clone());
        codes.push(read["value"].as_str().expect("a code").to_owned());
        window.ask("submit_code", submit);
    }
    window.ask("leave_practice", json!({}));
    codes
}

#[test]
fn nothing_secret_is_told_logged_or_kept_in_the_open() {
    let folder = TempDir::new().expect("a folder");
    let sandbox = sandbox();
    let window = Watched::open(&folder);
    let practice_codes = practice_flows(&window);

    let set_up = json!({ "kind": "passphrase", "passphrase": PASSPHRASE });
    assert_eq!(window.ask("set_up_vault", set_up)["state"], "open");
    for service in Service::ALL {
        real_flow(&window, &sandbox, service);
    }
    window.ask("lock_vault", json!({}));
    let wrong = window.ask("unlock_vault", json!({ "passphrase": WRONG_PASSPHRASE }));
    assert_eq!(wrong["code"], "passphrase_wrong");
    window.ask("unlock_vault", json!({ "passphrase": PASSPHRASE }));
    let change = json!({ "current": PASSPHRASE, "next": NEXT_PASSPHRASE });
    assert_eq!(window.ask("change_passphrase", change)["state"], "open");
    let proxy = json!({ "kind": "own", "url": format!("http://me:{PROXY}@127.0.0.1:9") });
    let refused = window.ask(
        "set_network",
        json!({ "settings": { "proxy": proxy, "ca_file": null } }),
    );
    assert_eq!(refused["code"], "proxy_invalid");
    window.ask("list_profiles", json!({ "after": null, "limit": 100 }));
    window.ask("list_open_changes", json!({}));
    window.ask(
        "list_history",
        json!({ "filter": {}, "after": null, "limit": 100 }),
    );
    let diagnostics = window.ask("get_diagnostics", json!({})).to_string();
    for told in [
        "system: ",
        "screen: ",
        "data folder: of one's own",
        "package: ",
    ] {
        assert!(diagnostics.contains(told), "{told}: {diagnostics}");
    }
    window.ask("get_app_state", json!({}));
    // A defect, with a secret in its message.
    let defect = std::thread::spawn(|| panic!("cannot use {TOKEN} of {OLD}"));
    assert!(defect.join().is_err());
    let told = Arc::clone(&window.told);
    window.shown.close();

    let mut canaries: Vec<(String, String)> = [
        TOKEN,
        CLIENT_TOKEN,
        API_KEY,
        PASSWORD,
        MANNCO_KEY,
        PASSPHRASE,
        NEXT_PASSPHRASE,
        WRONG_PASSPHRASE,
        PROXY,
        WRONG_CODE,
    ]
    .iter()
    .chain(&CODES)
    .map(|text| ((*text).to_owned(), (*text).to_owned()))
    .collect();
    for request in sandbox.requests() {
        let bearers = request
            .headers
            .into_iter()
            .filter(|(name, _)| name == "authorization");
        canaries.extend(bearers.filter_map(|(_, value)| {
            let token = value.strip_prefix("Bearer ")?.to_owned();
            Some((format!("token {token:.10}"), token))
        }));
    }
    assert!(canaries.len() > 13, "the login's token is looked for too");
    let search = Search::new(canaries);
    let told = told.lock().expect("no panic");
    assert!(
        told.iter().any(|(place, _)| place.starts_with("event")),
        "events were heard"
    );
    for (place, text) in told.iter() {
        assert_eq!(search.bytes(place, text.as_bytes()), []);
    }
    let data = folder.path().join("data");
    // Practice keeps its made-up accounts as they are; its own are looked for in the log below.
    assert_eq!(search.folder(&data, &["/practice/"]), []);

    let practice = practice_secrets()
        .into_iter()
        .map(str::to_owned)
        .chain(practice_codes);
    let practice = practice.map(|text| (text.clone(), text));
    let addresses = [OLD, NEW, "@practice.example"].map(|text| (text.to_owned(), text.to_owned()));
    let personal = Search::new(practice.chain(addresses));
    let logs = data.join("logs");
    let log: String = personal
        .files(&logs, &[])
        .iter()
        .map(|file| std::fs::read_to_string(file).expect("text"))
        .collect();
    for line in ["started", "answered", "panic"] {
        assert!(log.contains(line), "{line}: {log}");
    }
    let foreign = log.lines().filter(|line| !line.contains(" readdress_"));
    assert_eq!(
        foreign.collect::<Vec<_>>(),
        Vec::<&str>::new(),
        "only our own crates log"
    );
    assert_eq!(personal.folder(&logs, &[]), []);
    let settings = std::fs::read(data.join("settings.json")).unwrap_or_default();
    assert_eq!(personal.bytes("settings.json", &settings), []);
}
