//! What may be wrong with certificates and keys.

use std::path::PathBuf;

use rustls::pki_types::pem;

/// Why certificate and key cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// A file cannot be read, or what it holds is not what is wanted there.
    #[error("`{}` cannot be read as PEM: {cause}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What was wrong.
        #[source]
        cause: pem::Error,
    },
    /// A file holds no certificate.
    #[error("`{}` holds no certificate", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// Certificate and key do not belong together, or are of a kind that is not understood.
    #[error("`{}` and `{}` cannot be used together: {cause}", certificate.display(), key.display())]
    Pair {
        /// The file of the certificate.
        certificate: PathBuf,
        /// The file of the key.
        key: PathBuf,
        /// What was wrong.
        #[source]
        cause: rustls::Error,
    },
    /// What should be a root is none.
    #[error("`{}` holds something that is no root certificate: {cause}", path.display())]
    Root {
        /// The file.
        path: PathBuf,
        /// What was wrong.
        #[source]
        cause: rustls::Error,
    },
    /// The roots cannot be used.
    #[error("the roots in `{}` cannot be used: {cause}", path.display())]
    Roots {
        /// The file.
        path: PathBuf,
        /// What was wrong.
        #[source]
        cause: rustls::server::VerifierBuilderError,
    },
    /// A text holds no certificate.
    #[error("this is no X.509 certificate in PEM")]
    NotPem,
    /// The library refuses its own settings.
    #[error("TLS cannot be set up: {0}")]
    Library(#[source] rustls::Error),
}

impl TlsError {
    /// Its stable code, listed in `docs/errors.md`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } | Self::Empty { .. } => "web.certificate-unreadable",
            Self::Pair { .. } => "web.certificate-key-mismatch",
            Self::Root { .. } | Self::Roots { .. } => "web.client-roots",
            Self::NotPem => "web.no-certificate",
            Self::Library(..) => "web.tls",
        }
    }
}
