//! Reads an answer's body, decoded, up to a limit: an endless body or a compression bomb costs one chunk more.
//!
//! Not here: what the bytes mean.

use reqwest::Response;
use reqwest::header::CONTENT_ENCODING;

use super::fault;
use crate::error::{Code, Problem};

/// The whole body. Errors are as `fault::in_body` tells, and `unexpected_answer` with reason `too_large` or `encoding`.
pub(super) async fn read(response: &mut Response, most: usize) -> Result<Vec<u8>, Problem> {
    // A decoded body has lost this header; where it is left, the bytes are in a form nobody here reads.
    let foreign = response
        .headers()
        .get_all(CONTENT_ENCODING)
        .iter()
        .any(|value| {
            !value
                .as_bytes()
                .trim_ascii()
                .eq_ignore_ascii_case(b"identity")
        });
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > most => return Err(odd("too_large")),
            Ok(Some(_)) if foreign => return Err(odd("encoding")),
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Ok(body),
            Err(error) => return Err(fault::in_body(&error)),
        }
    }
}

fn odd(reason: &str) -> Problem {
    Problem::new(Code::UnexpectedAnswer).with("reason", reason)
}
