//! HTTP/2: streams that are stuck, streams that are reset, and pages that the library holds.

use std::time::Duration;

use axum::body::Bytes;
use axum::http::Request;
use h2::Reason;
use h2::client::SendRequest;
use legation_core::party::Status;
use legation_web::{Limit, Limits};
use tokio::net::TcpStream;

use super::{DISCOVERY, OBJECTS, PATIENCE, fill, venue};
use crate::taxii::venue::{MEDIA_TYPE, Venue};

fn request(secret: &str, path: &str) -> Request<()> {
    Request::get(format!("http://office.example{path}"))
        .header("authorization", format!("Bearer {secret}"))
        .header("accept", MEDIA_TYPE)
        .body(())
        .unwrap()
}

/// A connection whose streams have that window at the beginning.
async fn open(venue: &Venue, window: u32) -> (SendRequest<Bytes>, tokio::task::JoinHandle<()>) {
    let stream = TcpStream::connect(venue.address).await.unwrap();
    let mut builder = h2::client::Builder::new();
    builder.initial_window_size(window);
    let (send, connection) = builder.handshake(stream).await.unwrap();
    let ended = tokio::spawn(async move {
        let _ = connection.await;
    });
    (send, ended)
}

#[test]
fn streams_that_are_reset_over_and_over_end_their_connection() {
    let (venue, notes) = venue(Limits {
        resets: 20,
        ..Limits::default()
    });
    venue.runtime.block_on(async {
        let (mut send, ended) = open(&venue, 65_535).await;
        for _ in 0..2000 {
            let Ok(mut ready) = send.ready().await else {
                break;
            };
            let Ok((_answer, mut stream)) =
                ready.send_request(request(&venue.chief, DISCOVERY), true)
            else {
                break;
            };
            stream.send_reset(Reason::CANCEL);
            send = ready;
            tokio::task::yield_now().await;
        }
        tokio::time::timeout(PATIENCE, ended)
            .await
            .unwrap()
            .unwrap();
    });
    notes.await_limit(Limit::Resets);
}

#[test]
fn a_stream_whose_reader_gives_it_no_room_ends_the_connection() {
    let (venue, notes) = venue(Limits {
        reader_time: Duration::from_millis(300),
        ..Limits::default()
    });
    fill(&venue, 1024 * 1024);
    venue.runtime.block_on(async {
        for window in [0, 65_535] {
            let (mut send, ended) = open(&venue, window).await;
            let (answer, _) = send
                .send_request(request(&venue.chief, OBJECTS), true)
                .unwrap();
            // Kept, but not read: a stream that is dropped is reset.
            let answer = answer.await.unwrap();
            assert_eq!(answer.status(), 200);
            tokio::time::timeout(PATIENCE, ended)
                .await
                .unwrap()
                .unwrap();
        }
    });
    notes.await_limit(Limit::SlowReader);
}

#[test]
fn a_page_on_many_streams_comes_whole() {
    let (venue, notes) = venue(Limits::default());
    let count = fill(&venue, 2 * 1024 * 1024);
    venue.runtime.block_on(async {
        let (send, _ended) = open(&venue, 65_535).await;
        let mut reading = Vec::new();
        for _ in 0..8 {
            let mut send = send.clone().ready().await.unwrap();
            let request = request(&venue.chief, &format!("{OBJECTS}?limit={count}"));
            let (answer, _) = send.send_request(request, true).unwrap();
            reading.push(tokio::spawn(async move {
                let answer = answer.await.unwrap();
                let length: usize = answer.headers()["content-length"]
                    .to_str()
                    .unwrap()
                    .parse()
                    .unwrap();
                let mut body = answer.into_body();
                let mut bytes = Vec::new();
                while let Some(data) = body.data().await {
                    let data = data.unwrap();
                    body.flow_control().release_capacity(data.len()).unwrap();
                    bytes.extend_from_slice(&data);
                }
                assert_eq!(bytes.len(), length);
                let page: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
                assert_eq!(page["objects"].as_array().unwrap().len(), count);
            }));
        }
        for reading in reading {
            reading.await.unwrap();
        }
    });
    notes.assert_quiet();
}

/// What a stream has no room for is held by the HTTP library after the page was handed to it and
/// everything else was flushed. It must not leave after a suspension, whenever room comes.
#[test]
fn what_a_stream_holds_back_is_kept_after_a_suspension() {
    let (venue, _) = venue(Limits::default());
    let jpn = venue.admit("JPN", Status::Partner);
    let agreement = venue.agree("JPN", &["cyber"]);
    let count = fill(&venue, 1024 * 1024);
    for (window, page) in [(20_000, count), (20_000, 1)] {
        venue.runtime.block_on(async {
            let (mut send, ended) = open(&venue, window).await;
            let path = format!("{OBJECTS}?limit={page}");
            let (answer, _) = send.send_request(request(&jpn, &path), true).unwrap();
            let mut body = answer.await.unwrap().into_body();
            let mut taken = 0;
            while taken < window as usize {
                taken += body.data().await.unwrap().unwrap().len();
            }
            let office = venue.office.clone();
            let id = agreement.parse().unwrap();
            let chief = venue.host();
            office.suspend(&chief, id, "talks".into()).await.unwrap();
            // A window that could be refused is one that was closed: room for all that is left.
            body.flow_control().release_capacity(taken).unwrap();
            let mut after = 0;
            while let Some(Ok(data)) = body.data().await {
                after += data.len();
            }
            assert_eq!(after, 0, "bytes left after the suspension");
            tokio::time::timeout(PATIENCE, ended)
                .await
                .unwrap()
                .unwrap();
            let id = agreement.parse().unwrap();
            office.resume(&chief, id, "talks".into()).await.unwrap();
        });
    }
}
