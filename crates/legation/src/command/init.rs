//! `legation init`: founds an office in a directory. Does not start it.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use clap::Args;
use legation_core::agreement::signature::{PublicKeyLine, from_seed, parse_public_key};
use legation_core::house::HouseRules;
use legation_core::id::PartyCode;
use legation_core::party::Zone;
use legation_engine::{Dice as _, Founding, Office, SystemDice};
use serde_json::json;

use crate::answer::Answer;
use crate::config::{self, Settings};
use crate::disk::{self, Mode};
use crate::failure::Failure;
use crate::table::facts;

const EXAMPLES: &str = "\
Examples:
  legation init tokyo --alliance NATO --name 'North Atlantic Treaty Organization' --office Tokyo
  legation init tokyo --alliance NATO --name NATO --office Tokyo --key ~/.ssh/id_ed25519.pub

Makes DIR/legation.toml (settings), DIR/chief.token (the chief's token, 0600), DIR/keys and the journal.";

/// Found an office in a directory
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Init {
    /// The directory to make
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// The code of the alliance, which is the host
    #[arg(long, value_name = "CODE")]
    alliance: PartyCode,
    /// The alliance's name
    #[arg(long, value_name = "NAME")]
    name: String,
    /// The city of the office
    #[arg(long, value_name = "CITY")]
    office: String,
    /// The host's public signing key; a pair is made in DIR/keys when left out
    #[arg(long, value_name = "FILE.pub")]
    key: Option<PathBuf>,
    /// The host's time zone
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    tz: Zone,
    /// House rules to begin with; without, agreements alone decide
    #[arg(long, value_name = "FILE")]
    house: Option<PathBuf>,
}

/// The host's signing key and where it lies.
struct HostKey {
    public: PublicKeyLine,
    file: PathBuf,
    made: bool,
}

impl Init {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        self.refuse_occupied()?;
        let house = self.house.as_deref().map(disk::read_text).transpose()?;
        if let Some(house) = &house {
            HouseRules::parse(house.as_bytes())?;
        }
        let key = self.key.as_deref().map(read_public).transpose()?;
        self.found(key, house).inspect_err(|_| self.clear())
    }

    /// What is made of an office, each in its place.
    fn parts(&self) -> Vec<PathBuf> {
        let (dir, keys) = (&self.dir, self.dir.join("keys"));
        let mut parts = vec![
            config::file(dir),
            config::token_file(dir),
            config::log_key_file(dir),
            dir.join("journal"),
            keys.join("office.key"),
        ];
        if self.key.is_none() {
            parts.extend([keys.join("host"), keys.join("host.pub")]);
        }
        parts
    }

    /// An office is never founded over another, nor over a part of one.
    fn refuse_occupied(&self) -> Result<(), Failure> {
        match self.parts().iter().find(|part| part.exists()) {
            None => Ok(()),
            Some(part) => {
                let (dir, part) = (self.dir.display(), part.display());
                let text = format!("there is an office in `{dir}` already: `{part}`");
                Err(Failure::new("cli.exists", text))
            }
        }
    }

    /// Takes away what was begun: none of it was there before.
    fn clear(&self) {
        for part in self.parts() {
            let _ = std::fs::remove_file(&part).or_else(|_| std::fs::remove_dir_all(&part));
        }
    }

    fn found(&self, key: Option<HostKey>, house: Option<String>) -> Result<Answer, Failure> {
        let keys = self.dir.join("keys");
        let mut builder = DirBuilder::new();
        builder
            .recursive(true)
            .mode(0o700)
            .create(&keys)
            .map_err(|error| Failure::disk("make", &keys, &error))?;
        let key = match key {
            Some(key) => key,
            None => self.make_key(&keys)?,
        };
        let founding = Founding {
            alliance: self.alliance.clone(),
            name: self.name.clone(),
            office: self.office.clone(),
            zone: self.tz.clone(),
            key: Some((key.public.line.clone(), key.public.fingerprint.clone())),
            house,
        };
        let created = Office::create(&self.dir, founding)?;
        let token = config::token_file(&self.dir);
        disk::create(&token, created.token.reveal().as_bytes(), Mode::Secret)?;
        config::keep_log_key(&self.dir, &created.log_key)?;
        Settings::default().create(&self.dir)?;
        Ok(self.tell(&created.log_key, &token, &key))
    }

    fn make_key(&self, keys: &Path) -> Result<HostKey, Failure> {
        let mut seed = [0; 32];
        SystemDice.fill(&mut seed)?;
        let comment = format!("{} {}", self.alliance, self.office);
        let (private, public) = from_seed(&seed, &comment)?;
        let file = keys.join("host");
        disk::create(&file, private.as_bytes(), Mode::Secret)?;
        let line = format!("{}\n", public.trim_end());
        disk::create(&keys.join("host.pub"), line.as_bytes(), Mode::Open)?;
        Ok(HostKey {
            public: parse_public_key(&public)?,
            file,
            made: true,
        })
    }

    fn tell(&self, log_key: &str, token: &Path, key: &HostKey) -> Answer {
        let (dir, token) = (self.dir.display(), token.display());
        let made = match key.made {
            true => format!("{} (made now; the host signs with it)", key.file.display()),
            false => key.file.display().to_string(),
        };
        let mut text = format!("{} in {} is founded in {dir}\n", self.alliance, self.office);
        text += &facts(&[
            ("  token", &format!("{token} (keep it secret)")),
            ("  host key", &made),
            ("  fingerprint", &key.public.fingerprint),
            ("  log key", log_key),
        ]);
        text += &format!("start it: legation serve {dir}\n");
        let json = json!({
            "dir": self.dir, "alliance": self.alliance, "name": self.name, "office": self.office,
            "log_key": log_key, "token_file": config::token_file(&self.dir),
            "host_key": {"file": key.file, "made": key.made, "line": key.public.line,
                "fingerprint": key.public.fingerprint},
        });
        Answer::new(text, json)
    }
}

fn read_public(file: &Path) -> Result<HostKey, Failure> {
    let public =
        parse_public_key(&disk::read_text(file)?).map_err(|error| Failure::from(error).of(file))?;
    Ok(HostKey {
        public,
        file: file.to_owned(),
        made: false,
    })
}
