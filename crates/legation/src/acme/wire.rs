//! What is said to a CA and what it says: requests signed with the account's key, one nonce each
//! (RFC 8555 section 6, RFC 7515).
//!
//! Not here: what is asked in which order.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use legation_core::id::Digest;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use ureq::http::{HeaderMap, Response};
use ureq::tls::TlsConfig;
use ureq::{Agent, Body};

use crate::acme::error::{AcmeError, Problem, fit};

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The longest answer that is read, 1 MiB: a chain of certificates has some kilobytes.
const ANSWER_MAX: u64 = 1024 * 1024;

/// How often a nonce may be refused: a CA that has forgotten one gives another (section 6.5).
const NONCES: usize = 10;

/// Who speaks to a CA.
pub(crate) struct Speaker {
    /// The account's key.
    pub(crate) key: SigningKey,
    /// By what the CA knows the account; before it does, the key itself is sent.
    pub(crate) account: Option<String>,
}

/// Where a CA is asked for what (section 7.1.1).
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Directory {
    new_nonce: String,
    pub(crate) new_account: String,
    pub(crate) new_order: String,
}

/// A CA.
pub(crate) struct Wire {
    agent: Agent,
    pub(crate) directory: Directory,
    nonce: Option<String>,
}

/// What it says.
pub(crate) struct Said {
    url: String,
    /// Where what was made is.
    pub(crate) location: Option<String>,
    /// How many seconds to wait before asking again.
    pub(crate) wait: Option<u64>,
    body: Vec<u8>,
}

impl Said {
    /// As a document.
    pub(crate) fn document<T: DeserializeOwned>(&self) -> Result<T, AcmeError> {
        serde_json::from_slice(&self.body).map_err(|error| answer(&self.url, &error.to_string()))
    }

    /// As a text.
    pub(crate) fn into_text(self) -> Result<String, AcmeError> {
        String::from_utf8(self.body).map_err(|_| answer(&self.url, "it is no text"))
    }
}

fn answer(url: &str, what: &str) -> AcmeError {
    AcmeError::Answer {
        url: url.to_owned(),
        what: fit(what),
    }
}

impl Wire {
    /// Asks a CA for its directory.
    pub(crate) fn open(url: &str, tls: TlsConfig) -> Result<Self, AcmeError> {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            // Section 6.1: what is said to a CA is said by TLS.
            .https_only(true)
            .timeout_global(Some(PATIENCE))
            .max_redirects(3)
            .user_agent(concat!("legation/", env!("CARGO_PKG_VERSION")))
            .tls_config(tls)
            .build()
            .new_agent();
        let said = take(url, "to tell its directory", agent.get(url).call())?.0?;
        Ok(Self {
            directory: said.document()?,
            agent,
            nonce: None,
        })
    }

    /// Asks for something, signed; without a payload it is a question (section 6.3). `doing` says
    /// what it is, in case the CA refuses.
    pub(crate) fn ask(
        &mut self,
        speaker: &Speaker,
        doing: &'static str,
        url: &str,
        payload: Option<&Value>,
    ) -> Result<Said, AcmeError> {
        let payload = payload.map_or(String::new(), Value::to_string);
        let mut tries = 0;
        loop {
            tries += 1;
            let nonce = match self.nonce.take() {
                Some(nonce) => nonce,
                None => self.draw()?,
            };
            let body = signed(speaker, &nonce, url, &payload).to_string();
            let request = self.agent.post(url);
            let request = request.header("content-type", "application/jose+json");
            let (said, nonce) = take(url, doing, request.send(body.as_bytes()))?;
            self.nonce = nonce;
            match said {
                Err(AcmeError::Refused { problem, .. })
                    if problem.is("badNonce") && tries < NONCES => {}
                said => return said,
            }
        }
    }

    /// A nonce for the first request, or where the last answer brought none (section 7.2).
    fn draw(&self) -> Result<String, AcmeError> {
        let url = &self.directory.new_nonce;
        let (said, nonce) = take(url, "to give a nonce", self.agent.head(url).call())?;
        said?;
        nonce.ok_or_else(|| answer(url, "there is no nonce in it"))
    }
}

/// An answer, or the refusal that it is; and the nonce that it brings.
fn take(
    url: &str,
    doing: &'static str,
    answered: Result<Response<Body>, ureq::Error>,
) -> Result<(Result<Said, AcmeError>, Option<String>), AcmeError> {
    let unreachable = |cause| AcmeError::Unreachable {
        url: url.to_owned(),
        cause: Box::new(cause),
    };
    let mut response = answered.map_err(unreachable)?;
    let status = response.status();
    let body = response.body_mut().with_config().limit(ANSWER_MAX);
    let body = body.read_to_vec().map_err(unreachable)?;
    let headers = response.headers();
    let nonce = field(headers, "replay-nonce");
    let wait = field(headers, "retry-after").and_then(|text| text.trim().parse().ok());
    if status.is_success() {
        let said = Said {
            url: url.to_owned(),
            location: field(headers, "location"),
            wait,
            body,
        };
        return Ok((Ok(said), nonce));
    }
    // Whatever answers for a CA, be it a proxy, may have other words.
    let problem = serde_json::from_slice(&body).unwrap_or_else(|_| Problem {
        kind: format!("status {}", status.as_u16()),
        detail: fit(&String::from_utf8_lossy(&body)),
        ..Problem::default()
    });
    let refused = AcmeError::Refused {
        doing,
        problem,
        wait,
    };
    Ok((Err(refused), nonce))
}

fn field(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?;
    Some(value.to_owned())
}

/// A request as it is signed: a flattened JWS (RFC 7515 section 7.2.2, RFC 8555 section 6.2).
fn signed(speaker: &Speaker, nonce: &str, url: &str, payload: &str) -> Value {
    let mut head = json!({"alg": "ES256", "nonce": nonce, "url": url});
    let (by, who) = match &speaker.account {
        Some(account) => ("kid", json!(account)),
        None => ("jwk", json!(public(&speaker.key))),
    };
    if let Some(head) = head.as_object_mut() {
        head.insert(by.to_owned(), who);
    }
    let head = URL_SAFE_NO_PAD.encode(head.to_string());
    let payload = URL_SAFE_NO_PAD.encode(payload);
    let signature: Signature = speaker.key.sign(format!("{head}.{payload}").as_bytes());
    let signature = URL_SAFE_NO_PAD.encode(signature.to_bytes());
    json!({"protected": head, "payload": payload, "signature": signature})
}

/// The public half of a key (RFC 7518 section 6.2.1).
fn public(key: &SigningKey) -> Value {
    let point = key.verifying_key().to_encoded_point(false);
    let text = |half: Option<&p256::FieldBytes>| {
        URL_SAFE_NO_PAD.encode(half.map_or(&[][..], |half| half.as_slice()))
    };
    json!({"crv": "P-256", "kty": "EC", "x": text(point.x()), "y": text(point.y())})
}

/// What a challenge asks for: its token, bound to the account's key (RFC 8555 section 8.1).
pub(crate) fn key_authorization(token: &str, key: &SigningKey) -> String {
    // Keys in the order of their names and no white space (RFC 7638 section 3): as serde_json
    // writes a map.
    let thumbprint = Digest::of(public(key).to_string().as_bytes());
    format!("{token}.{}", URL_SAFE_NO_PAD.encode(thumbprint.as_bytes()))
}

#[cfg(test)]
mod tests {
    use p256::ecdsa::signature::Verifier as _;

    use super::*;
    use crate::acme::paper::make_key;

    fn part(document: &Value, name: &str) -> Vec<u8> {
        let text = document[name].as_str().unwrap();
        URL_SAFE_NO_PAD.decode(text).unwrap()
    }

    #[test]
    fn a_request_carries_what_the_standard_asks_for_and_nothing_else() {
        for account in [None, Some("https://ca.example/1".to_owned())] {
            let key = make_key().unwrap();
            let speaker = Speaker { key, account };
            let said = signed(&speaker, "n", "https://ca.example/new", "{}");
            let head: Value = serde_json::from_slice(&part(&said, "protected")).unwrap();
            assert_eq!(head["url"], "https://ca.example/new");
            assert_eq!(
                (&head["alg"], &head["nonce"]),
                (&json!("ES256"), &json!("n"))
            );
            // One of both, never both (section 6.2).
            assert_eq!(head.get("kid").is_some(), speaker.account.is_some());
            assert_eq!(head.get("jwk").is_some(), speaker.account.is_none());
            assert!(!head.to_string().contains("\"d\""));
            let text = |name| said[name].as_str().unwrap();
            let bytes = format!("{}.{}", text("protected"), text("payload"));
            let signature = Signature::from_slice(&part(&said, "signature")).unwrap();
            let public = speaker.key.verifying_key();
            public.verify(bytes.as_bytes(), &signature).unwrap();
        }
    }

    #[test]
    fn the_thumbprint_is_that_of_the_standards_form() {
        let key = make_key().unwrap();
        let public = public(&key);
        let (x, y) = (public["x"].as_str().unwrap(), public["y"].as_str().unwrap());
        assert_eq!((x.len(), y.len()), (43, 43));
        let form = format!("{{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"{x}\",\"y\":\"{y}\"}}");
        let thumbprint = URL_SAFE_NO_PAD.encode(Digest::of(form.as_bytes()).as_bytes());
        assert_eq!(key_authorization("t", &key), format!("t.{thumbprint}"));
    }
}
