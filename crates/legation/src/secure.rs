//! How an office is reached by others: TLS with a certificate from files or from a CA, or plain HTTP
//! where somebody has said so.
//!
//! Settings, and flags over them; what TLS does is `legation-web`'s.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::{Args, ValueEnum};
use legation_web::{Certificates, Tls, TlsFiles};

use crate::acme::{self, Acme, Keeper};
use crate::failure::Failure;

/// How an office is reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Secure {
    /// The office's certificate, PEM; with a key, the office speaks TLS.
    pub(crate) certificate: Option<PathBuf>,
    /// Its private key, PEM.
    pub(crate) key: Option<PathBuf>,
    /// Whether the office gets its certificate itself, from a CA (ACME).
    pub(crate) acme: bool,
    /// Whether clients are asked for certificates.
    pub(crate) clients: Clients,
    /// Roots from which the certificates of clients must come.
    pub(crate) client_roots: Option<PathBuf>,
    /// Whether others may come in by plain HTTP.
    pub(crate) insecure_http: bool,
}

/// Whether clients are asked for certificates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Clients {
    /// They are not
    Ignored,
    /// They may bring one
    #[default]
    Asked,
    /// Without one nobody gets in
    Required,
}

impl Clients {
    /// Each by its name.
    pub(crate) const ALL: [(&'static str, Self); 3] = [
        ("ignored", Self::Ignored),
        ("asked", Self::Asked),
        ("required", Self::Required),
    ];
}

impl FromStr for Clients {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.iter().find(|(name, _)| *name == text);
        found
            .map(|(_, known)| *known)
            .ok_or_else(|| format!("`{text}` is none of ignored, asked, required"))
    }
}

/// Flags over the settings.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "TLS")]
#[group(skip)]
pub(crate) struct Flags {
    /// The office's certificate and those between it and its root, PEM
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_certificate: Option<PathBuf>,
    /// Its private key, PEM
    #[arg(long, value_name = "FILE", requires = "tls_certificate")]
    tls_key: Option<PathBuf>,
    /// Get the certificate from a CA by itself, and agree to the CA's terms (ACME; Let's Encrypt
    /// unless `directory` of `[acme]` says otherwise)
    #[arg(long, conflicts_with_all = ["tls_certificate", "tls_key"])]
    acme: bool,
    /// Whether clients are asked for certificates
    #[arg(long, value_name = "WHETHER")]
    tls_clients: Option<Clients>,
    /// Roots from which the certificates of clients must come, PEM
    #[arg(long, value_name = "FILE")]
    tls_client_roots: Option<PathBuf>,
    /// Let others come in by plain HTTP: behind a proxy that speaks TLS, or on a closed network
    #[arg(long)]
    insecure_http: bool,
}

impl Flags {
    /// The settings with what the flags say instead.
    pub(crate) fn over(&self, settings: Secure, dir: &Path) -> Secure {
        // What a file of settings names lies beside it; what the command line names, here.
        let beside = |path: Option<PathBuf>| path.map(|path| dir.join(path));
        Secure {
            certificate: self
                .tls_certificate
                .clone()
                .or(beside(settings.certificate)),
            key: self.tls_key.clone().or(beside(settings.key)),
            acme: self.acme || settings.acme && self.tls_certificate.is_none(),
            clients: self.tls_clients.unwrap_or(settings.clients),
            client_roots: self
                .tls_client_roots
                .clone()
                .or(beside(settings.client_roots)),
            insecure_http: self.insecure_http || settings.insecure_http,
        }
    }
}

impl Secure {
    /// Whoever keeps the certificate of the office in `dir`, where it comes from a CA.
    ///
    /// # Errors
    /// When certificates are to come from files too, or ACME is not set up as it should.
    pub(crate) fn keeper(
        &self,
        settings: Acme,
        public_url: Option<&str>,
        dir: &Path,
    ) -> Result<Option<Keeper>, Failure> {
        if !self.acme {
            return Ok(None);
        }
        if self.certificate.is_some() || self.key.is_some() {
            return Err(acme::two_certificates());
        }
        let file = acme::file(dir);
        let files = self.files(file.clone(), file);
        Keeper::new(settings, public_url, files, dir).map(Some)
    }

    fn files(&self, certificate: PathBuf, key: PathBuf) -> TlsFiles {
        TlsFiles {
            clients: match self.clients {
                Clients::Ignored => Certificates::Ignored,
                Clients::Asked => Certificates::Asked,
                Clients::Required => Certificates::Required,
            },
            client_roots: self.client_roots.clone(),
            ..TlsFiles::new(certificate, key)
        }
    }

    /// TLS from files as it is set, or none where plain HTTP will do, or a CA gives the certificate.
    ///
    /// # Errors
    /// When certificate and key cannot be used, when one of them is missing, or when plain HTTP
    /// would go over a network and nobody said that it may.
    pub(crate) fn open(&self, listen: SocketAddr) -> Result<Option<Tls>, Failure> {
        match (&self.certificate, &self.key) {
            (Some(certificate), Some(key)) => {
                let tls = Tls::open(self.files(certificate.clone(), key.clone()));
                let tls = tls.map_err(|error| Failure::new(error.code(), error.to_string()))?;
                Ok(Some(tls))
            }
            (None, None) if self.acme => Ok(None),
            (None, None) if self.insecure_http || listen.ip().to_canonical().is_loopback() => {
                Ok(None)
            }
            (None, None) => {
                let text = format!(
                    "others can reach {listen}, and plain HTTP would show them every password; \
                     give --tls-certificate and --tls-key or --acme, or say --insecure-http if a \
                     proxy before the office speaks TLS"
                );
                Err(Failure::new("cli.insecure-http", text))
            }
            _ => {
                let text = "TLS needs both a certificate and a key; one of them is not set";
                Err(Failure::new("cli.tls-incomplete", text))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(secure: &Secure, listen: &str) -> Option<String> {
        let opened = secure.open(listen.parse().unwrap());
        opened.err().map(|failure| failure.code().to_owned())
    }

    #[test]
    fn plain_http_leaves_the_machine_only_when_somebody_said_so() {
        let secure = Secure::default();
        for loopback in [
            "127.0.0.1:1",
            "127.9.9.9:1",
            "[::1]:1",
            "[::ffff:127.0.0.1]:1",
        ] {
            assert_eq!(code(&secure, loopback), None, "{loopback}");
        }
        let outside = ["0.0.0.0:1", "[::]:1", "192.0.2.1:1", "[2001:db8::1]:1"];
        for address in outside {
            let refused = code(&secure, address);
            assert_eq!(refused.as_deref(), Some("cli.insecure-http"), "{address}");
            let said = Secure {
                insecure_http: true,
                ..Secure::default()
            };
            assert_eq!(code(&said, address), None, "{address}");
        }
    }

    #[test]
    fn half_of_a_pair_is_refused() {
        let half = Secure {
            certificate: Some("a.pem".into()),
            ..Secure::default()
        };
        assert_eq!(
            code(&half, "127.0.0.1:1").as_deref(),
            Some("cli.tls-incomplete")
        );
    }
}
