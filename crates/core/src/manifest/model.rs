//! A manifest as the engine uses it: every template read, every rule in order, every name resolved.
//!
//! Not here: the file format (`source`), checks (`parse`), rendering (`render`), judging (`answer`).

use std::collections::BTreeMap;
use std::time::Duration;

use super::answer::{Retry, Rule};
use super::pointer::Pointer;
pub use super::source::{LimitOf, SentTo, What};
use super::template::Template;
use super::waits::WaitsFor;
use crate::http::Method;
use crate::view::{FieldView, LimitView, ServiceView, Texts, WaitsForView};

/// A service's API, ready for use.
#[derive(Debug)]
pub struct Manifest {
    pub id: String,
    pub name: String,
    /// Page of the service's documentation.
    pub docs: String,
    pub base_url: BaseUrl,
    pub fields: Vec<Field>,
    /// At least one complete set of these secret fields must be given.
    pub needs_one_of: Vec<Vec<String>>,
    /// Ids of the steps that make a change, in order.
    pub flow: Vec<String>,
    pub resend: Option<String>,
    pub cancel: Option<String>,
    pub read: Option<String>,
    pub login: Option<Login>,
    pub steps: BTreeMap<String, Step>,
    /// Tried after a step's own rules.
    pub answers: Vec<Rule>,
    pub retry: Retry,
    pub limits: Vec<Limit>,
    pub times: Times,
    /// Text key to language to text.
    pub texts: BTreeMap<String, Texts>,
}

/// Where a service is: `scheme://host[:port]/first/segments`.
#[derive(Debug)]
pub struct BaseUrl {
    /// `https`, or `http` on loopback.
    pub scheme: String,
    /// Host and port; holds plain fields at most.
    pub host: Template,
    /// Common first path segments.
    pub path: Vec<Template>,
}

/// One field of a profile.
#[derive(Debug)]
pub struct Field {
    pub id: String,
    pub label: Texts,
    pub help: Option<Texts>,
    pub secret: bool,
    pub optional: bool,
    /// Asked at each request and held for that call only, unless the user keeps it.
    pub ask_each_time: bool,
    pub looks: Option<String>,
}

/// One HTTP call.
#[derive(Debug)]
pub struct Step {
    pub id: String,
    pub method: Method,
    /// Segments after the base URL's; a trailing slash is an empty last one.
    pub path: Vec<Template>,
    pub query: Vec<(String, Template)>,
    /// The manifest's and its own.
    pub headers: Vec<(String, Template)>,
    pub body: Body,
    pub waits_for: Option<WaitsFor>,
    /// The bucket of the limit that counts this step.
    pub bucket: Option<String>,
    pub answers: Vec<Rule>,
    pub says: Vec<Pointer>,
}

/// What a step sends.
#[derive(Debug)]
pub enum Body {
    None,
    Json(Tree),
    Form(Vec<(String, Template)>),
}

/// A JSON value whose strings are templates.
#[derive(Debug)]
pub enum Tree {
    /// A number or a boolean, as JSON.
    Plain(String),
    Text(Template),
    List(Vec<Tree>),
    /// Members in the order of the file.
    Object(Vec<(String, Tree)>),
}

/// How a token is fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// The step's id.
    pub step: String,
    /// The secret fields that it sends.
    pub needs: Vec<String>,
    /// The secret that its answer fills, such as `session_token`.
    pub gives: String,
}

/// So many calls in so much time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    pub bucket: String,
    pub max: u32,
    pub per: Duration,
    pub of: LimitOf,
    pub steps: Vec<String>,
}

/// Documented durations.
#[derive(Debug, Clone, Copy, Default)]
pub struct Times {
    pub expires_after: Option<Duration>,
    pub resend_after: Option<Duration>,
    pub no_mail_after: Option<Duration>,
}

impl Manifest {
    /// The field of that id.
    pub fn field(&self, id: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.id == id)
    }

    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.get(id)
    }

    /// Whether a value of that name is masked: a secret field, or what a step's answer gave.
    pub fn is_secret(&self, name: &str) -> bool {
        self.field(name).is_some_and(|field| field.secret) || self.is_given(name)
    }

    /// Whether a step's answer gives this value.
    pub fn is_given(&self, name: &str) -> bool {
        let own = self.steps.values().flat_map(|step| &step.answers);
        own.chain(&self.answers)
            .any(|rule| rule.gives.iter().any(|(given, _)| given == name))
    }

    /// Whether what uses this name is left out of the call while it is empty.
    pub fn may_be_left_out(&self, name: &str) -> bool {
        self.field(name).is_some_and(|field| field.optional) && !self.is_given(name)
    }

    /// The step that asks for another code: the request again, at most services.
    pub fn resend_step(&self) -> Option<&str> {
        self.resend.as_deref()
    }

    /// The step that takes a request back, where the service has one.
    pub fn cancel_step(&self) -> Option<&str> {
        self.cancel.as_deref()
    }

    /// The step that asks which address the service holds.
    pub fn read_step(&self) -> Option<&str> {
        self.read.as_deref()
    }

    pub fn has_read(&self) -> bool {
        self.read.is_some()
    }

    /// How long a code holds, where documented.
    pub fn expires_after(&self) -> Option<Duration> {
        self.times.expires_after
    }

    /// How long to wait between two requests, where documented.
    pub fn resend_after(&self) -> Option<Duration> {
        self.times.resend_after
    }

    /// The limit that counts this step.
    pub fn limit_of(&self, step: &str) -> Option<&Limit> {
        self.limits
            .iter()
            .find(|limit| limit.steps.iter().any(|id| id == step))
    }

    /// The host as shown before first use; gaps stay visible where a field is part of it.
    pub fn host(&self) -> String {
        self.base_url.host_text()
    }

    /// What `step` waits for, for a change from `from` to `to`.
    pub fn waits_for(&self, step: &str, from: Option<&str>, to: &str) -> Option<WaitsForView> {
        let waits = self.step(step)?.waits_for.as_ref()?;
        Some(waits.view(waits.address(from, to).map(ToOwned::to_owned)))
    }

    /// The step at that place of the flow and what it waits for, if it waits.
    pub fn waits_at(&self, at: usize) -> Option<(&str, &WaitsFor)> {
        let id = self.flow.get(at)?;
        Some((id, self.step(id)?.waits_for.as_ref()?))
    }

    /// The first step from there on that waits for something.
    pub fn waits_from(&self, at: usize) -> Option<(&str, &WaitsFor)> {
        (at..self.flow.len()).find_map(|at| self.waits_at(at))
    }

    /// The service as the page shows it. `own`: the user's file; `profiles`: how many there are.
    pub fn view(&self, own: bool, profiles: u32) -> ServiceView {
        let seconds = |time: Option<Duration>| {
            time.map(|time| u32::try_from(time.as_secs()).unwrap_or(u32::MAX))
        };
        ServiceView {
            id: self.id.clone(),
            name: self.name.clone(),
            docs: self.docs.clone(),
            docs_host: crate::link::outside(&self.docs)
                .map(|link| link.host)
                .unwrap_or_default(),
            host: self.host(),
            own,
            accepted: !own,
            fields: self.fields.iter().map(Field::view).collect(),
            needs_one_of: self.needs_one_of.clone(),
            texts: self.texts.clone(),
            waits_for: self
                .flow
                .iter()
                .find_map(|id| Some(self.step(id)?.waits_for.as_ref()?.view(None))),
            has_read: self.has_read(),
            has_cancel: self.cancel.is_some(),
            expires_after: seconds(self.times.expires_after),
            resend_after: seconds(self.times.resend_after),
            no_mail_after: seconds(self.times.no_mail_after).map(|seconds| seconds.div_ceil(60)),
            limits: self.limits.iter().map(Limit::view).collect(),
            profiles,
        }
    }
}

impl Limit {
    fn view(&self) -> LimitView {
        LimitView {
            max: self.max,
            per: u32::try_from(self.per.as_secs()).unwrap_or(u32::MAX),
            of: self.of,
            steps: self.steps.clone(),
        }
    }
}

impl Field {
    fn view(&self) -> FieldView {
        FieldView {
            id: self.id.clone(),
            label: self.label.clone(),
            help: self.help.clone(),
            secret: self.secret,
            optional: self.optional,
            ask_each_time: self.ask_each_time,
            looks: self.looks.clone().filter(|looks| is_cheap(looks)),
        }
    }
}

/// The page tries the pattern at each key, with an engine that goes back: one that could take it for ever is not handed over.
/// No groups, and at most two parts of open length.
fn is_cheap(pattern: &str) -> bool {
    let mut bytes = pattern.bytes();
    let (mut open, mut counted) = (0, false);
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => drop(bytes.next()),
            b'(' | b'|' => return false,
            b'*' | b'+' | b'?' => open += 1,
            b'{' => counted = true,
            b',' if counted => open += 1,
            b'}' => counted = false,
            _ => {}
        }
    }
    open <= 2
}

#[cfg(test)]
mod tests {
    use super::is_cheap;

    #[test]
    fn only_patterns_that_end_soon_reach_the_page() {
        for cheap in [
            "[0-9A-F]{32}",
            r"\d{6}",
            "sk-[a-z]+",
            r"[\w.-]{8,}",
            r"a\(b\)",
        ] {
            assert!(is_cheap(cheap), "{cheap}");
        }
        for dear in [
            "(a+)+",
            "(a|a)*b",
            "a*a*a*a*b",
            "(?:x+x+)+y",
            "a{1,9}a{1,9}a{1,9}",
        ] {
            assert!(!is_cheap(dear), "{dear}");
        }
    }
}
