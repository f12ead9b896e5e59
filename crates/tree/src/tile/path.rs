//! The path under which a tile or an entry bundle is served.
//!
//! ```text
//! tile/<level>/<index>            a full hash tile            tile/0/x001/234
//! tile/<level>/<index>.p/<width>  its first hashes            tile/0/x001/067.p/5
//! tile/entries/<index>            a full entry bundle         tile/entries/000
//! tile/entries/<index>.p/<width>  its first entries           tile/entries/001.p/44
//! ```
//!
//! An index is written in groups of three digits, all but the last with an `x` before it. Source:
//! C2SP tlog-tiles, "Merkle Tree" and "Log entries". Not here: the URL prefix, and the checkpoint's
//! own path.

use std::fmt;
use std::str::FromStr;

use super::{MAX_LEVEL, TILE_WIDTH, TileError, TileId};

/// The longest path: `tile/entries/`, seven groups of `x000/` (2^64 has 20 digits), `.p/255`:
/// 13 + 7 * 5 + 6 = 54.
const MAX_PATH_LEN: usize = 54;

/// What a path names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the specification has these two kinds of tile"
)]
pub enum TileContent {
    /// Hashes of this level.
    Hashes {
        /// 0 to 63.
        level: u8,
    },
    /// Entries.
    Entries,
}

/// The parsed path of a tile or an entry bundle, full or partial.
///
/// A path that parses is written back the same: there is one spelling for each tile.
//
// INVARIANT: a level is at most 63, `width` is from 1 to 256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TilePath {
    content: TileContent,
    index: u64,
    width: u16,
}

impl TilePath {
    /// The path of the first `width` hashes of a tile; 256 for a full one.
    ///
    /// # Errors
    ///
    /// [`TileError`] if the level is above 63 or the width is not from 1 to 256.
    pub fn hashes(id: TileId, width: u16) -> Result<Self, TileError> {
        if id.level > MAX_LEVEL {
            return Err(TileError::Level { level: id.level });
        }
        Self::checked(TileContent::Hashes { level: id.level }, id.index, width)
    }

    /// The path of the first `width` entries of a bundle; 256 for a full one.
    ///
    /// # Errors
    ///
    /// [`TileError`] if the width is not from 1 to 256.
    pub fn entries(index: u64, width: u16) -> Result<Self, TileError> {
        Self::checked(TileContent::Entries, index, width)
    }

    /// Reads a path, without a slash at either end.
    ///
    /// # Errors
    ///
    /// [`TileError::Path`] if it is not the one right spelling of a tile's path.
    pub fn parse(path: &str) -> Result<Self, TileError> {
        let tile = if path.len() <= MAX_PATH_LEN {
            scan(path)
        } else {
            None
        };
        // Writing it back refuses every other spelling: leading zeroes, signs, missing groups.
        tile.filter(|tile| tile.to_string() == path)
            .ok_or_else(|| TileError::Path {
                path: path.chars().take(MAX_PATH_LEN).collect(),
            })
    }

    /// Whether it names hashes or entries.
    pub fn content(&self) -> TileContent {
        self.content
    }

    /// The index within its level, or among the bundles.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// How many hashes or entries it names: 256 for a full tile.
    pub fn width(&self) -> u16 {
        self.width
    }

    /// Whether a tree of `size` leaves has what this path names.
    pub fn exists_at(&self, size: u64) -> bool {
        let level = match self.content {
            TileContent::Hashes { level } => level,
            TileContent::Entries => 0,
        };
        TileId {
            level,
            index: self.index,
        }
        .width_at(size)
            >= self.width
    }

    fn checked(content: TileContent, index: u64, width: u16) -> Result<Self, TileError> {
        if width == 0 || width > TILE_WIDTH {
            return Err(TileError::Width { width });
        }
        Ok(Self {
            content,
            index,
            width,
        })
    }
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.content {
            TileContent::Hashes { level } => write!(f, "tile/{level}/")?,
            TileContent::Entries => f.write_str("tile/entries/")?,
        }
        // 1000^6 is the largest power of a thousand within 64 bits.
        for power in (1..=6).rev() {
            let above = self.index / 1000_u64.pow(power);
            if above > 0 {
                write!(f, "x{:03}/", above % 1000)?;
            }
        }
        write!(f, "{:03}", self.index % 1000)?;
        if self.width < TILE_WIDTH {
            write!(f, ".p/{}", self.width)?;
        }
        Ok(())
    }
}

impl FromStr for TilePath {
    type Err = TileError;

    fn from_str(path: &str) -> Result<Self, TileError> {
        Self::parse(path)
    }
}

/// Reads the numbers out of a path, with more spellings than are right.
fn scan(path: &str) -> Option<TilePath> {
    let (level, rest) = path.strip_prefix("tile/")?.split_once('/')?;
    let (groups, width) = match rest.split_once(".p/") {
        Some((groups, width)) => (groups, width.parse().ok()?),
        None => (rest, TILE_WIDTH),
    };
    let mut index: u64 = 0;
    for group in groups.split('/') {
        let group: u64 = group.trim_start_matches('x').parse().ok()?;
        index = index.checked_mul(1000)?.checked_add(group)?;
    }
    match level {
        "entries" => TilePath::entries(index, width).ok(),
        _ => TilePath::hashes(
            TileId {
                level: level.parse().ok()?,
                index,
            },
            width,
        )
        .ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_index_round_trips() {
        let path = TilePath::entries(u64::MAX, 255).unwrap().to_string();
        assert_eq!(path, "tile/entries/x018/x446/x744/x073/x709/x551/615.p/255");
        assert!(path.len() <= MAX_PATH_LEN);
        assert_eq!(TilePath::parse(&path).unwrap().index(), u64::MAX);
        let over = path.replace("615", "616");
        assert_eq!(TilePath::parse(&over).unwrap_err().code(), "tree.tile-path");
    }

    #[test]
    fn a_full_tile_has_no_width() {
        assert_eq!(TilePath::parse("tile/3/x001/000").unwrap().width(), 256);
        assert!(TilePath::parse("tile/3/x001/000.p/256").is_err());
    }

    #[test]
    fn other_spellings_are_refused() {
        for bad in [
            "",
            "tile",
            "tile/",
            "tile/0",
            "tile/0/",
            "tile//000",
            "/tile/0/000",
            "tile/+0/000",
            "tile/0/+00",
            "tile/0/xx01/000",
            "tile/0/000.p/+1",
            "tile/0/000.p/",
            "tile/0/000.p/1/",
            "tile/0/000.p/1.p/1",
            "tile/Entries/000",
            "tile/256/000",
            "tile/8/0/000",
            "tile/0/0x0",
            "tile/0/\u{0661}00",
            "tile/0/x000/x001/000",
        ] {
            assert!(TilePath::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn existence_follows_the_size() {
        let exists = |path: &str, size| TilePath::parse(path).unwrap().exists_at(size);
        assert!(exists("tile/0/001.p/44", 300));
        assert!(exists("tile/0/001.p/1", 300));
        assert!(!exists("tile/0/001.p/45", 300));
        assert!(!exists("tile/0/001", 300));
        assert!(exists("tile/entries/000", 256));
        assert!(!exists("tile/entries/000", 255));
        assert!(exists("tile/1/000.p/1", 256));
        assert!(!exists("tile/63/000.p/1", u64::MAX));
    }
}
