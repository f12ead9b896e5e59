//! The office's certificate, got from a CA by ACME (RFC 8555) and renewed in time.
//!
//! The cast. `order` gets one certificate; `wire` speaks to the CA; `paper` makes and reads keys,
//! requests and certificates; `folder` keeps all of it in `DIR/acme`; `pace` says when the CA is
//! asked, and how long it is left alone after it refused.
//!
//! The flow. [`Keeper::open`] takes what is kept, without any network, as long as it is in date; an
//! office that has nothing of use gets a certificate before it answers anybody, and until then its
//! port answers the CA alone. [`Keeper::keep`] then renews for as long as the office runs. When that
//! fails, what is in use stays in use.
//!
//! Not here: how the CA's question is answered at the port, and how TLS takes up a new certificate.
//! Both are `legation-web`'s.

mod error;
mod folder;
mod order;
mod pace;
mod paper;
mod wire;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use legation_core::time::{Clock as _, Instant};
use legation_engine::SystemClock;
use legation_web::{Challenges, Event, Tls, TlsFiles, Watch};
use tokio::net::TcpListener;

use self::error::AcmeError;
use self::folder::{Folder, Kept};
use self::order::Applicant;
use self::pace::Refusal;
use self::paper::Issued;
use crate::client;
use crate::failure::Failure;

/// The longest sleep: a clock may be set, and a machine may be suspended.
const SLEEP: Duration = Duration::from_secs(600);

/// How the office gets its certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Acme {
    /// The names that it is for; where there are none, that of the public URL.
    pub(crate) names: Vec<String>,
    /// Where the CA writes to, a mail address.
    pub(crate) contact: Option<String>,
    /// The CA: the URL of its directory.
    pub(crate) directory: String,
    /// The roots that the CA's own certificate comes from, PEM; those of the system when left out.
    pub(crate) root: Option<PathBuf>,
    /// How long before its end a certificate is renewed; a third of its life when left out.
    pub(crate) renew_before: Option<Duration>,
    /// How long to wait after the first refusal; after each further one twice as long.
    pub(crate) retry: Duration,
}

impl Default for Acme {
    fn default() -> Self {
        Self {
            names: Vec::new(),
            contact: None,
            directory: "https://acme-v02.api.letsencrypt.org/directory".to_owned(),
            root: None,
            renew_before: None,
            retry: Duration::from_secs(300),
        }
    }
}

impl Acme {
    /// The names that a certificate is to be for, in small letters; none where nobody says any.
    pub(crate) fn names(&self, public_url: Option<&str>) -> Vec<String> {
        let of_url = || public_url.and_then(host).into_iter().map(str::to_owned);
        let mut names: Vec<String> = match self.names.is_empty() {
            true => of_url().collect(),
            false => self.names.clone(),
        };
        names
            .iter_mut()
            .for_each(|name| name.make_ascii_lowercase());
        names.sort();
        names.dedup();
        names
    }
}

/// The host of a URL, if it is a name for which a CA would look.
fn host(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let host = rest.split(['/', ':', '?', '#']).next()?;
    is_name(host).then_some(host)
}

/// Whether it is a name of the DNS as hosts have it (RFC 1123 section 2.1), and not an address.
/// Names with other letters are written as the DNS has them, `xn--…`; a wildcard cannot be proved
/// at a port.
pub(crate) fn is_name(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let is_number = |label: &str| label.bytes().all(|b| b.is_ascii_digit());
    text.len() <= 253
        && text.split('.').all(is_label)
        && !text.rsplit('.').next().is_some_and(is_number)
}

/// Keeps the office's certificate.
pub(crate) struct Keeper {
    acme: Acme,
    names: Vec<String>,
    folder: Folder,
    /// How TLS is spoken with what is in the folder.
    files: TlsFiles,
    challenges: Challenges,
    applicant: Arc<Applicant>,
}

/// The file in `dir` that holds certificate and key.
pub(crate) fn file(dir: &Path) -> PathBuf {
    Folder::of(dir).certificate_file()
}

/// That certificates are to come from files and from a CA.
pub(crate) fn two_certificates() -> Failure {
    AcmeError::Twice.into()
}

impl Keeper {
    /// Whoever keeps the certificate of the office in `dir`. Nothing is asked or read yet.
    ///
    /// # Errors
    /// When there is no name that a CA could vouch for, or the roots cannot be read.
    pub(crate) fn new(
        acme: Acme,
        public_url: Option<&str>,
        files: TlsFiles,
        dir: &Path,
    ) -> Result<Self, Failure> {
        let names = acme.names(public_url);
        if names.is_empty() {
            return Err(AcmeError::Nameless.into());
        }
        let folder = Folder::of(dir);
        let challenges = Challenges::default();
        let applicant = Applicant {
            directory: acme.directory.clone(),
            tls: client::trust(acme.root.clone())?,
            contact: acme.contact.clone(),
            names: names.clone(),
            folder: folder.clone(),
            challenges: challenges.clone(),
        };
        Ok(Self {
            acme,
            names,
            folder,
            files,
            challenges,
            applicant: Arc::new(applicant),
        })
    }

    /// TLS with the certificate that is kept, or else with one that the CA issues now; until it has,
    /// `listener` answers nobody but the CA.
    ///
    /// # Errors
    /// When nothing that is in date is kept, and the CA issues nothing.
    pub(crate) async fn open(
        &self,
        listener: &TcpListener,
        watch: &dyn Watch,
    ) -> Result<Tls, Failure> {
        let kept = self.folder.certificate()?;
        let issued = match kept.filter(|kept| self.is_of_use(kept)) {
            Some(kept) => kept.issued,
            None => {
                let names = self.names.join(", ");
                let url = &self.acme.directory;
                tracing::info!(
                    target: "legation::door",
                    { acme.names = names, acme.directory = url },
                    "a certificate is asked of the CA"
                );
                tokio::select! {
                    issued = self.renew(watch) => issued?,
                    () = self.challenges.answer(listener) => return Err(stopped()),
                }
            }
        };
        watch.note(&Event::CertificateEnds(issued.ends));
        let tls = Tls::open_with(self.files.clone(), self.challenges.clone());
        tls.map_err(|error| Failure::new(error.code(), error.to_string()))
    }

    /// Renews what `tls` serves, for ever.
    pub(crate) async fn keep(self, tls: Tls, watch: Arc<dyn Watch>) {
        loop {
            let wait = self.due().saturating_sub(now());
            if wait > 0 {
                tokio::time::sleep(Duration::from_secs(wait).min(SLEEP)).await;
                continue;
            }
            match self.renew(&*watch).await {
                Ok(issued) => {
                    tls.refresh(&*watch);
                    watch.note(&Event::CertificateEnds(issued.ends));
                }
                // It is told, and remembered until when to wait. Where even that was in vain, as on
                // a full disk, the CA is not asked in a loop.
                Err(_) => tokio::time::sleep(self.acme.retry).await,
            }
        }
    }

    /// Whether an office can be served with it: it may lack a name, or be another CA's; then it is
    /// renewed at once, but an office that worked until now goes on.
    fn is_of_use(&self, kept: &Kept) -> bool {
        kept.issued.is_in_date(now()) && self.names.iter().any(|name| kept.issued.is_for(name))
    }

    /// From when on the CA is to be asked, in seconds of Unix time.
    fn due(&self) -> u64 {
        let kept = self.folder.certificate().ok().flatten();
        let kept = kept.filter(|kept| {
            let has_names = self.names.iter().all(|name| kept.issued.is_for(name));
            has_names && kept.directory == self.acme.directory
        });
        let due = kept.map_or(0, |kept| pace::due(&kept.issued, self.acme.renew_before));
        due.max(self.refusal().map_or(0, |refusal| refusal.until))
    }

    /// A refusal that still holds.
    fn refusal(&self) -> Option<Refusal> {
        let refusal = self.folder.refusal().ok().flatten()?;
        let holds = self.is_ours(&refusal) && refusal.holds(now());
        holds.then_some(refusal)
    }

    fn is_ours(&self, refusal: &Refusal) -> bool {
        refusal.is_of(&self.acme.directory, &self.names)
    }

    /// Gets a certificate, unless the CA is to be left alone; tells and remembers what came of it.
    async fn renew(&self, watch: &dyn Watch) -> Result<Issued, AcmeError> {
        if let Some(refusal) = self.refusal() {
            return Err(AcmeError::Waiting {
                until: instant(refusal.until),
                last: refusal.last,
                file: self.folder.refusal_file().display().to_string(),
            });
        }
        let applicant = Arc::clone(&self.applicant);
        let obtained = tokio::task::spawn_blocking(move || applicant.obtain()).await;
        match obtained.unwrap_or_else(|_| Err(AcmeError::Other(stopped()))) {
            Ok(issued) => {
                watch.note(&Event::CertificateObtained);
                self.folder.forget_refusal()?;
                Ok(issued)
            }
            Err(error) => {
                let text = format!("{}: {error}", error.code());
                watch.note(&Event::CertificateNotObtained(text));
                self.remember(&error)?;
                Err(error)
            }
        }
    }

    fn remember(&self, error: &AcmeError) -> Result<(), AcmeError> {
        let before = self.folder.refusal().ok().flatten();
        let mut refusal = before
            .filter(|refusal| self.is_ours(refusal))
            .unwrap_or_else(|| Refusal {
                directory: self.acme.directory.clone(),
                names: self.names.clone(),
                ..Refusal::default()
            });
        refusal.again(now(), self.acme.retry, error);
        tracing::warn!(
            target: "legation::door",
            { code = error.code(), acme.until = instant(refusal.until), acme.times = refusal.times },
            "the CA is left alone for a while"
        );
        self.folder.keep_refusal(&refusal)
    }
}

fn stopped() -> Failure {
    Failure::new(
        "cli.serve",
        "the office was stopped before it had a certificate",
    )
}

fn now() -> u64 {
    u64::try_from(SystemClock.now().micros() / 1_000_000).unwrap_or(0)
}

fn instant(seconds: u64) -> String {
    let micros = i64::try_from(seconds).unwrap_or(i64::MAX);
    Instant::from_micros(micros.saturating_mul(1_000_000)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_are_set_or_that_of_the_public_url() {
        let acme = |names: &[&str]| Acme {
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            ..Acme::default()
        };
        let url = Some("https://Tokyo.Example.org:8443/x");
        assert_eq!(acme(&[]).names(url), ["tokyo.example.org"]);
        assert_eq!(
            acme(&["b.example", "A.example", "a.example"]).names(url),
            ["a.example", "b.example"]
        );
        for url in [
            None,
            Some("https://127.0.0.1"),
            Some("https://[::1]:1"),
            Some("x"),
        ] {
            assert!(acme(&[]).names(url).is_empty(), "{url:?}");
        }
    }

    #[test]
    fn only_names_of_hosts_are_names() {
        for name in [
            "a",
            "localhost",
            "a-b.example",
            "xn--bcher-kva.example",
            "1.example",
        ] {
            assert!(is_name(name), "{name}");
        }
        let long = "a.".repeat(127) + "a";
        let label = "a".repeat(64);
        for text in [
            "",
            ".",
            "a.",
            "-a",
            "a-",
            "a b",
            "*.example",
            "a_b",
            "192.0.2.1",
            "é",
            &long,
            &label,
        ] {
            assert!(!is_name(text), "{text}");
        }
    }
}
