//! A backup that is not what was written changes nothing: not a row, not a byte.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use readdress_core::error::{Code, Problem};
use readdress_core::secret::Secret;

use crate::support::{PASSPHRASE, Place1, differing, lock, quiet};

/// Restores a file with these bytes into a place that has data, with *replace*, and sees that nothing has changed.
async fn refused(place: &Place1, bytes: &[u8]) -> Problem {
    let file = place.dir.path().join("broken.age");
    std::fs::write(&file, bytes).unwrap();
    unchanged(place, &file, PASSPHRASE).await
}

async fn unchanged(place: &Place1, file: &Path, passphrase: &str) -> Problem {
    let before: BTreeMap<PathBuf, Vec<u8>> = place.files();
    let done = place
        .engine
        .restore_backup(file, Secret::new(passphrase), true, quiet())
        .await;
    assert_eq!(
        differing(&before, &place.files()),
        Vec::<PathBuf>::new(),
        "{done:?}"
    );
    done.unwrap_err()
}

fn why(problem: &Problem) -> (Code, &str) {
    (
        problem.code,
        problem.params.get("reason").map_or("", String::as_str),
    )
}

async fn small() -> (Place1, Vec<u8>) {
    let place = Place1::with(4).await;
    place.export().await.unwrap();
    let bytes = std::fs::read(place.file()).unwrap();
    (place, bytes)
}

#[tokio::test]
async fn another_passphrase_another_file_no_file() {
    let (place, bytes) = small().await;
    let problem = unchanged(&place, &place.file(), "four words somebody guesses").await;
    assert_eq!(why(&problem), (Code::BackupPassphraseWrong, ""));
    let problem = unchanged(&place, &place.dir.path().join("none.age"), PASSPHRASE).await;
    assert_eq!(why(&problem), (Code::BackupInvalid, "unreadable"));
    let problem = unchanged(&place, place.dir.path(), PASSPHRASE).await;
    assert_eq!(why(&problem), (Code::BackupInvalid, "unreadable"));
    for other in [
        &b""[..],
        b"not a backup",
        &std::fs::read(place.data().join("readdress.db")).unwrap(),
        &[0x1f; 4096],
    ] {
        assert_eq!(
            why(&refused(&place, other).await),
            (Code::BackupInvalid, "not_a_backup")
        );
    }
    // An age file for a key, not for a passphrase.
    let recipient = age::x25519::Identity::generate().to_public();
    let other = age::encrypt(&recipient, b"{}\n").unwrap();
    assert_eq!(
        why(&refused(&place, &other).await),
        (Code::BackupInvalid, "not_a_backup")
    );
    let work = String::from_utf8_lossy(&bytes[..200]).find(" 2\n").unwrap();
    let mut costly = bytes[..=work].to_vec();
    costly.extend(b"40");
    costly.extend(&bytes[work + 2..]);
    assert_eq!(
        why(&refused(&place, &costly).await),
        (Code::BackupInvalid, "work")
    );
}

#[tokio::test]
async fn every_cut_is_seen() {
    let (place, bytes) = small().await;
    // In the header and its key, then in the rest.
    for length in (0..300)
        .chain((300..bytes.len()).step_by(97))
        .chain([bytes.len() - 1])
    {
        let problem = refused(&place, &bytes[..length]).await;
        assert!(
            matches!(
                problem.code,
                Code::BackupInvalid | Code::BackupPassphraseWrong
            ),
            "{length}: {problem:?}"
        );
    }
    let mut longer = bytes.clone();
    longer.push(0);
    assert_eq!(refused(&place, &longer).await.code, Code::BackupInvalid);
}

/// Chunks of 64 KiB that change places, are left out or end the file: each is authentic by itself.
#[tokio::test]
async fn chunks_cannot_be_moved() {
    let place = Place1::with(400).await;
    place.export().await.unwrap();
    let bytes = std::fs::read(place.file()).unwrap();
    let chunk = (64 << 10) + 16;
    let start = bytes.windows(5).position(|part| part == b"\n--- ").unwrap();
    let start = start
        + 1
        + bytes[start + 1..]
            .iter()
            .position(|&byte| byte == b'\n')
            .unwrap()
        + 1
        + 16;
    assert!(bytes.len() > start + 2 * chunk, "three chunks");
    let (head, first, second, rest) = (
        &bytes[..start],
        &bytes[start..start + chunk],
        &bytes[start + chunk..start + 2 * chunk],
        &bytes[start + 2 * chunk..],
    );
    for broken in [
        [head, second, first, rest].concat(),
        [head, first, rest].concat(),
        [head, first, second].concat(),
        [head, first, second, second, rest].concat(),
    ] {
        let problem = refused(&place, &broken).await;
        assert_eq!(problem.code, Code::BackupInvalid, "{problem:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_flipped_bit_gets_in(place in 0.0..1.0f64, bit in 0..8u32, cut in proptest::option::of(0.0..1.0f64)) {
        thread_local! {
            static SMALL: (tokio::runtime::Runtime, Place1, Vec<u8>) = {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                let (place, bytes) = runtime.block_on(small());
                (runtime, place, bytes)
            };
        }
        SMALL.with(|(runtime, folder, bytes)| {
            let mut bytes = bytes.clone();
            let index = ((bytes.len() as f64) * place) as usize;
            bytes[index] ^= 1 << bit;
            if let Some(cut) = cut {
                bytes.truncate(((bytes.len() as f64) * cut) as usize);
            }
            let problem = runtime.block_on(refused(folder, &bytes));
            assert!(matches!(problem.code, Code::BackupInvalid | Code::BackupPassphraseWrong), "{problem:?}");
        });
    }
}

/// An age file that opens with the passphrase, with these lines in it.
fn sealed(lines: &str) -> Vec<u8> {
    let mut recipient = age::scrypt::Recipient::new(PASSPHRASE.to_owned().into());
    recipient.set_work_factor(lock().work_factor);
    let mut bytes = Vec::new();
    let encryptor =
        age::Encryptor::with_recipients(std::iter::once(&recipient as &dyn age::Recipient))
            .unwrap();
    let mut stream = encryptor.wrap_output(&mut bytes).unwrap();
    stream.write_all(lines.as_bytes()).unwrap();
    stream.finish().unwrap();
    bytes
}

const COUNTS: &str = r#""settings":0,"manifests":0,"profiles":0,"secrets":0,"changes":0,"values":0,"events":0,"uses":0"#;

fn lines(counts: &str, body: &str, end: &str) -> String {
    format!(
        "{{\"readdress_backup\":{{\"format\":1,\"made_at\":\"2026-11-20T00:00:00Z\",\"version\":\"0.1.0\",\"counts\":{{{counts}}}}}}}\n{body}{end}"
    )
}

fn end(counts: &str) -> String {
    format!("{{\"end\":{{{counts}}}}}\n")
}

/// A backup with one mailbox that serves what its login name is.
fn mailbox(format: u8, host: &str, user: &str, port: u16) -> String {
    let counts = COUNTS.replace(
        "\"profiles\":0",
        "\"profiles\":0,\"mailboxes\":1,\"code_mails\":0",
    );
    let row = format!(
        "{{\"mailbox\":{{\"id\":\"00000000-0000-0000-0000-000000000001\",\"user\":\"{user}\",\"host\":\"{host}\",\"port\":{port},\"tls\":\"implicit\",\"ca_file\":null,\"serves\":[\"{user}\"],\"password\":null,\"created_at\":\"2026-11-20T00:00:00Z\"}}}}\n"
    );
    lines(&counts, &row, &end(&counts)).replace("\"format\":1", &format!("\"format\":{format}"))
}

/// Made by hand, and authentic: what is in it must still fit together.
#[tokio::test]
async fn what_opens_and_does_not_fit_together() {
    // Nothing that is being sent, which alone would stop it.
    let place = Place1::with(2).await;
    let one = |what: &str| COUNTS.replace(&format!("\"{what}\":0"), &format!("\"{what}\":1"));
    let manifest =
        |file: &str| format!("{{\"manifest\":{{\"file\":\"{file}\",\"text\":\"x\"}}}}\n");
    let event = "{\"event\":{\"change\":\"00000000-0000-0000-0000-000000000001\",\"at\":\"2026-11-20T00:00:00Z\",\"kind\":\"planned\",\"step\":null,\"status\":null,\"millis\":null,\"meaning\":null,\"says\":null}}\n";
    let twin = "{\"mailbox\":{\"id\":\"00000000-0000-0000-0000-000000000009\",\"user\":\"OPS@acme.example\",\"host\":\"imap.acme.example\",\"port\":143,\"tls\":\"starttls\",\"ca_file\":null,\"serves\":[\"b@b.example\"],\"password\":null,\"created_at\":\"2026-11-20T00:00:00Z\"}}\n{\"mailbox\":".to_owned();
    let cases = [
        ("no end", lines(COUNTS, "", "")),
        (
            "fewer than counted",
            lines(&one("settings"), "", &end(&one("settings"))),
        ),
        (
            "more than counted",
            lines(
                COUNTS,
                "{\"setting\":{\"key\":\"a\",\"value\":\"b\"}}\n",
                &end(COUNTS),
            ),
        ),
        ("ends differ", lines(COUNTS, "", &end(&one("uses")))),
        (
            "something after the end",
            lines(COUNTS, "", &(end(COUNTS) + "{}\n")),
        ),
        (
            "a line without its end",
            lines(COUNTS, "", end(COUNTS).trim_end()),
        ),
        (
            "an unknown kind",
            lines(COUNTS, "{\"letterbox\":{}}\n", &end(COUNTS)),
        ),
        (
            "an unknown field",
            lines(
                &one("settings"),
                "{\"setting\":{\"key\":\"a\",\"value\":\"b\",\"more\":1}}\n",
                &end(&one("settings")),
            ),
        ),
        ("no JSON", lines(COUNTS, "\u{0}\u{0}\n", &end(COUNTS))),
        (
            "a way out of the folder",
            lines(
                &one("manifests"),
                &manifest("../x.toml"),
                &end(&one("manifests")),
            ),
        ),
        (
            "an absolute path",
            lines(
                &one("manifests"),
                &manifest("/tmp/x.toml"),
                &end(&one("manifests")),
            ),
        ),
        (
            "our own mark",
            lines(
                &one("settings"),
                "{\"setting\":{\"key\":\"restore\",\"value\":\"{}\"}}\n",
                &end(&one("settings")),
            ),
        ),
        (
            "a key for the keychain to forget",
            lines(
                &one("settings"),
                "{\"setting\":{\"key\":\"vault_doomed:00000000-0000-0000-0000-000000000001\",\"value\":\"\"}}\n",
                &end(&one("settings")),
            ),
        ),
        (
            "a wait that is none",
            lines(
                &one("settings"),
                "{\"setting\":{\"key\":\"wait:00000000000000000000000000000001:request\",\"value\":\"soon\"}}\n",
                &end(&one("settings")),
            ),
        ),
        (
            "a network that nobody can read",
            lines(
                &one("settings"),
                "{\"setting\":{\"key\":\"network\",\"value\":\"{\"}}\n",
                &end(&one("settings")),
            ),
        ),
        (
            "an event of no change",
            lines(&one("events"), event, &end(&one("events"))),
        ),
        (
            "a mailbox in the format before mailboxes",
            mailbox(1, "imap.acme.example", "ops@acme.example", 993),
        ),
        (
            "a mailbox whose host says more",
            mailbox(2, "imap.acme.example/x", "ops@acme.example", 993),
        ),
        (
            "a mailbox whose host is not as it is kept",
            mailbox(2, "IMAP.acme.example", "ops@acme.example", 993),
        ),
        (
            "a mailbox that serves nobody's address",
            mailbox(2, "imap.acme.example", "ops", 993),
        ),
        (
            "a mailbox without a port",
            mailbox(2, "imap.acme.example", "ops@acme.example", 0),
        ),
        (
            "a mailbox twice",
            mailbox(2, "imap.acme.example", "ops@acme.example", 993)
                .replace("\"mailboxes\":1", "\"mailboxes\":2")
                .replace("{\"mailbox\":", &twin),
        ),
        (
            "a line that never ends",
            lines(COUNTS, &"x".repeat(5 << 20), ""),
        ),
    ];
    for (what, text) in cases {
        let problem = refused(&place, &sealed(&text)).await;
        assert_eq!(
            why(&problem),
            (Code::BackupInvalid, "content"),
            "{what}: {problem:?}"
        );
    }
    assert_eq!(
        why(&refused(&place, &sealed("{\"hello\":1}\n")).await),
        (Code::BackupInvalid, "not_a_backup")
    );
}

/// Fields that this program has never heard of: it says so before it stumbles over them.
#[tokio::test]
async fn a_newer_format_is_told() {
    let place = Place1::with(4).await;
    let newer = "{\"readdress_backup\":{\"format\":3,\"version\":\"9.0.0\",\"new\":[]}}\n{\"letterbox\":{}}\n";
    let problem = refused(&place, &sealed(newer)).await;
    assert_eq!(
        (problem.code, problem.params["version"].as_str()),
        (Code::BackupNewer, "9.0.0")
    );
}

/// The right lines: so the cases above fail for what they name.
#[tokio::test]
async fn a_backup_made_by_hand_is_taken_where_it_fits() {
    let place = Place1::new();
    let file = place.dir.path().join("by hand.age");
    std::fs::write(&file, sealed(&lines(COUNTS, "", &end(COUNTS)))).unwrap();
    place.restore(&file, false).await.unwrap();
    let right = mailbox(2, "imap.acme.example", "ops@acme.example", 993);
    std::fs::write(&file, sealed(&right)).unwrap();
    place.restore(&file, false).await.unwrap();
    assert_eq!(place.engine.mailboxes().unwrap().len(), 1);
}

/// A compressed bomb cannot be written: the format has no compression, so a file is never longer inside than outside.
#[tokio::test]
async fn a_compressed_stream_is_no_backup() {
    let place = Place1::with(4).await;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(&vec![b' '; 8 << 20]).unwrap();
    let bomb = gzip.finish().unwrap();
    assert_eq!(
        why(&refused(&place, &bomb).await),
        (Code::BackupInvalid, "not_a_backup")
    );
    let inside = sealed(&String::from_utf8_lossy(&bomb));
    assert_eq!(refused(&place, &inside).await.code, Code::BackupInvalid);
}
