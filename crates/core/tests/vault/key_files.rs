//! Key files that are no files, not ours, or not where they seem to be.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::time::{Duration, Instant};

use readdress_core::error::Code;
use readdress_core::vault::new_key_file;

use crate::fake::{Room, key_file_env};

async fn reason(room: &Room, path: &std::path::Path) -> String {
    let vault = room.vault(key_file_env(path.to_owned()));
    let problem = tokio::time::timeout(Duration::from_secs(5), vault.key())
        .await
        .expect("nothing is waited for")
        .unwrap_err();
    assert_eq!(problem.code, Code::KeyFileInvalid);
    assert!(problem.params["file"].ends_with(path.file_name().unwrap().to_str().unwrap()));
    problem.params["reason"].clone()
}

#[tokio::test]
async fn a_link_is_refused_whatever_it_names() {
    let room = Room::new();
    new_key_file(&room.key_file()).unwrap();
    let link = room.dir.path().join("link");
    symlink(room.key_file(), &link).unwrap();
    assert_eq!(reason(&room, &link).await, "link");
    let loose = room.dir.path().join("loose");
    symlink(room.dir.path().join("nothing"), &loose).unwrap();
    assert_eq!(reason(&room, &loose).await, "link");
    assert_eq!(
        new_key_file(&loose).unwrap_err().params["reason"],
        "exists",
        "a new key is not written through a link"
    );
}

#[tokio::test]
async fn what_is_no_file_is_not_waited_for() {
    let room = Room::new();
    let pipe = room.dir.path().join("pipe");
    rustix::fs::mkfifoat(
        rustix::fs::CWD,
        &pipe,
        rustix::fs::Mode::from_raw_mode(0o600),
    )
    .unwrap();
    assert_eq!(reason(&room, &pipe).await, "format");
    assert_eq!(reason(&room, "/dev/zero".as_ref()).await, "format");
    assert_eq!(reason(&room, room.dir.path()).await, "format");
    let big = room.dir.path().join("big");
    fs::write(&big, vec![b'A'; 1 << 20]).unwrap();
    assert_eq!(reason(&room, &big).await, "format");
}

#[tokio::test]
async fn each_right_of_others_is_one_too_many() {
    let room = Room::new();
    new_key_file(&room.key_file()).unwrap();
    for mode in [0o640, 0o620, 0o610, 0o604, 0o602, 0o601, 0o666, 0o444] {
        fs::set_permissions(room.key_file(), fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(
            reason(&room, &room.key_file()).await,
            "permissions",
            "{mode:o}"
        );
    }
}

/// `<key>.new` is made anew: what lies there may be a link that somebody has put there.
#[tokio::test]
async fn a_successor_is_not_written_through_a_link() {
    let room = Room::new();
    new_key_file(&room.key_file()).unwrap();
    let vault = room.vault(key_file_env(room.key_file()));
    room.fill(&vault).await;
    let target = room.dir.path().join("target");
    fs::write(&target, "mine").unwrap();
    symlink(&target, room.key_file().with_extension("key.new")).unwrap();
    let started = Instant::now();
    vault.make_new_key(None).await.unwrap();
    assert!(started.elapsed() < Duration::from_secs(5));
    assert_eq!(fs::read_to_string(&target).unwrap(), "mine");
    let kept = fs::symlink_metadata(room.key_file()).unwrap();
    assert!(kept.is_file() && kept.permissions().mode() & 0o777 == 0o600);
    room.check(&room.vault(key_file_env(room.key_file())))
        .await
        .unwrap();
}
