//! Snapshots that nobody saved: cut off or altered anywhere, they are refused or read, and nothing
//! else happens.

use legation_core::view::Fold;
use legation_testkit::dice::Dice;

use crate::trial::Trial;

fn saved() -> Vec<u8> {
    let mut trial = Trial::seeded(3);
    while trial.tally.steps < 60 {
        trial.random_step();
        trial.poll();
    }
    trial.fold.save()
}

#[test]
fn a_cut_snapshot_is_refused() {
    let saved = saved();
    assert!(Fold::load(&saved).is_ok());
    for cut in 0..saved.len() {
        assert!(Fold::load(&saved[..cut]).is_err(), "cut at {cut}");
    }
    let longer = [saved.as_slice(), &[0]].concat();
    assert!(Fold::load(&longer).is_err());
}

#[test]
fn an_altered_snapshot_is_refused_or_read() {
    let saved = saved();
    let mut dice = Dice::seeded(5);
    let (mut refused, mut read) = (0, 0);
    for _ in 0..600 {
        let mut altered = saved.clone();
        for _ in 0..=dice.between(0, 3) {
            let place = dice.between(0, altered.len() as i64 - 1) as usize;
            altered[place] = match dice.between(0, 2) {
                0 => 0xff,
                1 => altered[place] ^ 1,
                _ => dice.between(0, 255) as u8,
            };
        }
        match Fold::load(&altered) {
            Ok(_) => read += 1,
            Err(error) => {
                assert!(error.code().starts_with("snapshot."));
                refused += 1;
            }
        }
    }
    assert!(refused > 0 && read > 0, "{refused} refused, {read} read");
}

#[test]
fn a_snapshot_of_another_build_is_refused() {
    let mut saved = saved();
    saved[0] ^= 1;
    assert_eq!(
        Fold::load(&saved).unwrap_err().code(),
        "snapshot.other-build"
    );
}
