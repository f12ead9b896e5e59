//! House rules at random.
//!
//! Most let the agreements decide, so that something still flows.

use std::fmt::Write as _;

use crate::dice::Dice;
use crate::world::AREAS;
use crate::world::draft::{random_audience, random_ceiling, random_kinds};

/// The rules of an office that lets the agreements decide and calls its own records GREEN.
pub const OPEN: &str = "[[ceiling]]\nup_to = \"RED\"\n\n[[unmarked]]\nlevel = \"GREEN\"\n";

/// Some house rules.
pub fn random(dice: &mut Dice) -> String {
    let mut text = String::new();
    if dice.percent(55) {
        text.push_str("[[ceiling]]\nup_to = \"RED\"\n");
    }
    for _ in 0..dice.below(4) {
        writeln!(text, "\n[[ceiling]]\nup_to = \"{}\"", random_ceiling(dice)).unwrap();
        narrow(dice, &mut text);
        for key in ["from", "to"] {
            if dice.percent(40) {
                writeln!(text, "{key} = {:?}", random_audience(dice)).unwrap();
            }
        }
    }
    for _ in 0..dice.below(3) {
        writeln!(text, "\n[[unmarked]]\nlevel = \"{}\"", random_ceiling(dice)).unwrap();
        narrow(dice, &mut text);
    }
    text
}

fn narrow(dice: &mut Dice, text: &mut String) {
    if dice.percent(40) {
        writeln!(text, "area = {:?}", dice.pick(&AREAS)).unwrap();
    }
    if let Some(kinds) = random_kinds(dice) {
        writeln!(text, "kinds = {kinds:?}").unwrap();
    }
}
