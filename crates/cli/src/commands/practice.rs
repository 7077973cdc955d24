//! `practice`: the services and a mailbox, played on this computer until stopped.
//!
//! Not here: how they are played (`readdress-sandbox`).

use readdress_core::error::{Code, Problem};
use readdress_sandbox::{Options, Sandbox, practice_accounts};
use serde_json::{Map, Value, json};

use crate::answer::{Answer, Done, Failure};
use crate::console::print_document;
use crate::exit::Exit;

/// Prints one line of JSON with the URLs, and serves until SIGINT or SIGTERM.
pub async fn serve() -> Done {
    let sandbox = start(Options::default()).await?;
    if !print_document(&document(&sandbox)) {
        return Err(Failure::new(Problem::new(Code::Internal), Exit::Failed));
    }
    stopped().await;
    sandbox.stop().await;
    Ok(Answer::default())
}

pub async fn start(options: Options) -> Result<Sandbox, Failure> {
    Sandbox::start(options).await.map_err(|error| {
        let problem = Problem::new(Code::Internal).with("reason", error.kind().to_string());
        Failure::new(problem, Exit::Failed).instead("no_port")
    })
}

fn document(sandbox: &Sandbox) -> Value {
    let urls = sandbox.urls();
    let accounts: Map<String, Value> = practice_accounts()
        .iter()
        .map(|account| (account.service.to_owned(), json!(account)))
        .collect();
    json!({
        "z-api": urls.z_api,
        "webshare": urls.webshare,
        "mannco-store": urls.mannco_store,
        "mailbox": urls.mailbox,
        "control": sandbox.control_url(),
        "token": sandbox.token(),
        "accounts": accounts,
    })
}

#[cfg(unix)]
async fn stopped() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupt), Ok(mut terminate)) = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    ) else {
        // Without handlers the signals end the process by themselves.
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}

#[cfg(not(unix))]
async fn stopped() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
