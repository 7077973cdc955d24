//! One call: render, send, judge; and the login that a call may need first.
//!
//! Not here: what a change does with the result (`run`), what an answer means (the manifest).

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};

use super::Engine;
use super::context::{CAPTURED, Context, origin_changed};
use crate::change::machine::{Facts, Outcome, Reading};
use crate::db::Job;
use crate::error::{Code, Problem, Result};
use crate::http::Sent;
use crate::kill;
use crate::manifest::{self, Inputs, Meaning, Verdict};
use crate::secret::Secret;
use crate::vault::{Key, Place, open_secrets};

/// How long to wait after `rate_limited` where neither the service nor its manifest says.
const RETRY_DEFAULT: Duration = Duration::from_secs(60);

/// A service that asks for a longer pause is not waited for in the middle of a read.
const READ_PATIENCE: Duration = Duration::from_secs(5);

/// Values of one call by template name: `new_email`, `code`.
pub(super) type Values = BTreeMap<String, Secret>;

enum Called {
    Judged(Verdict, Facts),
    NotSent(Problem),
    NoAnswer(Problem, Facts),
}

impl Engine {
    /// Sends an effect step. `fresh` is set once a login was made in this step.
    pub(super) async fn call_effect(
        &self,
        context: &Context,
        step: &str,
        values: &Values,
        fresh: &mut bool,
    ) -> (Outcome, Facts) {
        if self.lacks_token(context, step) {
            if let Err(problem) = self.login(context).await {
                return (Outcome::NotSent(problem), Facts::default());
            }
            *fresh = true;
        }
        kill::point("before_send");
        let called = self.call_once(context, step, values).await;
        kill::point("answered");
        match called {
            Called::NotSent(problem) => (Outcome::NotSent(context.name(problem)), Facts::default()),
            Called::NoAnswer(problem, facts) => (Outcome::NoAnswer(context.name(problem)), facts),
            Called::Judged(verdict, facts) => {
                let outcome = outcome(context, &verdict, &facts, *fresh);
                (outcome, facts)
            }
        }
    }

    /// Asks which address the service holds: a login where needed, `tries` attempts where the wire or a 5xx is at fault.
    /// `Retry-After` is honoured. A login is not tried again.
    pub(super) async fn call_read(&self, context: &Context, tries: usize) -> (Reading, Facts) {
        self.call_read_after(context, tries, &AtomicBool::new(false))
            .await
    }

    /// As [`Self::call_read`], where earlier attempts belong to the same step: `fresh` once one of them logged in.
    pub(super) async fn call_read_after(
        &self,
        context: &Context,
        tries: usize,
        fresh: &AtomicBool,
    ) -> (Reading, Facts) {
        let Some(step) = context.manifest.read_step() else {
            return (Reading::NotOffered, Facts::default());
        };
        let attempt = || async {
            let (reading, facts) = self.read_once(context, step, fresh).await;
            match &reading {
                Reading::Failed(problem) if worth_another_try(problem) => Err((reading, facts)),
                _ => Ok((reading, facts)),
            }
        };
        let pace = ExponentialBuilder::default()
            .with_min_delay(Duration::from_millis(300))
            .with_max_times(tries.saturating_sub(1));
        kill::point("before_read");
        let read = attempt
            .retry(pace)
            .adjust(|(reading, _), pause| in_time(reading, pause?))
            .await
            .unwrap_or_else(|last| last);
        kill::point("read_answered");
        read
    }

    async fn read_once(
        &self,
        context: &Context,
        step: &str,
        fresh: &AtomicBool,
    ) -> (Reading, Facts) {
        if self.lacks_token(context, step) {
            if let Err(problem) = self.login(context).await {
                return (Reading::Failed(problem), Facts::default());
            }
            fresh.store(true, Ordering::Relaxed);
        }
        loop {
            let renewed = fresh.load(Ordering::Relaxed);
            let (verdict, facts) = match self.call_once(context, step, &Values::new()).await {
                Called::Judged(verdict, facts) => (verdict, facts),
                Called::NotSent(problem) => {
                    return (Reading::Failed(context.name(problem)), Facts::default());
                }
                Called::NoAnswer(problem, facts) => {
                    return (Reading::Failed(context.name(problem)), facts);
                }
            };
            let refused = verdict.meaning == Some(Meaning::TokenRefused);
            if refused && !renewed && context.can_login() {
                if let Err(problem) = self.login(context).await {
                    return (Reading::Failed(problem), facts);
                }
                fresh.store(true, Ordering::Relaxed);
                continue;
            }
            return (reading(context, &verdict, &facts, renewed), facts);
        }
    }

    /// The step's templates need the token that a login gives, and there is none.
    fn lacks_token(&self, context: &Context, step: &str) -> bool {
        let Some(login) = &context.manifest.login else {
            return false;
        };
        manifest::needs(&context.manifest, step)
            .secrets
            .contains(&login.gives)
            && !context.secrets().contains_key(&login.gives)
            && context.can_login()
    }

    /// Logs in and keeps the captured token, encrypted, for later calls and restarts.
    ///
    /// # Errors
    /// What the service or the wire said; `login_failed` where that is no clear answer. A second login in the same
    /// undertaking fails as the first did, without a call.
    pub(super) async fn login(&self, context: &Context) -> Result<()> {
        if let Some(problem) = context.failed_login() {
            return Err(problem);
        }
        let done = self.login_once(context).await.map_err(login_problem);
        if let Err(problem) = &done {
            context.fail_login(problem);
        }
        done
    }

    async fn login_once(&self, context: &Context) -> Result<()> {
        let login = context
            .manifest
            .login
            .clone()
            .ok_or(Code::CredentialsRefused)?;
        kill::point("before_login");
        let (verdict, facts) = match self.call_once(context, &login.step, &Values::new()).await {
            Called::Judged(verdict, facts) => (verdict, facts),
            Called::NotSent(problem) | Called::NoAnswer(problem, _) => {
                return Err(context.name(problem));
            }
        };
        let token = verdict.gives.iter().find(|(name, _)| *name == login.gives);
        let (Some(Meaning::Ok), Some((_, token))) = (&verdict.meaning, token) else {
            let code = match &verdict.meaning {
                Some(Meaning::Refused(code)) => *code,
                Some(Meaning::TokenRefused) => Code::CredentialsRefused,
                _ => unmatched(&facts),
            };
            return Err(problem(context, code, &verdict, &facts));
        };
        context.set_secret(&login.gives, token.clone());
        kill::point("token_captured");
        // A profile that is only being tried has no row to keep a token in.
        if context.stored {
            let key = self.key_during(context).await?;
            if !self.are_its_own(context, &key, &login.needs)? {
                return Ok(());
            }
            let field = format!("{CAPTURED}{}", login.gives);
            let cipher = key.seal(Place::secret(context.profile.id, &field), token);
            let job = Job::new().secret(context.profile.id, field, Some(cipher));
            self.0.db.commit(job).await?;
            kill::point("token_kept");
        }
        Ok(())
    }

    /// The profile still holds the secrets that are used here: none of them is for this call only, none was replaced
    /// meanwhile. A session that was made with others would act for another account later on.
    fn are_its_own(&self, context: &Context, key: &Key, names: &[String]) -> Result<bool> {
        let id = context.profile.id;
        let held = open_secrets(key, id, &self.0.db.secrets(id)?)?;
        let used = context.secrets();
        Ok(names.iter().all(|name| held.get(name) == used.get(name)))
    }

    async fn call_once(&self, context: &Context, step: &str, values: &Values) -> Called {
        let secrets = context.secrets();
        let codes = values.iter().filter(|(name, _)| !name.ends_with("email"));
        context.remember(codes.map(|(_, code)| code.clone()));
        let rendered = manifest::render(
            &context.manifest,
            step,
            &Inputs {
                base_url: context.profile.base_url.as_deref(),
                fields: &context.profile.fields,
                secrets: &secrets,
                values,
            },
        );
        let rendered = match rendered {
            Ok(rendered) => rendered,
            Err(problem) => return Called::NotSent(problem),
        };
        if rendered.origin() != context.profile.origin {
            return Called::NotSent(origin_changed(rendered.origin()));
        }
        match self.sender().send(rendered.request()).await {
            Sent::NotSent(problem) => Called::NotSent(problem),
            Sent::NoAnswer(mut problem) => {
                // "Cannot be reached" would say that nothing was sent.
                if matches!(
                    problem.code,
                    Code::Unreachable | Code::TlsFailed | Code::ProxyFailed
                ) {
                    problem.code = Code::NoAnswer;
                }
                Called::NoAnswer(problem, Facts::default())
            }
            Sent::Answer(answer) => {
                self.compare_clock(context, &answer).await;
                let mut verdict = manifest::judge(&context.manifest, step, &answer);
                let email = verdict
                    .shows
                    .as_ref()
                    .and_then(|shown| shown.email.as_ref());
                if email.is_some_and(|email| context.is_secret(email)) {
                    // An answer that makes no sense.
                    verdict = Verdict::default();
                }
                let facts = Facts {
                    status: Some(answer.status),
                    millis: u32::try_from(answer.took.as_millis()).ok(),
                    says: verdict.says.as_ref().map(|says| context.clean(says)),
                };
                tracing::info!(service = %context.manifest.id, step, status = answer.status, "answered");
                Called::Judged(verdict, facts)
            }
        }
    }
}

/// What an answer to an effect step means for the change.
fn outcome(context: &Context, verdict: &Verdict, facts: &Facts, fresh: bool) -> Outcome {
    let named = |code| problem(context, code, verdict, facts);
    let meaning = match (verdict.meaning, verdict.again) {
        // Refused right after a fresh login: what the manifest says it means then.
        (Some(Meaning::TokenRefused), Some(again)) if fresh => Some(again),
        (meaning, _) => meaning,
    };
    match meaning {
        Some(Meaning::Ok) => Outcome::Ok,
        Some(Meaning::CodeSent) => Outcome::CodeSent,
        Some(Meaning::ReadBack) => Outcome::ReadBack,
        Some(Meaning::TokenRefused) if !fresh && context.can_login() => Outcome::TokenRefused,
        Some(Meaning::TokenRefused) => Outcome::NotSent(named(Code::CredentialsRefused)),
        Some(Meaning::CodeWrongOrExpired) => Outcome::CodeWrongOrExpired(named(Code::CodeWrong)),
        Some(Meaning::Refused(code)) => Outcome::Refused(named(code)),
        None => match (unmatched(facts), facts.status) {
            (Code::RequestRefused, _) => Outcome::Refused(named(Code::RequestRefused)),
            // RFC 9110, section 15.5.20, and RFC 8470, section 5.2: not processed, and welcome another time.
            (code, Some(421 | 425)) => Outcome::NotSent(named(code).with("reason", "not_taken")),
            (code, _) => Outcome::NoAnswer(named(code)),
        },
    }
}

fn reading(context: &Context, verdict: &Verdict, facts: &Facts, fresh: bool) -> Reading {
    let meaning = match (verdict.meaning, verdict.again) {
        (Some(Meaning::TokenRefused), Some(again)) if fresh => Some(again),
        (meaning, _) => meaning,
    };
    let code = match (meaning, &verdict.shows) {
        (Some(Meaning::Ok), Some(shown)) => {
            return Reading::Shows {
                email: shown.email.clone(),
                verified: shown.verified,
            };
        }
        (Some(Meaning::Refused(Code::NotSupported)), _) => return Reading::NotOffered,
        (Some(Meaning::TokenRefused), _) => Code::CredentialsRefused,
        (Some(Meaning::Refused(code)), _) => code,
        _ => unmatched(facts),
    };
    Reading::Failed(problem(context, code, verdict, facts))
}

/// An answer that no rule fits: a refusal where the status says so, else nothing is known.
fn unmatched(facts: &Facts) -> Code {
    match facts.status {
        // A server, or a gateway before it, that waited in vain: no refusal of what was asked.
        Some(408 | 421 | 425 | 500..=599) => Code::ServiceUnavailable,
        Some(400..=499) => Code::RequestRefused,
        _ => Code::UnexpectedAnswer,
    }
}

fn problem(context: &Context, code: Code, verdict: &Verdict, facts: &Facts) -> Problem {
    let mut problem = context.name(Problem::new(code));
    problem.service_says.clone_from(&facts.says);
    problem.status = facts.status;
    let wait = match code {
        Code::RateLimited => Some(verdict.retry_after.unwrap_or(RETRY_DEFAULT)),
        Code::ServiceUnavailable => verdict.retry_after,
        _ => None,
    };
    problem.retry_at = wait.and_then(|wait| super::now().checked_add(wait).ok());
    problem
}

/// A login that came to no clear end says "nobody knows" of itself, and not of the call that needed it.
fn login_problem(problem: Problem) -> Problem {
    let nothing_left = problem
        .params
        .get("reason")
        .is_some_and(|it| it == "connect");
    match problem.code {
        Code::TimedOut if nothing_left => problem,
        Code::TimedOut | Code::NoAnswer | Code::ServiceUnavailable | Code::UnexpectedAnswer => {
            problem.because(Code::LoginFailed)
        }
        _ => problem,
    }
}

/// The pause before another read: at least what the service asked for, none at all where that is too long.
fn in_time(reading: &Reading, pause: Duration) -> Option<Duration> {
    let Reading::Failed(Problem {
        retry_at: Some(at), ..
    }) = reading
    else {
        return Some(pause);
    };
    let asked = Duration::try_from(at.duration_since(super::now())).unwrap_or_default();
    (asked <= READ_PATIENCE).then(|| asked.max(pause))
}

fn worth_another_try(problem: &Problem) -> bool {
    matches!(
        problem.code,
        Code::Unreachable
            | Code::NoAnswer
            | Code::TimedOut
            | Code::ServiceUnavailable
            | Code::RateLimited
            | Code::UnexpectedAnswer
    )
}
