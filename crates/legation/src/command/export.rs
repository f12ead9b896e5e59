//! `legation export`: the journal as JSON Lines, one entry a line, or a party's view as a MISP feed
//! ([`feed`]). How an act is written is in [`act`].
//!
//! ```text
//! {"act": {"kind": "file", ...}, "actor": "JPN/soc", "at": "2026-01-31T10:00:00.000000Z",
//!  "leaf": base64 of 32 bytes, "number": 17}
//! bodies  with --bodies, in what a filing brought: the very bytes as a text, `null` once erased
//! frame   with --frames: the entry as the journal holds it (CBOR), base64
//! nonce   with --frames: 32 bytes, base64; leaf = SHA-256(0 | SHA-256("legation entry v1" NUL | nonce | frame))
//! ```

mod act;
mod feed;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use legation_core::id::{AreaName, EntryNumber, PartyCode};
use legation_engine::Exported;
use serde_json::{Value, json};

use crate::answer::{Answer, put};
use crate::client::Connection;
use crate::failure::Failure;
use crate::progress::Progress;

const EXAMPLES: &str = "\
Examples:
  legation export tokyo --out journal.jsonl
  legation export tokyo --from 1000 | grep '\"kind\":\"release\"'
  legation export --misp-feed JPN /srv/feeds/jpn --dir tokyo

The office may be running. An export holds everything that the journal holds, whoever may see it: keep it \
as secret as the office itself. The form of a line is in docs/operations.md.";

/// Write the journal as JSON Lines, or a party's view as a MISP feed
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Export {
    /// The office's directory; with --misp-feed the folder to write the feed to
    #[arg(value_name = "DIR")]
    place: PathBuf,
    /// The file to make; the standard output when left out
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The first entry
    #[arg(long, value_name = "N", default_value_t = 0)]
    from: u64,
    /// The bytes of records too
    #[arg(long)]
    bodies: bool,
    /// What is needed to compute every leaf: frames and nonces
    #[arg(long)]
    frames: bool,
    /// Instead, what a party may have now as a MISP feed; that is a release to it
    #[arg(long, value_name = "PARTY", conflicts_with_all = ["out", "from", "bodies", "frames"])]
    misp_feed: Option<PartyCode>,
    /// The area of the feed
    #[arg(
        long,
        value_name = "AREA",
        default_value = "cyber",
        requires = "misp_feed"
    )]
    area: AreaName,
    #[command(flatten)]
    connection: Connection,
}

impl Export {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        if let Some(party) = &self.misp_feed {
            return feed::run(&self.connection, party, &self.area, &self.place);
        }
        let Some(out) = &self.out else {
            let stdout = Path::new("-");
            self.write(stdout, std::io::stdout().lock())?;
            // All has been told already, and it is JSON whether that was asked for or not.
            return Ok(Answer::new("", Value::Null));
        };
        let file = File::options().write(true).create_new(true).open(out);
        let file = file.map_err(|error| Failure::disk("make", out, &error))?;
        let entries = self.write(out, &file)?;
        let synced = file.sync_all();
        synced.map_err(|error| Failure::disk("write", out, &error))?;
        let text = format!(
            "{entries} entries of {} are in {}",
            self.place.display(),
            out.display()
        );
        Ok(Answer::new(
            text,
            json!({"from": self.place, "to": out, "entries": entries}),
        ))
    }

    fn write(&self, name: &Path, out: impl Write) -> Result<u64, Failure> {
        let bar = Progress::over(0, "exporting", "entries");
        let mut out = BufWriter::with_capacity(1 << 16, out);
        let mut failed = None;
        let mut visit = |exported: Exported| match writeln!(out, "{}", self.line(&exported)) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        };
        let entries = legation_engine::export(
            &self.place,
            EntryNumber(self.from),
            self.bodies,
            &mut visit,
            &mut |done, total| bar.set(done, total),
        )?;
        drop(bar);
        match failed.map_or_else(|| out.flush(), Err) {
            Ok(()) => Ok(entries),
            Err(error) => Err(Failure::disk("write", name, &error)),
        }
    }

    fn line(&self, exported: &Exported) -> Value {
        let entry = &exported.entry;
        let mut line = json!({
            "number": entry.number.0,
            "at": entry.at.to_string(),
            "actor": entry.actor.to_string(),
            "act": act::document(&entry.act, &exported.records),
            "leaf": exported.leaf,
        });
        if self.bodies && !exported.bodies.is_empty() {
            let bodies = exported.bodies.iter().map(|body| match body {
                None => Value::Null,
                // What is filed as JSON is UTF-8; another format may not be.
                Some(body) => match std::str::from_utf8(body) {
                    Ok(text) => text.into(),
                    Err(_) => json!({"base64": STANDARD.encode(body)}),
                },
            });
            put(&mut line, "bodies", bodies.collect::<Vec<Value>>());
        }
        if self.frames {
            put(&mut line, "frame", STANDARD.encode(&exported.frame));
            put(&mut line, "nonce", STANDARD.encode(exported.nonce));
        }
        line
    }
}
