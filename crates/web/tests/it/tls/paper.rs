//! Keys and certificates, made by `openssl` in a temporary directory.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;

use rustls::client::ResolvesClientCert;
use rustls::crypto::ring::{default_provider, sign::any_supported_type};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, RootCertStore, SignatureScheme};
use tempfile::TempDir;

/// Where papers are made: `root`, and what it has issued.
pub(super) struct Desk(TempDir);

/// Runs it; what it said on both outputs.
pub(super) fn openssl(arguments: &[&str]) -> String {
    let output = Command::new("openssl")
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let (out, err) = (output.stdout, output.stderr);
    String::from_utf8_lossy(&[out, err].concat()).into_owned()
}

impl Desk {
    /// A desk with a root and a certificate of the office; none where there is no `openssl`.
    pub(super) fn set() -> Option<Self> {
        if Command::new("openssl").arg("version").output().is_err() {
            println!("openssl not present");
            return None;
        }
        let desk = Self(TempDir::new().unwrap());
        desk.sign_itself("root", "CA:TRUE");
        desk.issue("office");
        Some(desk)
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    /// A certificate that its own key has signed.
    pub(super) fn sign_itself(&self, name: &str, constraints: &str) {
        let said = openssl(&[
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "30",
            "-subj",
            &format!("/CN={name}"),
            "-addext",
            &format!("basicConstraints=critical,{constraints}"),
            "-keyout",
            &self.text(&format!("{name}.key")),
            "-out",
            &self.text(&format!("{name}.pem")),
        ]);
        assert!(self.path(&format!("{name}.pem")).exists(), "{said}");
    }

    /// A certificate for this machine, from the root.
    pub(super) fn issue(&self, name: &str) {
        let (key, request) = (format!("{name}.key"), format!("{name}.csr"));
        openssl(&[
            "req",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-subj",
            &format!("/CN={name}"),
            "-addext",
            "subjectAltName=DNS:localhost,IP:127.0.0.1",
            "-keyout",
            &self.text(&key),
            "-out",
            &self.text(&request),
        ]);
        let said = openssl(&[
            "x509",
            "-req",
            "-in",
            &self.text(&request),
            "-CA",
            &self.text("root.pem"),
            "-CAkey",
            &self.text("root.key"),
            "-CAcreateserial",
            "-days",
            "30",
            "-copy_extensions",
            "copy",
            "-out",
            &self.text(&format!("{name}.pem")),
        ]);
        assert!(self.path(&format!("{name}.pem")).exists(), "{said}");
    }

    pub(super) fn pem(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(&format!("{name}.pem"))).unwrap()
    }

    /// A client that trusts the root, and shows the first of the names with the key of the second.
    pub(super) fn client(&self, shows: Option<(&str, &str)>) -> Arc<ClientConfig> {
        let mut roots = RootCertStore::empty();
        let root = CertificateDer::from_pem_file(self.path("root.pem")).unwrap();
        roots.add(root).unwrap();
        let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots);
        Arc::new(match shows {
            None => builder.with_no_client_auth(),
            Some((certificate, key)) => {
                let shown = CertificateDer::from_pem_slice(self.pem(certificate).as_bytes());
                let key = PrivateKeyDer::from_pem_file(self.path(&format!("{key}.key"))).unwrap();
                let key = any_supported_type(&key).unwrap();
                // Not checked against each other here: that is the office's to do.
                let shown = Arc::new(CertifiedKey::new(vec![shown.unwrap()], key));
                builder.with_client_cert_resolver(Arc::new(Shows(shown)))
            }
        })
    }
}

#[derive(Debug)]
struct Shows(Arc<CertifiedKey>);

impl ResolvesClientCert for Shows {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }

    fn has_certs(&self) -> bool {
        true
    }
}
