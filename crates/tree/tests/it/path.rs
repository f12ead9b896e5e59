//! The tile paths of `tile-paths.json`.

use legation_tree::{TileContent, TileId, TilePath};
use serde::Deserialize;

use crate::vector;

#[derive(Deserialize)]
struct Paths {
    index_to_path: Vec<IndexPath>,
    bad_paths: Vec<String>,
    tiles_for_size: Vec<TilesForSize>,
}

#[derive(Deserialize)]
struct IndexPath {
    n: u64,
    path: String,
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct TilesForSize {
    size: u64,
    level0_full: u64,
    level0_partial: u16,
    level1_full: u64,
    level1_partial: u16,
    level2_partial: u16,
}

#[test]
fn an_index_has_one_path() {
    for IndexPath { n, path } in vector::json::<Paths>("tile-paths.json").index_to_path {
        for (width, suffix) in [(256, ""), (1, ".p/1"), (255, ".p/255")] {
            let hashes = TilePath::hashes(TileId { level: 3, index: n }, width).unwrap();
            assert_eq!(hashes.to_string(), format!("tile/3/{path}{suffix}"));
            assert_eq!(TilePath::parse(&hashes.to_string()).unwrap(), hashes);
            assert_eq!(hashes.content(), TileContent::Hashes { level: 3 });
            let entries = TilePath::entries(n, width).unwrap();
            assert_eq!(entries.to_string(), format!("tile/entries/{path}{suffix}"));
            assert_eq!(TilePath::parse(&entries.to_string()).unwrap(), entries);
            assert_eq!((entries.index(), entries.width()), (n, width));
        }
    }
}

/// The vectors list this one as bad, yet it is how C2SP tlog-tiles writes index 1234, as the same
/// file writes index 1000 as `x001/000`. The specification decides.
const LISTED_AS_BAD_BUT_RIGHT: &str = "tile/0/x001/234";

#[test]
fn bad_paths_are_refused() {
    let mut paths = vector::json::<Paths>("tile-paths.json").bad_paths;
    assert_eq!(paths.len(), 13);
    paths.retain(|path| path != LISTED_AS_BAD_BUT_RIGHT);
    assert_eq!(paths.len(), 12);
    for path in paths {
        assert_eq!(
            TilePath::parse(&path).unwrap_err().code(),
            "tree.tile-path",
            "{path}"
        );
    }
    let right = TilePath::parse(LISTED_AS_BAD_BUT_RIGHT).unwrap();
    assert_eq!((right.index(), right.width()), (1234, 256));
    let without_the_last_group = "tile/0/x001/x234";
    assert!(TilePath::parse(without_the_last_group).is_err());
}

#[test]
fn a_size_has_its_tiles() {
    for case in vector::json::<Paths>("tile-paths.json").tiles_for_size {
        let width = |level, index| TileId { level, index }.width_at(case.size);
        for index in 0..case.level0_full {
            assert_eq!(width(0, index), 256);
        }
        assert_eq!(width(0, case.level0_full), case.level0_partial);
        for index in 0..case.level1_full {
            assert_eq!(width(1, index), 256);
        }
        assert_eq!(width(1, case.level1_full), case.level1_partial);
        assert_eq!(width(2, 0), case.level2_partial);
        assert_eq!(width(0, case.level0_full + 1), 0);
        assert_eq!(width(3, 0), 0);
    }
}
