//! Random worlds, every party and area compared with the oracle after every step.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use legation_core::act::Act;

use crate::trial::{Tally, Trial};

/// Worlds played in the test run, and the length of each: together more than 10,000 steps.
const WORLDS: u64 = 50;
const STEPS: u64 = 270;

fn play(seed: u64, steps: u64) -> Tally {
    let mut trial = Trial::seeded(seed);
    let played = catch_unwind(AssertUnwindSafe(|| {
        while trial.tally.steps < steps {
            trial.random_step();
            if trial.world.dice.percent(35) {
                trial.poll();
            }
            if trial.world.dice.percent(6) {
                trial.open_cursor();
            }
            if trial.world.dice.percent(12) {
                trial.follow_cursor();
            }
            if trial.world.dice.percent(10) {
                trial.rehearse();
            }
            if trial.tally.steps.is_multiple_of(17) {
                trial.reload();
            }
            if trial.tally.steps.is_multiple_of(5) {
                trial.check_known_ids();
            }
        }
        trial.check_rebuild();
        for party in trial.judgement.parties().to_vec() {
            trial.check_no_trace(&party);
        }
    }));
    if let Err(panic) = played {
        if std::env::var_os("LEGATION_STORY").is_some() {
            for entry in trial.history.entries() {
                let told = match &entry.act {
                    Act::TableAgreement(table) => String::from_utf8_lossy(&table.file).into(),
                    act => format!("{act:?}"),
                };
                eprintln!("{} {} {told}", entry.number, entry.at);
            }
        }
        eprintln!(
            "seed {seed}, step {}, {} entries; play it again with LEGATION_SEED={seed}",
            trial.tally.steps,
            trial.history.entries().len()
        );
        resume_unwind(panic);
    }
    trial.tally
}

#[test]
fn the_gate_and_the_views_agree_with_the_oracle() {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse().unwrap());
    let steps = number("LEGATION_STEPS").unwrap_or(STEPS);
    let first = number("LEGATION_SEED");
    let count = first.map_or(WORLDS, |_| 1);
    let first = first.unwrap_or(0);
    let seeds = first..first + number("LEGATION_WORLDS").unwrap_or(count);
    let mut sum = Tally::default();
    for seed in seeds {
        sum.add(&play(seed, steps));
    }
    println!("oracle: {sum}");
    // A single world may be too short for some of it to happen.
    if count == WORLDS && steps >= STEPS {
        for (what, count) in [
            ("derived records", sum.derived),
            ("objects of others", sum.unshown),
            ("records derived anew", sum.renewals),
            ("waived creators", sum.waived),
            ("records derived anew in rehearsal", sum.rehearsed_renewals),
        ] {
            assert!(count > 0, "the worlds hold no {what}");
        }
    }
}
