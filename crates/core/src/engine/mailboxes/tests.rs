//! What `watch` gets to connect with.

use super::*;
use crate::engine::Options;
use crate::vault::{VaultEnv, new_key_file};
use crate::view::VaultKind;

fn typed(file: &Path) -> NewMailbox {
    NewMailbox {
        user: "ops@acme.example".to_owned(),
        host: "Imap.acme.example".to_owned(),
        port: 143,
        tls: MailTls::Starttls,
        ca_file: Some(file.to_str().unwrap().to_owned()),
        serves: Vec::new(),
        password: Some(Secret::new("passw0rd")),
    }
}

#[tokio::test]
async fn an_account_has_all_that_a_connection_needs() {
    let dir = tempfile::tempdir().unwrap();
    let key_file = dir.path().join("key");
    new_key_file(&key_file).unwrap();
    let engine = Engine::open(Options {
        data_dir: Some(dir.path().join("data")),
        vault: VaultEnv {
            key_file: Some(key_file),
            ..VaultEnv::default()
        },
        ..Options::default()
    })
    .unwrap();
    let file = dir.path().join("ca.pem");
    let pair = rcgen::generate_simple_self_signed(["a.example".to_owned()]).unwrap();
    std::fs::write(&file, pair.cert.pem()).unwrap();
    let id = engine.add_mailbox(typed(&file)).await.unwrap().id;
    engine.vault().make_new_key(None).await.unwrap();
    let account = engine.mailbox_account(id).await.unwrap();
    assert_eq!(
        (account.host.as_str(), account.port, account.tls),
        ("imap.acme.example", 143, MailTls::Starttls)
    );
    assert_eq!(account.user, "ops@acme.example");
    assert_eq!(account.password.expose(), "passw0rd");
    assert_eq!(account.ca_file.as_deref(), Some(file.as_path()));
    assert!(!format!("{account:?}").contains("passw0rd"));

    engine.vault().lock();
    let locked = engine.mailbox_account(id).await.unwrap_err();
    assert_eq!(locked.code, Code::VaultLocked);
    engine.vault().unlock(None).await.unwrap();
    let reset = engine.vault().reset(VaultKind::KeyFile, None);
    reset.await.unwrap();
    let none = engine.mailbox_account(id).await.unwrap_err();
    assert_eq!(
        (none.code, none.params["label"].as_str()),
        (Code::MailPasswordNeeded, "ops@acme.example")
    );
    engine.remove_mailbox(id).await.unwrap();
    let gone = engine.mailbox_account(id).await.unwrap_err();
    assert_eq!(gone.code, Code::MailboxUnknown);
}

#[test]
fn a_host_that_takes_no_password_is_not_said_to_have_refused_this_one() {
    let tried = || MailboxTestView {
        steps: vec![crate::view::MailboxTestStep {
            id: crate::view::MailboxTestId::Login,
            ok: Some(false),
            problem: Some(Code::MailLoginRefused.into()),
        }],
        works: false,
        junk: None,
    };
    let code = |host: &str| {
        let step = without_a_vain_wish(tried(), host).steps.remove(0);
        step.problem.unwrap().code
    };
    assert_eq!(code("outlook.office365.com"), Code::MailOauthOnly);
    assert_eq!(code("imap.gmail.com"), Code::MailLoginRefused);
}
