//! A brief run of each target, blind but seeded, as long as a test may take. The seed is the same
//! each time, so that a tree that passed passes again; `LEGATION_SEED` sets another.
//!
//! Not here: the long run that follows branches (`cargo xtask fuzz`).

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use legation_fuzz::{Dice, Seed, TARGETS, Target, corpus, corpus_dir, find, mutate};

const SEED: u64 = 20_210_610;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Runs a target; what breaks it is kept and named.
fn run(target: &Target, bytes: &[u8], from: &str) -> bool {
    match catch_unwind(AssertUnwindSafe(|| (target.run)(bytes))) {
        Ok(accepted) => accepted,
        Err(_) => {
            let kept = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!(
                "{}-{}",
                target.name,
                std::process::id()
            ));
            std::fs::write(&kept, bytes).unwrap();
            let shown = bytes.escape_ascii().to_string();
            panic!(
                "{} breaks on {from}, kept as {kept:?}: {shown}",
                target.name
            );
        }
    }
}

fn fuzz(name: &str) {
    let target = find(name).unwrap();
    let seeds = corpus(name).unwrap();
    let accepted: Vec<&Seed> = seeds
        .iter()
        .filter(|seed| run(target, &seed.bytes, &seed.name))
        .collect();
    assert!(
        !accepted.is_empty(),
        "no input of {name} is accepted: it tries nothing"
    );
    assert!(
        accepted.len() < seeds.len() || name == "cursor",
        "no input of {name} is refused"
    );

    let seed = number("LEGATION_SEED").unwrap_or(SEED);
    let rounds = target.rounds * number("LEGATION_ROUNDS").unwrap_or(1) as usize;
    println!("LEGATION_SEED={seed} rounds={rounds}");
    let mut dice = Dice::new(seed);
    let mut pool: Vec<Vec<u8>> = seeds.iter().map(|seed| seed.bytes.clone()).collect();
    let mut taken = 0;
    for round in 0..rounds {
        let one = &pool[dice.roll(pool.len())];
        let other = &pool[dice.roll(pool.len())];
        let made = mutate(one, other, target.words, &mut dice);
        if run(target, &made, &format!("round {round}")) {
            taken += 1;
            // What is accepted is a place to go on from; the inputs themselves always stay.
            if made.len() < 8 * 1024 && dice.roll(4) == 0 {
                match pool.len() {
                    0..200 => pool.push(made),
                    full => {
                        let at = seeds.len() + dice.roll(full - seeds.len());
                        if let Some(place) = pool.get_mut(at) {
                            *place = made;
                        }
                    }
                }
            }
        }
    }
    println!("{name}: {taken} of {rounds} accepted");
}

macro_rules! briefly {
    ($($test:ident: $name:literal,)*) => {
        const RUN: &[&str] = &[$($name),*];

        $(
            #[test]
            fn $test() {
                fuzz($name);
            }
        )*
    };
}

briefly! {
    agreement: "agreement",
    authorization: "authorization",
    bundle: "bundle",
    checkpoint: "checkpoint",
    cursor: "cursor",
    entry: "entry",
    envelope: "envelope",
    filter: "filter",
    fold: "fold",
    house: "house",
    ical: "ical",
    journal: "journal",
    key: "key",
    misp: "misp",
    name: "name",
    note: "note",
    object: "object",
    observable: "observable",
    pattern: "pattern",
    pattern_match: "pattern-match",
    press: "press",
    proof: "proof",
    proof_file: "proof-file",
    signature: "signature",
    snapshot: "snapshot",
    tile_path: "tile-path",
    validate: "validate",
    value: "value",
    redact: "redact",
    verifier_key: "verifier-key",
}

#[test]
fn every_target_is_run_and_every_folder_has_a_target() {
    let names: BTreeSet<&str> = TARGETS.iter().map(|target| target.name).collect();
    assert_eq!(names.len(), TARGETS.len(), "two targets of one name");
    assert_eq!(names, RUN.iter().copied().collect());
    let folders = std::fs::read_dir(corpus_dir("..").join("corpus")).unwrap();
    let folders: BTreeSet<String> = folders
        .map(|item| item.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(names, folders.iter().map(String::as_str).collect());
}
