//! TLS: certificate and key from files, changed without a restart, and the certificates of clients.
//!
//! The flow. [`Tls::open`] reads the files and refuses a pair that does not fit. Each connection
//! shakes hands with what is current then; those that are open go on with what they began with.
//! [`Tls::reload`] reads the files anew: a good pair becomes current, a bad one changes nothing.
//! The certificate of a client is taken whoever issued it, since it counts only once it is bound to
//! a client account; that its bearer has the key is proved by the handshake ([`bearer`]).
//!
//! A CA that wants to know whether the office is who it says is answered at the same door
//! ([`challenge`]).
//!
//! Not here: which account a certificate is bound to, which the office knows; and where
//! certificates come from.

mod bearer;
mod challenge;
mod error;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use legation_core::id::Digest;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{Acceptor, WebPkiClientVerifier};
use rustls::version::{TLS12, TLS13};
use rustls::{RootCertStore, ServerConfig};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::server::TlsStream;
use tokio_rustls::{LazyConfigAcceptor, TlsAcceptor};

use crate::event::{Event, Watch};
use crate::tls::bearer::AnyBearer;
pub use crate::tls::challenge::Challenges;
pub use crate::tls::error::TlsError;

/// What is spoken inside, the best first (RFC 7301).
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// Whether clients are asked for certificates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Certificates {
    /// They are not: passwords and tokens only.
    Ignored,
    /// They are, and may come without. Default: who has bound one can use it, nobody else notices.
    #[default]
    Asked,
    /// They are, and whoever has none does not get in at all.
    Required,
}

/// Where the office's certificate is, and what is asked of clients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The office's certificate and those between it and its root, PEM, its own first.
    pub certificate: PathBuf,
    /// Its private key, PEM (PKCS #8, PKCS #1 or SEC 1).
    pub key: PathBuf,
    /// Whether clients are asked for certificates.
    pub clients: Certificates,
    /// Roots, PEM: certificates of clients must then come from one of them, besides being bound.
    /// Default: none, the binding is all the trust there is.
    pub client_roots: Option<PathBuf>,
    /// How often to look whether the files have changed. Default: ten seconds; it costs three calls
    /// of the system.
    pub look_every: Duration,
}

impl TlsFiles {
    /// These files, and the defaults for the rest.
    pub fn new(certificate: PathBuf, key: PathBuf) -> Self {
        Self {
            certificate,
            key,
            clients: Certificates::default(),
            client_roots: None,
            look_every: Duration::from_secs(10),
        }
    }
}

/// TLS as an office speaks it. Cloning it makes another handle to the same.
#[derive(Clone)]
pub struct Tls(Arc<Held>);

struct Held {
    files: TlsFiles,
    challenges: Challenges,
    current: RwLock<Arc<ServerConfig>>,
    /// What the files looked like when they were read last, whatever came of it.
    seen: Mutex<Vec<Stamp>>,
}

/// By what a file is known to have changed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stamp(Option<(SystemTime, u64)>);

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls")
            .field("files", &self.0.files)
            .finish_non_exhaustive()
    }
}

impl Tls {
    /// Reads certificate and key.
    ///
    /// # Errors
    /// When a file cannot be read, holds no certificate or key, or they do not fit together.
    pub fn open(files: TlsFiles) -> Result<Self, TlsError> {
        Self::open_with(files, Challenges::default())
    }

    /// Reads certificate and key; challenges of a CA are answered as long as they are held.
    ///
    /// # Errors
    /// As [`Tls::open`].
    pub fn open_with(files: TlsFiles, challenges: Challenges) -> Result<Self, TlsError> {
        let seen = stamps(&files);
        let current = Arc::new(config(&files)?);
        Ok(Self(Arc::new(Held {
            files,
            challenges,
            current: RwLock::new(current),
            seen: Mutex::new(seen),
        })))
    }

    /// Reads the files anew; connections from now on use what they hold.
    ///
    /// # Errors
    /// As [`Tls::open`]; what was in use stays in use.
    pub fn reload(&self) -> Result<(), TlsError> {
        let stamps = stamps(&self.0.files);
        *self.0.seen.lock().unwrap_or_else(PoisonError::into_inner) = stamps;
        let config = Arc::new(config(&self.0.files)?);
        *self
            .0
            .current
            .write()
            .unwrap_or_else(PoisonError::into_inner) = config;
        Ok(())
    }

    /// Reads the files anew and tells what came of it.
    pub fn refresh(&self, watch: &dyn Watch) {
        watch.note(&match self.reload() {
            Ok(()) => Event::CertificateLoaded,
            Err(error) => Event::CertificateRefused(error.to_string()),
        });
    }

    /// Looks at the files from time to time, and reads them when they have changed. A key that
    /// follows its certificate a moment later is a change of its own.
    pub(crate) async fn renew(&self, watch: &dyn Watch) {
        loop {
            tokio::time::sleep(self.0.files.look_every).await;
            if self.is_stale() {
                self.refresh(watch);
            }
        }
    }

    /// Whether the files have changed since they were read last.
    fn is_stale(&self) -> bool {
        let seen = self.0.seen.lock().unwrap_or_else(PoisonError::into_inner);
        *seen != stamps(&self.0.files)
    }

    /// Shakes hands; none where it was a CA, which has its answer and wants no more.
    pub(crate) async fn accept<S>(&self, stream: S) -> std::io::Result<Option<TlsStream<S>>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let challenges = &self.0.challenges;
        if challenges.is_empty() {
            let accepted = TlsAcceptor::from(self.current()).accept(stream).await;
            return accepted.map(Some);
        }
        let begun = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
        match challenges.asked_by(&begun.client_hello()) {
            Some(config) => challenge::show(begun, config).await.map(|()| None),
            None => begun.into_stream(self.current()).await.map(Some),
        }
    }

    fn current(&self) -> Arc<ServerConfig> {
        let current = self.0.current.read();
        Arc::clone(&current.unwrap_or_else(PoisonError::into_inner))
    }
}

/// The SHA-256 fingerprint of the certificate that a client has shown, and whose key it has.
pub(crate) fn fingerprint<S>(stream: &TlsStream<S>) -> Option<Digest> {
    let shown = stream.get_ref().1.peer_certificates()?;
    shown.first().map(|certificate| Digest::of(certificate))
}

/// A fingerprint as tools write it: 64 hexadecimal digits, with colons between or without.
pub(crate) fn read_fingerprint(text: &str) -> Option<Digest> {
    let digits: Vec<u8> = text
        .chars()
        .filter(|c| *c != ':')
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect::<Option<_>>()?;
    let mut bytes = [0; 32];
    if digits.len() != 2 * bytes.len() {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = pair.iter().fold(0, |byte, digit| byte << 4 | digit);
    }
    Some(Digest::from_bytes(bytes))
}

/// The SHA-256 fingerprint of the first certificate in a PEM text.
///
/// # Errors
/// When there is none in it.
pub(crate) fn fingerprint_of(pem: &str) -> Result<Digest, TlsError> {
    let certificate = CertificateDer::from_pem_slice(pem.as_bytes());
    let certificate = certificate.map_err(|_| TlsError::NotPem)?;
    bearer::check(&certificate).map_err(|_| TlsError::NotPem)?;
    Ok(Digest::of(&certificate))
}

fn stamps(files: &TlsFiles) -> Vec<Stamp> {
    let paths = [&files.certificate, &files.key];
    let paths = paths.into_iter().chain(&files.client_roots);
    let stamp = |path: &PathBuf| {
        let data = std::fs::metadata(path).ok()?;
        Some((data.modified().ok()?, data.len()))
    };
    paths.map(|path| Stamp(stamp(path))).collect()
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let found = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| TlsError::Unreadable {
            path: path.to_owned(),
            cause: error,
        })?;
    if found.is_empty() {
        return Err(TlsError::Empty {
            path: path.to_owned(),
        });
    }
    Ok(found)
}

fn config(files: &TlsFiles) -> Result<ServerConfig, TlsError> {
    let chain = certificates(&files.certificate)?;
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|error| TlsError::Unreadable {
        path: files.key.clone(),
        cause: error,
    })?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let clients = clients(files, &provider)?;
    let builder = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13, &TLS12])
        .map_err(TlsError::Library)?;
    let builder = match clients {
        Some(verifier) => builder.with_client_cert_verifier(verifier),
        None => builder.with_no_client_auth(),
    };
    let mut config = builder
        .with_single_cert(chain, key)
        .map_err(|error| TlsError::Pair {
            certificate: files.certificate.clone(),
            key: files.key.clone(),
            cause: error,
        })?;
    config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).into();
    Ok(config)
}

fn clients(
    files: &TlsFiles,
    provider: &Arc<CryptoProvider>,
) -> Result<Option<Arc<dyn ClientCertVerifier>>, TlsError> {
    let required = match files.clients {
        Certificates::Ignored => return Ok(None),
        Certificates::Asked => false,
        Certificates::Required => true,
    };
    let Some(path) = &files.client_roots else {
        return Ok(Some(Arc::new(AnyBearer::new(provider, required))));
    };
    let mut roots = RootCertStore::empty();
    for root in certificates(path)? {
        let added = roots.add(root);
        added.map_err(|error| TlsError::Root {
            path: path.clone(),
            cause: error,
        })?;
    }
    let builder =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider));
    let builder = match required {
        true => builder,
        false => builder.allow_unauthenticated(),
    };
    let verifier = builder.build();
    Ok(Some(verifier.map_err(|error| TlsError::Roots {
        path: path.clone(),
        cause: error,
    })?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_are_read_as_tools_write_them() {
        let digest = Digest::of(b"certificate");
        let plain = digest.to_string();
        let colons: Vec<_> = plain.as_bytes().chunks(2).map(<[u8]>::to_vec).collect();
        let colons = String::from_utf8(colons.join(&b':'))
            .unwrap()
            .to_uppercase();
        assert_eq!(read_fingerprint(&plain), Some(digest));
        assert_eq!(read_fingerprint(&colons), Some(digest));
        for bad in [
            "",
            "00",
            &plain[1..],
            &format!("{plain}00"),
            &plain.replace('a', "x"),
        ] {
            let is_same = bad == plain;
            assert!(is_same || read_fingerprint(bad).is_none(), "{bad}");
        }
        assert!(fingerprint_of("no certificate").is_err());
    }
}
