//! *Test*: how far a mailbox goes, step by step, each with what stopped it.
//!
//! Not here: sentences, and whether a mailbox is kept (`engine::mailboxes`).

use super::{Limits, MailFolder, Session, connect, utf7};
use crate::error::{Code, Problem, Result};
use crate::mailbox::Account;
use crate::view::{MailTls, MailboxTestId, MailboxTestStep, MailboxTestView};

/// In the order in which they are tried.
const STEPS: [MailboxTestId; 6] = [
    MailboxTestId::Name,
    MailboxTestId::Port,
    MailboxTestId::Tls,
    MailboxTestId::Login,
    MailboxTestId::Inbox,
    MailboxTestId::Idle,
];

/// What was reached, and at which step it ended.
struct Found {
    idle: bool,
    junk: Option<String>,
}

pub(super) async fn test(account: &Account, limits: Limits) -> MailboxTestView {
    let (stopped, found) = match go(account, limits).await {
        Ok(found) => (None, Some(found)),
        Err(stopped) => (Some(stopped), None),
    };
    let steps = STEPS.into_iter().map(|id| match (&stopped, &found) {
        (Some((at, problem)), _) if id == *at => step(id, Some(false), Some(problem.clone())),
        (Some((at, _)), _) => step(id, (place(id) < place(*at)).then_some(true), None),
        (None, Some(found)) if id == MailboxTestId::Idle => step(id, Some(found.idle), None),
        (None, _) => step(id, Some(true), None),
    });
    MailboxTestView {
        steps: steps.collect(),
        works: found.is_some(),
        junk: found.and_then(|found| found.junk),
    }
}

fn step(id: MailboxTestId, ok: Option<bool>, problem: Option<Problem>) -> MailboxTestStep {
    MailboxTestStep { id, ok, problem }
}

fn place(id: MailboxTestId) -> Option<usize> {
    STEPS.iter().position(|own| *own == id)
}

async fn go(account: &Account, limits: Limits) -> Result<Found, (MailboxTestId, Problem)> {
    use MailboxTestId::{Inbox, Login, Name, Port, Tls};
    let at = |id| move |problem| (id, problem);
    let addresses = connect::resolve(account, limits).await.map_err(at(Name))?;
    let stream = connect::dial(account, &addresses, limits);
    let stream = stream.await.map_err(at(Port))?;
    let greeted = match account.tls {
        MailTls::Implicit => {
            let secure = connect::secure(stream, account, limits);
            connect::greet(secure.await.map_err(at(Tls))?)
                .await
                .map_err(at(Login))
        }
        MailTls::Starttls => connect::start_tls(stream, account, limits)
            .await
            .map_err(at(Tls)),
    };
    // Something else answers there: another port is meant.
    let greeted = greeted.map_err(|(id, problem)| match problem.code {
        Code::MailNotImap => (Port, problem),
        _ => (id, problem),
    })?;
    let session = Session::from_greeted(greeted, account, limits);
    let mut session = session.await.map_err(at(Login))?;
    let looked = look(&mut session).await.map_err(at(Inbox));
    let idle = session.can_idle();
    session.close().await;
    Ok(Found {
        idle,
        junk: looked?,
    })
}

/// Opens the inbox; answers with the name of the folder for unwanted mail.
async fn look(session: &mut Session) -> Result<Option<String>> {
    let folders = session.folders().await?;
    for folder in folders.iter().filter(|folder| !folder.junk) {
        session.examine(folder).await?;
    }
    let junk = folders.iter().find(|folder: &&MailFolder| folder.junk);
    Ok(junk.map(|folder| utf7::decode(&folder.name)))
}
