//! Folders with something of everything in them, and everything of a folder as one text to compare.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use readdress_core::backup::{Lock, Tell};
use readdress_core::change::{Change, Event, EventKind, Proof, State};
use readdress_core::db::{
    ChangeWrite, Db, Expect, Job, ProfileWrite, SealedValue, SecretWrite, Use,
};
use readdress_core::engine::{Engine, Options};
use readdress_core::error::{Code, Problem, Result};
use readdress_core::folder::Folder;
use readdress_core::profile::{Known, Profile};
use readdress_core::secret::Secret;
use readdress_core::vault::{Key, Place, VaultEnv, new_key_file};
use readdress_core::view::{BackupView, RestoredView};
use tempfile::TempDir;
use uuid::Uuid;

pub const PASSPHRASE: &str = "four words nobody guesses";

pub const STATES: [State; 9] = [
    State::Planned,
    State::Requesting,
    State::AwaitingCode,
    State::Verifying,
    State::Changed,
    State::Unknown,
    State::Refused,
    State::Expired,
    State::Cancelled,
];

/// A data folder with a key of its own.
pub struct Place1 {
    pub dir: TempDir,
    pub engine: Engine,
}

impl Place1 {
    pub fn new() -> Self {
        let dir = TempDir::new().expect("a folder");
        new_key_file(&dir.path().join("key")).expect("a key file");
        let engine = open(dir.path());
        Self { dir, engine }
    }

    /// With `profiles` profiles; every second has a change, in each of the states in turn.
    pub async fn with(profiles: u32) -> Self {
        let place = Self::new();
        let key = place.engine.vault().key().await.expect("a key");
        fill(&place.data(), &key, profiles);
        place
    }

    pub fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    pub fn file(&self) -> PathBuf {
        self.dir.path().join("a backup.age")
    }

    pub async fn export(&self) -> Result<BackupView> {
        self.engine
            .export_backup(&self.file(), lock(), quiet())
            .await
    }

    pub async fn restore(&self, file: &Path, replace: bool) -> Result<RestoredView> {
        let passphrase = Secret::new(PASSPHRASE);
        self.engine
            .restore_backup(file, passphrase, replace, quiet())
            .await
    }

    pub async fn everything(&self) -> Everything {
        let key = self.engine.vault().key().await.expect("a key");
        everything(&self.data(), &key)
    }

    /// Name and bytes of every file but the locks, which come and go.
    pub fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        read_files(&self.data(), &mut files);
        files.retain(|path, _| !path.starts_with(self.data().join("locks")));
        // Shared memory: marks of who reads.
        files.retain(|path, _| !path.to_string_lossy().ends_with("-shm"));
        files
    }
}

/// The files that are not the same on both sides.
pub fn differing(a: &BTreeMap<PathBuf, Vec<u8>>, b: &BTreeMap<PathBuf, Vec<u8>>) -> Vec<PathBuf> {
    let paths = a
        .keys()
        .chain(b.keys())
        .filter(|path| a.get(*path) != b.get(*path));
    paths.cloned().collect()
}

fn read_files(dir: &Path, into: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in std::fs::read_dir(dir).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            read_files(&path, into);
        } else {
            into.insert(path.clone(), std::fs::read(&path).expect("a file"));
        }
    }
}

pub fn open(dir: &Path) -> Engine {
    let vault = VaultEnv {
        key_file: Some(dir.join("key")),
        ..VaultEnv::default()
    };
    Engine::open(Options {
        data_dir: Some(dir.join("data")),
        vault,
        ..Options::default()
    })
    .expect("the engine opens")
}

/// A scrypt that takes no time.
pub fn lock() -> Lock {
    Lock {
        passphrase: Secret::new(PASSPHRASE),
        work_factor: 2,
    }
}

pub fn quiet() -> Tell {
    Arc::new(|_| {})
}

pub fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).expect("a time")
}

fn fill(data: &Path, key: &Key, profiles: u32) {
    let db = Db::open(&Folder::open(data).expect("a folder")).expect("a database");
    let services = ["z-api", "webshare", "mannco-store"];
    let mut job = Job::new();
    for n in 0..profiles {
        let service = services[n as usize % 3];
        let profile = profile(n, service);
        for field in ["token", "client_token"] {
            job.secrets.push(SecretWrite {
                profile_id: profile.id,
                field: field.to_owned(),
                cipher: Some(key.seal(Place::secret(profile.id, field), &secret(n, field))),
            });
        }
        if n.is_multiple_of(2) {
            let change = change(n, &profile, STATES[n as usize / 2 % STATES.len()]);
            job.uses.push(Use {
                service: service.to_owned(),
                profile_id: profile.id,
                bucket: "request".to_owned(),
                at: change.created_at,
            });
            job.changes.push(with_journal(key, n, change));
        }
        job.profiles.push(ProfileWrite::Insert(profile));
        if n % 250 == 249 || n + 1 == profiles {
            db.commit_blocking(std::mem::take(&mut job))
                .expect("it is written");
        }
    }
    db.set_meta("limit_of:mannco-store", Some("service"))
        .expect("a setting");
}

pub fn secret(n: u32, field: &str) -> Secret {
    Secret::new(format!("{field}-{n}-geheim ü \"quoted\""))
}

fn profile(n: u32, service: &str) -> Profile {
    let problem = Problem::new(Code::CredentialsRefused).with("host", "api.example");
    Profile {
        id: Uuid::from_u128(0x1000_0000 + u128::from(n)),
        label: format!("Büro {n}"),
        service: service.to_owned(),
        base_url: (n.is_multiple_of(5)).then(|| "http://127.0.0.1:9".to_owned()),
        origin: "https://api.example".to_owned(),
        fields: BTreeMap::from([("instance_id".to_owned(), format!("ID{n}"))]),
        has_secret: BTreeMap::new(),
        email: (!n.is_multiple_of(3)).then(|| format!("old{n}@old.example")),
        verified: (n % 3 == 1).then_some(true),
        checked_at: (!n.is_multiple_of(3)).then(|| at(i64::from(n))),
        known: if n.is_multiple_of(3) {
            Known::NeverChecked
        } else {
            Known::AsRead
        },
        problem: (n.is_multiple_of(7)).then_some(problem),
        created_at: at(i64::from(n)),
    }
}

fn change(n: u32, profile: &Profile, state: State) -> Change {
    let started = state != State::Planned;
    let ended = state.is_end();
    Change {
        id: Uuid::from_u128(0x2000_0000 + u128::from(n)),
        profile_id: (!n.is_multiple_of(11) || !ended).then_some(profile.id),
        label: profile.label.clone(),
        service: profile.service.clone(),
        from: profile.email.clone(),
        to: format!("new{n}@new.example"),
        state,
        at: u32::from(started),
        step: if started { "verify" } else { "request" }.to_owned(),
        code_used: state == State::Verifying,
        proof: (state == State::Changed).then_some(Proof::ReadBack),
        tries: u32::from(started),
        requested_at: started.then(|| at(i64::from(n) + 1)),
        expires_at: started.then(|| at(i64::from(n) + 600)),
        resend_at: started.then(|| at(i64::from(n) + 300)),
        retry_at: None,
        problem: (state == State::Refused).then(|| Code::CodeWrong.into()),
        values: Vec::new(),
        cancelled_there: (state == State::Cancelled).then_some(false),
        undo_of: (n.is_multiple_of(4)).then(|| Uuid::from_u128(7)),
        // A program that has died: nobody holds its lock.
        owner: state.is_sending().then(|| Uuid::from_u128(9)),
        resending: false,
        version: 0,
        created_at: at(i64::from(n)),
        updated_at: at(i64::from(n) + 2),
    }
}

fn with_journal(key: &Key, n: u32, change: Change) -> ChangeWrite {
    let event = |kind, says: Option<&str>| Event {
        at: change.created_at,
        kind,
        step: Some("request".to_owned()),
        status: Some(200),
        millis: Some(n),
        meaning: Some("ok".to_owned()),
        says: says.map(str::to_owned),
    };
    let value = SealedValue {
        step: "verify".to_owned(),
        cipher: key.seal(Place::value(change.id, "verify"), &secret(n, "code")),
        marked: n.is_multiple_of(4),
    };
    let events = vec![
        event(EventKind::Planned, None),
        event(EventKind::Intent, None),
        event(EventKind::Answer, Some("“ok”\u{1b}[31m")),
    ];
    let values = if change.state.is_end() {
        Vec::new()
    } else {
        vec![value]
    };
    ChangeWrite {
        change,
        expect: Expect::New,
        values: Some(values),
        events,
    }
}

/// A folder as text, secrets opened: profiles, changes (version and owner left out), journals, mailboxes, uses, settings.
#[derive(Debug, PartialEq, Eq)]
pub struct Everything {
    pub profiles: Vec<String>,
    pub changes: BTreeMap<Uuid, String>,
    pub values: Vec<String>,
    /// With their passwords.
    pub mailboxes: Vec<String>,
    pub code_mails: Vec<String>,
    pub events: BTreeMap<Uuid, Vec<String>>,
    pub uses: Vec<String>,
    pub settings: Vec<String>,
}

/// Looks at the tables themselves, so that a column which nobody reads counts too.
pub fn everything(data: &Path, key: &Key) -> Everything {
    let db = rusqlite::Connection::open(data.join("readdress.db")).expect("a database");
    let mut profiles = rows(&db, "SELECT * FROM profiles ORDER BY id");
    let mut secrets = db
        .prepare("SELECT profile_id, field, cipher FROM secrets ORDER BY 1, 2")
        .expect("a table");
    let opened = secrets
        .query_map([], |row| {
            Ok((
                uuid(&row.get::<_, Vec<u8>>(0)?),
                row.get::<_, String>(1)?,
                row.get::<_, Vec<u8>>(2)?,
            ))
        })
        .expect("rows");
    for (id, field, cipher) in opened.map(|row| row.expect("a row")) {
        let secret = key
            .open(Place::secret(id, &field), &cipher)
            .expect("it opens");
        profiles.push(format!("{id} {field} {}", secret.expose()));
    }
    let mut values = Vec::new();
    let mut sealed = db
        .prepare("SELECT change_id, n, step, cipher, marked FROM change_values ORDER BY 1, 2")
        .expect("a table");
    let opened = sealed
        .query_map([], |row| {
            Ok((
                uuid(&row.get::<_, Vec<u8>>(0)?),
                row.get::<_, i64>(1)?,
                row.get::<_, String>(2)?,
                row.get::<_, Vec<u8>>(3)?,
                row.get::<_, bool>(4)?,
            ))
        })
        .expect("rows");
    for (id, n, step, cipher, marked) in opened.map(|row| row.expect("a row")) {
        let text = key
            .open(Place::value(id, &step), &cipher)
            .expect("it opens");
        values.push(format!("{id} {n} {step} {marked} {}", text.expose()));
    }
    let mut mailboxes = Vec::new();
    let find =
        "SELECT id, user, host, port, tls, ca_file, serves, created_at FROM mailboxes ORDER BY id";
    for (id, row) in keyed(&db, find) {
        let find = "SELECT password FROM mailboxes WHERE id = ?1";
        let cipher: Option<Vec<u8>> = db
            .query_row(find, [id.as_bytes()], |row| row.get(0))
            .expect("a row");
        let open = |cipher: Vec<u8>| key.open(Place::mailbox(id), &cipher).expect("it opens");
        let password = cipher.map(open);
        mailboxes.push(format!("{row} {:?}", password.as_ref().map(Secret::expose)));
    }
    let changes = "SELECT id, profile_id, label, service, from_email, to_email, to_key, state, open, at, step, code_used, proof, \
        tries, requested_at, expires_at, resend_at, retry_at, problem, cancelled_there, undo_of, resending, created_at, \
        updated_at, search FROM changes";
    let mut events = BTreeMap::<Uuid, Vec<String>>::new();
    for (id, row) in keyed(
        &db,
        "SELECT change_id, n, at, kind, step, status, millis, meaning, says FROM events ORDER BY 1, 2",
    ) {
        events.entry(id).or_default().push(row);
    }
    Everything {
        profiles,
        changes: keyed(&db, changes).into_iter().collect(),
        values,
        mailboxes,
        code_mails: rows(&db, "SELECT * FROM code_mails ORDER BY change_id"),
        events,
        uses: rows(&db, "SELECT * FROM uses ORDER BY at, profile_id"),
        settings: rows(
            &db,
            "SELECT * FROM meta WHERE key NOT LIKE 'clock:%' ORDER BY key",
        ),
    }
}

fn uuid(bytes: &[u8]) -> Uuid {
    Uuid::from_slice(bytes).expect("an id")
}

fn rows(db: &rusqlite::Connection, sql: &str) -> Vec<String> {
    let mut find = db.prepare(sql).expect("a query");
    let columns = find.column_count();
    let text = |row: &rusqlite::Row<'_>| {
        let cells = (0..columns).map(|n| {
            row.get::<_, rusqlite::types::Value>(n)
                .map(|cell| format!("{cell:?}"))
        });
        Ok(cells.collect::<rusqlite::Result<Vec<_>>>()?.join(" | "))
    };
    find.query_map([], text)
        .expect("rows")
        .map(|row| row.expect("a row"))
        .collect()
}

fn keyed(db: &rusqlite::Connection, sql: &str) -> Vec<(Uuid, String)> {
    let mut ids = db.prepare(sql).expect("a query");
    let ids: Vec<Uuid> = ids
        .query_map([], |row| Ok(uuid(&row.get::<_, Vec<u8>>(0)?)))
        .expect("rows")
        .map(|id| id.expect("an id"))
        .collect();
    ids.into_iter().zip(rows(db, sql)).collect()
}
