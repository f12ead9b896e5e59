//! The log as an auditor reads it: with the log's key and the tree crate alone, nothing from the
//! office but what it publishes.

use legation_tree::{
    Checkpoint, Hash, NoteVerifier, TILE_WIDTH, TileId, TilePath, decode_bundle, leaf_hash,
    node_hash,
};

use crate::taxii::venue::{GREEN, Venue, domain};

fn hash_tile(venue: &Venue, level: u8, index: u64, width: u16) -> Vec<u8> {
    let path = TilePath::hashes(TileId { level, index }, width).unwrap();
    let answer = venue.send("GET", &format!("/log/{path}"), &[], b"");
    assert_eq!(answer.status, 200, "{path}");
    assert_eq!(
        answer.header("content-type"),
        Some("application/octet-stream")
    );
    let full = width == TILE_WIDTH;
    let cache = answer.header("cache-control").unwrap();
    assert_eq!(cache.contains("immutable"), full, "{path}");
    assert_eq!(answer.body.len(), usize::from(width) * 32);
    answer.body
}

#[test]
fn an_auditor_reads_it_all() {
    let venue = Venue::open();
    for number in 0..300 {
        venue.file(&venue.chief, "cyber", &[domain(number, GREEN)]);
    }
    let answer = venue.send("GET", "/log/checkpoint", &[], b"");
    assert_eq!(answer.status, 200);
    assert!(
        answer
            .header("content-type")
            .unwrap()
            .starts_with("text/plain")
    );
    let verifier = NoteVerifier::parse(&venue.office.log_key().unwrap()).unwrap();
    let signed = Checkpoint::parse_and_verify(&answer.text(), &[verifier]).unwrap();
    let size = signed.checkpoint.size();
    assert!(size > 300);
    let partial = u16::try_from(size - 256).unwrap();
    let mut hashes = hash_tile(&venue, 0, 0, TILE_WIDTH);
    hashes.extend(hash_tile(&venue, 0, 1, partial));
    hash_tile(&venue, 0, 1, 1);
    hash_tile(&venue, 1, 0, 1);
    let mut leaves = Vec::new();
    for (index, width) in [(0, TILE_WIDTH), (1, partial)] {
        let path = TilePath::entries(index, width).unwrap();
        let bundle = venue.send("GET", &format!("/log/{path}"), &[], b"");
        assert_eq!(bundle.status, 200);
        let entries = decode_bundle(&bundle.body).unwrap();
        assert_eq!(entries.len(), usize::from(width));
        assert!(entries.iter().all(|entry| entry.len() == 32));
        leaves.extend(entries.iter().map(|entry| leaf_hash(entry)));
    }
    let bytes: Vec<u8> = leaves.iter().flat_map(|leaf| *leaf.as_bytes()).collect();
    assert_eq!(bytes, hashes);
    assert_eq!(root(&leaves), signed.checkpoint.root());
}

/// The root of a tree, as RFC 6962 section 2.1 writes it.
fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            node_hash(root(left), root(right))
        }
    }
}

#[test]
fn what_is_no_tile_is_not_there() {
    let venue = Venue::open();
    for path in [
        "/log/tile/0/000",
        "/log/tile/0/001.p/1",
        "/log/tile/0/000.p/200",
        "/log/tile/0/000.p/0",
        "/log/tile/0/000.p/256",
        "/log/tile/00/000.p/1",
        "/log/tile/64/000",
        "/log/tile/0/0",
        "/log/tile/0/x000/000",
        "/log/tile/entries/000",
        "/log/tile/data/000",
        "/log/tile/../checkpoint",
        "/log/tile/%FF",
        "/log/tile/",
        "/log/",
        "/log",
    ] {
        let answer = venue.send("GET", path, &[], b"");
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.json()["error"]["code"], "engine.not-found");
    }
    let post = venue.send("POST", "/log/checkpoint", &[], b"");
    assert_eq!(post.status, 405);
    assert_eq!(post.header("allow"), Some("GET, HEAD"));
}
