//! The HTTP API of a running office, as a client of it.
//!
//! Where the office is comes from flags, then from the office's own directory, then from the
//! environment. No verb's meaning is here.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use serde_json::Value;
use ureq::http::Response;
use ureq::tls::{PemItem, RootCerts, TlsConfig, TlsProvider, parse_pem};
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
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    pub(crate) token: Option<String>,
    /// The office's directory on this machine, which tells both
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
    /// The root that the office's TLS certificate comes from, PEM; the system's roots when left out
    /// [env: LEGATION_CA]
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
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
        Client::new(url, Some(token.trim().to_owned()), &self.trust())
    }

    /// A client that has no token, for the one thing that needs none.
    pub(crate) fn open_stranger(&self, elsewhere: Option<&str>) -> Result<Client, Failure> {
        let url = match elsewhere {
            Some(url) if !self.is_named() => checked(url)?,
            _ => self.url()?,
        };
        Client::new(url, None, &self.trust())
    }

    fn trust(&self) -> Trust {
        let ca = self.ca.clone();
        match ca.or_else(|| variable("LEGATION_CA").map(PathBuf::from)) {
            Some(path) => Trust::Root(path),
            None if self.office.is_none() && self.dir.is_some() => Trust::ThisMachine,
            None => Trust::System,
        }
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
    for scheme in ["http://", "https://"] {
        if url
            .strip_prefix(scheme)
            .is_some_and(|rest| !rest.is_empty())
        {
            return Ok(url.to_owned());
        }
    }
    let text = format!(
        "`{url}` cannot be used: write it like `https://office.example` or `http://127.0.0.1:8440`"
    );
    Err(Failure::new("cli.url", text))
}

/// Whom to believe that it is the office.
enum Trust {
    /// Whoever the system's roots vouch for.
    System,
    /// Whoever these roots vouch for.
    Root(PathBuf),
    /// Whoever listens where the office's own directory says: its certificate names where others
    /// find it, not where this machine does.
    ThisMachine,
}

/// Where systems keep the roots that they trust: Debian, Red Hat, Alpine and BSD.
const SYSTEM_ROOTS: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
    "/etc/ssl/ca-bundle.pem",
];

impl Trust {
    fn config(&self) -> Result<TlsConfig, Failure> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .unversioned_rustls_crypto_provider(provider);
        let path = match self {
            Self::ThisMachine => return Ok(builder.disable_verification(true).build()),
            Self::Root(path) => Some(path.clone()),
            Self::System => system_roots(),
        };
        let mut roots = Vec::new();
        if let Some(path) = path {
            for item in parse_pem(&disk::read(&path)?) {
                match item {
                    Ok(PemItem::Certificate(root)) => roots.push(root),
                    Ok(_) => {}
                    Err(error) => return Err(Failure::disk("read", &path, &error)),
                }
            }
        }
        Ok(builder
            .root_certs(RootCerts::Specific(Arc::new(roots)))
            .build())
    }
}

/// The file of the roots that the system trusts, if it has one.
pub(crate) fn system_roots() -> Option<PathBuf> {
    let set = variable("SSL_CERT_FILE").map(PathBuf::from);
    let mut usual = SYSTEM_ROOTS.iter().map(PathBuf::from);
    set.or_else(|| usual.find(|path| path.exists()))
}

/// TLS towards others than offices: whoever the roots in a file vouch for, or those of the system.
pub(crate) fn trust(root: Option<PathBuf>) -> Result<TlsConfig, Failure> {
    root.map_or(Trust::System, Trust::Root).config()
}

/// A client of one office.
pub(crate) struct Client {
    agent: Agent,
    url: String,
    token: Option<String>,
}

impl Client {
    fn new(url: String, token: Option<String>, trust: &Trust) -> Result<Self, Failure> {
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            // A token in clear text is for the office's machine, and for nobody in between.
            .proxy(None)
            .max_redirects(0)
            .timeout_connect(Some(CONNECT))
            .timeout_recv_response(Some(ANSWER))
            .user_agent(concat!("legation/", env!("CARGO_PKG_VERSION")));
        if url.starts_with("https://") {
            config = config.tls_config(trust.config()?);
        }
        let agent = config.build().new_agent();
        Ok(Self { agent, url, token })
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

    /// The lines of a stream of events, from those after `last` on.
    pub(crate) fn stream(
        &self,
        path: &str,
        last: Option<&str>,
    ) -> Result<impl BufRead + use<>, Failure> {
        let mut request = self.agent.get(self.address(path));
        request = request.header("accept", "text/event-stream");
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        match request.call() {
            Ok(answer) if answer.status().is_success() => {
                Ok(BufReader::new(answer.into_body().into_reader()))
            }
            // What it says instead is read as every other refusal.
            answer => {
                self.take(answer)?;
                let text = format!("{} tells no events", self.url);
                Err(Failure::new("cli.answer", text))
            }
        }
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
    fn only_addresses_of_http_are_taken() {
        for url in ["http://127.0.0.1:1", "https://a.example"] {
            assert_eq!(checked(&format!("{url}/")).unwrap(), url);
        }
        for url in [
            "ftp://a.example",
            "127.0.0.1:8440",
            "http://",
            "https://",
            "",
        ] {
            assert_eq!(checked(url).unwrap_err().code(), "cli.url", "{url}");
        }
    }
}
