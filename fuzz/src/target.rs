//! The table of targets: every parser of outside bytes.
//!
//! A new parser gets a row here and a folder of inputs under `corpus/`; the tests hold both to each
//! other.

mod agreement;
mod disk;
mod entry;
mod envelope;
mod face;
mod fault;
mod filter;
mod fold;
mod house;
mod ical;
mod misp;
mod name;
mod object;
mod observable;
mod pattern;
mod press;
mod proof;
mod redact;
mod signature;
mod toml;
mod tree;
mod validate;

pub use disk::{snapshot_of, stored_values};

/// A parser with what must hold of its answers.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Target {
    /// Its name, also that of its folder of inputs.
    pub name: &'static str,
    /// Runs it; says whether the parser accepted the bytes. Panics if a promise is broken.
    pub run: fn(&[u8]) -> bool,
    /// Words of its language.
    pub words: &'static [&'static str],
    /// How many mutations the tests try: as many as take about a second.
    pub rounds: usize,
}

/// Every target.
pub const TARGETS: &[Target] = &[
    Target {
        name: "agreement",
        run: agreement::run,
        words: agreement::WORDS,
        rounds: 15_000,
    },
    Target {
        name: "authorization",
        run: face::run_authorization,
        words: &["Basic ", "Bearer ", "Digest ", "  ", ":", "=", "=="],
        rounds: 200_000,
    },
    Target {
        name: "bundle",
        run: tree::run_bundle,
        words: &["\0\0", "\0\u{1}"],
        rounds: 200_000,
    },
    Target {
        name: "checkpoint",
        run: tree::run_checkpoint,
        words: tree::WORDS,
        rounds: 50_000,
    },
    Target {
        name: "cursor",
        run: face::run_cursor,
        words: &["AAAA", "=", "-", "_", "+", "/"],
        rounds: 50_000,
    },
    Target {
        name: "entry",
        run: entry::run,
        words: entry::WORDS,
        rounds: 200_000,
    },
    Target {
        name: "envelope",
        run: envelope::run,
        words: envelope::WORDS,
        rounds: 40_000,
    },
    Target {
        name: "filter",
        run: filter::run,
        words: filter::WORDS,
        rounds: 75_000,
    },
    Target {
        name: "fold",
        run: fold::run,
        words: &[
            "\0\0\0\0\u{8}",
            "\u{1}\0\u{1}\0\u{1}",
            "\0\0\0\0\0\0\0\0",
            "\u{7f}\u{7f}\u{7f}\u{7f}",
        ],
        rounds: 4_000,
    },
    Target {
        name: "house",
        run: house::run,
        words: house::WORDS,
        rounds: 15_000,
    },
    Target {
        name: "ical",
        run: ical::run,
        words: ical::WORDS,
        rounds: 15_000,
    },
    Target {
        name: "journal",
        run: disk::run_journal,
        words: &["\0\0\0\0\0\0\0\0", "\u{1}", "\u{7f}\u{7f}\u{7f}"],
        rounds: 1_000,
    },
    Target {
        name: "key",
        run: signature::run_key,
        words: signature::WORDS,
        rounds: 50_000,
    },
    Target {
        name: "misp",
        run: misp::run,
        words: misp::WORDS,
        rounds: 4_000,
    },
    Target {
        name: "name",
        run: name::run,
        words: &[
            "-",
            ".",
            "AMBER+STRICT",
            "members",
            "Asia/Tokyo",
            "T",
            "Z",
            "+09:00",
        ],
        rounds: 100_000,
    },
    Target {
        name: "note",
        run: tree::run_note,
        words: tree::WORDS,
        rounds: 50_000,
    },
    Target {
        name: "object",
        run: object::run,
        words: envelope::WORDS,
        rounds: 50_000,
    },
    Target {
        name: "observable",
        run: observable::run,
        words: observable::WORDS,
        rounds: 40_000,
    },
    Target {
        name: "pattern",
        run: pattern::run_text,
        words: pattern::WORDS,
        rounds: 20_000,
    },
    Target {
        name: "pattern-match",
        run: pattern::run_match,
        words: pattern::WORDS,
        rounds: 10_000,
    },
    Target {
        name: "press",
        run: press::run,
        words: press::WORDS,
        rounds: 2_500,
    },
    Target {
        name: "proof",
        run: proof::run,
        words: &[],
        rounds: 50_000,
    },
    Target {
        name: "proof-file",
        run: tree::run_proof_file,
        words: tree::WORDS,
        rounds: 50_000,
    },
    Target {
        name: "redact",
        run: redact::run,
        words: redact::WORDS,
        rounds: 30_000,
    },
    Target {
        name: "signature",
        run: signature::run,
        words: signature::WORDS,
        rounds: 20_000,
    },
    Target {
        name: "snapshot",
        run: disk::run_snapshot,
        words: &["LGSNAP\r\n", "build", "\0\0\0\u{1}", "\0\0\0\0\0\0\0\u{5}"],
        rounds: 5_000,
    },
    Target {
        name: "tile-path",
        run: tree::run_tile_path,
        words: &["tile/", "entries/", "x", "000", "001", ".p/", "255", "63"],
        rounds: 200_000,
    },
    Target {
        name: "validate",
        run: validate::run,
        words: validate::WORDS,
        rounds: 30_000,
    },
    Target {
        name: "value",
        run: disk::run_value,
        words: &["\0\0\0\u{1}", "\u{1}", "\u{2}", "entry"],
        rounds: 20_000,
    },
    Target {
        name: "verifier-key",
        run: tree::run_verifier_key,
        words: tree::WORDS,
        rounds: 50_000,
    },
];

/// The target of that name.
pub fn find(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}
