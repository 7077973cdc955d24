//! Which of the mailboxes get a change's mail. Pure.
//!
//! Not here: watching them (core).

use readdress_core::mailbox::serves::serves;
use readdress_core::view::{ChangeView, MailboxView, ServiceView};

/// The address that the change's mail goes to, where it is known.
pub fn address<'a>(view: &'a ChangeView, services: &[ServiceView]) -> Option<&'a str> {
    // The step it stands at may not be the one that waits.
    match &view.waits_for {
        Some(waits) if waits.sent_to == "old" => view.from.as_deref(),
        Some(_) => Some(&view.to),
        None => of_service(&view.service, services, view.from.as_deref(), &view.to),
    }
}

/// The same before there is a change: from the address that is held to the new one.
pub fn of_service<'a>(
    service: &str,
    services: &[ServiceView],
    from: Option<&'a str>,
    to: &'a str,
) -> Option<&'a str> {
    let service = services.iter().find(|known| known.id == service)?;
    match service.waits_for.as_ref()?.sent_to.as_str() {
        "old" => from,
        _ => Some(to),
    }
}

pub fn by<'a>(mailboxes: &'a [MailboxView], address: Option<&str>) -> Vec<&'a MailboxView> {
    let served =
        |mailbox: &&MailboxView| address.is_some_and(|address| serves(&mailbox.serves, address));
    mailboxes.iter().filter(served).collect()
}
