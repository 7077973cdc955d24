//! Upgrades with a list of steps of their own: what is copied, who has to leave, and what a failure leaves behind.

use std::path::PathBuf;

use super::*;

const SHORT: Duration = Duration::from_millis(40);

fn place() -> (tempfile::TempDir, Folder) {
    let dir = tempfile::tempdir().unwrap();
    let folder = Folder::open(dir.path()).unwrap();
    (dir, folder)
}

/// What lies in the folder of copies, by age.
fn copies(folder: &Folder) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder.copies_dir()).into_iter().flatten();
    let mut copies: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    copies.sort();
    copies
}

fn rows(db: &Connection, table: &str) -> rusqlite::Result<i64> {
    db.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| {
        row.get(0)
    })
}

/// A folder whose database stands at the first of `NEXT`.
fn first_version() -> (tempfile::TempDir, Folder) {
    let (dir, folder) = place();
    drop(to_latest(&folder, &mut connect(&folder), &NEXT[..1], SHORT).unwrap());
    (dir, folder)
}

fn connect(folder: &Folder) -> Connection {
    Connection::open(folder.db_path()).unwrap()
}

const NEXT: &[M<'_>] = &[
    M::up("CREATE TABLE a (x TEXT); INSERT INTO a VALUES ('kept')"),
    M::up("CREATE TABLE b (y TEXT)"),
];

#[test]
fn the_schema_is_sound() {
    Migrations::from_slice(STEPS).validate().unwrap();
}

#[test]
fn a_new_folder_gets_the_latest_without_a_copy() {
    let (_dir, folder) = place();
    let process = to_latest(&folder, &mut connect(&folder), NEXT, SHORT).unwrap();
    assert_eq!(known_version(&folder, &connect(&folder), 2).unwrap(), 2);
    assert!(folder.is_alive(process.id()));
    assert_eq!(copies(&folder), Vec::<PathBuf>::new());
}

#[test]
fn an_upgrade_leaves_a_copy_of_what_was() {
    let (_dir, folder) = place();
    drop(to_latest(&folder, &mut connect(&folder), &NEXT[..1], SHORT).unwrap());
    let process = to_latest(&folder, &mut connect(&folder), NEXT, SHORT).unwrap();
    assert!(folder.is_alive(process.id()));
    let count = |db: &Connection, table: &str| {
        db.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| {
            row.get::<_, i64>(0)
        })
    };
    assert_eq!(count(&connect(&folder), "b"), Ok(0));
    let [copy] = &copies(&folder)[..] else {
        panic!("one copy")
    };
    assert!(copy.to_str().unwrap().ends_with("-before-v2.db"));
    let old = Connection::open(copy).unwrap();
    assert_eq!(count(&old, "a"), Ok(1));
    assert!(count(&old, "b").is_err());
    assert_eq!(known_version(&folder, &old, 1).unwrap(), 1);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(
            std::fs::metadata(copy).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
}

#[test]
fn an_upgrade_waits_for_the_others_to_leave() {
    let (_dir, folder) = place();
    let neighbour = to_latest(&folder, &mut connect(&folder), &NEXT[..1], SHORT).unwrap();
    let problem = to_latest(&folder, &mut connect(&folder), NEXT, SHORT).unwrap_err();
    assert_eq!(
        problem,
        Problem::new(Code::DatabaseBusy).with("reason", "upgrade")
    );
    assert_eq!(known_version(&folder, &connect(&folder), 2).unwrap(), 1);
    std::thread::scope(|scope| {
        let upgrade = scope.spawn(|| to_latest(&folder, &mut connect(&folder), NEXT, PATIENCE));
        std::thread::sleep(SHORT);
        drop(neighbour);
        upgrade.join().unwrap().unwrap();
    });
    assert_eq!(known_version(&folder, &connect(&folder), 2).unwrap(), 2);
}

/// The step that fails is the last of three: the two before it must not stay either.
#[test]
fn a_failed_upgrade_changes_nothing_and_says_so() {
    let (_dir, folder) = first_version();
    let before = std::fs::read(folder.db_path()).unwrap();
    let broken = [
        NEXT[0].clone(),
        M::up("ALTER TABLE a ADD COLUMN y TEXT; UPDATE a SET y = x"),
        M::up("CREATE TABLE c (z TEXT); INSERT INTO c VALUES ('x'); CREATE TABLE a (x TEXT)"),
    ];
    let problem = to_latest(&folder, &mut connect(&folder), &broken, SHORT).unwrap_err();
    assert_eq!(problem.code, Code::UpgradeFailed);
    assert_eq!(problem.params["version"], "1");
    let db = connect(&folder);
    assert_eq!(known_version(&folder, &db, 2).unwrap(), 1);
    assert!(rows(&db, "c").is_err() && db.prepare("SELECT y FROM a").is_err());
    drop(db);
    assert_eq!(std::fs::read(folder.db_path()).unwrap(), before);
    assert_eq!(
        copies(&folder),
        Vec::<PathBuf>::new(),
        "a copy of what is still there"
    );
    drop(to_latest(&folder, &mut connect(&folder), NEXT, SHORT).unwrap());
    assert_eq!(rows(&connect(&folder), "b"), Ok(0));
}

/// What a neighbour committed, and no checkpoint has moved into the file yet.
#[test]
fn a_copy_has_what_is_still_in_the_log() {
    let (_dir, folder) = first_version();
    let writer = connect(&folder);
    writer.pragma_update(None, "journal_mode", "WAL").unwrap();
    writer.pragma_update(None, "wal_autocheckpoint", 0).unwrap();
    writer
        .execute("INSERT INTO a VALUES ('in the log')", [])
        .unwrap();
    let plain = std::fs::read(folder.db_path()).unwrap();
    assert!(!plain.windows(10).any(|part| part == b"in the log"));
    drop(to_latest(&folder, &mut connect(&folder), NEXT, SHORT).unwrap());
    assert_eq!(
        rows(&Connection::open(&copies(&folder)[0]).unwrap(), "a"),
        Ok(2)
    );
}

/// A program that died between the copy and the first step, or while it copied.
#[test]
fn an_upgrade_that_died_is_begun_anew() {
    let (_dir, folder) = first_version();
    let copied = copies::make(&folder, &connect(&folder), "before-v2").unwrap();
    let part = folder.copies_dir().join("copy.part");
    std::fs::write(&part, "half of a cop").unwrap();
    drop(to_latest(&folder, &mut connect(&folder), NEXT, SHORT).unwrap());
    assert_eq!(known_version(&folder, &connect(&folder), 2).unwrap(), 2);
    assert!(copied.exists() && !part.exists());
    assert_eq!(copies(&folder).len(), 2);
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_full_while_it_copies_stops_the_upgrade() {
    let (_dir, folder) = first_version();
    crate::folder::make_dir(&folder.copies_dir()).unwrap();
    let part = folder.copies_dir().join("copy.part");
    std::os::unix::fs::symlink("/dev/full", &part).unwrap();
    let before = std::fs::read(folder.db_path()).unwrap();
    let problem = to_latest(&folder, &mut connect(&folder), NEXT, SHORT).unwrap_err();
    assert_eq!(problem.code, Code::DiskFull, "{problem:?}");
    assert_eq!(std::fs::read(folder.db_path()).unwrap(), before);
    assert_eq!(copies(&folder), Vec::<PathBuf>::new());
    drop(to_latest(&folder, &mut connect(&folder), NEXT, SHORT).unwrap());
    assert_eq!(copies(&folder).len(), 1);
}

#[test]
fn only_the_newest_copies_are_kept() {
    let (_dir, folder) = first_version();
    crate::folder::make_dir(&folder.copies_dir()).unwrap();
    for day in 1..=5 {
        let name = format!("readdress-2020010{day}T000000.000Z-before-v1.db");
        std::fs::write(folder.copies_dir().join(name), "old").unwrap();
    }
    std::fs::write(folder.copies_dir().join("mine.txt"), "not ours").unwrap();
    drop(to_latest(&folder, &mut connect(&folder), NEXT, SHORT).unwrap());
    let names: Vec<String> = copies(&folder)
        .iter()
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(names.len(), 4, "{names:?}");
    assert_eq!(names[0], "mine.txt");
    assert!(
        names[1].contains("20200104") && names[3].ends_with("-before-v2.db"),
        "{names:?}"
    );
}

#[test]
fn a_newer_one_is_left_alone() {
    let (_dir, folder) = place();
    drop(to_latest(&folder, &mut connect(&folder), NEXT, SHORT).unwrap());
    let before = std::fs::read(folder.db_path()).unwrap();
    let problem = to_latest(&folder, &mut connect(&folder), &NEXT[..1], SHORT).unwrap_err();
    assert_eq!(std::fs::read(folder.db_path()).unwrap(), before);
    assert_eq!(copies(&folder), Vec::<PathBuf>::new());
    assert_eq!(
        (problem.code, problem.params["version"].as_str()),
        (Code::DatabaseNewer, "2")
    );
}
