//! The log as it is published: tiles by their path (C2SP tlog-tiles). No HTTP, and no entries:
//! what a bundle holds are the commitments to them.

use legation_tree::{TileContent, TilePath, cut_tile, encode_bundle};

use crate::error::EngineError;
use crate::office::Office;

/// A hash tile or a bundle, as wide as its path asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogTile {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Whether it is full, and so never changes.
    pub full: bool,
}

impl Office {
    /// What the log has under a path, `tile/0/x001/234.p/5` or `tile/entries/000`; none when the
    /// path names no tile, or one that the log does not have yet.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn log_tile(&self, path: &str) -> Result<Option<LogTile>, EngineError> {
        let Ok(path) = TilePath::parse(path) else {
            return Ok(None);
        };
        if !path.exists_at(self.log_size()?) {
            return Ok(None);
        }
        let internal = |error: legation_tree::TileError| EngineError::internal(error.code(), error);
        let bytes = match path.content() {
            TileContent::Hashes { level } => {
                let Some(stored) = self.tile(level, path.index())? else {
                    return Ok(None);
                };
                cut_tile(&stored, path.width()).map_err(internal)?.to_vec()
            }
            TileContent::Entries => {
                let first = path.index() * u64::from(legation_tree::TILE_WIDTH);
                let leaves = self.leaves(first, usize::from(path.width()))?;
                encode_bundle(leaves.iter().map(<[u8; 32]>::as_slice)).map_err(internal)?
            }
        };
        Ok(Some(LogTile {
            bytes,
            full: path.width() == legation_tree::TILE_WIDTH,
        }))
    }
}
