//! Posting one notice to one address, as Standard Webhooks 1.0 says: `webhook-id`,
//! `webhook-timestamp` and `webhook-signature`, over a body of `type`, `timestamp` and `data`.
//!
//! What a name leads to is looked up here, checked, and then connected to, so that nobody can have
//! it lead elsewhere in between. No redirect is followed, no proxy asked.

use std::net::SocketAddr;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use legation_core::notice::Notice;
use legation_core::time::Instant;
use legation_engine::{Target, may_connect};
use legation_web::notice_json;
use serde_json::json;
use sha2::Sha256;
use ureq::Agent;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::tls::TlsConfig;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};

/// How long the other end may take for one notice: a receiver notes it and says so.
const PATIENCE: Duration = Duration::from_secs(15);

/// What is told of an answer that refuses: its status says enough.
const REASON_MAX: usize = 200;

/// The other end did not take a notice.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// What happened, in a few words that tell nothing of the office's network.
    pub(crate) reason: String,
    /// How long the other end asks to be left alone.
    pub(crate) wait: Option<Duration>,
    /// Whether it wants nothing more, ever.
    pub(crate) is_final: bool,
}

impl Refusal {
    pub(crate) fn new(reason: &str) -> Self {
        Self {
            reason: reason.chars().take(REASON_MAX).collect(),
            wait: None,
            is_final: false,
        }
    }
}

/// Who posts.
pub(crate) struct Postman {
    tls: TlsConfig,
}

/// What is signed, as it goes out.
struct Message {
    id: String,
    seconds: i64,
    body: String,
}

impl Message {
    fn of(notice: &Notice, now: Instant) -> Self {
        let body = json!({
            "type": format!("notice.{}", notice.kind.as_str()),
            // When it happened, not when it is told: a second try says the same.
            "timestamp": notice.since.unwrap_or(now),
            "data": notice_json(notice),
        });
        Self {
            id: notice.id.to_string(),
            seconds: now.micros().div_euclid(1_000_000),
            body: body.to_string(),
        }
    }

    /// `v1` and the HMAC-SHA256 over id, timestamp and body with full stops between.
    fn signature(&self, key: &[u8; 32]) -> Option<String> {
        let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
        mac.update(format!("{}.{}.", self.id, self.seconds).as_bytes());
        mac.update(self.body.as_bytes());
        let code = mac.finalize().into_bytes();
        Some(format!("v1,{}", STANDARD.encode(code)))
    }
}

impl Postman {
    pub(crate) fn new(tls: TlsConfig) -> Self {
        Self { tls }
    }

    /// Posts a notice; blocks until it was taken or not.
    ///
    /// # Errors
    /// When it cannot be, or the other end answers with anything but success.
    pub(crate) fn post(
        &self,
        target: &Target,
        notice: &Notice,
        now: Instant,
    ) -> Result<(), Refusal> {
        let message = Message::of(notice, now);
        let signature = message.signature(&target.key);
        let signature = signature.ok_or_else(|| Refusal::new("it cannot be signed"))?;
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .proxy(None)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(PATIENCE))
            .user_agent(concat!("legation/", env!("CARGO_PKG_VERSION")))
            .tls_config(self.tls.clone())
            .build();
        let checked = Checked {
            target: target.clone(),
            inner: DefaultResolver::default(),
        };
        let agent = Agent::with_parts(config, DefaultConnector::new(), checked);
        let request = agent
            .post(&target.url)
            .header("content-type", "application/json")
            .header("webhook-id", &message.id)
            .header("webhook-timestamp", message.seconds.to_string())
            .header("webhook-signature", &signature);
        let answer = request.send(message.body.as_bytes());
        let answer = answer.map_err(|error| Refusal::new(&describe(&error)))?;
        let status = answer.status();
        if status.is_success() {
            return Ok(());
        }
        let wait = answer.headers().get("retry-after");
        let wait = wait.and_then(|wait| wait.to_str().ok()?.trim().parse().ok());
        Err(Refusal {
            wait: wait.map(Duration::from_secs),
            // Standard Webhooks: whoever answers so wants nothing more.
            is_final: status.as_u16() == 410,
            ..Refusal::new(&format!("status {}", status.as_u16()))
        })
    }
}

/// What stood in the way, without addresses of the office's network.
fn describe(error: &ureq::Error) -> String {
    match error {
        ureq::Error::Timeout(_) => "no answer in time".to_owned(),
        ureq::Error::HostNotFound => "its name leads nowhere".to_owned(),
        ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
            "its name leads to an address that may not be called".to_owned()
        }
        ureq::Error::Io(error) => format!("no connection: {}", error.kind()),
        ureq::Error::Rustls(_) | ureq::Error::Tls(_) => "TLS failed".to_owned(),
        _ => "no answer of HTTP".to_owned(),
    }
}

/// Looks names up, and lets through only what may be connected to.
#[derive(Debug)]
struct Checked {
    target: Target,
    inner: DefaultResolver,
}

impl Resolver for Checked {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.inner.resolve(uri, config, timeout)?;
        let mut let_through = self.empty();
        let may = |address: &&SocketAddr| may_connect(&self.target, address.ip());
        for address in found.iter().filter(may) {
            let_through.push(*address);
        }
        if let_through.is_empty() {
            let kind = std::io::ErrorKind::PermissionDenied;
            return Err(ureq::Error::Io(kind.into()));
        }
        Ok(let_through)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The code was computed with Python's `hmac`.
    #[test]
    fn what_is_signed_is_id_time_and_body() {
        let message = Message {
            id: "msg_1".into(),
            seconds: 1_614_265_330,
            body: "{\"test\": 2432232314}".into(),
        };
        let key = [7; 32];
        assert_eq!(
            message.signature(&key).unwrap(),
            "v1,4tb+MnkCTqymlrGQQ6f66PPeMjMas7AHx6XI40qL5MA="
        );
    }
}
