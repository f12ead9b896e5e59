//! `legation agreement sign`: signs a file as `ssh-keygen -Y sign` does, offline.

use std::path::PathBuf;

use clap::Args;
use legation_core::agreement::document::Document;
use legation_core::agreement::signature;
use legation_core::id::Digest;
use serde_json::json;

use crate::answer::Answer;
use crate::disk::{self, Mode};
use crate::failure::Failure;

const EXAMPLES: &str = "\
Examples:
  legation agreement sign nato-jpn.md --key tokyo/keys/host
  legation agreement sign nato-jpn.md --key ~/.ssh/id_ed25519 --out nato.sig

Does what `ssh-keygen -Y sign -n legation-agreement -f KEY FILE` does. A key with a passphrase, in an \
agent or on a token is for ssh-keygen itself.";

/// Sign a file, as ssh-keygen -Y sign does
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Sign {
    /// The file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The private key in OpenSSH form, without a passphrase
    #[arg(long, value_name = "KEY")]
    key: PathBuf,
    /// Where to write the signature [default: FILE.sig]
    #[arg(long, value_name = "FILE.sig")]
    out: Option<PathBuf>,
}

impl Sign {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let bytes = disk::read(&self.file)?;
        let key = disk::read_text(&self.key)?;
        let signed =
            signature::sign(&bytes, &key).map_err(|error| Failure::from(error).of(&self.key))?;
        let out = self.out.clone().unwrap_or_else(|| {
            let mut name = self.file.clone().into_os_string();
            name.push(".sig");
            name.into()
        });
        // The other side's signature of the same file has the same name.
        let there = out.exists().then(|| disk::read(&out)).transpose()?;
        match there {
            Some(there) if there == signed.as_bytes() => {}
            Some(_) => {
                let text = format!(
                    "`{}` is another signature; name a file with --out",
                    out.display()
                );
                return Err(Failure::new("cli.exists", text));
            }
            None => disk::create(&out, signed.as_bytes(), Mode::Open)?,
        }
        let digest = Digest::of(&bytes).to_string();
        let faults = Document::parse(&bytes).err();
        let mut text = format!("{} is signed in {}", self.file.display(), out.display());
        if let Some(faults) = &faults {
            text += &format!("\nbeware: no office takes this file as it is: {faults}");
        }
        let json = json!({"file": self.file, "signature_file": out, "signature": signed,
            "digest": digest, "sound": faults.is_none()});
        Ok(Answer::new(text, json))
    }
}
