//! One connection by itself: what it reads is right, and it leaves no trace.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use readdress_core::mailbox::Account;
use readdress_core::mailbox::imap::{Limits, Session, Woken};
use readdress_core::secret::Secret;
use readdress_core::view::MailTls;
use readdress_dovecot::Dovecot;

use super::server::common;

fn account(server: &Dovecot, user: &str) -> Account {
    Account {
        host: server.host().to_owned(),
        port: server.imaps().port(),
        tls: MailTls::Implicit,
        ca_file: Some(server.ca_file()),
        user: user.to_owned(),
        password: Secret::new(server.password(user)),
    }
}

fn mail(subject: &str) -> Vec<u8> {
    format!("From: a@service.example\r\nTo: b@example.test\r\nSubject: {subject}\r\n\r\n.\r\nThe text of {subject}\r\n")
        .into_bytes()
}

#[tokio::test(flavor = "multi_thread")]
async fn mails_are_read_and_stay_as_they_were() {
    let Some((server, user)) = common() else {
        return;
    };
    let day = Duration::from_secs(24 * 60 * 60);
    let old = (0..3).map(|number| mail(&format!("old {number}")));
    server
        .fill(&user, old, SystemTime::now() - 9 * day)
        .unwrap();
    server.deliver(&user, mail("fresh")).unwrap();
    let before = server.mails(&user).unwrap();

    let now = Timestamp::now();
    let mut session = Session::open(&account(server, &user), Limits::default())
        .await
        .unwrap();
    assert!(session.can_idle());
    let folders = session.folders().await.unwrap();
    assert_eq!(folders.len(), 2, "{folders:?}");
    assert!(!folders[0].junk && folders[1].junk);
    let seen = session.examine(&folders[0]).await.unwrap();
    assert_eq!(seen.exists, 4);

    let all = session.search(Timestamp::UNIX_EPOCH, 1).await.unwrap();
    assert_eq!(all.len(), 4);
    let fresh = session.search(now, 1).await.unwrap();
    assert_eq!(fresh.len(), 1);
    assert!(session.search(now, fresh[0] + 1).await.unwrap().is_empty());

    let heads = session.heads(&all).await.unwrap();
    let newest = heads.iter().find(|head| head.uid == fresh[0]).unwrap();
    let header = String::from_utf8_lossy(&newest.header);
    assert!(header.contains("Subject: fresh") && !header.contains("The text"));
    assert!(newest.at.duration_since(now).as_secs().abs() < 120);
    let whole = session.mail(fresh[0], 1 << 20).await.unwrap().unwrap();
    assert!(String::from_utf8_lossy(&whole).ends_with(".\r\nThe text of fresh\r\n"));
    let part = session.mail(fresh[0], 40).await.unwrap().unwrap();
    assert_eq!(part, whole[..40]);
    assert!(session.mail(99_999, 40).await.unwrap().is_none());
    session.close().await;
    assert_eq!(server.mails(&user).unwrap(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_wakes_when_a_mail_comes() {
    let Some((server, user)) = common() else {
        return;
    };
    let mut session = Session::open(&account(server, &user), Limits::default())
        .await
        .unwrap();
    let folders = session.folders().await.unwrap();
    session.examine(&folders[0]).await.unwrap();
    let (woken, ()) = tokio::join!(session.idle(), async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        server.deliver(&user, mail("news")).unwrap();
    });
    assert_eq!(woken.unwrap(), Woken::News);
    assert_eq!(session.poll().await.unwrap(), 1);
    session.close().await;
}
