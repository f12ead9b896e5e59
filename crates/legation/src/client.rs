//! The HTTP API of a running office, as a client of it.
//!
//! Where the office is comes from flags, then from the office's own directory, then from the
//! environment. No verb's meaning is here.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use serde_json::Value;
use ureq::http::Response;
use ureq::{Agent, Body};

use crate::config;
use crate::disk;
use crate::failure::Failure;

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(10);

/// How long an office may think: a rehearsal over a million records takes seconds, not minutes.
const ANSWER: Duration = Duration::from_secs(300);

/// The longest answer that is read, 256 MiB: the list of who received a record, a million lines.
const ANSWER_MAX: u64 = 256 * 1024 * 1024;

/// The largest body of one request, 8 MiB: an office takes no larger one.
pub(crate) const BODY_MAX: usize = 8 * 1024 * 1024;

/// Which office to speak to, and as whom.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Office")]
pub(crate) struct Connection {
    /// Where the office is [env: LEGATION_OFFICE]
    #[arg(long, value_name = "URL")]
    pub(crate) office: Option<String>,
    /// The token or client password to speak with [env: LEGATION_TOKEN]
    #[arg(long, value_name = "T")]
    pub(crate) token: Option<String>,
    /// The office's directory on this machine, which tells both
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
}

impl Connection {
    /// Whether the command line itself names an office.
    pub(crate) fn is_named(&self) -> bool {
        self.office.is_some() || self.dir.is_some()
    }

    /// A client with a token.
    pub(crate) fn open(&self) -> Result<Client, Failure> {
        let url = self.url()?;
        let token = match (&self.token, &self.dir) {
            (Some(token), _) => Some(token.clone()),
            (None, Some(dir)) => Some(disk::read_text(&config::token_file(dir))?),
            (None, None) => variable("LEGATION_TOKEN"),
        };
        let Some(token) = token else {
            let text = "with what token? give --token or --dir, or set LEGATION_TOKEN";
            return Err(Failure::new("cli.no-token", text));
        };
        Ok(Client::new(url, Some(token.trim().to_owned())))
    }

    /// A client that has no token, for the one thing that needs none.
    pub(crate) fn open_stranger(&self, elsewhere: Option<&str>) -> Result<Client, Failure> {
        let url = match elsewhere {
            Some(url) if !self.is_named() => checked(url)?,
            _ => self.url()?,
        };
        Ok(Client::new(url, None))
    }

    fn url(&self) -> Result<String, Failure> {
        let url = match (&self.office, &self.dir) {
            (Some(url), _) => url.clone(),
            (None, Some(dir)) => config::url(dir)?,
            (None, None) => variable("LEGATION_OFFICE").ok_or_else(|| {
                let text = "which office? give --office or --dir, or set LEGATION_OFFICE";
                Failure::new("cli.no-office", text)
            })?,
        };
        checked(&url)
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn checked(url: &str) -> Result<String, Failure> {
    let url = url.trim_end_matches('/');
    if url.starts_with("http://") && url.len() > "http://".len() {
        return Ok(url.to_owned());
    }
    let text = match url.starts_with("https://") {
        true => {
            "the command line speaks plain HTTP only; come through a tunnel, or run it on the \
                 office's own machine with --dir"
        }
        false => "write it like `http://127.0.0.1:8440`",
    };
    Err(Failure::new(
        "cli.url",
        format!("`{url}` cannot be used: {text}"),
    ))
}

/// A client of one office.
pub(crate) struct Client {
    agent: Agent,
    url: String,
    token: Option<String>,
}

impl Client {
    fn new(url: String, token: Option<String>) -> Self {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            // A token in clear text is for the office's machine, and for nobody in between.
            .proxy(None)
            .max_redirects(0)
            .timeout_connect(Some(CONNECT))
            .timeout_recv_response(Some(ANSWER))
            .user_agent(concat!("legation/", env!("CARGO_PKG_VERSION")))
            .build()
            .new_agent();
        Self { agent, url, token }
    }

    pub(crate) fn get(&self, path: &str) -> Result<Value, Failure> {
        self.query(path, &[])
    }

    pub(crate) fn query(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, Failure> {
        self.json(&self.fetch(path, query)?)
    }

    /// The bytes of an answer that is no JSON.
    pub(crate) fn fetch(&self, path: &str, query: &[(&str, &str)]) -> Result<Vec<u8>, Failure> {
        let mut request = self.agent.get(self.address(path));
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let request = request.query_pairs(query.iter().copied());
        self.take(request.call())
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        self.send(path, "application/json", body.to_string().as_bytes())
    }

    /// Posts bytes of some type.
    pub(crate) fn send(&self, path: &str, kind: &str, body: &[u8]) -> Result<Value, Failure> {
        let request = self.agent.post(self.address(path));
        self.body(request, kind, body)
    }

    pub(crate) fn put(&self, path: &str, kind: &str, body: &[u8]) -> Result<Value, Failure> {
        let request = self.agent.put(self.address(path));
        self.body(request, kind, body)
    }

    fn body(
        &self,
        request: ureq::RequestBuilder<ureq::typestate::WithBody>,
        kind: &str,
        body: &[u8],
    ) -> Result<Value, Failure> {
        let mut request = request.header("content-type", kind);
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        self.json(&self.take(request.send(body))?)
    }

    /// Paths are made of names that were parsed before, so that nothing in them needs an escape.
    fn address(&self, path: &str) -> String {
        format!("{}/api/v1{path}", self.url)
    }

    fn take(&self, answer: Result<Response<Body>, ureq::Error>) -> Result<Vec<u8>, Failure> {
        let unreachable = |error: ureq::Error| {
            let text = format!(
                "the office at {} does not answer: {error}; is it running? (`legation serve DIR`)",
                self.url
            );
            Failure::new("cli.unreachable", text)
        };
        let mut answer = answer.map_err(unreachable)?;
        let status = answer.status();
        let reader = answer.body_mut().with_config().limit(ANSWER_MAX);
        let bytes = reader.read_to_vec().map_err(unreachable)?;
        if status.is_success() {
            return Ok(bytes);
        }
        let said = serde_json::from_slice::<Value>(&bytes).ok();
        Err(said.as_ref().and_then(Failure::told).unwrap_or_else(|| {
            let text = format!(
                "{} answered with status {status}, which is not the answer of an office",
                self.url
            );
            Failure::new("cli.answer", text)
        }))
    }

    fn json(&self, bytes: &[u8]) -> Result<Value, Failure> {
        serde_json::from_slice(bytes).map_err(|error| {
            let text = format!(
                "{} answered with something that is not JSON: {error}",
                self.url
            );
            Failure::new("cli.answer", text)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_http_addresses_are_taken() {
        assert_eq!(
            checked("http://127.0.0.1:1/").unwrap(),
            "http://127.0.0.1:1"
        );
        for url in ["https://a.example", "127.0.0.1:8440", "http://", ""] {
            assert_eq!(checked(url).unwrap_err().code(), "cli.url", "{url}");
        }
    }
}
