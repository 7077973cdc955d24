//! Mailboxes, and the mails that a person must decide about: of the profiles that the window shows.
//!
//! Not here: watching them (core), for how long (`watch`).

use readdress_core::ask::NewMailbox;
use readdress_core::error::{Code, Problem, Result};
use readdress_core::view::{
    ChangeView, MailFindView, MailServerView, MailboxTestView, MailboxView,
};
use tauri::State;
use uuid::Uuid;

use super::{Arg, Shell, guarded};

#[tauri::command]
pub async fn list_mailboxes(shell: State<'_, Shell>) -> Result<Vec<MailboxView>> {
    guarded(async { shell.engine()?.mailboxes() }).await
}

#[tauri::command]
pub async fn add_mailbox(shell: State<'_, Shell>, mailbox: Arg<NewMailbox>) -> Result<MailboxView> {
    guarded(async {
        let mailbox = reachable(&shell, mailbox.0)?;
        shell.engine()?.add_mailbox(mailbox).await
    })
    .await
}

#[tauri::command]
pub async fn edit_mailbox(
    shell: State<'_, Shell>,
    id: Arg<Uuid>,
    mailbox: Arg<NewMailbox>,
) -> Result<MailboxView> {
    guarded(async {
        let mailbox = reachable(&shell, mailbox.0)?;
        shell.engine()?.edit_mailbox(id.0, mailbox).await
    })
    .await
}

#[tauri::command]
pub async fn remove_mailbox(shell: State<'_, Shell>, id: Arg<Uuid>) -> Result<()> {
    guarded(async { shell.engine()?.remove_mailbox(id.0).await }).await
}

#[tauri::command]
pub async fn test_mailbox(
    shell: State<'_, Shell>,
    id: Arg<Option<Uuid>>,
    mailbox: Arg<NewMailbox>,
) -> Result<MailboxTestView> {
    guarded(async {
        let mailbox = reachable(&shell, mailbox.0)?;
        shell.engine()?.test_mailbox(id.0, mailbox).await
    })
    .await
}

#[tauri::command]
pub async fn find_mail_server(
    shell: State<'_, Shell>,
    address: Arg<String>,
    ask: Arg<bool>,
) -> Result<MailServerView> {
    guarded(async {
        let ask = ask.0 && shell.practice_shown().is_none();
        shell.engine()?.find_mail_server(&address.0, ask).await
    })
    .await
}

#[tauri::command]
pub async fn look_for_mail(shell: State<'_, Shell>) -> Result<()> {
    guarded(async {
        shell.engine()?.look_for_mail();
        Ok(())
    })
    .await
}

#[tauri::command]
pub async fn list_mail_finds(shell: State<'_, Shell>) -> Result<Vec<MailFindView>> {
    guarded(async { Ok(shell.engine()?.mail_finds()) }).await
}

#[tauri::command]
pub async fn submit_mail_find(
    shell: State<'_, Shell>,
    id: Arg<Uuid>,
    choice: Arg<String>,
) -> Result<ChangeView> {
    guarded(async {
        let engine = shell.engine()?;
        let finds = engine.mail_finds();
        let find = finds.iter().find(|find| find.id == id.0);
        let _hand = shell.by_hand(find.ok_or(Code::MailFindGone)?.change);
        engine.submit_mail_find(id.0, &choice.0).await
    })
    .await
}

#[tauri::command]
pub async fn dismiss_mail_find(shell: State<'_, Shell>, id: Arg<Uuid>) -> Result<()> {
    guarded(async { shell.engine()?.dismiss_mail_find(id.0) }).await
}

/// Nothing in practice leaves this machine: a mailbox there is one that runs here.
fn reachable(shell: &Shell, mailbox: NewMailbox) -> Result<NewMailbox> {
    if shell.practice_shown().is_some() && !is_here(&mailbox.host) {
        let problem = Problem::new(Code::MailboxInvalid).with("field", "host");
        return Err(problem.with("reason", "practice"));
    }
    Ok(mailbox)
}

fn is_here(host: &str) -> bool {
    let address = host.trim().parse::<std::net::IpAddr>();
    address.map_or(host.trim() == "localhost", |address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::is_here;

    #[test]
    fn practice_reaches_this_machine_only() {
        for here in ["127.0.0.1", "::1", "localhost", " 127.8.0.1 "] {
            assert!(is_here(here), "{here}");
        }
        for elsewhere in [
            "imap.example.com",
            "",
            "127.0.0.1.example",
            "10.0.0.1",
            "0.0.0.0",
        ] {
            assert!(!is_here(elsewhere), "{elsewhere}");
        }
    }
}
