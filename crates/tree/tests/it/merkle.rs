//! Roots of the RFC 6962 reference leaves, and the proof vectors of transparency-dev/merkle under
//! their own names (<https://github.com/transparency-dev/merkle/tree/main/testdata>).

use base64::prelude::{BASE64_STANDARD, Engine as _};
use legation_tree::{
    Appender, Hash, ProofError, TreeHead, leaf_hash, verify_consistency, verify_inclusion,
    verify_subtree_consistency, verify_subtree_inclusion,
};
use serde::Deserialize;

use crate::vector;

#[derive(Deserialize)]
struct ReferenceTree {
    leaves_hex: Vec<String>,
    leaf_hashes_hex: Vec<String>,
    roots_hex_by_size: Vec<String>,
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

fn hex(hash: Hash) -> String {
    hash.0.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn reference_tree() {
    let tree: ReferenceTree = vector::json("rfc6962-reference-tree.json");
    let mut log = Appender::empty();
    assert_eq!(hex(log.root()), tree.roots_hex_by_size[0]);
    for (at, leaf) in tree.leaves_hex.iter().enumerate() {
        let leaf = leaf_hash(&unhex(leaf));
        assert_eq!(hex(leaf), tree.leaf_hashes_hex[at]);
        log.append(leaf);
        assert_eq!(hex(log.root()), tree.roots_hex_by_size[at + 1]);
    }
    assert_eq!(log.size(), 8);
}

/// A case of any of the four files; those fields that it does not have stay empty.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Case {
    case: String,
    leaf_idx: Option<u64>,
    tree_size: Option<u64>,
    size1: Option<u64>,
    size2: Option<u64>,
    start: Option<u64>,
    end: Option<u64>,
    size: Option<u64>,
    leaf_hash: Option<String>,
    root: Option<String>,
    root1: Option<String>,
    root2: Option<String>,
    proof: Option<Vec<String>>,
    want_err: bool,
}

/// A hash of 32 bytes; the vectors have others too, which cannot even be said in our types.
fn hash(base64: &str) -> Option<Hash> {
    Some(Hash(
        BASE64_STANDARD.decode(base64).unwrap().try_into().ok()?,
    ))
}

fn head(size: Option<u64>, root: &Option<String>) -> Option<TreeHead> {
    Some(TreeHead {
        size: size.unwrap(),
        root: hash(root.as_ref().unwrap())?,
    })
}

fn proof(case: &Case) -> Option<Vec<Hash>> {
    case.proof.iter().flatten().map(|one| hash(one)).collect()
}

/// Runs a file of `count` cases. `verdict` is `None` for a case that carries a hash of the wrong
/// length; `strings` of those would hold at the source, which there compares strings of any length.
fn run(
    name: &str,
    count: usize,
    strings: usize,
    verdict: impl Fn(&Case) -> Option<Result<(), ProofError>>,
) {
    let Some(cases) = vector::corpus::<Vec<Case>>(&format!("tlog/merkle/{name}.json")) else {
        return;
    };
    assert_eq!(cases.len(), count);
    let (mut held, mut refused, mut refused_yet_right) = (0, 0, 0);
    for case in &cases {
        match verdict(case) {
            Some(Ok(())) => {
                assert!(!case.want_err, "{} must fail", case.case);
                held += 1;
            }
            Some(Err(error)) => assert!(case.want_err, "{} must hold: {error}", case.case),
            None => {
                refused += 1;
                refused_yet_right += usize::from(!case.want_err);
            }
        }
    }
    println!("{name}: {count} cases, {held} hold, {refused} refused for their hash lengths");
    assert!(held > 0);
    assert_eq!(refused_yet_right, strings);
}

#[test]
fn inclusion() {
    run("inclusion", 98, 0, |case| {
        let leaf = hash(case.leaf_hash.as_ref().unwrap())?;
        let head = head(case.tree_size, &case.root)?;
        Some(verify_inclusion(
            leaf,
            case.leaf_idx.unwrap(),
            &proof(case)?,
            head,
        ))
    });
}

#[test]
fn consistency() {
    run("consistency", 98, 1, |case| {
        let old = head(case.size1, &case.root1)?;
        let new = head(case.size2, &case.root2)?;
        Some(verify_consistency(old, new, &proof(case)?))
    });
}

#[test]
fn subtree_inclusion() {
    run("subtreeinclusion", 204, 0, |case| {
        let leaf = hash(case.leaf_hash.as_ref().unwrap())?;
        let subtree = head(case.end, &case.root)?;
        let (index, start) = (case.leaf_idx.unwrap(), case.start.unwrap());
        Some(verify_subtree_inclusion(
            leaf,
            index,
            &proof(case)?,
            start,
            subtree,
        ))
    });
}

#[test]
fn subtree_consistency() {
    run("subtreeconsistency", 118, 3, |case| {
        let subtree = head(case.end, &case.root1)?;
        let tree = head(case.size, &case.root2)?;
        Some(verify_subtree_consistency(
            case.start.unwrap(),
            subtree,
            tree,
            &proof(case)?,
        ))
    });
}
