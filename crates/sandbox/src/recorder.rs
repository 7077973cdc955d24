//! A second origin that writes down whatever arrives: proof that a redirect was not followed.

use crate::shared::Shared;
use crate::world::header_list;
use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use serde::Serialize;
use std::sync::Arc;

/// One request that reached the recorder, with everything it carried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Arrived {
    pub method: String,
    /// Path and query.
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

pub(crate) fn recorder_router(shared: Arc<Shared>) -> Router {
    Router::new().fallback(write_down).with_state(shared)
}

async fn write_down(State(shared): State<Arc<Shared>>, request: Request) -> &'static str {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, 2 * 1024 * 1024).await.unwrap_or_default();
    shared.arrived().push(Arrived {
        method: head.method.to_string(),
        path: head.uri.to_string(),
        headers: header_list(&head.headers),
        body: String::from_utf8_lossy(&body).into_owned(),
    });
    "{}"
}
