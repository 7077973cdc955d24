//! Lists of ten thousand, page by page.

use readdress_core::change::State;
use readdress_core::db::{ChangeWrite, Db, Expect, Job, ProfileWrite};
use readdress_core::profile::Profile;
use readdress_core::view::HistoryFilter;

use crate::support::{Place, add_profile, at, change, profile};

/// One job for all of them.
fn add_many(db: &Db, count: i64) -> Vec<Profile> {
    let profiles: Vec<_> = (0..count)
        .map(|n| profile(&format!("Konto {n:05} ÄÖ")))
        .collect();
    let mut job = Job::new();
    for (n, owner) in (0..).zip(&profiles) {
        // Three of them share each moment, so that the key's second half decides.
        let mut change = change(owner, n / 3);
        change.state = if n % 10 == 0 {
            State::Changed
        } else {
            State::Planned
        };
        change.service = if n % 2 == 0 { "z-api" } else { "webshare" }.to_owned();
        job = job
            .profile(ProfileWrite::Insert(owner.clone()))
            .change(ChangeWrite::new(change, Expect::New));
    }
    db.commit_blocking(job).unwrap();
    profiles
}

#[test]
fn ten_thousand_profiles() {
    let place = Place::new();
    let db = place.db();
    add_many(&db, 10_000);
    let (mut seen, mut after, mut pages) = (Vec::new(), None, 0);
    loop {
        let (page, next, total) = db.profiles_page(after.as_deref(), 300).unwrap();
        assert_eq!(total, 10_000);
        if pages == 3 {
            // One that comes in before the place we are at moves nothing.
            add_profile(&db, "AAA");
            db.commit_blocking(ProfileWrite::Remove(db.profile_by_label("aaa").unwrap().id))
                .unwrap();
        }
        seen.extend(page.into_iter().map(|profile| profile.label));
        pages += 1;
        match next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    let expected: Vec<_> = (0..10_000).map(|n| format!("Konto {n:05} ÄÖ")).collect();
    assert_eq!(seen, expected);
    assert_eq!(pages, 34);
}

#[test]
fn ten_thousand_changes_newest_first() {
    let place = Place::new();
    let db = place.db();
    add_many(&db, 10_000);
    let filter = HistoryFilter::default();
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let (page, next, total) = db
            .history_page(&filter, after.as_deref(), 999, at(0))
            .unwrap();
        assert_eq!(total, 10_000);
        seen.extend(
            page.into_iter()
                .map(|stored| (stored.change.created_at, stored.change.id)),
        );
        match next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    assert_eq!(seen.len(), 10_000);
    assert!(
        seen.windows(2).all(|pair| pair[0] > pair[1]),
        "newest first, none twice"
    );
}

#[test]
fn the_history_is_filtered() {
    let place = Place::new();
    let db = place.db();
    let profiles = add_many(&db, 100);
    let count = |filter: HistoryFilter| {
        let (page, _, total) = db.history_page(&filter, None, 1000, at(0)).unwrap();
        assert_eq!(u32::try_from(page.len()), Ok(total));
        total
    };
    let text = |text: &str| HistoryFilter {
        text: Some(text.to_owned()),
        ..HistoryFilter::default()
    };
    assert_eq!(count(text("KONTO 0001")), 10);
    assert_eq!(count(text(" äö ")), 100);
    assert_eq!(count(text("new@EXAMPLE.org")), 100);
    assert_eq!(count(text("100%")), 0, "no wildcards");
    assert_eq!(count(text("WEBSHARE")), 50);
    assert_eq!(
        count(HistoryFilter {
            service: Some("z-api".to_owned()),
            ..HistoryFilter::default()
        }),
        50
    );
    assert_eq!(
        count(HistoryFilter {
            state: Some(State::Changed),
            ..HistoryFilter::default()
        }),
        10
    );
    assert_eq!(
        count(HistoryFilter {
            profile_id: Some(profiles[7].id),
            ..HistoryFilter::default()
        }),
        1
    );
    let both = HistoryFilter {
        state: Some(State::Changed),
        ..text("konto 0005")
    };
    assert_eq!(count(both.clone()), 1);
    let (page, next, _) = db.history_page(&both, Some("no key"), 1, at(0)).unwrap();
    assert_eq!(page[0].change.label, "Konto 00050 ÄÖ");
    assert!(
        db.history_page(&both, next.as_deref(), 1, at(0))
            .unwrap()
            .0
            .is_empty()
    );
}

/// What is asked for at each event must not read whole tables.
#[test]
fn no_query_of_an_event_scans_a_table() {
    let place = Place::new();
    let db = place.db();
    add_many(&db, 10);
    let raw = rusqlite::Connection::open(place.folder.db_path()).unwrap();
    for sql in [
        "SELECT 1 FROM changes WHERE profile_id = x'00' AND open = 1",
        "SELECT 1 FROM changes WHERE service = 'a' AND to_key = 'b' AND open = 1",
        "SELECT id FROM changes WHERE profile_id = x'00' ORDER BY created_at DESC, id DESC LIMIT 1",
        "SELECT id, owner FROM changes WHERE owner IS NOT NULL ORDER BY owner",
        "SELECT id FROM changes c WHERE (c.created_at, c.id) < (1, x'00') ORDER BY c.created_at DESC, c.id DESC LIMIT 9",
        "SELECT coalesce(max(n), 0) + 1 FROM events WHERE change_id = x'00'",
        "SELECT 1 FROM change_values WHERE change_id = x'00'",
        "SELECT at FROM uses WHERE profile_id = x'00' AND bucket = 'b' AND at >= 3 AND service = 's' ORDER BY at",
        "SELECT at FROM uses WHERE service = 's' AND bucket = 'b' AND at >= 3 ORDER BY at",
        "SELECT label FROM profiles WHERE service = 'a' AND email_key = 'b'",
        "SELECT label FROM profiles WHERE service = 'a' AND origin = 'b' AND fields = 'c' AND id IS NOT NULL",
        "SELECT label FROM profiles p WHERE p.label_key > 'a' ORDER BY p.label_key LIMIT 3",
        "UPDATE changes SET state = 'x' WHERE id = x'00' AND version = 2",
        "DELETE FROM uses WHERE rowid = (SELECT rowid FROM uses WHERE service = 's' AND profile_id = x'00' AND bucket = 'b' AND at = 1)",
    ] {
        let mut plan = raw.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let lines: Vec<String> = plan
            .query_map([], |row| row.get(3))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        // A partial index is read whole, but holds only the rows that matter.
        let scans =
            |line: &String| line.starts_with("SCAN") && !line.contains("INDEX changes_owner");
        assert!(
            !lines
                .iter()
                .any(|line| scans(line) || line.contains("TEMP B-TREE")),
            "{sql}: {lines:?}"
        );
    }
}

#[test]
fn the_history_is_narrowed_by_the_state_as_shown() {
    let place = Place::new();
    let db = place.db();
    for (label, state, expires) in [
        ("no time", State::AwaitingCode, None),
        ("in time", State::AwaitingCode, Some(at(11))),
        ("overdue", State::AwaitingCode, Some(at(10))),
        ("expired", State::Expired, Some(at(5))),
        ("changed", State::Changed, Some(at(5))),
    ] {
        let mut change = change(&add_profile(&db, label), 1);
        (change.state, change.expires_at) = (state, expires);
        db.commit_blocking(ChangeWrite::new(change, Expect::New))
            .unwrap();
    }
    let shown = |state| {
        let filter = HistoryFilter {
            state: Some(state),
            ..HistoryFilter::default()
        };
        let (page, _, total) = db.history_page(&filter, None, 10, at(10)).unwrap();
        let mut labels: Vec<_> = page.into_iter().map(|stored| stored.change.label).collect();
        assert_eq!(usize::try_from(total), Ok(labels.len()));
        labels.sort();
        labels
    };
    assert_eq!(shown(State::Expired), ["expired", "overdue"]);
    assert_eq!(shown(State::AwaitingCode), ["in time", "no time"]);
    assert_eq!(shown(State::Changed), ["changed"]);
}
