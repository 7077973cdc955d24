//! `practice`: the services and a mailbox, played on this computer until stopped.
//!
//! Not here: how they are played (`readdress-sandbox`).

use readdress_core::error::{Code, Problem};
use readdress_sandbox::{Delivery, Options, Sandbox, practice_accounts};
use serde_json::{Map, Value, json};

use super::stop::Stop;
use crate::answer::{Answer, Done, Failure};
use crate::args::PracticeArgs;
use crate::console::print_document;
use crate::exit::Exit;

/// Prints one line of JSON with the URLs, and serves until SIGINT or SIGTERM.
pub async fn serve(args: &PracticeArgs) -> Done {
    // Before the line is printed: who has read it may stop us at once.
    let mut stop = Stop::new();
    let mut options = Options::default();
    options.settings.mail.deliver = args.deliver_lmtp.map(|lmtp| Delivery {
        lmtp,
        rcpt: args.deliver_to.clone(),
    });
    let sandbox = start(options).await?;
    if !print_document(&document(&sandbox)) {
        return Err(Failure::new(Problem::new(Code::Internal), Exit::Failed));
    }
    stop.asked().await;
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
