//! The answer rules of a manifest file, one by one.
//!
//! Not here: judging with them (`answer`).

use super::answer::{Meaning, Rule, Shows};
use super::matcher::{BodyRule, Status, read_texts};
use super::mistakes::Mistakes;
use super::pointer::Pointer;
use super::source::{AnswerSource, Means};
use crate::error::Code;

pub fn pointers(m: &mut Mistakes, place: &[&str], list: &[String]) -> Vec<Pointer> {
    list.iter()
        .filter_map(|text| m.take(place, Pointer::parse(text)))
        .collect()
}

pub fn rules(m: &mut Mistakes, place: &[&str], list: &[AnswerSource]) -> Vec<Rule> {
    let read =
        |(at, raw): (usize, &AnswerSource)| rule(m, &[place, &[&at.to_string()]].concat(), raw);
    list.iter().enumerate().map(read).collect()
}

fn rule(m: &mut Mistakes, place: &[&str], raw: &AnswerSource) -> Rule {
    let at = |name: &'static str| [place, &[name]].concat();
    let pointer = |m: &mut Mistakes, text: &String| m.take(&at("shows"), Pointer::parse(text));
    let means = meaning(raw.means);
    let again = raw.again.map(meaning);
    if again.is_some() && means != Meaning::TokenRefused {
        m.add(
            &at("again"),
            "`again` goes with `means = \"token_refused\"`",
            None,
        );
    }
    if raw.retry_after.is_some() && means != Meaning::Refused(Code::RateLimited) {
        m.add(
            &at("retry_after"),
            "`retry_after` goes with `means = \"rate_limited\"`",
            None,
        );
    }
    Rule {
        status: raw
            .status
            .as_ref()
            .and_then(|status| m.take(&at("status"), Status::read(status)))
            .unwrap_or(Status::Any),
        body: raw
            .body
            .as_ref()
            .and_then(|body| m.take(&at("body"), BodyRule::read(body)))
            .unwrap_or(BodyRule::Anything),
        text: raw
            .text
            .as_ref()
            .and_then(|text| m.take(&at("text"), read_texts(text)))
            .unwrap_or_default(),
        means,
        again,
        retry_after: m.duration(&at("retry_after"), raw.retry_after.as_ref()),
        gives: raw
            .gives
            .iter()
            .filter_map(|(name, text)| {
                Some((name.clone(), m.take(&at("gives"), Pointer::parse(text))?))
            })
            .collect(),
        shows: raw.shows.as_ref().map(|shows| Shows {
            email: shows.email.as_ref().and_then(|text| pointer(m, text)),
            verified: shows.verified.as_ref().and_then(|text| pointer(m, text)),
            none: shows.none,
        }),
    }
}

fn meaning(raw: Means) -> Meaning {
    Meaning::Refused(match raw {
        Means::Ok => return Meaning::Ok,
        Means::CodeSent => return Meaning::CodeSent,
        Means::ReadBack => return Meaning::ReadBack,
        Means::TokenRefused => return Meaning::TokenRefused,
        Means::CodeWrongOrExpired => return Meaning::CodeWrongOrExpired,
        Means::EmailInvalid => Code::EmailInvalid,
        Means::EmailSame => Code::EmailSame,
        Means::EmailTaken => Code::EmailTaken,
        Means::CredentialsRefused => Code::CredentialsRefused,
        Means::LoginTokenNeeded => Code::LoginTokenNeeded,
        Means::PasswordRefused => Code::PasswordRefused,
        Means::TwoFactorRequired => Code::TwoFactorRequired,
        Means::AccountNotFound => Code::AccountNotFound,
        Means::AccountSuspended => Code::AccountSuspended,
        Means::AccountDeleted => Code::AccountDeleted,
        Means::PlaceBlocked => Code::PlaceBlocked,
        Means::NotSupported => Code::NotSupported,
        Means::RateLimited => Code::RateLimited,
        Means::CodeWrong => Code::CodeWrong,
        Means::CodeExpired => Code::CodeExpired,
        Means::TooManyAttempts => Code::TooManyAttempts,
        Means::NothingPending => Code::NothingPending,
        Means::RequestRefused => Code::RequestRefused,
    })
}
