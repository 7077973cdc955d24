//! What can be wrong with the file, the folder and the disk: told apart, and nothing is overwritten.

use std::fs;

use readdress_core::change::State;
use readdress_core::db::{Db, Job, ProfileWrite};
use readdress_core::error::Code;
#[cfg(target_os = "linux")]
use readdress_core::folder::Folder;

use crate::support::{Place, add_change, add_profile, profile, set_state};

/// A closed database with some pages in it.
fn filled() -> Place {
    let place = Place::new();
    let db = place.db();
    for n in 0..50 {
        let owner = add_profile(&db, &format!("profile {n} {}", "x".repeat(200)));
        add_change(&db, &owner, n);
    }
    place
}

fn refused(place: &Place, code: Code) {
    let file = place.folder.db_path();
    let before = fs::read(&file).unwrap();
    let problem = Db::open(&place.folder).unwrap_err();
    assert_eq!(problem.code, code);
    assert_eq!(problem.params["file"], file.display().to_string());
    assert_eq!(fs::read(&file).unwrap(), before, "the file stays as it is");
}

#[test]
fn a_foreign_file() {
    let place = filled();
    fs::write(
        place.folder.db_path(),
        "this is no database, but somebody may want it ".repeat(200),
    )
    .unwrap();
    refused(&place, Code::DatabaseDamaged);
}

#[test]
fn a_torn_file() {
    let place = filled();
    let file = place.folder.db_path();
    let length = fs::metadata(&file).unwrap().len();
    for keep in [length - 4096, length / 2, 4096, 700, 50] {
        fs::OpenOptions::new()
            .write(true)
            .open(&file)
            .unwrap()
            .set_len(keep)
            .unwrap();
        refused(&place, Code::DatabaseDamaged);
    }
}

#[test]
fn an_empty_file_with_its_log_beside_it() {
    let place = filled();
    let log = place.folder.path().join("readdress.db-wal");
    fs::write(place.folder.db_path(), "").unwrap();
    fs::write(&log, "the last commits").unwrap();
    refused(&place, Code::DatabaseDamaged);
    assert_eq!(fs::read_to_string(&log).unwrap(), "the last commits");
    // An empty one alone is a start that was cut off before anything was in it.
    fs::remove_file(&log).unwrap();
    add_profile(&place.db(), "Ana");
}

#[test]
fn a_damaged_page() {
    let place = filled();
    let file = place.folder.db_path();
    let raw = rusqlite::Connection::open(&file).unwrap();
    let mut find = raw
        .prepare("SELECT rootpage FROM sqlite_schema WHERE name LIKE 'profiles%'")
        .unwrap();
    let pages: Vec<u16> = find
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    drop(find);
    drop(raw);
    let mut bytes = fs::read(&file).unwrap();
    for page in pages {
        bytes[(usize::from(page) - 1) * 4096..][..64].fill(0x5a);
    }
    fs::write(&file, &bytes).unwrap();
    // Opening stays quick and does not read every page; whatever comes upon the damage says so.
    let db = place.db();
    assert_eq!(db.check().unwrap_err().code, Code::DatabaseDamaged);
    assert_eq!(
        db.profiles_page(None, 100).unwrap_err().code,
        Code::DatabaseDamaged
    );
    let problem = db
        .commit_blocking(ProfileWrite::Insert(profile("Ana")))
        .unwrap_err();
    assert_eq!(problem.code, Code::DatabaseDamaged);
    assert_eq!(problem.params["file"], file.display().to_string());
}

#[test]
fn a_row_that_is_none_of_ours() {
    let place = filled();
    let raw = rusqlite::Connection::open(place.folder.db_path()).unwrap();
    raw.execute("UPDATE changes SET state = 'dreaming'", [])
        .unwrap();
    assert_eq!(
        place.db().open_changes().unwrap_err().code,
        Code::DatabaseDamaged
    );
}

#[test]
fn a_sound_file_passes_its_check() {
    filled().db().check().unwrap();
}

#[test]
fn a_newer_one() {
    let place = filled();
    let raw = rusqlite::Connection::open(place.folder.db_path()).unwrap();
    raw.pragma_update(None, "user_version", 99).unwrap();
    drop(raw);
    refused(&place, Code::DatabaseNewer);
}

#[test]
fn upgraded_by_a_neighbour_while_open() {
    let place = filled();
    let db = place.db();
    let raw = rusqlite::Connection::open(place.folder.db_path()).unwrap();
    let version: i64 = raw
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .unwrap();
    raw.pragma_update(None, "user_version", version + 1)
        .unwrap();
    let problem = db
        .commit_blocking(ProfileWrite::Insert(profile("Ana")))
        .unwrap_err();
    assert_eq!(problem.code, Code::DatabaseNewer);
}

#[test]
fn a_neighbour_that_does_not_let_go() {
    let place = filled();
    let db = Db::open_with_busy(&place.folder, |tries| tries < 5).unwrap();
    let raw = rusqlite::Connection::open(place.folder.db_path()).unwrap();
    raw.execute_batch("BEGIN IMMEDIATE").unwrap();
    let write = || db.commit_blocking(ProfileWrite::Insert(profile("Ana")));
    assert_eq!(write().unwrap_err().code, Code::DatabaseBusy);
    raw.execute_batch("ROLLBACK").unwrap();
    write().unwrap();
}

/// The limit on pages makes SQLite answer as it does when the disk is full.
#[test]
fn a_full_database_loses_nothing_and_goes_on_when_there_is_room() {
    let place = filled();
    let pages = fs::metadata(place.folder.db_path()).unwrap().len() / 4096 + 4;
    let db = Db::open_with_pages(&place.folder, u32::try_from(pages).unwrap()).unwrap();
    let mut kept = 0;
    let problem = loop {
        match db.commit_blocking(ProfileWrite::Insert(profile(&format!(
            "new {kept} {}",
            "y".repeat(500)
        )))) {
            Ok(()) => kept += 1,
            Err(problem) => break problem,
        }
    };
    assert_eq!(problem.code, Code::DiskFull);
    assert!(kept > 0);
    assert_eq!(db.profiles_page(None, 1).unwrap().2, 50 + kept);
    // What needs no room still works, and so does everything in the next program once there is room.
    let first = db.open_changes().unwrap().remove(0).change;
    set_state(&db, &first, State::Planned);
    drop(db);
    let db = place.db();
    db.check().unwrap();
    add_profile(&db, &"z".repeat(500));
}

#[test]
fn one_job_too_big_does_not_take_the_others_with_it_unheard() {
    let place = filled();
    let pages = fs::metadata(place.folder.db_path()).unwrap().len() / 4096 + 6;
    let db = Db::open_with_pages(&place.folder, u32::try_from(pages).unwrap()).unwrap();
    let big = || {
        (0..200).fold(Job::new(), |job, n| {
            job.profile(ProfileWrite::Insert(profile(&format!(
                "{n}{}",
                "b".repeat(900)
            ))))
        })
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let small = [profile("small 1"), profile("small 2"), profile("small 3")];
    let results = runtime.block_on(async {
        let one = db.commit(ProfileWrite::Insert(small[0].clone()));
        let two = db.commit(big());
        let three = db.commit(ProfileWrite::Insert(small[1].clone()));
        let (one, two, three) = tokio::join!(one, two, three);
        [
            one,
            two,
            three,
            db.commit(ProfileWrite::Insert(small[2].clone())).await,
        ]
    });
    assert_eq!(results[1].as_ref().unwrap_err().code, Code::DiskFull);
    results[3].as_ref().unwrap();
    // Whoever was told "done" is there; whoever was told "full" is not.
    for (result, profile) in [(&results[0], &small[0]), (&results[2], &small[1])] {
        assert_eq!(result.is_ok(), db.profile(profile.id).is_ok());
    }
}

/// A real full disk, where this machine lets the test mount one.
#[test]
#[cfg(target_os = "linux")]
fn a_full_disk() {
    let dir = tempfile::tempdir().unwrap();
    let mount = |args: &[&str]| {
        std::process::Command::new("mount")
            .args(args)
            .arg(dir.path())
            .output()
    };
    if !mount(&["-t", "tmpfs", "-o", "size=512k", "tmpfs"]).is_ok_and(|done| done.status.success())
    {
        println!("skipped: this user may not mount a tmpfs");
        return;
    }
    struct Mounted<'a>(&'a std::path::Path);
    impl Drop for Mounted<'_> {
        fn drop(&mut self) {
            let _ = std::process::Command::new("umount")
                .arg("--lazy")
                .arg(self.0)
                .status();
        }
    }
    let _mounted = Mounted(dir.path());
    let folder = Folder::open(&dir.path().join("data")).unwrap();
    let db = Db::open(&folder).unwrap();
    let mut kept = 0;
    let problem = loop {
        match db.commit_blocking(ProfileWrite::Insert(profile(&format!(
            "{kept} {}",
            "y".repeat(900)
        )))) {
            Ok(()) => kept += 1,
            Err(problem) => break problem,
        }
    };
    assert_eq!(problem.code, Code::DiskFull);
    assert_eq!(db.profiles_page(None, 1).unwrap().2, kept);
    fs::write(dir.path().join("filler"), vec![0; 4096]).ok();
    let fresh = Folder::open(&dir.path().join("other")).and_then(|folder| Db::open(&folder));
    assert_eq!(fresh.unwrap_err().code, Code::DiskFull);
}

#[test]
#[cfg(target_os = "linux")]
fn a_read_only_folder() {
    use std::os::unix::fs::PermissionsExt;
    let place = filled();
    let outer = place.dir.path().to_owned();
    let set = |mode, dir_mode| {
        fs::set_permissions(place.folder.db_path(), fs::Permissions::from_mode(mode)).unwrap();
        for dir in [
            &outer,
            place.folder.path(),
            &place.folder.path().join("locks"),
        ] {
            fs::set_permissions(dir, fs::Permissions::from_mode(dir_mode)).unwrap();
        }
    };
    set(0o444, 0o555);
    as_nobody(|| {
        assert_eq!(
            Db::open(&place.folder).unwrap_err().code,
            Code::FolderReadOnly
        );
        assert_eq!(
            Folder::open(&outer.join("new")).unwrap_err().code,
            Code::FolderReadOnly
        );
    });
    set(0o600, 0o700);
    assert_eq!(place.db().profiles_page(None, 1).unwrap().2, 50);
}

/// Root may write everywhere; for this thread only, it becomes somebody else.
#[cfg(target_os = "linux")]
fn as_nobody(work: impl FnOnce() + Send) {
    std::thread::scope(|scope| {
        scope.spawn(|| {
            if rustix::process::getuid().is_root() {
                let nobody = rustix::process::Uid::from_raw(65534);
                rustix::thread::set_thread_res_uid(nobody, nobody, nobody).unwrap();
            }
            work();
        });
    });
}
