//! One certificate, from the order to the chain (RFC 8555 section 7).
//!
//! The flow. The account is found or made (7.3). Names are ordered (7.4); for each the CA has an
//! authorization, which is valid already or has challenges (7.5). Of those tls-alpn-01 is met: its
//! proof is held at the office's own port, the CA is told and looks. When every name is proved, a
//! key is made and a certificate asked for it (7.4); the chain is fetched (7.4.2), looked at, and
//! kept together with its key.
//!
//! All of it blocks, and is for a thread of its own.

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use legation_core::id::Digest;
use legation_web::Challenges;
use serde::Deserialize;
use serde_json::{Value, json};
use ureq::tls::TlsConfig;

use crate::acme::error::{AcmeError, Identifier, Problem};
use crate::acme::folder::{Account, Folder};
use crate::acme::paper::{self, Issued};
use crate::acme::wire::{Said, Speaker, Wire, key_authorization};
use crate::failure::Failure;

/// How long a CA may look at a name, or sign: Let's Encrypt takes seconds.
const PATIENCE: Duration = Duration::from_secs(180);

/// The first pause between two questions; each further one is twice as long.
const PAUSE: Duration = Duration::from_millis(250);

/// The longest.
const PAUSE_MAX: Duration = Duration::from_secs(10);

/// Who wants a certificate, of whom, for what.
pub(crate) struct Applicant {
    pub(crate) directory: String,
    pub(crate) tls: TlsConfig,
    pub(crate) contact: Option<String>,
    pub(crate) names: Vec<String>,
    pub(crate) folder: Folder,
    pub(crate) challenges: Challenges,
}

#[derive(Deserialize)]
struct Order {
    status: String,
    authorizations: Vec<String>,
    finalize: String,
    certificate: Option<String>,
    error: Option<Problem>,
}

#[derive(Deserialize)]
struct Authorization {
    status: String,
    identifier: Identifier,
    challenges: Vec<Challenge>,
}

#[derive(Deserialize)]
struct Challenge {
    #[serde(rename = "type")]
    kind: String,
    url: String,
    #[serde(default)]
    token: String,
    error: Option<Problem>,
}

/// Proofs are held while somebody waits for the CA, and no longer.
struct Held<'a>(&'a Challenges);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.forget();
    }
}

impl Applicant {
    /// Gets a certificate and keeps it.
    ///
    /// # Errors
    /// When the CA cannot be reached, refuses, does not find the office under one of its names, or
    /// issues what cannot be used; nothing that was kept is touched then.
    pub(crate) fn obtain(&self) -> Result<Issued, AcmeError> {
        let mut wire = Wire::open(&self.directory, self.tls.clone())?;
        let speaker = self.account(&mut wire)?;
        let (speaker, url, order) = self.order(&mut wire, speaker)?;
        for authorization in &order.authorizations {
            self.prove(&mut wire, &speaker, authorization)?;
        }
        let key = paper::make_key()?;
        let request = URL_SAFE_NO_PAD.encode(paper::request(&self.names, &key)?);
        settle(&mut wire, &speaker, &url, "to check the names", |order| {
            order.status != "pending"
        })?;
        let csr = json!({"csr": request});
        wire.ask(&speaker, "to issue", &order.finalize, Some(&csr))?;
        let order = settle(&mut wire, &speaker, &url, "to issue", |order| {
            !["pending", "ready", "processing"].contains(&order.status.as_str())
        })?;
        let Some(url) = order.certificate else {
            return Err(AcmeError::Unusable(format!(
                "its order is {}, and there is none",
                order.status
            )));
        };
        let chain = wire.ask(&speaker, "to hand out the certificate", &url, None)?;
        let chain = chain.into_text()?;
        let issued = Issued::read(&chain)?;
        if !issued.is_of(&key) {
            return Err(AcmeError::Unusable("it is for another key".to_owned()));
        }
        if let Some(name) = self.names.iter().find(|name| !issued.is_for(name)) {
            return Err(AcmeError::Unusable(format!("it is not for `{name}`")));
        }
        self.folder
            .keep_certificate(&self.directory, &key, &chain)?;
        Ok(issued)
    }

    /// The account that is kept, or a new one (section 7.3).
    fn account(&self, wire: &mut Wire) -> Result<Speaker, AcmeError> {
        let kept = self.folder.account(&self.directory)?;
        let Some((key, mut account)) = kept else {
            return self.register(wire, paper::make_key()?);
        };
        let speaker = Speaker {
            key,
            account: Some(account.url.clone()),
        };
        if account.contact != self.contact {
            let contact = json!({"contact": self.contacts()});
            wire.ask(&speaker, "the new contact", &account.url, Some(&contact))?;
            account.contact.clone_from(&self.contact);
            self.folder.keep_account(&speaker.key, &account)?;
        }
        Ok(speaker)
    }

    /// Registers a key; one that the CA knows already gets the account that it has.
    fn register(
        &self,
        wire: &mut Wire,
        key: p256::ecdsa::SigningKey,
    ) -> Result<Speaker, AcmeError> {
        let speaker = Speaker { key, account: None };
        let payload = json!({"termsOfServiceAgreed": true, "contact": self.contacts()});
        let url = wire.directory.new_account.clone();
        let said = wire.ask(&speaker, "an account", &url, Some(&payload))?;
        let url = location(said, &url)?;
        let account = Account {
            directory: self.directory.clone(),
            url: url.clone(),
            contact: self.contact.clone(),
        };
        self.folder.keep_account(&speaker.key, &account)?;
        Ok(Speaker {
            account: Some(url),
            ..speaker
        })
    }

    fn contacts(&self) -> Vec<String> {
        let contact = self.contact.iter();
        contact.map(|mail| format!("mailto:{mail}")).collect()
    }

    /// Orders a certificate for the names (section 7.4).
    fn order(
        &self,
        wire: &mut Wire,
        speaker: Speaker,
    ) -> Result<(Speaker, String, Order), AcmeError> {
        let names = self.names.iter();
        let names: Vec<Value> = names
            .map(|name| json!({"type": "dns", "value": name}))
            .collect();
        let payload = json!({"identifiers": names});
        let url = wire.directory.new_order.clone();
        let ask = |wire: &mut Wire, speaker: &Speaker| {
            wire.ask(speaker, "the order", &url, Some(&payload))
        };
        let (speaker, said) = match ask(wire, &speaker) {
            // A CA that was set up anew knows its old accounts no more (section 7.3.1).
            Err(AcmeError::Refused { problem, .. }) if problem.is("accountDoesNotExist") => {
                let speaker = self.register(wire, speaker.key)?;
                let said = ask(wire, &speaker)?;
                (speaker, said)
            }
            said => (speaker, said?),
        };
        let order: Order = said.document()?;
        let url = location(said, &url)?;
        match order.error {
            Some(problem) => Err(refused("the order", problem)),
            None => Ok((speaker, url, order)),
        }
    }

    /// Proves one name (section 7.5.1), unless the CA believes it already.
    fn prove(&self, wire: &mut Wire, speaker: &Speaker, url: &str) -> Result<(), AcmeError> {
        let said = wire.ask(speaker, "the authorization", url, None)?;
        let authorization: Authorization = said.document()?;
        if authorization.status == "valid" {
            return Ok(());
        }
        let name = authorization.identifier.value.clone();
        let Some(challenge) = authorization.challenge() else {
            let offered = authorization.challenges.iter();
            let offered: Vec<&str> = offered.map(|one| one.kind.as_str()).collect();
            let offered = crate::acme::error::fit(&offered.join(", "));
            return Err(AcmeError::Unoffered { name, offered });
        };
        let digest = Digest::of(key_authorization(&challenge.token, &speaker.key).as_bytes());
        let (certificate, key) = paper::proof(&name, &digest)?;
        let _held = Held(&self.challenges);
        let held = self.challenges.hold(&name, certificate, key);
        held.map_err(|error| Failure::new(error.code(), error.to_string()))?;
        wire.ask(speaker, "the challenge", &challenge.url, Some(&json!({})))?;
        let waiting = Waiting::begin("to look at the names");
        let mut authorization = authorization;
        let mut wait = None;
        // `invalid`, `revoked`, `expired` and `deactivated` are all the end of it (section 7.1.6).
        while ["pending", "processing"].contains(&authorization.status.as_str()) {
            waiting.pause(wait)?;
            let said = wire.ask(speaker, "the authorization", url, None)?;
            wait = said.wait;
            authorization = said.document()?;
        }
        if authorization.status == "valid" {
            return Ok(());
        }
        let problem = authorization.challenge().and_then(|one| one.error.clone());
        let problem = problem.unwrap_or_else(|| Problem {
            kind: authorization.status,
            detail: "without any reason".to_owned(),
            ..Problem::default()
        });
        Err(AcmeError::Unproved { name, problem })
    }
}

impl Authorization {
    fn challenge(&self) -> Option<&Challenge> {
        let mut challenges = self.challenges.iter();
        challenges.find(|challenge| challenge.kind == "tls-alpn-01")
    }
}

fn refused(doing: &'static str, problem: Problem) -> AcmeError {
    AcmeError::Refused {
        doing,
        problem,
        wait: None,
    }
}

fn location(said: Said, url: &str) -> Result<String, AcmeError> {
    said.location.ok_or_else(|| AcmeError::Answer {
        url: url.to_owned(),
        what: "it does not say where what was made is".to_owned(),
    })
}

/// Asks for an order until it is as far as that.
fn settle(
    wire: &mut Wire,
    speaker: &Speaker,
    url: &str,
    doing: &'static str,
    is_there: impl Fn(&Order) -> bool,
) -> Result<Order, AcmeError> {
    let waiting = Waiting::begin(doing);
    loop {
        let said = wire.ask(speaker, "the order", url, None)?;
        let order: Order = said.document()?;
        if let Some(problem) = order.error {
            return Err(refused(doing, problem));
        }
        if order.status == "invalid" {
            let problem = Problem {
                kind: order.status,
                detail: "without any reason".to_owned(),
                ..Problem::default()
            };
            return Err(refused(doing, problem));
        }
        if is_there(&order) {
            return Ok(order);
        }
        waiting.pause(said.wait)?;
    }
}

/// Waits for a CA, with pauses that grow.
struct Waiting {
    doing: &'static str,
    begun: Instant,
    pause: std::cell::Cell<Duration>,
}

impl Waiting {
    fn begin(doing: &'static str) -> Self {
        Self {
            doing,
            begun: Instant::now(),
            pause: std::cell::Cell::new(PAUSE),
        }
    }

    fn pause(&self, wait: Option<u64>) -> Result<(), AcmeError> {
        if self.begun.elapsed() > PATIENCE {
            return Err(AcmeError::Slow {
                doing: self.doing,
                seconds: PATIENCE.as_secs(),
            });
        }
        let own = self.pause.get();
        self.pause.set((own * 2).min(PAUSE_MAX));
        let asked = Duration::from_secs(wait.unwrap_or(0));
        std::thread::sleep(own.max(asked).min(PATIENCE));
        Ok(())
    }
}
