//! Nothing of a mail, a password or an address is in any log, however talkative.

use std::io;
use std::sync::{Arc, Mutex};

use readdress_core::error::Code;
use tracing_subscriber::fmt::MakeWriter;

use crate::office::{INBOX, mail};
use crate::support::{World, bring, until};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic inside").extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn the_log_of_a_whole_watch_tells_nobody_anything() {
    let log = Log::default();
    // For the whole process: the other tests write into it too, and find nothing there either.
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(log.clone())
        .init();

    let world = World::new().await;
    let _watch = world.watch();
    let profile = world.z_api(1).await;
    let to = "secretive@practice.example";
    let change = world.request(profile, to).await;
    let code = world.code(to);
    let text = format!("Your Z-API code: 918273\r\n\r\nYour Z-API code: {code}");
    world
        .office
        .deliver(INBOX, &mail(to, "unheard-of@mails.example", &text));
    let find = world.until_find().await;
    assert!(!format!("{find:?}").contains(&code));
    world.engine.dismiss_mail_find(find.id).expect("dismissed");
    world.office.refuse(Some(Code::MailUnreachable.into()));
    world.office.cut();
    until("it was tried", async || {
        (world.office.asked().opened > 2).then_some(())
    })
    .await;
    world.office.refuse(None);
    bring(&world, to);
    world.until_changed(change.id).await;

    let log = until("it says what it did", async || {
        let log = log.0.lock().expect("no panic inside");
        let log = String::from_utf8_lossy(&log).into_owned();
        let told = log.contains("a code came by mail") && log.contains("a mail is asked about");
        told.then_some(log)
    })
    .await;
    for secret in [
        &*code,
        "918273",
        "secretive",
        "unheard-of",
        "Your code",
        "mail-password",
        "ops@practice",
    ] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}
