//! The client's own ceiling: a server that does nothing but send the same answer out of memory.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;

use anyhow::Result;

/// Serves those bytes to whoever asks for anything, for as long as this process lives; the port.
pub(crate) fn serve(body: &[u8]) -> Result<u16> {
    let mut answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n",
        super::http::TAXII,
        body.len()
    )
    .into_bytes();
    answer.extend_from_slice(body);
    let answer: Arc<[u8]> = answer.into();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let port = listener.local_addr()?.port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answer = Arc::clone(&answer);
            std::thread::spawn(move || serve_one(stream, &answer));
        }
    });
    Ok(port)
}

fn serve_one(mut stream: TcpStream, answer: &[u8]) {
    let _ = stream.set_nodelay(true);
    let mut request = Vec::new();
    let mut part = [0; 4096];
    // The client sends one request at a time and waits: what ends with a blank line is one.
    while let Ok(size @ 1..) = stream.read(&mut part) {
        request.extend_from_slice(part.get(..size).unwrap_or_default());
        if request.ends_with(b"\r\n\r\n") {
            request.clear();
            if stream.write_all(answer).is_err() {
                return;
            }
        }
    }
}
