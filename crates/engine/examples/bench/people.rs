//! The parties of a bench's office: who takes what, and the account of each.
//!
//! The first partner, `MITRE`, gives; P0 sees everything, P1 one record in a thousand, and of the
//! others half see everything, a quarter some kinds and a quarter one record in a thousand.

use std::fmt::Write as _;
use std::path::Path;

use legation_engine::NewParty;

use crate::Outcome;
use crate::venue::{ALL, SOURCE, Venue, clients_file, key};

/// What a party takes.
#[derive(Clone, Copy)]
pub(crate) enum Share {
    All,
    SomeKinds,
    Few,
}

/// What the party of that number takes.
fn share(number: u32) -> Share {
    match number {
        0 => Share::All,
        1 => Share::Few,
        _ => match number % 4 {
            0 => Share::SomeKinds,
            3 => Share::Few,
            _ => Share::All,
        },
    }
}

/// A version of a party's agreement.
pub(crate) fn agreement(code: &str, version: u32, share: Share) -> String {
    let term = match share {
        Share::All => "up_to = \"AMBER\"\n",
        Share::Few => "up_to = \"GREEN\"\n",
        Share::SomeKinds => {
            "up_to = \"AMBER\"\nkinds = [\"attack-pattern\", \"malware\", \"tool\", \"identity\", \
             \"marking-definition\"]\n"
        }
    };
    file(
        code,
        version,
        &format!("[[take]]\narticle = \"1\"\narea = \"cyber\"\n{term}"),
    )
}

fn file(code: &str, version: u32, terms: &str) -> String {
    let id = code.to_lowercase();
    format!(
        "+++\nid = \"nato-{id}\"\ntitle = \"Programme\"\nversion = {version}\n\
         parties = [\"NATO\", \"{code}\"]\nin_force = 2020-01-01T00:00:00Z\n\n{terms}+++\n\
         # Programme\n## 1 Terms\n"
    )
}

/// Admits that many parties, and the one that files.
pub(crate) fn admit(base: &Path, parties: u32) -> Outcome<()> {
    let venue = Venue::open(base)?;
    let mut clients = String::new();
    let give = "[[give]]\narticle = \"1\"\narea = \"cyber\"\nup_to = \"AMBER\"\n\
                onward = [\"partners\"]\nunmarked = \"AMBER\"\n";
    let mut add = |code: &str, agreement: &str| -> Outcome<()> {
        let new = NewParty {
            code: code.parse()?,
            name: code.to_owned(),
            status: "partner".parse()?,
            zone: "UTC".parse()?,
            key: Some(key(code)?.1),
        };
        let adding = venue.office.add_party(&venue.chief, new);
        venue.runtime.block_on(adding)?;
        let last = venue.table(agreement, code)?;
        venue.accept(last)?;
        let name = "bench".parse()?;
        let adding = venue.office.add_client(&venue.chief, code.parse()?, name);
        let secret = venue.runtime.block_on(adding)?;
        writeln!(clients, "{code}\tbench\t{}", secret.reveal())?;
        Ok(())
    };
    add(SOURCE, &file(SOURCE, 1, give))?;
    for number in 0..parties {
        let code = format!("P{number}");
        add(&code, &agreement(&code, 1, share(number)))?;
    }
    debug_assert_eq!(ALL, "P0");
    std::fs::write(clients_file(base), clients)?;
    Ok(())
}
