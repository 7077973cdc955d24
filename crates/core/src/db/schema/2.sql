-- Mailboxes that are watched for codes. `serves` is a JSON list of addresses and `*@domain`.
CREATE TABLE mailboxes (
    id         BLOB PRIMARY KEY,
    user       TEXT NOT NULL,
    host       TEXT NOT NULL,
    port       INTEGER NOT NULL,
    tls        TEXT NOT NULL,
    ca_file    TEXT,
    serves     TEXT NOT NULL,
    password   BLOB,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX mailboxes_once ON mailboxes (lower(host), user);

-- The mail whose code was given last for a change. Once the change is proved, its sender is one that the service uses.
-- `service` is the change's, and never another: here, so that senders are found without looking at every change.
CREATE TABLE code_mails (
    change_id BLOB PRIMARY KEY REFERENCES changes (id) ON DELETE CASCADE,
    service   TEXT NOT NULL,
    sender    TEXT NOT NULL,
    at        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX code_mails_sender ON code_mails (service, sender, at);
