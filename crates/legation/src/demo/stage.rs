//! Setting the stage: the office is founded, the parties come, sign and file.
//!
//! Everything goes through the engine's use cases, as it would from the command line.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow, bail};
use legation_core::agreement::signature::{from_seed, sign};
use legation_core::id::{AreaName, PartyCode};
use legation_engine::{
    Caller, Created, Dice as _, Envelope, Founding, NewParty, Office, Secret, Shape, SystemDice,
    Tabled,
};

use crate::config;
use crate::demo::cast::{AFTER_AMENDMENT, AGREEMENTS, AMENDMENT, HOST, HOUSE, PARTIES, Part};
use crate::disk::{self, Mode};
use crate::progress::Progress;

/// The city of the sample office.
const OFFICE: &str = "Tokyo";

/// Objects that are filed in one envelope.
const ENVELOPE: usize = 1000;

/// One side of the sample world.
pub(super) struct Player {
    pub(super) code: PartyCode,
    pub(super) caller: Caller,
    pub(super) password: String,
    key: String,
}

/// The sample office with everybody in it.
pub(super) struct Stage {
    pub(super) office: Office,
    pub(super) chief: Caller,
    pub(super) host: Player,
    pub(super) players: Vec<Player>,
    pub(super) filed: BTreeMap<String, usize>,
}

fn code(part: &Part) -> Result<PartyCode> {
    part.code
        .parse()
        .context("a sample party has no sound code")
}

/// Writes what `legation init` writes, so that every command works on the sample office too.
fn keep(dir: &Path, created: &Created, url: &str, key: &str, line: &str) -> Result<()> {
    let token = config::token_file(dir);
    disk::create(&token, created.token.reveal().as_bytes(), Mode::Secret)?;
    disk::create(&dir.join("keys").join("host"), key.as_bytes(), Mode::Secret)?;
    disk::create(
        &dir.join("keys").join("host.pub"),
        line.as_bytes(),
        Mode::Open,
    )?;
    config::keep_log_key(dir, &created.log_key)?;
    config::set_url(dir, url)?;
    Ok(config::Settings::default().create(dir)?)
}

/// A fresh signing key: the private and the public text.
fn signing_key(owner: &str) -> Result<(String, String)> {
    let mut seed = [0; 32];
    SystemDice.fill(&mut seed)?;
    Ok(from_seed(&seed, owner)?)
}

impl Stage {
    /// Founds the office and brings everybody in.
    pub(super) async fn set(dir: &Path, url: &str) -> Result<Self> {
        let (host_key, host_line) = signing_key(HOST.code)?;
        let line = legation_core::agreement::signature::parse_public_key(&host_line)?;
        let created = Office::create(
            dir,
            Founding {
                alliance: code(&HOST)?,
                name: HOST.name.into(),
                office: OFFICE.into(),
                zone: HOST.zone.parse()?,
                key: Some((line.line, line.fingerprint)),
                house: Some(HOUSE.into()),
            },
        )?;
        keep(dir, &created, url, &host_key, &host_line)?;
        let office = Office::open(dir)?;
        let chief = office
            .authenticate(created.token.reveal())?
            .ok_or_else(|| anyhow!("the chief's token is not accepted"))?;
        let host = player(&office, &chief, code(&HOST)?, host_key).await?;
        let mut players = Vec::new();
        for part in &PARTIES {
            players.push(admit(&office, &chief, part).await?);
        }
        let mut stage = Self {
            office,
            chief,
            host,
            players,
            filed: BTreeMap::new(),
        };
        for file in AGREEMENTS {
            stage.sign(file).await?;
        }
        stage.file_samples().await?;
        Ok(stage)
    }

    /// Tables a file and has every side sign it.
    async fn sign(&self, file: &str) -> Result<Tabled> {
        let tabled = self
            .office
            .table(&self.chief, file.as_bytes().to_vec())
            .await?;
        let sides = self
            .office
            .agreement(&self.chief, &tabled.id, Some(tabled.version))?;
        let other = &sides.version.document.parties.other;
        let signers = std::iter::once(&self.host).chain(self.players.iter().filter(|player| {
            let status = PARTIES
                .iter()
                .find(|part| part.code == player.code.as_str());
            status
                .and_then(|part| part.status.parse().ok())
                .is_some_and(|status| other.names(&player.code, status))
        }));
        for signer in signers {
            let signature = sign(file.as_bytes(), &signer.key)?;
            let (id, party) = (tabled.id.clone(), signer.code.clone());
            self.office
                .accept(&self.chief, id, tabled.version, party, signature)
                .await?;
        }
        Ok(tabled)
    }

    /// Brings JPN's new programme into force, and files what it now gives.
    pub(super) async fn amend(&mut self) -> Result<Tabled> {
        let tabled = self.sign(AMENDMENT).await?;
        Ok(tabled)
    }

    /// Files what JPN gives on space from now on.
    pub(super) async fn file_after_amendment(&mut self) -> Result<usize> {
        let (area, records) = AFTER_AMENDMENT;
        let jpn = self.player("JPN")?;
        file(&self.office, &jpn.caller, area, records.as_bytes()).await
    }

    async fn file_samples(&mut self) -> Result<()> {
        for part in std::iter::once(&HOST).chain(&PARTIES) {
            let caller = self.player(part.code)?.caller.clone();
            for (area, records) in part.records {
                let filed = file(&self.office, &caller, area, records.as_bytes()).await?;
                *self.filed.entry(part.code.into()).or_default() += filed;
            }
        }
        Ok(())
    }

    /// Files a bundle of the user's as the host, into the area of cyber security.
    pub(super) async fn file_bundle(&mut self, path: &Path) -> Result<()> {
        let text = std::fs::read(path)
            .with_context(|| format!("cannot read the bundle `{}`", path.display()))?;
        let envelopes = Envelope::read(&text, Shape::Any, usize::MAX)?.in_parts(ENVELOPE);
        let objects = envelopes.iter().map(|envelope| envelope.len() as u64).sum();
        let bar = Progress::over(objects, "filing the bundle", "objects");
        let (mut filed, mut refused) = (0, Vec::new());
        let area: AreaName = "cyber".parse()?;
        for envelope in envelopes {
            let size = envelope.len() as u64;
            let outcome = self
                .office
                .file(&self.host.caller, area.clone(), envelope)
                .await?;
            filed += outcome.filed.len();
            refused.extend(outcome.refused);
            bar.add(size);
        }
        drop(bar);
        println!("The host filed {filed} objects of {}.", path.display());
        for refusal in refused.iter().take(5) {
            println!("  refused: {} ({})", refusal.text, refusal.code);
        }
        Ok(())
    }

    /// The player of that code.
    pub(super) fn player(&self, code: &str) -> Result<&Player> {
        std::iter::once(&self.host)
            .chain(&self.players)
            .find(|player| player.code.as_str() == code)
            .ok_or_else(|| anyhow!("`{code}` is not in the sample office"))
    }
}

async fn admit(office: &Office, chief: &Caller, part: &Part) -> Result<Player> {
    let (key, line) = signing_key(part.code)?;
    let new = NewParty {
        code: code(part)?,
        name: part.name.into(),
        status: part.status.parse()?,
        zone: part.zone.parse()?,
        key: Some(line),
    };
    office.add_party(chief, new).await?;
    player(office, chief, code(part)?, key).await
}

async fn player(office: &Office, chief: &Caller, code: PartyCode, key: String) -> Result<Player> {
    let password: Secret = office
        .add_client(chief, code.clone(), "desk".parse()?)
        .await?;
    let caller = office
        .authenticate(password.reveal())?
        .ok_or_else(|| anyhow!("a fresh password of `{code}` is not accepted"))?;
    Ok(Player {
        code,
        caller,
        password: password.reveal().to_owned(),
        key,
    })
}

async fn file(office: &Office, caller: &Caller, area: &str, records: &[u8]) -> Result<usize> {
    let envelope = Envelope::read(records, Shape::Bundle, usize::MAX)?;
    let outcome = office.file(caller, area.parse()?, envelope).await?;
    if let Some(refusal) = outcome.refused.first() {
        bail!(
            "a sample record of {} is refused: {}",
            caller.party,
            refusal.text
        );
    }
    Ok(outcome.filed.len())
}
