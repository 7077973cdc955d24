//! The sentence of a notice. Pure.
//!
//! A notification may stand on a locked screen, so it holds the profile's label and the service's name, which tell the person
//! which one it is, and no code, no old address and no word of a mail. The new address stands in "changed" alone: that is the news, the person
//! typed it, and a typo in it is seen there soonest. Label and name stand in the title: in a body some systems obey markup.

use readdress_text::Words;

use super::Notice;
use super::news::{News, What};
use crate::reminders::Reminder;

/// Of more than so many at once only their number is told.
const ONE_BY_ONE: usize = 3;

/// `name`: what a service is called, by its id.
pub fn notices(news: &[News], words: &Words, name: impl Fn(&str) -> String) -> Vec<Notice> {
    if news.len() > ONE_BY_ONE {
        return vec![several(news, words)];
    }
    let one = |one: &News| Notice {
        title: format!(
            "{} · {}",
            readdress_text::clean::line(&one.change.profile),
            readdress_text::clean::line(&name(&one.change.service))
        ),
        body: words.say(key(one.what), &[("address", &plain(&one.change.to))]),
        change: Some(one.change.id),
    };
    news.iter().map(one).collect()
}

fn several(news: &[News], words: &Words) -> Notice {
    let done = news.iter().filter(|one| one.what == What::Changed).count();
    let other = news.len() - done;
    let count = |key, n: usize| (n > 0).then(|| words.count(key, n as u64));
    let parts = [
        count("notices.several_changed", done),
        count("notices.several_other", other),
    ];
    Notice {
        title: words.say("app.name", &[]),
        body: parts.into_iter().flatten().collect::<Vec<_>>().join(" "),
        change: None,
    }
}

fn key(what: What) -> &'static str {
    match what {
        What::Changed => "notices.changed",
        What::Refused => "notices.refused",
        What::Expired => "notices.expired",
        What::Unknown => "notices.unknown",
        What::Used => "notices.used",
        What::CodeRefused => "notices.code_refused",
        What::Asks => "notices.asks",
        What::RunsOut(Reminder::Hour) => "notices.hour",
        What::RunsOut(Reminder::TenMinutes) => "notices.ten_minutes",
    }
}

/// An address may hold `&`, and in quotes anything: what would be markup is written with signs that are none.
fn plain(address: &str) -> String {
    address
        .replace('&', "＆")
        .replace('<', "‹")
        .replace('>', "›")
}

#[cfg(test)]
mod tests {
    use readdress_core::change::State;
    use readdress_core::view::ChangeView;
    use readdress_text::Language;

    use super::*;

    const ALL: [What; 9] = [
        What::Changed,
        What::Refused,
        What::Expired,
        What::Unknown,
        What::Used,
        What::CodeRefused,
        What::Asks,
        What::RunsOut(Reminder::Hour),
        What::RunsOut(Reminder::TenMinutes),
    ];

    fn news(what: What) -> News {
        let change = serde_json::json!({
            "id": uuid::Uuid::from_u128(1), "profile_id": null, "profile": "A <b>\u{202e}line", "service": "a",
            "from": "old@one.example", "to": "a&b@two.example", "state": State::Changed, "open": false, "step": "s", "steps": [],
            "proof": null, "tries": 0, "waits_for": null, "requested_at": null, "expires_at": null, "resend_at": null,
            "retry_at": null, "problem": { "code": "code_wrong", "params": {}, "service_says": "482913", "retry_at": null },
            "has_value": false, "cancelled_there": null, "undo_of": null,
            "created_at": "2026-11-20T00:00:00Z", "updated_at": "2026-11-20T00:00:00Z",
            "can": { "send": false, "submit": false, "resend": false, "cancel": false, "check": false, "settle": false, "change_back": false },
        });
        let change: ChangeView = serde_json::from_value(change).expect("a change");
        News { what, change }
    }

    #[test]
    fn each_names_its_profile_and_nothing_that_may_not_stand_on_a_locked_screen() {
        for language in [Language::English, Language::Portuguese, Language::Spanish] {
            let words = Words::new(language);
            for what in ALL {
                let [notice] = notices(&[news(what)], &words, |_| "Service A".to_owned())
                    .try_into()
                    .expect("one");
                assert_eq!(notice.title, r"A <b>\u{202e}line · Service A");
                assert!(
                    notice.body.len() > 20 && !notice.body.contains("notices."),
                    "{notice:?}"
                );
                assert!(!notice.body.contains(['<', '>', '&', '{']), "{notice:?}");
                let all = format!("{notice:?}");
                assert!(!all.contains("482913") && !all.contains("old@"), "{all}");
                assert_eq!(all.contains("two.example"), what == What::Changed, "{all}");
                assert!(notice.change.is_some());
            }
        }
    }

    #[test]
    fn many_at_once_are_one() {
        let words = Words::new(Language::English);
        let many: Vec<News> = std::iter::repeat_n(news(What::Changed), 40)
            .chain([news(What::Asks)])
            .collect();
        let told = notices(&many, &words, |_| String::new());
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].title, "Readdress");
        assert_eq!(told[0].body, "40 changes are done. 1 change has news.");
        assert_eq!(notices(&many[..3], &words, |_| String::new()).len(), 3);
    }
}
