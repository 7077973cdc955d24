//! A new column must not be forgotten: it is in the backup, or here is said why not.

use std::collections::BTreeMap;

use crate::support::Place1;

/// Not in a backup: the key and its places belong to one folder.
const LEFT_OUT: [&str; 2] = ["vault", "vault_leftovers"];

/// The columns that a backup of format 2 knows. Who adds one gives the backup a new format, and reads the old one still.
const KNOWN: [(&str, &str); 9] = [
    ("meta", "key value"),
    (
        "mailboxes",
        "id user host port tls ca_file serves password created_at",
    ),
    (
        "profiles",
        "id label label_key service base_url origin fields email email_key domain verified checked_at known problem created_at",
    ),
    ("secrets", "profile_id field cipher"),
    (
        "changes",
        "id profile_id label service from_email to_email to_key state open at step code_used proof tries requested_at expires_at resend_at retry_at problem cancelled_there undo_of owner resending version created_at updated_at search",
    ),
    ("change_values", "change_id n step cipher marked"),
    // `service` is the change's.
    ("code_mails", "change_id service sender at"),
    (
        "events",
        "change_id n at kind step status millis meaning says",
    ),
    ("uses", "service profile_id bucket at"),
];

#[test]
fn every_column_is_in_a_backup() {
    let place = Place1::new();
    let db = rusqlite::Connection::open(place.data().join("readdress.db")).unwrap();
    let mut find = db
        .prepare(
            "SELECT t.name, group_concat(c.name, ' ') FROM pragma_table_list t JOIN pragma_table_info(t.name) c \
             WHERE t.schema = 'main' AND t.name NOT LIKE 'sqlite_%' GROUP BY t.name",
        )
        .unwrap();
    let found = find
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    let mut found: BTreeMap<String, String> = found.map(Result::unwrap).collect();
    for table in LEFT_OUT {
        assert!(found.remove(table).is_some(), "{table}");
    }
    let known = KNOWN.map(|(table, columns)| (table.to_owned(), columns.to_owned()));
    assert_eq!(found, BTreeMap::from(known));
}
