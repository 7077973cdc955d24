//! Network settings that cannot work are told when they are made, not at the first call.

use std::io::Write;

use readdress_core::error::{Code, Problem};
use readdress_core::http::Sender;
use readdress_core::view::{NetworkSettings, ProxyChoice};

fn problem(settings: &NetworkSettings) -> Problem {
    match Sender::new(settings) {
        Err(problem) => problem,
        Ok(_) => panic!("accepted {settings:?}"),
    }
}

#[test]
fn a_proxy_must_be_one() {
    for url in ["", "proxy", "ftp://proxy:1", "http://me:word@proxy:1"] {
        let settings = NetworkSettings {
            proxy: ProxyChoice::Own {
                url: url.to_owned(),
            },
            ca_file: None,
        };
        let problem = problem(&settings);
        assert_eq!(problem.code, Code::ProxyInvalid, "{url}");
        assert!(!format!("{problem:?}").contains("word"));
    }
}

#[test]
fn an_authority_must_be_a_pem_file_with_certificates() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        std::fs::File::create(&path)
            .and_then(|mut file| file.write_all(content))
            .expect("a file");
        path.display().to_string()
    };
    let begin = "-----BEGIN CERTIFICATE-----\n";
    let end = "-----END CERTIFICATE-----\n";
    for (path, reason) in [
        (
            folder.path().join("none.pem").display().to_string(),
            "missing",
        ),
        (folder.path().display().to_string(), "unreadable"),
        (file("empty.pem", b""), "no_certificate"),
        (file("text.pem", b"hello"), "no_certificate"),
        (
            file("cut.pem", format!("{begin}AAAA\n").as_bytes()),
            "damaged",
        ),
        (
            file("junk.pem", format!("{begin}!!!!\n{end}").as_bytes()),
            "damaged",
        ),
        (
            file("other.pem", format!("{begin}AAAA\n{end}").as_bytes()),
            "damaged",
        ),
        (file("huge.pem", &vec![b'a'; 5 * 1024 * 1024]), "too_large"),
    ] {
        let settings = NetworkSettings {
            proxy: ProxyChoice::None,
            ca_file: Some(path.clone()),
        };
        let problem = problem(&settings);
        assert_eq!(problem.code, Code::CertificateInvalid);
        assert_eq!(
            (problem.params["reason"].as_str(), &problem.params["file"]),
            (reason, &path)
        );
    }
}
