//! Takes any well-formed certificate of a client, and has its bearer prove that it holds the key.
//!
//! Issuer, names and dates are not looked at: a certificate is nobody until an officer has bound its
//! fingerprint to a client account, and it is nobody again when the binding is taken away. What the
//! handshake must show is that whoever shows the certificate signs with its key (RFC 8446
//! section 4.4.3, RFC 5246 section 7.4.8).

use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature,
};
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{DigitallySignedStruct, DistinguishedName, Error, SignatureScheme};

/// The verifier.
#[derive(Debug)]
pub(super) struct AnyBearer {
    algorithms: WebPkiSupportedAlgorithms,
    required: bool,
}

impl AnyBearer {
    pub(super) fn new(provider: &CryptoProvider, required: bool) -> Self {
        Self {
            algorithms: provider.signature_verification_algorithms,
            required,
        }
    }
}

/// Whether a certificate is well-formed.
pub(super) fn check(certificate: &CertificateDer<'_>) -> Result<(), Error> {
    ParsedCertificate::try_from(certificate).map(drop)
}

impl ClientCertVerifier for AnyBearer {
    fn client_auth_mandatory(&self) -> bool {
        self.required
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        check(end_entity)?;
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
