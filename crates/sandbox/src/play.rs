//! An answer onto the wire: as it is, or as a planned fault has it.

use crate::Service;
use crate::call::{Answer, Call};
use crate::faults::{FaultKind, RetryAfter};
use crate::mannco_store;
use crate::shared::Shared;
use crate::wire::CutSwitch;
use crate::world::Outcome;
use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::stream;
use serde_json::json;
use std::io::{self, Write};
use std::time::Duration;

/// Plays what became of a call.
pub(crate) async fn play(
    shared: &Shared,
    cut: &CutSwitch,
    service: Service,
    call: &Call,
    outcome: Outcome,
) -> Response {
    let Some(fault) = outcome.fault else {
        return outcome.answer.map_or_else(nothing, plain);
    };
    if fault.delay_ms > 0 {
        shared.sleep(Duration::from_millis(fault.delay_ms)).await;
    }
    // Kinds that need the true answer have one: such a fault reaches the service.
    let truth = outcome.answer.unwrap_or_else(|| Answer::empty(500));
    match fault.kind {
        FaultKind::Late => plain(truth),
        FaultKind::RateLimited(after) => plain(limited(shared, service, &after)),
        FaultKind::Answer {
            status,
            content_type,
            headers,
            body,
        } => plain(Answer {
            status,
            headers,
            content_type,
            body: body.into_bytes(),
            took: false,
        }),
        FaultKind::HtmlPage { status } => plain(html_page(status)),
        FaultKind::Cut => {
            cut.reset();
            nothing()
        }
        FaultKind::Close => {
            cut.close();
            nothing()
        }
        FaultKind::Hang => {
            shared.stopped().await;
            cut.close();
            nothing()
        }
        FaultKind::CutInBody => cut_in_body(truth),
        FaultKind::SlowDrip { every_ms } => slow_drip(shared, truth, every_ms),
        FaultKind::Endless => endless(shared),
        FaultKind::GzipBomb { mebibytes } => gzip_bomb(mebibytes).await,
        FaultKind::ContentType(content_type) => plain(Answer {
            content_type,
            ..truth
        }),
        FaultKind::InvalidUtf8 => plain(not_utf8(truth)),
        FaultKind::Redirect { status, to } => {
            let to = to.unwrap_or_else(|| format!("{}{}", shared.recorder_origin(), call.path));
            plain(Answer::empty(status).header("location", to))
        }
    }
}

fn nothing() -> Response {
    Response::new(Body::empty())
}

/// The head of an answer around any body.
fn with_body(answer: &Answer, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() =
        StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let kind = answer
        .content_type
        .iter()
        .map(|kind| ("content-type", kind.as_str()));
    let others = answer
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    for (name, value) in kind.chain(others) {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

fn plain(mut answer: Answer) -> Response {
    let body = Body::from(std::mem::take(&mut answer.body));
    with_body(&answer, body)
}

/// 429 as each service words it; Z-API's is undocumented.
fn limited(shared: &Shared, service: Service, after: &RetryAfter) -> Answer {
    let world = shared.world();
    let now = world.now();
    let answer = match service {
        Service::ZApi => Answer::json(429, &json!({ "error": "Too many requests" })),
        Service::Webshare => Answer::json(429, &json!({ "detail": "Request was throttled." })),
        Service::ManncoStore => mannco_store::limited(&world, 600, 60),
    };
    match after {
        RetryAfter::Absent => answer,
        RetryAfter::Seconds(seconds) => answer.header("retry-after", seconds.to_string()),
        RetryAfter::Text(text) => answer.header("retry-after", text),
        RetryAfter::DateIn(seconds) => {
            let at = u64::try_from(now.as_second() + seconds).unwrap_or(0);
            let date = std::time::UNIX_EPOCH + Duration::from_secs(at);
            answer.header("retry-after", httpdate::fmt_http_date(date))
        }
    }
}

fn html_page(status: u16) -> Answer {
    let page = format!(
        "<html>\r\n<head><title>{status}</title></head>\r\n<body>\r\n<center><h1>{status} Service trouble</h1></center>\r\n<hr><center>gateway</center>\r\n</body>\r\n</html>\r\n"
    );
    Answer {
        content_type: Some("text/html".to_owned()),
        body: page.into_bytes(),
        ..Answer::empty(status)
    }
}

fn cut_in_body(mut answer: Answer) -> Response {
    // An answer without a body has nothing to cut: it gets one that it never sends.
    let whole = answer.body.len().max(2);
    answer
        .headers
        .push(("content-length".to_owned(), whole.to_string()));
    if matches!(answer.status, 204 | 304) {
        answer.status = 200;
    }
    let half = Bytes::copy_from_slice(&answer.body[..answer.body.len() / 2]);
    let parts = [
        Ok(half),
        Err(io::Error::from(io::ErrorKind::ConnectionReset)),
    ];
    // The pause lets the first half leave before the connection goes.
    let parts = stream::unfold(parts.into_iter().enumerate(), |mut parts| async move {
        let (number, part) = parts.next()?;
        if number > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Some((part, parts))
    });
    with_body(&answer, Body::from_stream(parts))
}

fn slow_drip(shared: &Shared, mut answer: Answer, every_ms: u64) -> Response {
    if !matches!(answer.status, 204 | 304) {
        answer
            .headers
            .push(("content-length".to_owned(), answer.body.len().to_string()));
    }
    let bytes = std::mem::take(&mut answer.body).into_iter();
    let stop = shared.stop_signal();
    let drops = stream::unfold((bytes, stop), move |(mut bytes, mut stop)| async move {
        let byte = bytes.next()?;
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(every_ms)) => {}
            _ = stop.wait_for(|stopped| *stopped) => return None,
        }
        Some((
            Ok::<_, io::Error>(Bytes::copy_from_slice(&[byte])),
            (bytes, stop),
        ))
    });
    with_body(&answer, Body::from_stream(drops))
}

fn endless(shared: &Shared) -> Response {
    let stop = shared.stop_signal();
    let start = Bytes::from_static(br#"{"success":true,"message":""#);
    let body = stream::unfold((Some(start), stop), |(start, stop)| async move {
        if *stop.borrow() {
            return None;
        }
        // Gives other tasks their turn: this stream is always ready.
        tokio::task::yield_now().await;
        let chunk = start.unwrap_or_else(|| Bytes::from_static(&[b'x'; 16 * 1024]));
        Some((Ok::<_, io::Error>(chunk), (None, stop)))
    });
    let head = Answer {
        content_type: Some("application/json".to_owned()),
        ..Answer::empty(200)
    };
    with_body(&head, Body::from_stream(body))
}

async fn gzip_bomb(mebibytes: u32) -> Response {
    let packed = tokio::task::spawn_blocking(move || pack(mebibytes)).await;
    let body = packed.ok().and_then(Result::ok).unwrap_or_default();
    plain(Answer {
        content_type: Some("application/json".to_owned()),
        headers: vec![("content-encoding".to_owned(), "gzip".to_owned())],
        body,
        ..Answer::empty(200)
    })
}

/// A JSON text with a value of so many mebibytes, packed.
fn pack(mebibytes: u32) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(br#"{"success":true,"message":""#)?;
    let block = vec![b'x'; 1024 * 1024];
    for _ in 0..mebibytes {
        encoder.write_all(&block)?;
    }
    encoder.write_all(br#""}"#)?;
    encoder.finish()
}

fn not_utf8(mut answer: Answer) -> Answer {
    if answer.body.last() == Some(&b'}') {
        answer.body.pop();
        answer.body.extend_from_slice(b",\"note\":\"\xff\xfe\"}");
    } else {
        answer.status = 200;
        answer.body = b"\xff\xfe".to_vec();
    }
    answer
}
