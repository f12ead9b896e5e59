//! A request body, read whole and never beyond its limit.

use std::future::poll_fn;
use std::pin::Pin;

use axum::body::{Body, HttpBody};
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use axum::http::{HeaderMap, StatusCode};

use crate::connection::SlowBody;
use crate::event::Limit;
use crate::limit::Full;
use crate::problem::Problem;

/// So much room is made at once for a body that announces its length: 4 MiB, some thousands of
/// records.
const ROOM_MAX: u64 = 4 << 20;

/// Reads a body of at most `max` bytes. One that says it is longer is refused before it is read.
///
/// # Errors
/// 413 when it is longer, 415 when it is compressed, 408 when it comes too slowly, 400 when it
/// breaks off, 503 when there is no room for it.
pub(crate) async fn read(
    headers: &HeaderMap,
    mut body: Body,
    max: usize,
) -> Result<Vec<u8>, Problem> {
    let encoding = headers.get(CONTENT_ENCODING).map(|value| value.as_bytes());
    if encoding.is_some_and(|encoding| !encoding.eq_ignore_ascii_case(b"identity")) {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "web.unsupported-encoding",
            "send the body as it is, not compressed",
        ));
    }
    let announced = headers
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|announced| announced > max as u64) {
        return Err(too_long(max));
    }
    // Room that is only named costs nothing yet; what is announced beyond it grows as it comes.
    let room = announced.map_or(0, |announced| announced.min(ROOM_MAX));
    let mut bytes = Vec::with_capacity(usize::try_from(room).unwrap_or_default());
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let frame = frame.map_err(|error| refuse(&error))?;
        if let Ok(data) = frame.into_data() {
            if bytes.len() + data.len() > max {
                return Err(too_long(max));
            }
            bytes.extend_from_slice(&data);
        }
    }
    Ok(bytes)
}

fn refuse(error: &axum::Error) -> Problem {
    if SlowBody::is_behind(error) {
        let text = "the body comes too slowly; send it faster, or in parts";
        return Problem::new(StatusCode::REQUEST_TIMEOUT, Limit::SlowBody.code(), text);
    }
    let mut cause = std::error::Error::source(error);
    while let Some(found) = cause {
        if found.is::<Full>() {
            return Problem::busy();
        }
        cause = found.source();
    }
    Problem::malformed("the body breaks off")
}

fn too_long(max: usize) -> Problem {
    let text = format!("the body is longer than {max} bytes; send it in parts");
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "web.body-too-long", text)
}
