//! One fuzz target under libFuzzer, which follows the branches that an input takes.
//!
//! `LEGATION_FUZZ_TARGET` names the target; everything else is libFuzzer's own. The targets are
//! not here: they are in the crate above, where the tests run them too.

#![no_main]

use std::sync::OnceLock;

use legation_fuzz::{Target, find};
use libfuzzer_sys::fuzz_target;

fn target() -> &'static Target {
    static CHOSEN: OnceLock<&'static Target> = OnceLock::new();
    CHOSEN.get_or_init(|| {
        let name = std::env::var("LEGATION_FUZZ_TARGET").unwrap_or_default();
        match find(&name) {
            Some(target) => target,
            None => {
                eprintln!("`{name}` is no fuzz target; set LEGATION_FUZZ_TARGET");
                std::process::exit(2);
            }
        }
    })
}

fuzz_target!(|bytes: &[u8]| {
    (target().run)(bytes);
});
