-- Ids are 16 byte uuids, times are microseconds UTC, enums their snake_case names, problems and fields JSON.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One row: which kind of vault this folder has. `id` is the key's id; it changes with the key.
CREATE TABLE vault (
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    id       BLOB NOT NULL,
    kind     TEXT NOT NULL,
    proof    BLOB NOT NULL,
    wrapped  BLOB,
    key_file TEXT
) STRICT;

-- Keys in the keychain that no vault uses (any more): written before a key is stored, so that a crash leaves none behind.
CREATE TABLE vault_leftovers (
    id BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE profiles (
    id         BLOB PRIMARY KEY,
    label      TEXT NOT NULL,
    label_key  TEXT NOT NULL,
    service    TEXT NOT NULL,
    base_url   TEXT,
    origin     TEXT NOT NULL,
    fields     TEXT NOT NULL,
    email      TEXT,
    email_key  TEXT,
    domain     TEXT,
    verified   INTEGER,
    checked_at INTEGER,
    known      TEXT NOT NULL,
    problem    TEXT,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX profiles_label   ON profiles (label_key);
CREATE INDEX profiles_account        ON profiles (service, origin, fields);
CREATE INDEX profiles_email          ON profiles (service, email_key) WHERE email_key IS NOT NULL;
CREATE INDEX profiles_domain         ON profiles (domain) WHERE domain IS NOT NULL;

CREATE TABLE secrets (
    profile_id BLOB NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
    field      TEXT NOT NULL,
    cipher     BLOB NOT NULL,
    PRIMARY KEY (profile_id, field)
) STRICT, WITHOUT ROWID;

CREATE TABLE changes (
    id              BLOB PRIMARY KEY,
    profile_id      BLOB REFERENCES profiles (id) ON DELETE SET NULL,
    label           TEXT NOT NULL,
    service         TEXT NOT NULL,
    from_email      TEXT,
    to_email        TEXT NOT NULL,
    to_key          TEXT NOT NULL,
    state           TEXT NOT NULL,
    open            INTEGER NOT NULL,
    at              INTEGER NOT NULL,
    step            TEXT NOT NULL,
    code_used       INTEGER NOT NULL,
    proof           TEXT,
    tries           INTEGER NOT NULL,
    requested_at    INTEGER,
    expires_at      INTEGER,
    resend_at       INTEGER,
    retry_at        INTEGER,
    problem         TEXT,
    cancelled_there INTEGER,
    undo_of         BLOB,
    owner           BLOB,
    resending       INTEGER NOT NULL,
    version         INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    -- What the history is searched in, lower case (SQLite's own lower() knows ASCII only).
    search          TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX changes_open     ON changes (profile_id) WHERE open = 1;
CREATE INDEX changes_open_to         ON changes (service, to_key) WHERE open = 1;
CREATE INDEX changes_owner           ON changes (owner) WHERE owner IS NOT NULL;
CREATE INDEX changes_profile         ON changes (profile_id, created_at, id);
CREATE INDEX changes_created         ON changes (created_at, id);

CREATE TABLE change_values (
    change_id BLOB NOT NULL REFERENCES changes (id) ON DELETE CASCADE,
    n         INTEGER NOT NULL,
    step      TEXT NOT NULL,
    cipher    BLOB NOT NULL,
    marked    INTEGER NOT NULL,
    PRIMARY KEY (change_id, n)
) STRICT, WITHOUT ROWID;

-- The journal. Only ever grows.
CREATE TABLE events (
    change_id BLOB NOT NULL REFERENCES changes (id),
    n         INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    kind      TEXT NOT NULL,
    step      TEXT,
    status    INTEGER,
    millis    INTEGER,
    meaning   TEXT,
    says      TEXT,
    PRIMARY KEY (change_id, n)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER events_stay BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;
CREATE TRIGGER events_hold BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;

-- What counts against a service's limits. `profile_id` is no reference: a removed profile's calls still count.
CREATE TABLE uses (
    service    TEXT NOT NULL,
    profile_id BLOB NOT NULL,
    bucket     TEXT NOT NULL,
    at         INTEGER NOT NULL
) STRICT;
CREATE INDEX uses_of_service         ON uses (service, bucket, at);
CREATE INDEX uses_of_profile         ON uses (profile_id, bucket, at);
