//! The data folder: whose it is, where things are, and who is alive in it.

use std::fs;

use readdress_core::error::Code;
use readdress_core::folder::Folder;
use uuid::Uuid;

fn place() -> (tempfile::TempDir, Folder) {
    let dir = tempfile::tempdir().unwrap();
    let folder = Folder::open(&dir.path().join("deep/data")).unwrap();
    (dir, folder)
}

#[test]
#[cfg(unix)]
fn only_its_user_may_look_inside() {
    use std::os::unix::fs::PermissionsExt;
    let (_dir, folder) = place();
    let db = readdress_core::db::Db::open(&folder).unwrap();
    db.set_meta("a", Some("b")).unwrap();
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(folder.path()), 0o700);
    let mut files = 0;
    for entry in fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let expected = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode(&path), expected, "{path:?}");
        files += usize::from(path.is_file());
    }
    assert_eq!(files, 3, "the database, its log and its index");
    // A folder that was there before is the user's: its rights are left alone.
    let own = tempfile::tempdir().unwrap();
    fs::set_permissions(own.path(), fs::Permissions::from_mode(0o755)).unwrap();
    Folder::open(own.path()).unwrap();
    assert_eq!(mode(own.path()), 0o755);
}

#[test]
fn a_folder_that_cannot_be() {
    let (dir, _) = place();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    for path in [file.clone(), file.join("below")] {
        let problem = Folder::open(&path).unwrap_err();
        assert_eq!(problem.code, Code::FolderReadOnly);
        assert!(problem.params["file"].starts_with(file.to_str().unwrap()));
    }
}

#[test]
fn it_knows_its_size() {
    let (_dir, folder) = place();
    assert_eq!(folder.bytes(), 0);
    fs::write(folder.logs_dir().join("a.log"), vec![0; 1000]).unwrap();
    fs::write(folder.services_dir().join("own.toml"), vec![0; 234]).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(folder.path(), folder.path().join("loop")).unwrap();
    let link = fs::symlink_metadata(folder.path().join("loop")).map_or(0, |meta| meta.len());
    assert_eq!(folder.bytes(), 1234 + link);
}

#[test]
fn a_lock_lives_as_long_as_its_process() {
    let (_dir, folder) = place();
    assert!(folder.living_processes().is_empty());
    let [first, second] = [
        folder.lock_process().unwrap(),
        folder.lock_process().unwrap(),
    ];
    assert!(folder.is_alive(first.id()) && folder.is_alive(second.id()));
    assert!(!folder.is_alive(Uuid::now_v7()));
    let mut living = folder.living_processes();
    living.sort();
    assert_eq!(living, [first.id(), second.id()]);
    let id = first.id();
    drop(first);
    assert!(!folder.is_alive(id));
    assert_eq!(folder.living_processes(), [second.id()]);
}

#[test]
fn what_the_dead_leave_is_swept_away() {
    let (_dir, folder) = place();
    let dead = Uuid::now_v7();
    let file = folder.path().join("locks").join(dead.to_string());
    fs::write(&file, "").unwrap();
    let note = folder.path().join("locks/note.txt");
    fs::write(&note, "not ours").unwrap();
    let lock = folder.lock_process().unwrap();
    assert!(!file.exists() && note.exists());
    assert_eq!(folder.living_processes(), [lock.id()]);
}

/// Starters and sweepers at once: nobody who lives is taken for dead.
#[test]
fn no_living_one_is_swept_away() {
    let (_dir, folder) = place();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..100 {
                    let lock = folder.lock_process().unwrap();
                    assert!(folder.is_alive(lock.id()));
                    assert!(folder.living_processes().contains(&lock.id()));
                }
            });
        }
    });
    assert!(folder.living_processes().is_empty());
}

/// SQLite would only say that it cannot open it.
#[cfg(unix)]
#[test]
fn a_path_too_long_for_the_database_is_told_as_such() {
    let dir = tempfile::tempdir().unwrap();
    let part = "a".repeat(200);
    let long = dir.path().join(&part).join(&part).join(&part);
    let problem = Folder::open(&long).unwrap_err();
    assert_eq!(problem.code, Code::FolderReadOnly);
    assert_eq!(problem.params["reason"], "long");
    assert!(!long.exists(), "nothing is made");
    // The longest that is taken can be used.
    let half = dir.path().join(&part).join(&part);
    let rest = 512 - "-journal".len() - "/readdress.db".len();
    let rest = rest - half.as_os_str().len() - 1;
    let folder = Folder::open(&half.join("b".repeat(rest))).unwrap();
    readdress_core::db::Db::open(&folder).unwrap();
    Folder::open(&half.join("b".repeat(rest + 1))).unwrap_err();
}
