//! The office's own key: it signs the log's checkpoints and seals what the office hands out.
//!
//! The file holds 32 random bytes, an Ed25519 seed, as 64 hexadecimal digits. It never leaves the
//! machine; the verification key is public.

use std::io::Write as _;
use std::path::Path;

use legation_journal::Signer;
use legation_tree::{Checkpoint, Hash, NoteSigner};
use zeroize::Zeroizing;

use crate::dice::{Dice, roll};
use crate::error::{EngineError, Fault};

/// The signer of an office.
pub(crate) struct OfficeKey {
    seed: Zeroizing<[u8; 32]>,
    origin: String,
}

impl OfficeKey {
    /// Makes a key and writes it to a file that must not be there yet.
    pub(crate) fn create(
        path: &Path,
        origin: String,
        dice: &dyn Dice,
    ) -> Result<Self, EngineError> {
        let seed = Zeroizing::new(roll::<32>(dice)?);
        let mut text = Zeroizing::new(String::with_capacity(65));
        for byte in seed.iter() {
            text.push_str(&format!("{byte:02x}"));
        }
        text.push('\n');
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let write = options.open(path).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        });
        write.map_err(|error| unreadable(path, &error))?;
        Ok(Self { seed, origin })
    }

    /// Reads the key of an office.
    pub(crate) fn open(path: &Path, origin: String) -> Result<Self, EngineError> {
        let text = std::fs::read_to_string(path).map(Zeroizing::new);
        let text = text.map_err(|error| unreadable(path, &error))?;
        let mut seed = Zeroizing::new([0_u8; 32]);
        let digits = text.trim();
        let bad = || {
            let text = format!("`{}` does not hold 64 hexadecimal digits", path.display());
            EngineError::new(Fault::Internal, "engine.key-malformed", text)
        };
        if digits.len() != 64 || !digits.is_ascii() {
            return Err(bad());
        }
        for (place, byte) in seed.iter_mut().enumerate() {
            let pair = digits.get(2 * place..2 * place + 2).ok_or_else(bad)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| bad())?;
        }
        Ok(Self { seed, origin })
    }

    fn signer(&self) -> Result<NoteSigner, EngineError> {
        NoteSigner::from_seed(&self.origin, &self.seed)
            .map_err(|error| EngineError::internal("engine.key-malformed", error))
    }

    /// The key with which others check the log.
    pub(crate) fn vkey(&self) -> Result<String, EngineError> {
        Ok(self.signer()?.vkey())
    }

    /// What signs the checkpoint of every batch.
    pub(crate) fn checkpoint_signer(&self) -> Result<Signer, EngineError> {
        let signer = self.signer()?;
        let origin = self.origin.clone();
        // The name was accepted by the signer, so a checkpoint accepts it as its origin.
        Checkpoint::new(&origin, 0, legation_tree::empty_root())
            .map_err(|error| EngineError::internal("engine.key-malformed", error))?;
        Ok(Box::new(move |size: u64, root: &Hash| {
            Checkpoint::new(&origin, size, *root)
                .map(|checkpoint| checkpoint.sign(&signer))
                .unwrap_or_default()
        }))
    }

    /// A secret for one purpose, from which neither the key nor another such secret follows.
    pub(crate) fn derive(&self, purpose: &str) -> [u8; 32] {
        use sha2::Digest as _;
        let mut hash = sha2::Sha256::new();
        hash.update(b"legation derived secret v1\0");
        hash.update(self.seed.as_slice());
        hash.update(purpose.as_bytes());
        hash.finalize().into()
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> EngineError {
    let text = format!("cannot use the office key `{}`: {error}", path.display());
    EngineError::new(Fault::Internal, "engine.key-unreadable", text)
}
