//! What an answer means: the first rule that fits decides.
//!
//! Not here: what a change does with the meaning (`change::machine`), removal of known secrets from the words (`engine`).

use std::time::{Duration, SystemTime};

use regex::Regex;
use serde_json::Value;

use super::matcher::{BodyRule, Status, holds_one};
use super::model::Manifest;
use super::pointer::{Pointer, words};
use super::strict;
use crate::error::Code;
use crate::http::Answer;
use crate::http::wait::{LONGEST, retry_after};
use crate::secret::{Secret, clip_says};

/// Longest text that is taken of a service's own words, in characters. Far more than is kept: only the engine knows
/// the secrets in it, and one that was cut in its middle would not be found any more.
const LONGEST_WORDS: usize = 16 * 1024;
/// Longest text that is taken for an address, in characters: RFC 5321 allows 254.
const LONGEST_ADDRESS: usize = 320;

/// What an answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    Ok,
    /// The request was taken; a code is on its way, or is said to be.
    CodeSent,
    /// Success that must be settled by reading.
    ReadBack,
    /// Log in again, once.
    TokenRefused,
    /// Wrong before its time is up, else expired.
    CodeWrongOrExpired,
    Refused(Code),
}

impl Meaning {
    /// The name that the journal keeps.
    pub fn name(self) -> String {
        match self {
            Self::Ok => "ok".to_owned(),
            Self::CodeSent => "code_sent".to_owned(),
            Self::ReadBack => "read_back".to_owned(),
            Self::TokenRefused => "token_refused".to_owned(),
            Self::CodeWrongOrExpired => "code_wrong_or_expired".to_owned(),
            Self::Refused(code) => code.as_str(),
        }
    }
}

/// One rule: which answers it fits, and what they mean.
#[derive(Debug)]
pub struct Rule {
    pub status: Status,
    pub body: BodyRule,
    /// Lower-case texts of which the service's words contain one; empty fits all.
    pub text: Vec<String>,
    pub means: Meaning,
    pub again: Option<Meaning>,
    pub retry_after: Option<Duration>,
    pub gives: Vec<(String, Pointer)>,
    pub shows: Option<Shows>,
}

/// Where a read's answer shows the address.
#[derive(Debug, Clone)]
pub struct Shows {
    pub email: Option<Pointer>,
    pub verified: Option<Pointer>,
    pub none: bool,
}

/// Where a refusal says from when on trying again makes sense.
#[derive(Debug, Default)]
pub struct Retry {
    /// Lower-case names of headers with a Unix time.
    pub headers: Vec<String>,
    pub pattern: Option<Regex>,
    pub default: Option<Duration>,
}

/// What was found in an answer.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Verdict {
    /// `None`: no rule fits.
    pub meaning: Option<Meaning>,
    /// With [`Meaning::TokenRefused`]: what the same answer means right after a fresh login.
    pub again: Option<Meaning>,
    /// The service's own words, not yet fit to be shown: known secrets are still in it, and it may be long.
    pub says: Option<String>,
    /// How long to wait, with `rate_limited` and where the service is at fault; at most a day.
    pub retry_after: Option<Duration>,
    /// Captured values, such as a token.
    pub gives: Vec<(String, Secret)>,
    /// What a read showed.
    pub shows: Option<Shown>,
}

impl std::fmt::Debug for Verdict {
    /// Without what the service wrote: known secrets are still in it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Verdict")
            .field("meaning", &self.meaning)
            .field("again", &self.again)
            .field("says", &self.says.as_ref().map(String::len))
            .field("retry_after", &self.retry_after)
            .field("gives", &self.gives)
            .field("shows", &self.shows.is_some())
            .finish()
    }
}

/// The address a service holds, as far as it says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shown {
    pub email: Option<String>,
    pub verified: Option<bool>,
    /// The service says that there is none.
    pub none_set: bool,
}

/// What `answer` to `step` means.
pub fn judge(manifest: &Manifest, step: &str, answer: &Answer) -> Verdict {
    let Some(step) = manifest.step(step) else {
        return Verdict::default();
    };
    let body = strict::read(&answer.body);
    let says = body.as_ref().and_then(|body| own_words(&step.says, body));
    let mut rules = step.answers.iter().chain(&manifest.answers);
    let found = rules.find_map(|rule| fit(rule, answer, body.as_ref(), says.as_deref()));
    // A login's answer that refuses nothing may hold a token where words are expected.
    let is_login = manifest
        .login
        .as_ref()
        .is_some_and(|login| login.step == step.id);
    let refused = matches!(
        found,
        Some((
            Rule {
                means: Meaning::Refused(_),
                ..
            },
            ..
        ))
    );
    let told = says.clone().filter(|_| !is_login || refused).map(shorten);
    let limited = Meaning::Refused(Code::RateLimited);
    let wait = |rule| wait(&manifest.retry, rule, answer, says.as_deref());
    let Some((rule, gives, shows)) = found else {
        // RFC 6585, section 4: this status says it, whatever a manifest forgot.
        let too_many = answer.status == 429;
        return Verdict {
            meaning: too_many.then_some(limited),
            retry_after: match too_many {
                true => wait(None),
                false => retry_after(&answer.headers, answer.at),
            },
            says: told,
            ..Verdict::default()
        };
    };
    let retry_after = [Some(rule.means), rule.again]
        .contains(&Some(limited))
        .then(|| wait(rule.retry_after))
        .flatten();
    Verdict {
        meaning: Some(rule.means),
        again: rule.again,
        says: told,
        retry_after,
        gives,
        shows,
    }
}

type Fit<'a> = (&'a Rule, Vec<(String, Secret)>, Option<Shown>);

/// A rule fits only if everything that it captures is there too.
fn fit<'a>(
    rule: &'a Rule,
    answer: &Answer,
    body: Option<&Value>,
    says: Option<&str>,
) -> Option<Fit<'a>> {
    let fits = rule.status.fits(answer.status)
        && rule.body.fits(body)
        && (rule.text.is_empty() || says.is_some_and(|says| holds_one(says, &rule.text)));
    if !fits {
        return None;
    }
    let capture = |(name, pointer): &(String, Pointer)| {
        Some((name.clone(), Secret::new(pointer.text(body?)?)))
    };
    let gives = rule.gives.iter().map(capture).collect::<Option<Vec<_>>>()?;
    let shows = match &rule.shows {
        Some(shows) => Some(show(shows, body)?),
        None => None,
    };
    Some((rule, gives, shows))
}

fn show(shows: &Shows, body: Option<&Value>) -> Option<Shown> {
    let email = match &shows.email {
        Some(pointer) => Some(plain(pointer.text(body?)?)?),
        None => None,
    };
    let verified = shows
        .verified
        .as_ref()
        .and_then(|pointer| pointer.find(body?).into_iter().find_map(Value::as_bool));
    Some(Shown {
        email,
        verified,
        none_set: shows.none,
    })
}

/// An address on one line, without anything that hides; `None` where it is something else.
fn plain(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty() && clip_says(text, LONGEST_ADDRESS) == text).then(|| text.to_owned())
}

fn own_words(says: &[Pointer], body: &Value) -> Option<String> {
    says.iter()
        .find_map(|pointer| pointer.find(body).into_iter().find_map(words))
}

fn shorten(text: String) -> String {
    match text.char_indices().nth(LONGEST_WORDS) {
        None => text,
        Some((end, _)) => text[..end].to_owned(),
    }
}

/// `Retry-After`, then the headers, then the words, then the rule, then the manifest.
fn wait(
    retry: &Retry,
    rule: Option<Duration>,
    answer: &Answer,
    says: Option<&str>,
) -> Option<Duration> {
    let header = |name: &str| {
        answer
            .headers
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.trim())
    };
    let from_headers = || {
        retry
            .headers
            .iter()
            .find_map(|name| until(unix(header(name)?)?, answer))
    };
    let from_words = || {
        let groups = retry.pattern.as_ref()?.captures(says?)?;
        Some(Duration::from_secs(groups.get(1)?.as_str().parse().ok()?))
    };
    retry_after(&answer.headers, answer.at)
        .or_else(from_headers)
        .or_else(from_words)
        .or(rule)
        .or(retry.default)
        .map(|wait| wait.min(LONGEST))
}

fn unix(value: &str) -> Option<SystemTime> {
    let seconds = value.split('.').next()?.parse().ok()?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}

/// Time from the answer until `then`, both by the server's clock: ours may be wrong. Nothing for the past.
fn until(then: SystemTime, answer: &Answer) -> Option<Duration> {
    let there = answer
        .at
        .checked_add(answer.ahead().unwrap_or_default())
        .ok()?;
    then.duration_since(SystemTime::from(there)).ok()
}
