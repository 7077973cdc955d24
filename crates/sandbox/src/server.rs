//! One HTTP server in front of one service: reads a call whole, has it judged, plays the answer.

use crate::Service;
use crate::call::Call;
use crate::play::play;
use crate::shared::Shared;
use crate::wire::{CutSwitch, Gate};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::DATE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use std::io;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

/// More than any body that the services take.
const MOST_BODY: usize = 2 * 1024 * 1024;

/// The router of one service: every path goes to the same place, as the service itself knows its paths.
pub(crate) fn service_router(shared: Arc<Shared>, service: Service) -> Router {
    Router::new()
        .fallback(take)
        .with_state(Front { shared, service })
}

#[derive(Clone, Debug)]
struct Front {
    shared: Arc<Shared>,
    service: Service,
}

async fn take(
    State(front): State<Front>,
    ConnectInfo(cut): ConnectInfo<CutSwitch>,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MOST_BODY).await else {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
        return response;
    };
    let call = Call {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().map(str::to_owned),
        headers: head.headers,
        body,
    };
    let outcome = front.shared.world().take(front.service, &call);
    let mut response = play(&front.shared, &cut, front.service, &call, outcome).await;
    if let Some(date) = wrong_date(&front) {
        response.headers_mut().insert(DATE, date);
    }
    response
}

/// The `Date` of a service whose clock is wrong; the right one is added by the server itself.
fn wrong_date(front: &Front) -> Option<HeaderValue> {
    let ahead = *front
        .shared
        .world()
        .settings
        .date_ahead
        .get(&front.service)?;
    let now = i64::try_from(UNIX_EPOCH.elapsed().ok()?.as_secs()).ok()?;
    let at = UNIX_EPOCH + Duration::from_secs(u64::try_from(now + ahead).ok()?);
    HeaderValue::from_str(&httpdate::fmt_http_date(at)).ok()
}

/// Serves a router behind a gate until the sandbox stops; answers its origin without the scheme.
pub(crate) fn serve(shared: &Arc<Shared>, gate: Gate, router: Router) -> io::Result<String> {
    let address = gate.address()?;
    let mut stop = shared.stop_signal();
    let make = router.into_make_service_with_connect_info::<CutSwitch>();
    let server = axum::serve(gate, make).with_graceful_shutdown(async move {
        // An error means that nobody is left who could stop it: the same.
        let _ = stop.wait_for(|stopped| *stopped).await;
    });
    shared.keep(tokio::spawn(async move {
        // axum's server ends with an error never; its type says otherwise.
        let _ = server.await;
    }));
    Ok(address.to_string())
}
