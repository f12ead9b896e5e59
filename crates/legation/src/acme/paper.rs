//! Keys, requests and certificates, in the forms of X.509: what is handed to a CA, what is shown to
//! it as a proof, and what is read of what it issues.
//!
//! All keys are of P-256, which every CA and every client takes. Not here: who asks for what when.

use std::time::Duration;

use legation_core::id::Digest;
use legation_engine::{Dice as _, SystemDice};
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{DerSignature, SigningKey};
use p256::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, EncodePublicKey as _, LineEnding};
use rustls::client::verify_server_name;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::server::ParsedCertificate;
use x509_cert::attr::{Attribute, Attributes};
use x509_cert::certificate::{Certificate, TbsCertificate, Version};
use x509_cert::der::asn1::{BitString, Ia5String, ObjectIdentifier, OctetString};
use x509_cert::der::{DateTime, Decode as _, Encode as _};
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::{AsExtension as _, Extension};
use x509_cert::name::Name;
use x509_cert::request::{self, CertReq, CertReqInfo, ExtensionReq};
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::time::{Time, Validity};

use crate::acme::error::AcmeError;

/// ecdsa-with-SHA256 (RFC 5758 section 3.2).
const ECDSA_WITH_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");

/// id-pe-acmeIdentifier (RFC 8737 section 6.1).
const ACME_IDENTIFIER: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.1.31");

/// The dates of a proof: nobody looks at them, so they are no clock's (RFC 5280 section 4.1.2.5).
const PROOF_DATES: [(u16, u8, u8); 2] = [(1975, 1, 1), (2049, 12, 31)];

fn failed(error: impl std::fmt::Display) -> AcmeError {
    AcmeError::Making(error.to_string())
}

/// A new key.
pub(crate) fn make_key() -> Result<SigningKey, AcmeError> {
    // One number in 2^32 is none of the curve's.
    for _ in 0..8 {
        let mut bytes = zeroize::Zeroizing::new([0; 32]);
        SystemDice
            .fill(&mut *bytes)
            .map_err(|error| failed(&error.text))?;
        if let Ok(key) = SigningKey::from_slice(&*bytes) {
            return Ok(key);
        }
    }
    Err(failed("the dice give no key"))
}

/// A key as a file holds it: PKCS #8, PEM.
pub(crate) fn key_text(key: &SigningKey) -> Result<zeroize::Zeroizing<String>, AcmeError> {
    key.to_pkcs8_pem(LineEnding::LF).map_err(failed)
}

/// A key out of a file.
pub(crate) fn read_key(text: &str) -> Option<SigningKey> {
    SigningKey::from_pkcs8_pem(text).ok()
}

/// Asks for a certificate of those names for that key (RFC 2986), DER.
pub(crate) fn request(names: &[String], key: &SigningKey) -> Result<Vec<u8>, AcmeError> {
    let extensions = ExtensionReq(vec![alternatives(names)?]);
    let attribute = Attribute::try_from(extensions).map_err(failed)?;
    let mut attributes = Attributes::default();
    attributes.insert(attribute).map_err(failed)?;
    let info = CertReqInfo {
        version: request::Version::V1,
        // The names stand in the extension alone (RFC 8555 section 7.4).
        subject: Name::default(),
        public_key: public(key)?,
        attributes,
    };
    let signature = sign(key, &info.to_der().map_err(failed)?)?;
    let request = CertReq {
        info,
        algorithm: algorithm(),
        signature,
    };
    request.to_der().map_err(failed)
}

/// The certificate that proves to a CA that it speaks to whoever was asked (RFC 8737 section 3):
/// signed by itself, with the name and the digest of the key authorization. DER, with its key.
pub(crate) fn proof(name: &str, digest: &Digest) -> Result<(Vec<u8>, Vec<u8>), AcmeError> {
    let content = OctetString::new(digest.as_bytes().as_slice()).map_err(failed)?;
    let content = OctetString::new(content.to_der().map_err(failed)?).map_err(failed)?;
    let identifier = Extension {
        extn_id: ACME_IDENTIFIER,
        critical: true,
        extn_value: content,
    };
    sign_itself(name, Some(identifier))
}

/// A certificate that its own key has signed. DER, with the key.
fn sign_itself(name: &str, more: Option<Extension>) -> Result<(Vec<u8>, Vec<u8>), AcmeError> {
    let key = make_key()?;
    let mut extensions = vec![alternatives(&[name.to_owned()])?];
    extensions.extend(more);
    let [not_before, not_after] = PROOF_DATES.map(|(year, month, day)| {
        let date = DateTime::new(year, month, day, 0, 0, 0)?;
        Ok(Time::UtcTime(date.try_into()?))
    });
    let dates = |time: x509_cert::der::Result<Time>| time.map_err(failed);
    let tbs_certificate = TbsCertificate {
        version: Version::V3,
        serial_number: SerialNumber::new(&[1]).map_err(failed)?,
        signature: algorithm(),
        issuer: proof_name()?,
        validity: Validity {
            not_before: dates(not_before)?,
            not_after: dates(not_after)?,
        },
        subject: proof_name()?,
        subject_public_key_info: public(&key)?,
        issuer_unique_id: None,
        subject_unique_id: None,
        extensions: Some(extensions),
    };
    let signature = sign(&key, &tbs_certificate.to_der().map_err(failed)?)?;
    let certificate = Certificate {
        tbs_certificate,
        signature_algorithm: algorithm(),
        signature,
    };
    let key = key.to_pkcs8_der().map_err(failed)?;
    Ok((
        certificate.to_der().map_err(failed)?,
        key.as_bytes().to_vec(),
    ))
}

/// An issuer must have a name (RFC 5280 section 4.1.2.4), whatever it is.
fn proof_name() -> Result<Name, AcmeError> {
    "CN=acme-tls/1".parse().map_err(failed)
}

fn alternatives(names: &[String]) -> Result<Extension, AcmeError> {
    let names = names.iter().map(|name| {
        let name = Ia5String::new(name).map_err(failed)?;
        Ok(GeneralName::DnsName(name))
    });
    let names = SubjectAltName(names.collect::<Result<_, AcmeError>>()?);
    names.to_extension(&Name::default(), &[]).map_err(failed)
}

fn public(key: &SigningKey) -> Result<SubjectPublicKeyInfoOwned, AcmeError> {
    let der = key.verifying_key().to_public_key_der().map_err(failed)?;
    SubjectPublicKeyInfoOwned::from_der(der.as_bytes()).map_err(failed)
}

fn algorithm() -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned {
        oid: ECDSA_WITH_SHA256,
        parameters: None,
    }
}

fn sign(key: &SigningKey, bytes: &[u8]) -> Result<BitString, AcmeError> {
    let signature: DerSignature = key.sign(bytes);
    BitString::from_bytes(signature.as_bytes()).map_err(failed)
}

/// A certificate that a CA has issued, as far as anybody wants to know here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Issued {
    /// DER.
    der: Vec<u8>,
    /// From when it counts, in seconds of Unix time.
    pub(crate) begins: u64,
    /// Until when, itself included (RFC 5280 section 4.1.2.5).
    pub(crate) ends: u64,
}

impl Issued {
    /// The first certificate in a PEM text.
    pub(crate) fn read(text: &str) -> Result<Self, AcmeError> {
        let wrong = |error: &dyn std::fmt::Display| AcmeError::Unusable(error.to_string());
        let der = CertificateDer::from_pem_slice(text.as_bytes()).map_err(|e| wrong(&e))?;
        let read = Certificate::from_der(&der).map_err(|e| wrong(&e))?;
        let Validity {
            not_before,
            not_after,
        } = read.tbs_certificate.validity;
        let [begins, ends] = [not_before, not_after].map(|t| t.to_unix_duration());
        Ok(Self {
            der: der.to_vec(),
            begins: Duration::as_secs(&begins),
            ends: Duration::as_secs(&ends),
        })
    }

    /// One of those dates, of no use but for its dates.
    #[cfg(test)]
    pub(crate) fn of_dates(begins: u64, ends: u64) -> Self {
        Self {
            der: Vec::new(),
            begins,
            ends,
        }
    }

    /// Whether it is for that name.
    pub(crate) fn is_for(&self, name: &str) -> bool {
        let der = CertificateDer::from(self.der.as_slice());
        let (Ok(parsed), Ok(name)) = (
            ParsedCertificate::try_from(&der),
            ServerName::try_from(name),
        ) else {
            return false;
        };
        verify_server_name(&parsed, &name).is_ok()
    }

    /// Whether it is for that key.
    pub(crate) fn is_of(&self, key: &SigningKey) -> bool {
        let read = Certificate::from_der(&self.der);
        let of = |read: Certificate| read.tbs_certificate.subject_public_key_info;
        match (read.map(of), public(key)) {
            (Ok(certified), Ok(ours)) => certified == ours,
            _ => false,
        }
    }

    /// Whether it counts at that instant, in seconds of Unix time.
    pub(crate) fn is_in_date(&self, now: u64) -> bool {
        (self.begins..=self.ends).contains(&now)
    }
}

/// A certificate for one name as a CA might have issued it, PEM, and its key.
#[cfg(test)]
pub(crate) fn plain(name: &str) -> (String, SigningKey) {
    use base64::Engine as _;
    let (der, key) = sign_itself(name, None).unwrap();
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let text = format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n");
    (text, SigningKey::from_pkcs8_der(&key).unwrap())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_is_read_back_as_the_standard_wants_it() {
        let digest = Digest::of(b"token.thumbprint");
        let (der, key) = proof("office.example", &digest).unwrap();
        let read = Certificate::from_der(&der).unwrap();
        let extensions = read.tbs_certificate.extensions.clone().unwrap();
        let identifier = extensions.iter().find(|e| e.extn_id == ACME_IDENTIFIER);
        let identifier = identifier.unwrap();
        assert!(identifier.critical);
        // OCTET STRING of 32 bytes (RFC 8737 section 3).
        let expected = [&[0x04, 0x20], digest.as_bytes().as_slice()].concat();
        assert_eq!(identifier.extn_value.as_bytes(), expected);
        let names = alternatives(&["office.example".to_owned()]).unwrap();
        assert!(extensions.contains(&names));
        assert_eq!(extensions.len(), 2);
        SigningKey::from_pkcs8_der(&key).unwrap();
    }

    #[test]
    fn a_certificate_is_read_for_its_names_its_key_and_its_dates() {
        let (text, key) = plain("office.example");
        let issued = Issued::read(&text).unwrap();
        assert!(issued.is_for("office.example"));
        assert!(!issued.is_for("other.example"));
        assert!(issued.is_of(&key));
        assert!(!issued.is_of(&make_key().unwrap()));
        assert!(issued.is_in_date(1_800_000_000) && !issued.is_in_date(3_000_000_000));
    }

    #[test]
    fn a_request_names_what_was_asked_for_and_is_signed_by_its_key() {
        use p256::ecdsa::signature::Verifier as _;
        let key = make_key().unwrap();
        let names = ["a.example".to_owned(), "b.example".to_owned()];
        let read = CertReq::from_der(&request(&names, &key).unwrap()).unwrap();
        assert_eq!(read.info.public_key, public(&key).unwrap());
        let signature = DerSignature::from_bytes(read.signature.raw_bytes()).unwrap();
        let signed = read.info.to_der().unwrap();
        key.verifying_key().verify(&signed, &signature).unwrap();
        let text = read.info.attributes.to_der().unwrap();
        for name in &names {
            assert!(text.windows(name.len()).any(|part| part == name.as_bytes()));
        }
        let kept = read_key(&key_text(&key).unwrap()).unwrap();
        assert_eq!(kept.verifying_key(), key.verifying_key());
        assert!(read_key("nothing").is_none() && Issued::read("nothing").is_err());
    }
}
