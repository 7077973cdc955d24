//! Mails handed on to a mail server: what arrives there, and what becomes of one that is not taken.

use crate::common::bench;
use readdress_sandbox::{Delivery, Service, practice_accounts};
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

/// A mail server that answers each `DATA` with the next of these words, then always `250`.
fn mail_server(answers: &[&'static str]) -> (SocketAddr, Receiver<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (told, heard) = channel();
    let mut answers = answers.to_vec();
    std::thread::spawn(move || {
        while let Ok((stream, _)) = listener.accept() {
            // The other side may leave at any time.
            let _ = talk(stream, &mut answers, &told);
        }
    });
    (address, heard)
}

fn talk(
    stream: TcpStream,
    answers: &mut Vec<&'static str>,
    told: &Sender<Vec<String>>,
) -> std::io::Result<()> {
    let mut out = stream.try_clone()?;
    out.write_all(b"220 here\r\n")?;
    let mut said = Vec::new();
    let mut in_data = false;
    for line in BufReader::new(stream).lines() {
        let line = line?;
        let answer = match line.as_str() {
            "." if in_data => {
                in_data = false;
                let _ = told.send(std::mem::take(&mut said));
                if answers.is_empty() {
                    "250 taken"
                } else {
                    answers.remove(0)
                }
            }
            _ if in_data => {
                said.push(line);
                continue;
            }
            "DATA" => {
                in_data = true;
                "354 go on"
            }
            _ if line.starts_with("LHLO") => "250-here\r\n250 PIPELINING",
            _ => "250 fine",
        };
        said.push(line);
        out.write_all(format!("{answer}\r\n").as_bytes())?;
    }
    Ok(())
}

/// Requests a change at Z-API.
async fn request(bench: &crate::common::Bench, to: &str) {
    let account = &practice_accounts()[0];
    assert_eq!(account.service, "z-api");
    let url = format!(
        "{}/instances/{}/token/{}/security/email",
        bench.sandbox.urls().z_api,
        account.fields["instance_id"],
        account.secrets["token"]
    );
    let mut call = bench
        .call("POST", &url)
        .json(&serde_json::json!({ "email": to }));
    if let Some(token) = account.secrets.get("client_token") {
        call = call.header("Client-Token", *token);
    }
    assert_eq!(call.send().await.unwrap().status(), 200);
}

const WAIT: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_reaches_the_one_mailbox_and_keeps_whom_it_is_for() {
    let (lmtp, heard) = mail_server(&[]);
    let bench = bench().await;
    bench.sandbox.change_settings(|settings| {
        let rcpt = Some("post@example.test".to_owned());
        settings.mail.deliver = Some(Delivery { lmtp, rcpt });
    });
    request(&bench, "new@example.test").await;
    let said = heard.recv_timeout(WAIT).unwrap();
    assert!(
        said.iter()
            .any(|line| line == "RCPT TO:<post@example.test>")
    );
    assert!(said.iter().any(|line| line == "To: new@example.test"));
    assert_eq!(
        bench.only_mail("new@example.test").id,
        1,
        "practice has it too"
    );
    let count = bench.sandbox.count(Service::ZApi, "request");
    assert_eq!(count.taken, 1);

    bench.sandbox.reset();
    request(&bench, "other@example.test").await;
    heard
        .recv_timeout(Duration::from_millis(300))
        .expect_err("nobody is named any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_is_tried_again_unless_it_is_refused_for_good() {
    let (lmtp, heard) = mail_server(&["451 4.3.0 Later", "250 taken", "552 5.2.2 Full"]);
    let bench = bench().await;
    bench.sandbox.change_settings(|settings| {
        settings.mail.deliver = Some(Delivery { lmtp, rcpt: None });
    });
    request(&bench, "a@example.test").await;
    let first = heard.recv_timeout(WAIT).unwrap();
    let second = heard.recv_timeout(WAIT).unwrap();
    let mail = |said: &[String]| {
        said.iter()
            .position(|line| line == "DATA")
            .map(|at| said[at..].to_vec())
    };
    assert_eq!(mail(&first), mail(&second));
    assert!(first.iter().any(|line| line == "RCPT TO:<a@example.test>"));
    assert!(bench.sandbox.undelivered().is_empty());

    request(&bench, "b@example.test").await;
    heard.recv_timeout(WAIT).unwrap();
    let end = Instant::now() + WAIT;
    while bench.sandbox.undelivered().is_empty() {
        assert!(Instant::now() < end, "the refusal is told");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let undelivered = bench.sandbox.undelivered();
    assert_eq!(undelivered[0].to, "b@example.test");
    assert!(undelivered[0].reason.starts_with("552"));
}
