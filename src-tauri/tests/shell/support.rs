//! A window without a screen, on a folder of its own.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use readdress_core::error::Problem;
use readdress_core::vault::{VaultEnv, new_key_file};
use readdress_sandbox::practice_accounts;
use readdress_shell::Start;
use serde_json::{Value, json};
use tauri::test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder};
use tauri::webview::InvokeRequest;
use tauri::{AppHandle, Manager as _, WebviewWindow};
use tempfile::TempDir;

pub struct Shown {
    pub app: AppHandle<MockRuntime>,
    pub page: WebviewWindow<MockRuntime>,
    thread: Option<JoinHandle<()>>,
    /// Everything that the page was answered so far.
    pub answers: Mutex<String>,
}

/// A folder with a key file beside it, so that no keychain is asked.
pub struct Home(TempDir);

impl Home {
    pub fn new() -> Self {
        let home = Self(TempDir::new().expect("a folder"));
        new_key_file(&home.key_file()).expect("a key file");
        home
    }

    pub fn data(&self) -> PathBuf {
        self.0.path().join("data")
    }

    fn key_file(&self) -> PathBuf {
        self.0.path().join("key")
    }

    pub fn open(&self) -> Shown {
        Shown::start(self.start())
    }

    pub fn start(&self) -> Start {
        let vault = VaultEnv {
            key_file: Some(self.key_file()),
            ..VaultEnv::default()
        };
        Start {
            data_dir: Some(self.data()),
            vault,
            ..Start::default()
        }
    }
}

impl Shown {
    pub fn open(data: &Path, vault: VaultEnv) -> Self {
        let start = Start {
            data_dir: Some(data.to_owned()),
            vault,
            ..Start::default()
        };
        Self::start(start)
    }

    pub fn start(start: Start) -> Self {
        let (send, receive) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let app = readdress_shell::builder(mock_builder(), &start)
                .build(readdress_shell::context())
                .expect("the app builds");
            app.run(move |app, event| {
                if let tauri::RunEvent::Ready = event {
                    let _ = send.send(app.clone());
                }
                readdress_shell::on_run_event(app, &event);
            });
        });
        let app = receive
            .recv_timeout(Duration::from_secs(20))
            .expect("the app gets ready");
        let page = app.get_webview_window("main").expect("the window is there");
        Self {
            app,
            page,
            thread: Some(thread),
            answers: Mutex::default(),
        }
    }

    /// One command, as the page calls it. An error must be a problem object.
    pub fn ask(&self, command: &str, arguments: Value) -> Result<Value, Problem> {
        let answer = get_ipc_response(&self.page, request(command, arguments));
        match answer {
            Ok(body) => {
                let value: Value = body.deserialize().expect("JSON");
                self.note(&value);
                Ok(value)
            }
            Err(error) => {
                self.note(&error);
                Err(serde_json::from_value(error.clone()).unwrap_or_else(|_| {
                    panic!("{command} was refused with {error}, which is no problem")
                }))
            }
        }
    }

    pub fn get(&self, command: &str, arguments: Value) -> Value {
        self.ask(command, arguments)
            .unwrap_or_else(|problem| panic!("{command}: {problem:?}"))
    }

    pub fn code(&self, command: &str, arguments: Value) -> String {
        match self.ask(command, arguments) {
            Ok(answer) => panic!("{command} was answered: {answer}"),
            Err(problem) => problem.code.as_str(),
        }
    }

    fn note(&self, value: &Value) {
        let mut answers = self.answers.lock().expect("no test panicked here");
        answers.push_str(&value.to_string());
        answers.push('\n');
    }

    /// Closes the window as a person does, and waits for the end.
    pub fn close(self) {
        self.page.close().expect("the window closes");
        self.ended();
    }

    /// Waits for the end of one that was closed.
    pub fn ended(mut self) {
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the app ends without a panic");
        }
    }

    /// From *Practice* to the mail with the code. Answers the profile, the change and the mail.
    pub fn practise_until_mail(&self, service: &str) -> (Value, Value, Value) {
        let start = self.get("start_practice", json!({ "service": service }));
        let to = start["suggested"].as_str().expect("an address").to_owned();
        let change = self.get("request_change", request_to(&start["profile_id"], &to));
        assert_eq!(change["state"], "awaiting_code", "{change}");
        let mails = self.get("list_practice_mails", json!({}));
        let mail = mails
            .as_array()
            .into_iter()
            .flatten()
            .rfind(|mail| mail["to"] == to.as_str())
            .unwrap_or_else(|| panic!("no mail to {to} in {mails}"))
            .clone();
        (start["profile_id"].clone(), change, mail)
    }
}

pub fn request(command: &str, arguments: Value) -> InvokeRequest {
    InvokeRequest {
        cmd: command.to_owned(),
        callback: tauri::ipc::CallbackFn(0),
        error: tauri::ipc::CallbackFn(1),
        url: if cfg!(windows) {
            "http://tauri.localhost"
        } else {
            "tauri://localhost"
        }
        .parse()
        .expect("a URL"),
        body: tauri::ipc::InvokeBody::Json(arguments),
        headers: tauri::http::HeaderMap::default(),
        invoke_key: INVOKE_KEY.to_owned(),
    }
}

pub fn request_to(profile: &Value, to: &str) -> Value {
    json!({ "request": {
        "profile_id": profile, "to": to, "secrets": {}, "replace": false, "anyway": false, "undo_of": null,
    }})
}

/// Everything secret that the practice accounts have.
pub fn practice_secrets() -> Vec<&'static str> {
    practice_accounts()
        .iter()
        .flat_map(|account| account.secrets.values().copied())
        .collect()
}

/// Waits until `done` answers something, five seconds at most.
pub fn until<T>(what: &str, mut done: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + Duration::from_secs(5);
    loop {
        if let Some(got) = done() {
            return got;
        }
        assert!(Instant::now() < end, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
