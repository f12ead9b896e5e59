//! An office of the benches, opened in this process, and who is in it.

use std::path::{Path, PathBuf};

use legation_core::agreement::signature::from_seed;
use legation_core::id::{AreaName, PartyCode};
use legation_core::time::Instant;
use legation_core::view::{Query, Versions};
use legation_engine::{Caller, Office};
use tokio::runtime::Runtime;

use crate::Outcome;

/// Whoever files.
pub(crate) const SOURCE: &str = "MITRE";
/// The party that sees everything.
pub(crate) const ALL: &str = "P0";
/// The party that sees one record in a thousand.
pub(crate) const FEW: &str = "P1";

/// The directory of the office in `base`.
pub(crate) fn office_dir(base: &Path) -> PathBuf {
    base.join("office")
}

/// The clients of the office in `base`: lines of code, name and secret, parted by tabs.
pub(crate) fn clients_file(base: &Path) -> PathBuf {
    base.join("clients.txt")
}

pub(crate) fn cyber() -> Outcome<AreaName> {
    Ok("cyber".parse()?)
}

/// The signing key of a party: made from its code, so that it need not be kept.
pub(crate) fn key(code: &str) -> Outcome<(String, String)> {
    let mut seed = [7; 32];
    for (slot, byte) in seed.iter_mut().zip(code.bytes()) {
        *slot = byte;
    }
    Ok(from_seed(&seed, code)?)
}

/// A running office and its chief.
pub(crate) struct Venue {
    pub(crate) runtime: Runtime,
    pub(crate) office: Office,
    pub(crate) chief: Caller,
    dir: PathBuf,
    base: PathBuf,
}

impl Venue {
    /// Opens the office in `base`.
    pub(crate) fn open(base: &Path) -> Outcome<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()?;
        let dir = office_dir(base);
        let office = Office::open(&dir)?;
        let token = std::fs::read_to_string(dir.join("chief.token"))?;
        let chief = office
            .authenticate(token.trim())?
            .ok_or("the chief's token is not accepted")?;
        Ok(Self {
            runtime,
            office,
            chief,
            dir,
            base: base.to_path_buf(),
        })
    }

    /// The host's private key.
    pub(crate) fn host_key(&self) -> Outcome<String> {
        Ok(std::fs::read_to_string(self.dir.join("keys").join("host"))?)
    }

    /// The parties that have clients, in the order of their admission, each with its account.
    pub(crate) fn callers(&self) -> Outcome<Vec<(PartyCode, Caller)>> {
        let text = std::fs::read_to_string(clients_file(&self.base))?;
        let mut callers = Vec::new();
        for line in text.lines() {
            let mut words = line.split('\t');
            let (Some(code), Some(secret)) = (words.next(), words.nth(1)) else {
                return Err(format!("not a client: `{line}`").into());
            };
            let caller = self.office.authenticate(secret)?;
            callers.push((code.parse()?, caller.ok_or("a secret is not accepted")?));
        }
        Ok(callers)
    }

    /// The account of a party.
    pub(crate) fn caller(&self, code: &str) -> Outcome<Caller> {
        let callers = self.callers()?;
        let found = callers
            .into_iter()
            .find(|(party, _)| party.as_str() == code);
        Ok(found.ok_or("no such party")?.1)
    }

    /// Tables a file and has both sides sign it; answers before the last signature is accepted,
    /// with what is left to be done.
    pub(crate) fn table(&self, file: &str, party: &str) -> Outcome<LastSignature> {
        use legation_core::agreement::signature::sign;
        let (private, _) = key(party)?;
        let host = sign(file.as_bytes(), &self.host_key()?)?;
        let theirs = sign(file.as_bytes(), &private)?;
        let tabled = self
            .runtime
            .block_on(self.office.table(&self.chief, file.as_bytes().to_vec()))?;
        let (id, version) = (tabled.id, tabled.version);
        let alliance = "NATO".parse()?;
        let accepted = self
            .office
            .accept(&self.chief, id.clone(), version, alliance, host);
        self.runtime.block_on(accepted)?;
        Ok(LastSignature {
            id,
            version,
            party: party.parse()?,
            signature: theirs,
        })
    }

    /// Accepts the last signature: the agreement is in force when this returns.
    pub(crate) fn accept(&self, last: LastSignature) -> Outcome<()> {
        let LastSignature {
            id,
            version,
            party,
            signature,
        } = last;
        let accepted = self
            .office
            .accept(&self.chief, id, version, party, signature);
        self.runtime.block_on(accepted)?;
        Ok(())
    }
}

/// What puts an agreement into force.
pub(crate) struct LastSignature {
    id: legation_core::id::AgreementId,
    version: legation_core::id::AgreementVersion,
    party: PartyCode,
    signature: String,
}

/// A query for the newest versions after a date.
pub(crate) fn query(after: Option<Instant>, limit: usize) -> Query {
    Query {
        after,
        until: None,
        ids: None,
        kinds: None,
        versions: Versions::default(),
        limit,
    }
}
