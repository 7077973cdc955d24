//! The control server: the mailbox's list for everybody, every knob behind the token.
//!
//! README.md lists the routes. Not here: what a knob does (`knobs.rs`).

use crate::Service;
use crate::account_json as accounts;
use crate::faults::Fault;
use crate::knobs::Knobs;
use crate::mailbox::Mail;
use crate::practice::practice_accounts;
use crate::settings::Settings;
use crate::tls::TlsKind;
use axum::extract::{Path, Query, Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;

/// A refusal with a sentence.
pub(crate) type Refused = (StatusCode, Json<Value>);

/// 400 with its reason.
#[expect(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
pub(crate) fn bad(reason: impl ToString) -> Refused {
    (
        StatusCode::BAD_REQUEST,
        Json(json!({ "error": reason.to_string() })),
    )
}

/// 404 with what is missing.
pub(crate) fn missing(what: &str) -> Refused {
    (
        StatusCode::NOT_FOUND,
        Json(json!({ "error": format!("no such {what}") })),
    )
}

pub(crate) fn control_router(knobs: Knobs) -> Router {
    let guarded = Router::new()
        .route("/clock", get(clock))
        .route("/clock/advance", post(advance))
        .route("/clock/set", post(set_clock))
        .route("/settings", get(settings).patch(change_settings))
        .route("/accounts/{service}", get(list_accounts).put(put_account))
        .route(
            "/accounts/{service}/{id}",
            get(one_account).patch(change_account),
        )
        .route("/accounts/webshare/{id}/open_link", post(open_link))
        .route(
            "/accounts/webshare/{id}/send_activation_mail",
            post(send_activation_mail),
        )
        .route("/refuse_tokens", post(refuse_tokens))
        .route("/faults", get(faults).post(add_fault).delete(clear_faults))
        .route("/counters", get(counters).delete(clear_counters))
        .route("/requests", get(requests))
        .route("/recorder", get(recorder))
        .route("/undelivered", get(undelivered))
        .route("/tls", post(tls))
        .route(
            "/practice_accounts",
            get(|| async { Json(practice_accounts()) }),
        )
        .route("/state", get(state))
        .route("/reset", post(reset))
        .route_layer(middleware::from_fn_with_state(knobs.clone(), ask_token));
    Router::new()
        .route("/mails", get(mails).delete(clear_mails))
        .merge(guarded)
        .with_state(knobs)
}

#[derive(Deserialize)]
struct Token {
    token: Option<String>,
}

fn has_token(knobs: &Knobs, query: &Token, request: &Request) -> bool {
    let header = request
        .headers()
        .get("x-practice-token")
        .and_then(|value| value.to_str().ok());
    header.or(query.token.as_deref()) == Some(knobs.token())
}

async fn ask_token(
    State(knobs): State<Knobs>,
    Query(query): Query<Token>,
    request: Request,
    next: Next,
) -> Response {
    if has_token(&knobs, &query, &request) {
        return next.run(request).await;
    }
    let reason = json!({ "error": "the practice token is missing or wrong (X-Practice-Token)" });
    (StatusCode::UNAUTHORIZED, Json(reason)).into_response()
}

#[derive(Deserialize)]
struct MailQuery {
    to: Option<String>,
    since: Option<u64>,
}

async fn mails(State(knobs): State<Knobs>, Query(query): Query<MailQuery>) -> Json<Vec<Mail>> {
    Json(knobs.mails(query.to.as_deref(), query.since))
}

async fn clear_mails(
    State(knobs): State<Knobs>,
    Query(query): Query<Token>,
    request: Request,
) -> StatusCode {
    if !has_token(&knobs, &query, &request) {
        return StatusCode::UNAUTHORIZED;
    }
    knobs.clear_mails();
    StatusCode::NO_CONTENT
}

async fn clock(State(knobs): State<Knobs>) -> Json<Value> {
    Json(json!({ "now": knobs.now() }))
}

#[derive(Deserialize)]
struct Advance {
    seconds: f64,
}

async fn advance(
    State(knobs): State<Knobs>,
    Json(by): Json<Advance>,
) -> Result<Json<Value>, Refused> {
    knobs.advance(Duration::try_from_secs_f64(by.seconds).map_err(bad)?);
    Ok(clock(State(knobs)).await)
}

#[derive(Deserialize)]
struct SetClock {
    at: Timestamp,
}

async fn set_clock(State(knobs): State<Knobs>, Json(to): Json<SetClock>) -> Json<Value> {
    knobs.set_clock(to.at);
    clock(State(knobs)).await
}

async fn settings(State(knobs): State<Knobs>) -> Json<Settings> {
    Json(knobs.settings())
}

async fn change_settings(
    State(knobs): State<Knobs>,
    Json(patch): Json<Value>,
) -> Result<Json<Settings>, Refused> {
    let settings: Settings = accounts::patched(&knobs.settings(), patch)?;
    knobs.change_settings(|held| held.clone_from(&settings));
    Ok(Json(settings))
}

fn service(id: &str) -> Result<Service, Refused> {
    Service::from_id(id).ok_or_else(|| missing("service"))
}

async fn list_accounts(
    State(knobs): State<Knobs>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refused> {
    accounts::list(&knobs, service(&id)?).map(Json)
}

async fn put_account(
    State(knobs): State<Knobs>,
    Path(id): Path<String>,
    Json(account): Json<Value>,
) -> Result<StatusCode, Refused> {
    accounts::put(&knobs, service(&id)?, account)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn one_account(
    State(knobs): State<Knobs>,
    Path((of, id)): Path<(String, String)>,
) -> Result<Json<Value>, Refused> {
    accounts::one(&knobs, service(&of)?, &id).map(Json)
}

async fn change_account(
    State(knobs): State<Knobs>,
    Path((of, id)): Path<(String, String)>,
    Json(patch): Json<Value>,
) -> Result<Json<Value>, Refused> {
    accounts::change(&knobs, service(&of)?, &id, patch).map(Json)
}

async fn open_link(State(knobs): State<Knobs>, Path(id): Path<String>) -> Json<Value> {
    Json(json!({ "changed": knobs.open_link(&id) }))
}

async fn send_activation_mail(State(knobs): State<Knobs>, Path(id): Path<String>) -> Json<Value> {
    Json(json!({ "sent": knobs.send_activation_mail(&id) }))
}

#[derive(Deserialize)]
struct TokensOf {
    account: Option<String>,
}

async fn refuse_tokens(State(knobs): State<Knobs>, Json(of): Json<TokensOf>) -> StatusCode {
    knobs.refuse_tokens(of.account.as_deref());
    StatusCode::NO_CONTENT
}

async fn faults(State(knobs): State<Knobs>) -> Json<Vec<Fault>> {
    Json(knobs.faults())
}

async fn add_fault(State(knobs): State<Knobs>, Json(fault): Json<Fault>) -> StatusCode {
    knobs.add_fault(fault);
    StatusCode::NO_CONTENT
}

async fn clear_faults(State(knobs): State<Knobs>) -> StatusCode {
    knobs.clear_faults();
    StatusCode::NO_CONTENT
}

async fn counters(State(knobs): State<Knobs>) -> Response {
    Json(knobs.counts()).into_response()
}

async fn clear_counters(State(knobs): State<Knobs>) -> StatusCode {
    knobs.clear_counters();
    StatusCode::NO_CONTENT
}

async fn requests(State(knobs): State<Knobs>) -> Response {
    Json(knobs.requests()).into_response()
}

async fn recorder(State(knobs): State<Knobs>) -> Response {
    let list = json!({ "origin": knobs.recorder_origin(), "arrived": knobs.recorder() });
    Json(list).into_response()
}

async fn undelivered(State(knobs): State<Knobs>) -> Response {
    Json(knobs.undelivered()).into_response()
}

#[derive(Deserialize)]
struct TlsFor {
    service: Service,
    kind: TlsKind,
}

async fn tls(State(knobs): State<Knobs>, Json(wanted): Json<TlsFor>) -> Result<Response, Refused> {
    let front = knobs
        .start_tls(wanted.service, wanted.kind)
        .await
        .map_err(bad)?;
    Ok(Json(front).into_response())
}

async fn state(State(knobs): State<Knobs>) -> Result<Response, Refused> {
    let text = knobs.save().map_err(bad)?;
    Ok(([(CONTENT_TYPE, "application/json")], text).into_response())
}

async fn reset(State(knobs): State<Knobs>) -> StatusCode {
    knobs.reset();
    StatusCode::NO_CONTENT
}
