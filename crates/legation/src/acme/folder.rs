//! What is kept of ACME in the directory of an office.
//!
//! ```text
//! DIR/acme/                 mode 0700
//! DIR/acme/account.key      the account's key, PKCS #8, PEM, mode 0600
//! DIR/acme/account.json     {"directory", "url", "contact"}: which account that is
//! DIR/acme/certificate.pem  who issued it, the key and the chain, in one file: they change as one,
//!                           mode 0600
//! DIR/acme/refused.json     why there was no certificate and until when to wait; gone after success
//! ```
//!
//! Every file is replaced whole. All of it may be deleted: the office then gets a new account and a
//! new certificate.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use p256::ecdsa::SigningKey;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::acme::error::AcmeError;
use crate::acme::pace::Refusal;
use crate::acme::paper::{Issued, key_text, read_key};
use crate::disk::{self, Mode};
use crate::failure::Failure;

/// What begins the line that says who issued a certificate.
const ISSUED_BY: &str = "Issued by ";

/// The folder.
#[derive(Clone, Debug)]
pub(crate) struct Folder(PathBuf);

/// An account of a CA, but for its key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Account {
    /// Whose it is.
    pub(crate) directory: String,
    /// By what the CA knows it.
    pub(crate) url: String,
    /// Where the CA writes to.
    pub(crate) contact: Option<String>,
}

/// A certificate and who issued it.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) issued: Issued,
    pub(crate) directory: String,
}

impl Folder {
    /// The folder of the office in `dir`; it need not be there yet.
    pub(crate) fn of(dir: &Path) -> Self {
        Self(dir.join("acme"))
    }

    /// The file of certificate and key.
    pub(crate) fn certificate_file(&self) -> PathBuf {
        self.0.join("certificate.pem")
    }

    /// The file of the last refusal.
    pub(crate) fn refusal_file(&self) -> PathBuf {
        self.0.join("refused.json")
    }

    /// The account at that CA, if there is one.
    pub(crate) fn account(
        &self,
        directory: &str,
    ) -> Result<Option<(SigningKey, Account)>, Failure> {
        let Some(account) = self.document::<Account>(&self.account_file())? else {
            return Ok(None);
        };
        let key = self.text(&self.key_file())?.map(Zeroizing::new);
        let key = key.and_then(|text| read_key(&text));
        Ok(key
            .filter(|_| account.directory == directory)
            .map(|key| (key, account)))
    }

    /// Keeps an account. The key goes first: with it the CA finds the account again.
    pub(crate) fn keep_account(
        &self,
        key: &SigningKey,
        account: &Account,
    ) -> Result<(), AcmeError> {
        self.write(&self.key_file(), key_text(key)?.as_bytes())?;
        self.keep(&self.account_file(), account)
    }

    /// The certificate, if there is one that can be read.
    pub(crate) fn certificate(&self) -> Result<Option<Kept>, Failure> {
        let text = self.text(&self.certificate_file())?.map(Zeroizing::new);
        Ok(text.and_then(|text| {
            let line = text.lines().find_map(|line| line.strip_prefix(ISSUED_BY));
            let directory = line.unwrap_or_default().to_owned();
            let issued = Issued::read(&text).ok()?;
            Some(Kept { issued, directory })
        }))
    }

    /// Keeps a certificate: its own first, then those between it and its root, PEM.
    pub(crate) fn keep_certificate(
        &self,
        directory: &str,
        key: &SigningKey,
        chain: &str,
    ) -> Result<(), AcmeError> {
        let key = key_text(key)?;
        // What stands outside of the marks is no part of PEM (RFC 7468 section 2).
        let text = Zeroizing::new(format!("{ISSUED_BY}{directory}\n{}{chain}", *key));
        self.write(&self.certificate_file(), text.as_bytes())
    }

    /// The last refusal, if nothing was issued since.
    pub(crate) fn refusal(&self) -> Result<Option<Refusal>, Failure> {
        self.document(&self.refusal_file())
    }

    /// Remembers a refusal.
    pub(crate) fn keep_refusal(&self, refusal: &Refusal) -> Result<(), AcmeError> {
        self.keep(&self.refusal_file(), refusal)
    }

    /// Forgets it.
    pub(crate) fn forget_refusal(&self) -> Result<(), AcmeError> {
        let file = self.refusal_file();
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(Failure::disk("delete", &file, &error).into())
            }
            _ => Ok(()),
        }
    }

    fn account_file(&self) -> PathBuf {
        self.0.join("account.json")
    }

    fn key_file(&self) -> PathBuf {
        self.0.join("account.key")
    }

    fn text(&self, path: &Path) -> Result<Option<String>, Failure> {
        match path.exists() {
            true => disk::read_text(path).map(Some),
            false => Ok(None),
        }
    }

    /// A document; one that cannot be read is none.
    fn document<T: DeserializeOwned>(&self, path: &Path) -> Result<Option<T>, Failure> {
        let text = self.text(path)?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    fn keep(&self, path: &Path, document: &impl Serialize) -> Result<(), AcmeError> {
        let text = serde_json::to_string_pretty(document);
        let text = text.map_err(|error| AcmeError::Making(error.to_string()))?;
        self.write(path, format!("{text}\n").as_bytes())
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), AcmeError> {
        let made = DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.0);
        made.map_err(|error| Failure::disk("make", &self.0, &error))?;
        Ok(disk::replace(path, bytes, Mode::Secret)?)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::acme::paper::{make_key, plain};

    #[test]
    fn what_is_kept_is_found_again_and_nobody_elses() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::of(dir.path());
        assert!(folder.account("https://ca").unwrap().is_none());
        assert!(folder.certificate().unwrap().is_none());
        folder.forget_refusal().unwrap();
        let key = make_key().unwrap();
        let account = Account {
            directory: "https://ca".to_owned(),
            url: "https://ca/1".to_owned(),
            contact: None,
        };
        folder.keep_account(&key, &account).unwrap();
        let (kept, read) = folder.account("https://ca").unwrap().unwrap();
        assert_eq!(
            (kept.verifying_key(), &read),
            (key.verifying_key(), &account)
        );
        assert!(folder.account("https://other").unwrap().is_none());
        let (chain, key) = plain("a.example");
        folder.keep_certificate("https://ca", &key, &chain).unwrap();
        let kept = folder.certificate().unwrap().unwrap();
        assert!(kept.issued.is_for("a.example"));
        assert_eq!(kept.directory, "https://ca");
        folder.keep_refusal(&Refusal::default()).unwrap();
        assert_eq!(folder.refusal().unwrap(), Some(Refusal::default()));
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&folder.0), 0o700);
        for file in std::fs::read_dir(&folder.0).unwrap() {
            let file = file.unwrap().path();
            assert_eq!(mode(&file), 0o600, "{}", file.display());
        }
        folder.forget_refusal().unwrap();
        assert_eq!(folder.refusal().unwrap(), None);
        // A file that was torn is as none.
        std::fs::write(folder.certificate_file(), "nothing").unwrap();
        assert!(folder.certificate().unwrap().is_none());
    }
}
