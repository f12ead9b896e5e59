//! A receiver of webhooks: takes posts on a free port, answers as it is told, and keeps what came.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver as Inbox, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;

/// How long something may take to come.
const PATIENCE: Duration = Duration::from_secs(60);

/// What was posted.
#[derive(Clone, Debug)]
pub(super) struct Post {
    pub(super) path: String,
    pub(super) id: String,
    pub(super) timestamp: String,
    pub(super) signature: String,
    pub(super) body: Vec<u8>,
}

impl Post {
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Holds the signature against the code that `openssl` computes over what was posted.
    pub(super) fn verify(&self, secret: &str) {
        let key = secret.strip_prefix("whsec_").unwrap();
        let decoded = pipe("openssl", &["base64", "-d", "-A"], key.as_bytes());
        let hex: String = decoded.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex.len(), 64);
        let mut signed = format!("{}.{}.", self.id, self.timestamp).into_bytes();
        signed.extend_from_slice(&self.body);
        let key = format!("hexkey:{hex}");
        let digest = [
            "dgst", "-sha256", "-mac", "HMAC", "-macopt", &key, "-binary",
        ];
        let code = pipe("openssl", &digest, &signed);
        let code = pipe("openssl", &["base64", "-A"], &code);
        let code = String::from_utf8(code).unwrap();
        assert_eq!(self.signature, format!("v1,{}", code.trim()));
    }
}

/// What a program makes of its input.
pub(super) fn pipe(program: &str, arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?}");
    output.stdout
}

pub(super) struct Receiver {
    pub(super) port: u16,
    posts: Inbox<Post>,
    answers: Arc<Mutex<Vec<u16>>>,
}

impl Receiver {
    /// A receiver that answers with these statuses in turn, then with 204.
    pub(super) fn answering(statuses: &[u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let answers = Arc::new(Mutex::new(statuses.iter().rev().copied().collect()));
        let (sender, posts) = channel();
        let kept = Arc::clone(&answers);
        // It ends with the test's process.
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                take(stream.unwrap(), &sender, &kept);
            }
        });
        Self {
            port,
            posts,
            answers,
        }
    }

    /// Answers with these next.
    pub(super) fn answer(&self, statuses: &[u16]) {
        let next = statuses.iter().rev().copied().collect();
        *self.answers.lock().unwrap() = next;
    }

    /// The next post, however long it takes.
    pub(super) fn next(&self) -> Post {
        self.posts
            .recv_timeout(PATIENCE)
            .expect("nothing is posted")
    }

    /// What was posted by now and not looked at.
    pub(super) fn rest(&self) -> Vec<Post> {
        self.posts.try_iter().collect()
    }
}

fn take(mut stream: TcpStream, posts: &Sender<Post>, answers: &Mutex<Vec<u16>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut first = String::new();
    if reader.read_line(&mut first).unwrap_or(0) == 0 {
        return;
    }
    let mut fields = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        fields.push((name.to_lowercase(), value.trim().to_owned()));
    }
    let field = |name: &str| {
        let found = fields.iter().find(|(field, _)| field == name);
        found.map_or(String::new(), |(_, value)| value.clone())
    };
    let mut body = vec![0; field("content-length").parse().unwrap_or(0)];
    reader.read_exact(&mut body).unwrap();
    let status = answers.lock().unwrap().pop().unwrap_or(204);
    let location = if status == 302 {
        "location: http://127.0.0.1:9/\r\n"
    } else {
        ""
    };
    let answer =
        format!("HTTP/1.1 {status} x\r\n{location}content-length: 0\r\nconnection: close\r\n\r\n");
    stream.write_all(answer.as_bytes()).unwrap();
    let _ = posts.send(Post {
        path: first.split(' ').nth(1).unwrap_or_default().to_owned(),
        id: field("webhook-id"),
        timestamp: field("webhook-timestamp"),
        signature: field("webhook-signature"),
        body,
    });
}
