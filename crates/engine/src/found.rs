//! Founding an office: its key, its first entries, the chief's token.

use std::path::Path;

use legation_core::act::{Act, Actor, AddKey, AddPerson, Entry, Open, Role};
use legation_core::entry::{GENESIS, commitment};
use legation_core::house::HouseRules;
use legation_core::id::{EntryNumber, PartyCode, PersonName};
use legation_core::party::Zone;
use legation_core::time::{Clock, Instant};
use legation_core::view::Fold;
use legation_journal::{Batch, Journal, LmdbJournal, Sealed};

use crate::admit::Secret;
use crate::clock::SystemClock;
use crate::dice::{Dice, SystemDice, roll, roll_uuid};
use crate::error::{EngineError, Fault};
use crate::imprint::version_row;
use crate::index::rows;
use crate::key::OfficeKey;
use crate::office::{Office, journal_dir, key_file, origin};

/// What an office is founded with.
#[derive(Clone, Debug)]
pub struct Founding {
    /// The host's code.
    pub alliance: PartyCode,
    /// The host's name.
    pub name: String,
    /// The city.
    pub office: String,
    /// The host's zone.
    pub zone: Zone,
    /// The host's public key: one OpenSSH line and its fingerprint.
    pub key: Option<(String, String)>,
    /// The house rules to begin with; the default ones when left out.
    pub house: Option<String>,
}

/// What was made with an office.
#[derive(Debug)]
pub struct Created {
    /// The chief's token.
    pub token: Secret,
    /// The key with which others check the log.
    pub log_key: String,
}

/// The name of the person that an office begins with.
const CHIEF: &str = "chief";

impl Office {
    /// Founds an office in a directory that holds none yet.
    ///
    /// # Errors
    /// When there is one already, the house rules are at fault, or the disk refuses.
    pub fn create(dir: &Path, founding: Founding) -> Result<Created, EngineError> {
        Self::create_with(dir, founding, &SystemClock, &SystemDice)
    }

    /// Founds an office with a given clock and dice.
    ///
    /// # Errors
    /// As [`Office::create`].
    pub fn create_with(
        dir: &Path,
        founding: Founding,
        clock: &dyn Clock,
        dice: &dyn Dice,
    ) -> Result<Created, EngineError> {
        let house = founding
            .house
            .unwrap_or_else(|| HouseRules::default_text().to_owned());
        HouseRules::parse(house.as_bytes())?;
        let keys = dir.join("keys");
        std::fs::create_dir_all(&keys).map_err(|error| {
            let text = format!("cannot make `{}`: {error}", keys.display());
            EngineError::new(Fault::Internal, "engine.no-directory", text)
        })?;
        let key = OfficeKey::create(
            &key_file(dir),
            origin(&founding.alliance, &founding.office),
            dice,
        )?;
        let token = Secret::roll(dice)?;
        let chief: PersonName = CHIEF
            .parse()
            .map_err(|error| EngineError::internal("engine.chief-name", error))?;
        let mut acts = vec![Act::Open(Open {
            alliance: founding.alliance.clone(),
            name: founding.name,
            office: founding.office,
            zone: founding.zone,
            seed: roll_uuid(dice)?,
            house,
        })];
        if let Some((line, fingerprint)) = founding.key {
            let party = founding.alliance.clone();
            acts.push(Act::AddKey(AddKey {
                party,
                line,
                fingerprint,
            }));
        }
        acts.push(Act::AddPerson(AddPerson {
            party: founding.alliance,
            name: chief,
            role: Role::Chief,
            link: None,
            token: Some(token.digest()),
        }));
        let journal = LmdbJournal::create(&journal_dir(dir), key.checkpoint_signer()?)?;
        let batch = opening(acts, clock.now(), dice)?;
        journal.append(EntryNumber(0), batch)?;
        Ok(Created {
            token,
            log_key: key.vkey()?,
        })
    }
}

/// The entries with which an office begins.
fn opening(acts: Vec<Act>, now: Instant, dice: &dyn Dice) -> Result<Batch, EngineError> {
    let mut batch = Batch {
        rows: vec![version_row()],
        ..Batch::default()
    };
    let mut link = GENESIS;
    let mut fold: Option<Fold> = None;
    for (number, act) in acts.into_iter().enumerate() {
        let at = now.plus_micros(number as i64);
        let entry = Entry::new(EntryNumber(number as u64), at, Actor::Office, act, link);
        match &mut fold {
            None => fold = Some(Fold::open(&entry)?),
            Some(fold) => {
                batch.rows.extend(rows(&entry, fold.state()));
                fold.apply(&entry)?;
            }
        }
        let (nonce, frame) = (roll::<32>(dice)?, entry.encode());
        link = commitment(&nonce, &frame);
        batch.entries.push(Sealed { frame, nonce });
    }
    Ok(batch)
}
