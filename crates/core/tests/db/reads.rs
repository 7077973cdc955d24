//! Queries: what the engine and the page ask for.

use std::collections::BTreeMap;

use readdress_core::change::State;
use readdress_core::db::{ChangeWrite, Expect, Job, ProfileWrite, Seen, Use};
use readdress_core::error::{Code, Problem};
use readdress_core::profile::Known;
use readdress_core::view::{NetworkSettings, ProxyChoice};
use uuid::Uuid;

use crate::support::{Place, add_change, add_profile, at, change, profile, set_state};

#[test]
fn a_profile_comes_back_as_it_was_written() {
    let place = Place::new();
    let db = place.db();
    let mut written = profile("Ana");
    written.base_url = Some("http://127.0.0.1:9000".to_owned());
    written.email = Some("Ana@Exemplo.example".to_owned());
    written.verified = Some(false);
    written.checked_at = Some(at(7));
    written.known = Known::AsRead;
    written.problem = Some(Problem::new(Code::Unreachable).with("host", "api.example"));
    db.commit_blocking(ProfileWrite::Insert(written.clone()))
        .unwrap();
    assert_eq!(db.profile(written.id).unwrap(), written);
    assert_eq!(db.profile_by_label("ANA ").unwrap(), written);
}

#[test]
fn an_edit_and_a_check_do_not_undo_each_other() {
    let place = Place::new();
    let db = place.db();
    let old = add_profile(&db, "Ana");
    let seen = Seen {
        profile_id: old.id,
        email: Some("ana@b.example".to_owned()),
        verified: Some(true),
        checked_at: Some(at(9)),
        known: Known::Verified,
        problem: None,
    };
    db.commit_blocking(ProfileWrite::Seen(seen)).unwrap();
    // Made from the row as it was before the check.
    let mut edited = old.clone();
    edited.label = "Ana 2".to_owned();
    db.commit_blocking(ProfileWrite::Edit(edited)).unwrap();
    let now = db.profile(old.id).unwrap();
    assert_eq!(
        (now.label.as_str(), now.known, now.checked_at),
        ("Ana 2", Known::Verified, Some(at(9)))
    );
    // All columns.
    db.commit_blocking(ProfileWrite::Update(old.clone()))
        .unwrap();
    assert_eq!(db.profile(old.id).unwrap(), old);
}

#[test]
fn each_profile_with_its_open_or_its_last_change() {
    let place = Place::new();
    let db = place.db();
    let [open, ended, none] = ["open", "ended", "none"].map(|label| add_profile(&db, label));
    for owner in [&open, &ended] {
        let first = add_change(&db, owner, 1);
        set_state(&db, &first, State::Refused);
        let second = add_change(&db, owner, 2);
        set_state(&db, &second, State::Cancelled);
    }
    // Planned on a clock that was set back: open all the same, so it is the one that counts.
    let current = add_change(&db, &open, -50);
    let found = db
        .changes_of_profiles(&[none.id, ended.id, open.id, Uuid::now_v7()])
        .unwrap();
    let by_profile: BTreeMap<_, _> = found
        .iter()
        .map(|stored| (stored.change.profile_id.unwrap(), &stored.change))
        .collect();
    assert_eq!(by_profile.len(), 2);
    assert_eq!(by_profile[&open.id].id, current.id);
    assert_eq!(by_profile[&ended.id].created_at, at(2));
    assert_eq!(
        db.last_change_of(ended.id).unwrap().unwrap().change.state,
        State::Cancelled
    );
    assert!(db.last_change_of(none.id).unwrap().is_none());
    assert!(db.open_change_of(ended.id).unwrap().is_none());
    assert!(db.changes_of_profiles(&[]).unwrap().is_empty());
}

#[test]
fn open_changes_by_what_expires_first() {
    let place = Place::new();
    let db = place.db();
    let expiries = [
        ("late", Some(at(900))),
        ("never 1", None),
        ("soon", Some(at(300))),
        ("never 2", None),
    ];
    for (n, (label, expires_at)) in expiries.into_iter().enumerate() {
        let mut change = change(&add_profile(&db, label), 10 - i64::try_from(n).unwrap());
        change.expires_at = expires_at;
        db.commit_blocking(ChangeWrite::new(change, Expect::New))
            .unwrap();
    }
    let labels: Vec<_> = db
        .open_changes()
        .unwrap()
        .into_iter()
        .map(|stored| stored.change.label)
        .collect();
    assert_eq!(labels, ["soon", "late", "never 1", "never 2"]);
}

#[test]
fn addresses_and_domains_in_use() {
    let place = Place::new();
    let db = place.db();
    for (label, email) in [
        ("a", "Ana@Bücher.example"),
        ("b", "bob@xn--bcher-kva.example"),
        ("c", "c@c.example"),
    ] {
        let mut profile = profile(label);
        profile.email = Some(email.to_owned());
        db.commit_blocking(ProfileWrite::Insert(profile)).unwrap();
    }
    let waiting = add_profile(&db, "d");
    let planned = add_change(&db, &waiting, 1);
    assert_eq!(
        db.addresses_in_use("z-api", "ANA@bücher.EXAMPLE").unwrap(),
        ["a"]
    );
    assert_eq!(
        db.addresses_in_use("z-api", "New@example.org").unwrap(),
        ["d"]
    );
    set_state(&db, &planned, State::Cancelled);
    assert!(
        db.addresses_in_use("z-api", "new@example.org")
            .unwrap()
            .is_empty()
    );
    assert!(
        db.addresses_in_use("webshare", "c@c.example")
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        db.domains_in_use(5).unwrap(),
        ["xn--bcher-kva.example", "c.example"]
    );
    assert_eq!(db.domains_in_use(1).unwrap().len(), 1);
}

#[test]
fn the_same_account_twice() {
    let place = Place::new();
    let db = place.db();
    let ana = add_profile(&db, "Ana");
    let like = |origin: &str, id: &str, except| {
        let fields = BTreeMap::from([("instance_id".to_owned(), id.to_owned())]);
        db.profile_exists_like("z-api", origin, &fields, except)
            .unwrap()
    };
    assert_eq!(
        like("https://api.example", "Ana", None).as_deref(),
        Some("Ana")
    );
    assert_eq!(like("https://api.example", "Ana", Some(ana.id)), None);
    assert_eq!(like("https://api.example", "Bea", None), None);
    assert_eq!(like("http://127.0.0.1:1", "Ana", None), None);
    // A service without plain fields tells nothing.
    assert_eq!(
        db.profile_exists_like("z-api", "https://api.example", &BTreeMap::new(), None)
            .unwrap(),
        None
    );
}

#[test]
fn uses_are_counted_per_profile_and_per_service() {
    let place = Place::new();
    let db = place.db();
    let [ana, bea] = ["Ana", "Bea"].map(|label| add_profile(&db, label));
    let used = |owner: &readdress_core::profile::Profile, bucket: &str, second| Use {
        service: "z-api".to_owned(),
        profile_id: owner.id,
        bucket: bucket.to_owned(),
        at: at(second),
    };
    let job = Job::new()
        .used(used(&ana, "request", 10))
        .used(used(&ana, "request", 10))
        .used(used(&ana, "verify", 11))
        .used(used(&bea, "request", 12));
    db.commit_blocking(job).unwrap();
    assert_eq!(
        db.uses_since("z-api", Some(ana.id), "request", at(0))
            .unwrap(),
        [at(10), at(10)]
    );
    assert_eq!(
        db.uses_since("z-api", None, "request", at(0)).unwrap(),
        [at(10), at(10), at(12)]
    );
    assert_eq!(
        db.uses_since("z-api", None, "request", at(11)).unwrap(),
        [at(12)]
    );
    assert_eq!(
        db.uses_since("webshare", None, "request", at(0)).unwrap(),
        []
    );
    // Given back one at a time.
    db.commit_blocking(Job::new().forget(used(&ana, "request", 10)))
        .unwrap();
    assert_eq!(
        db.uses_since("z-api", Some(ana.id), "request", at(0))
            .unwrap(),
        [at(10)]
    );
    db.commit_blocking(Job::new().forget(used(&ana, "request", 99)))
        .unwrap();
    assert_eq!(
        db.uses_since("z-api", None, "request", at(0))
            .unwrap()
            .len(),
        2
    );
}

#[test]
fn settings_last() {
    let place = Place::new();
    let db = place.db();
    assert_eq!(db.network_settings().unwrap(), NetworkSettings::default());
    let own = NetworkSettings {
        proxy: ProxyChoice::Own {
            url: "socks5://127.0.0.1:1080".to_owned(),
        },
        ca_file: Some("/etc/ca.pem".to_owned()),
    };
    db.set_network_settings(&own).unwrap();
    db.set_meta("other", Some("1")).unwrap();
    db.set_meta("other", Some("2")).unwrap();
    drop(db);
    let db = place.db();
    assert_eq!(db.network_settings().unwrap(), own);
    assert_eq!(db.meta("other").unwrap().as_deref(), Some("2"));
    db.set_meta("other", None).unwrap();
    assert_eq!(db.meta("other").unwrap(), None);
}

#[test]
fn counts_per_service() {
    let place = Place::new();
    let db = place.db();
    for (label, service) in [("a", "z-api"), ("b", "webshare"), ("c", "z-api")] {
        let profile = readdress_core::profile::Profile {
            service: service.to_owned(),
            ..profile(label)
        };
        db.commit_blocking(ProfileWrite::Insert(profile)).unwrap();
    }
    assert_eq!(db.profiles_of_service("z-api").unwrap(), 2);
    assert_eq!(db.profiles_of_service("nobody").unwrap(), 0);
    let counts = db.profiles_per_service().unwrap();
    assert_eq!(
        counts,
        BTreeMap::from([("webshare".to_owned(), 1), ("z-api".to_owned(), 2)])
    );
}
