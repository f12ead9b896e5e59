//! What this crate makes, checked by independent implementations: `signed_note` and `tlog_tiles`.

use legation_tree::{
    Checkpoint, NoteSigner, NoteVerifier, TileId, TilePath, consistency_proof, inclusion_proof,
};
use signed_note::{Note, StandardSigner, StandardVerifier, VerifierList};
use tlog_tiles::{Tile, check_record, check_tree};

use crate::naive;

fn hash(hash: legation_tree::Hash) -> tlog_tiles::Hash {
    tlog_tiles::Hash(hash.0)
}

#[test]
fn our_checkpoints_are_read_by_others() {
    let signer = NoteSigner::from_seed("log.example/tokyo", &[5; 32]).unwrap();
    let leaves = naive::leaves(300);
    let (tree, _) = naive::grown(&leaves);
    let signed = Checkpoint::new(signer.name(), 300, tree.root())
        .unwrap()
        .sign(&signer);

    let verifier = StandardVerifier::new(&signer.vkey()).unwrap();
    let note = Note::from_bytes(signed.as_bytes()).unwrap();
    let (verified, _) = note
        .verify(&VerifierList::new(vec![Box::new(verifier)]))
        .unwrap();
    assert_eq!(
        (verified[0].name(), verified[0].id()),
        (signer.name(), signer.key_id())
    );
    let checkpoint = tlog_tiles::Checkpoint::from_bytes(note.text()).unwrap();
    assert_eq!(
        (checkpoint.origin(), checkpoint.size()),
        (signer.name(), 300)
    );
    assert_eq!(checkpoint.hash().0, tree.root().0);
}

#[test]
fn notes_of_others_are_read_by_us() {
    // The published key of Go's `sumdb/note` tests.
    let key = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    let vkey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    let mut note = Note::new("one\n\ntwo\n".as_bytes(), &[]).unwrap();
    note.add_sigs(&[&StandardSigner::new(key).unwrap()])
        .unwrap();
    let text = String::from_utf8(note.to_bytes()).unwrap();
    let ours = legation_tree::Note::parse(&text).unwrap();
    let by = ours.verify(&[NoteVerifier::parse(vkey).unwrap()]).unwrap();
    assert_eq!(by[0].name, "PeterNeumann");
}

#[test]
fn our_proofs_are_accepted_by_others() {
    let leaves = naive::leaves(600);
    let (_, tiles) = naive::grown(&leaves);
    for size in [1, 2, 3, 7, 8, 255, 256, 257, 511, 512, 513, 600] {
        let root = hash(naive::root(&leaves[..size]));
        for index in (0..size).step_by(size.div_ceil(9)).chain([size - 1]) {
            let proof = inclusion_proof(index as u64, size as u64, &tiles).unwrap();
            let proof: Vec<_> = proof.into_iter().map(hash).collect();
            let leaf = hash(leaves[index]);
            check_record(&proof, size as u64, root, index as u64, leaf).unwrap();

            let old = index + 1;
            let proof = consistency_proof(old as u64, size as u64, &tiles).unwrap();
            let proof: Vec<_> = proof.into_iter().map(hash).collect();
            let old_root = hash(naive::root(&leaves[..old]));
            check_tree(&proof, size as u64, root, old as u64, old_root).unwrap();
        }
    }
}

#[test]
fn our_paths_are_theirs_but_for_the_height() {
    // That crate writes the paths of Go's sumdb, where the tile's height stands before its level.
    for (level, index, width) in [
        (0, 0, 256),
        (1, 1_234_067, 1),
        (7, 1_000_000, 255),
        (0, 999, 3),
    ] {
        let ours = TilePath::hashes(TileId { level, index }, width)
            .unwrap()
            .to_string();
        let theirs = Tile::new(8, level, index, u32::from(width), false).path();
        assert_eq!(theirs, ours.replacen("tile/", "tile/8/", 1));
    }
}
