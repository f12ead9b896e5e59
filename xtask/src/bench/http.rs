//! A plain HTTP/1.1 client: one connection, one request at a time, as a simple reader works.
//!
//! Not a general client: it knows what the servers under measurement send.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};

/// The media type of TAXII 2.1.
pub(crate) const TAXII: &str = "application/taxii+json;version=2.1";

/// How long an answer may take: the slowest server here takes most of a minute for a filing.
const PATIENCE: Duration = Duration::from_secs(600);

/// An open connection.
pub(crate) struct Connection {
    stream: BufReader<TcpStream>,
    authority: String,
    secret: Option<String>,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: Vec<u8>,
}

impl Connection {
    /// Connects to a server on this machine, as the client of that secret.
    pub(crate) fn open(port: u16, secret: Option<&str>) -> Result<Self> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))
            .with_context(|| format!("nobody listens on port {port}"))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self {
            stream: BufReader::with_capacity(1 << 18, stream),
            authority: format!("127.0.0.1:{port}"),
            secret: secret.map(str::to_owned),
        })
    }

    /// Asks for something; anything but success is an error.
    pub(crate) fn fetch(&mut self, path: &str) -> Result<Answer> {
        let answer = self.send("GET", path, &[])?;
        ensure!(
            answer.status == 200,
            "GET {path} is answered with {}: {}",
            answer.status,
            answer.start()
        );
        Ok(answer)
    }

    /// Sends a request and waits for the answer, whatever it is.
    pub(crate) fn send(&mut self, method: &str, path: &str, body: &[u8]) -> Result<Answer> {
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nAccept: {TAXII}\r\n",
            self.authority
        );
        if let Some(secret) = &self.secret {
            head += &format!("Authorization: {}\r\n", authorization(secret));
        }
        if method == "POST" {
            head += &format!(
                "Content-Type: {TAXII}\r\nContent-Length: {}\r\n",
                body.len()
            );
        }
        head += "\r\n";
        let stream = self.stream.get_mut();
        stream.write_all(head.as_bytes())?;
        stream.write_all(body)?;
        self.receive()
            .with_context(|| format!("no answer to {method} {path}"))
    }

    fn receive(&mut self) -> Result<Answer> {
        let mut head = String::new();
        while self.stream.read_line(&mut head)? > 2 {}
        let status = head.split(' ').nth(1).and_then(|word| word.parse().ok());
        let status = status.with_context(|| format!("`{head}` is no answer"))?;
        let mut answer = Answer {
            status,
            head,
            body: Vec::new(),
        };
        match answer.header("content-length").map(str::parse::<usize>) {
            Some(length) => {
                answer.body.resize(length?, 0);
                self.stream.read_exact(&mut answer.body)?;
            }
            None if answer.header("transfer-encoding").is_some() => {
                self.chunks(&mut answer.body)?;
            }
            None if status == 204 || status == 304 => {}
            None => {
                self.stream.read_to_end(&mut answer.body)?;
            }
        }
        Ok(answer)
    }

    fn chunks(&mut self, body: &mut Vec<u8>) -> Result<()> {
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line)?;
            let size = usize::from_str_radix(line.trim(), 16)
                .with_context(|| format!("`{line}` is no size of a chunk"))?;
            let start = body.len();
            body.resize(start + size, 0);
            let room = body.get_mut(start..).unwrap_or_default();
            self.stream.read_exact(room)?;
            let mut end = [0; 2];
            self.stream.read_exact(&mut end)?;
            if size == 0 {
                return Ok(());
            }
        }
    }
}

impl Answer {
    /// A header, by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// The beginning of the body, for people.
    pub(crate) fn start(&self) -> String {
        let part = self.body.get(..300).unwrap_or(&self.body);
        String::from_utf8_lossy(part).into_owned()
    }

    /// The `next` of a page, which stands at one of the ends of its body.
    pub(crate) fn next(&self) -> Option<String> {
        const NEAR: usize = 600;
        let end = self.body.len().saturating_sub(NEAR);
        let ends = [
            self.body.get(..NEAR.min(self.body.len())),
            self.body.get(end..),
        ];
        ends.into_iter().flatten().find_map(|part| {
            let text = String::from_utf8_lossy(part);
            quoted_after(&text, "\"next\":")
        })
    }
}

/// The text in quotes that follows a key.
pub(crate) fn quoted_after(text: &str, key: &str) -> Option<String> {
    let rest = text.split_once(key)?.1.trim_start();
    let (value, _) = rest.strip_prefix('"')?.split_once('"')?;
    Some(value.to_owned())
}

/// All texts in quotes that follow a key.
pub(crate) fn all_quoted_after(text: &str, key: &str) -> Vec<String> {
    let mut rest = text;
    let mut found = Vec::new();
    while let Some((_, after)) = rest.split_once(key) {
        found.extend(quoted_after(rest, key));
        rest = after;
    }
    found
}

/// A part of a query, with what must not stand there bare written in percent.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~,:".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped += &format!("%{byte:02X}");
        }
    }
    escaped
}

/// A secret as a header's value: a token, unless it says itself what it is.
pub(crate) fn authorization(secret: &str) -> String {
    match secret.contains(' ') {
        true => secret.to_owned(),
        false => format!("Bearer {secret}"),
    }
}

/// Refuses an answer that is not what was expected.
pub(crate) fn expect(answer: &Answer, statuses: &[u16], what: &str) -> Result<()> {
    if !statuses.contains(&answer.status) {
        bail!(
            "{what} is answered with {}: {}",
            answer.status,
            answer.start()
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_is_found_at_either_end() {
        let filler = "x".repeat(2000);
        for body in [
            format!("{{\"more\":true,\"next\":\"abc\",\"objects\":[\"{filler}\"]}}"),
            format!("{{\"objects\":[\"{filler}\"],\"more\": true, \"next\": \"abc\"}}"),
        ] {
            let answer = Answer {
                status: 200,
                head: String::new(),
                body: body.into_bytes(),
            };
            assert_eq!(answer.next().as_deref(), Some("abc"));
        }
        let last = Answer {
            status: 200,
            head: String::new(),
            body: b"{\"objects\":[]}".to_vec(),
        };
        assert_eq!(last.next(), None);
    }

    #[test]
    fn every_id_of_a_manifest_is_found() {
        let text = r#"{"objects":[{"id":"a--1","v":1},{"id": "b--2"}]}"#;
        assert_eq!(all_quoted_after(text, "\"id\":"), ["a--1", "b--2"]);
        assert_eq!(escaped("a=b&c d+e"), "a%3Db%26c%20d%2Be");
    }
}
