//! Answers to the question of a CA whether this office is who it says: TLS-ALPN-01 (RFC 8737).
//!
//! The CA connects to the port of the office and offers the protocol `acme-tls/1`, nothing else.
//! While a challenge for the name is held here, it is shown the certificate that was made for it,
//! and the connection is over: no byte of HTTP is spoken, no certificate of a client is asked for.
//! Everybody else shakes hands as ever.
//!
//! Not here: what has to stand in such a certificate, and the talk with the CA.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{Acceptor, ClientHello, NoServerSessionStorage};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::version::{TLS12, TLS13};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use tokio_rustls::{LazyConfigAcceptor, StartHandshake};

use crate::tls::error::TlsError;

/// The protocol of the question (RFC 8737 section 6.2).
const PROTOCOL: &[u8] = b"acme-tls/1";

/// How many may shake hands at a time while nothing but challenges is answered. A CA comes from a
/// handful of places at once.
const AT_ONCE: usize = 64;

/// How long each of them may take.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// How long to wait when the system has nothing left for another connection.
const RECOVERY: Duration = Duration::from_millis(200);

/// The challenges that are open now. Cloning it makes another handle to the same.
#[derive(Clone, Default)]
pub struct Challenges(Arc<RwLock<BTreeMap<String, Arc<ServerConfig>>>>);

impl fmt::Debug for Challenges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Challenges").finish_non_exhaustive()
    }
}

impl Challenges {
    /// Shows `certificate` (DER) with its key (PKCS #8, DER) to whoever asks for `name`, until it
    /// is told to [forget](Self::forget).
    ///
    /// # Errors
    /// When the key is none that can sign.
    pub fn hold(&self, name: &str, certificate: Vec<u8>, key: Vec<u8>) -> Result<(), TlsError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key));
        let key = provider.key_provider.load_private_key(key);
        let key = key.map_err(TlsError::Library)?;
        // The extension that makes it a proof is critical (RFC 8737 section 3), so that whoever does
        // not know it refuses the certificate: the library too, if it were asked to look at it.
        let shown = CertifiedKey::new(vec![CertificateDer::from(certificate)], key);
        let builder = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&TLS13, &TLS12])
            .map_err(TlsError::Library)?;
        let mut config = builder
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(SingleCertAndKey::from(shown)));
        config.alpn_protocols = vec![PROTOCOL.to_vec()];
        // Each question is asked anew.
        config.session_storage = Arc::new(NoServerSessionStorage {});
        let mut held = self.0.write().unwrap_or_else(PoisonError::into_inner);
        held.insert(name.to_ascii_lowercase(), Arc::new(config));
        Ok(())
    }

    /// Forgets every challenge.
    pub fn forget(&self) {
        let mut held = self.0.write().unwrap_or_else(PoisonError::into_inner);
        held.clear();
    }

    /// Answers nothing but challenges, for an office that has no certificate yet. It never ends.
    pub async fn answer(&self, listener: &TcpListener) {
        let turns = Arc::new(Semaphore::new(AT_ONCE));
        while let Ok(turn) = Arc::clone(&turns).acquire_owned().await {
            let Ok((stream, _)) = listener.accept().await else {
                sleep(RECOVERY).await;
                continue;
            };
            let challenges = self.clone();
            tokio::spawn(async move {
                // What came of it the CA knows best, and says.
                let _ = timeout(HANDSHAKE, challenges.answer_one(stream)).await;
                drop(turn);
            });
        }
    }

    async fn answer_one(&self, stream: TcpStream) -> io::Result<()> {
        let begun = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
        match self.asked_by(&begun.client_hello()) {
            Some(config) => show(begun, config).await,
            None => Ok(()),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        let held = self.0.read().unwrap_or_else(PoisonError::into_inner);
        held.is_empty()
    }

    /// What to show to whoever asks like this; none if it is not asked by a CA, or not for a
    /// challenge that is open.
    pub(super) fn asked_by(&self, hello: &ClientHello<'_>) -> Option<Arc<ServerConfig>> {
        // The name stands in the hello, and the protocol alone (RFC 8737 section 3).
        let mut offered = hello.alpn()?;
        if offered.next() != Some(PROTOCOL) || offered.next().is_some() {
            return None;
        }
        let name = hello.server_name()?.to_ascii_lowercase();
        let held = self.0.read().unwrap_or_else(PoisonError::into_inner);
        held.get(&name).cloned()
    }
}

/// Shakes hands for a challenge, and ends the connection (RFC 8737 section 3).
pub(super) async fn show<S>(begun: StartHandshake<S>, config: Arc<ServerConfig>) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    begun.into_stream(config).await?.shutdown().await
}
