//! What `cargo xtask bench` is told on its command line.

use anyhow::{Context as _, Result, bail};

use super::goal::{GOALS, Group};

/// How the measurements are to be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Options {
    /// Rows or groups of rows; empty for all.
    only: Vec<String>,
    /// Samples of each figure.
    pub(crate) runs: usize,
    /// Small sizes and short runs: to see that everything works, not to judge.
    pub(crate) quick: bool,
    /// Uses the large office of the last run again, where it is still there.
    pub(crate) keep: bool,
    /// Writes `docs/benchmarks.md` although not every row was measured in this run.
    pub(crate) write: bool,
    /// Builds nothing: measures what was built last.
    pub(crate) built: bool,
    /// Only prints the names.
    pub(crate) list: bool,
}

pub(crate) const USAGE: &str = "\
cargo xtask bench [--only NAME[,NAME]] [--runs N] [--quick] [--keep] [--built] [--write]
                  [--list]
  --only NAMES  rows or groups of rows, parted by commas; `--list` tells them
  --runs N      samples of each figure (5)
  --quick       small sizes and short runs: to see that it works, not to judge by
  --keep        use the large office of the last run again
  --built       build nothing: measure what was built last
  --write       write docs/benchmarks.md even if only some rows were measured";

impl Options {
    pub(crate) fn read(words: &[&str]) -> Result<Self> {
        let mut options = Self {
            only: Vec::new(),
            runs: 0,
            quick: false,
            keep: false,
            write: false,
            built: false,
            list: false,
        };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let mut value = || {
                words
                    .next()
                    .with_context(|| format!("`{word}` needs a value"))
            };
            match *word {
                "--only" => options.only.extend(value()?.split(',').map(str::to_owned)),
                "--runs" => options.runs = value()?.parse().context("--runs takes a number")?,
                "--quick" => options.quick = true,
                "--keep" => options.keep = true,
                "--write" => options.write = true,
                "--built" => options.built = true,
                "--list" => options.list = true,
                other => bail!("`{other}` is not known here\n{USAGE}"),
            }
        }
        let known = |name: &String| {
            GOALS.iter().any(|goal| goal.name == name)
                || Group::ALL.iter().any(|g| g.name() == name)
        };
        if let Some(name) = options.only.iter().find(|name| !known(name)) {
            bail!("no row is called `{name}`; `cargo xtask bench --list` tells the names");
        }
        if options.runs == 0 {
            options.runs = if options.quick { 2 } else { 5 };
        }
        Ok(options)
    }

    /// Whether that row is wanted.
    pub(crate) fn wants(&self, row: &str) -> bool {
        let group = GOALS
            .iter()
            .find(|goal| goal.name == row)
            .map(|goal| goal.group);
        self.only.is_empty()
            || self.only.iter().any(|name| name == row)
            || group.is_some_and(|group| self.only.iter().any(|name| name == group.name()))
    }

    /// Whether any row of that group is wanted.
    pub(crate) fn wants_any(&self, group: Group) -> bool {
        self.only.is_empty()
            || self.only.iter().any(|name| name == group.name())
            || GOALS
                .iter()
                .any(|goal| goal.group == group && self.wants(goal.name))
    }

    /// Whether everything is measured.
    pub(crate) fn is_whole(&self) -> bool {
        self.only.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_wants_its_rows_and_no_others() {
        let options = Options::read(&["--only", "filing", "--runs", "3"]).unwrap();
        assert!(options.wants("file-bare") && !options.wants("poll") && options.runs == 3);
        assert!(options.wants_any(Group::Filing) && !options.wants_any(Group::Read));
        assert!(!options.is_whole());
    }

    #[test]
    fn a_row_wants_its_group() {
        let options = Options::read(&["--only", "heap,poll", "--quick"]).unwrap();
        assert!(options.wants_any(Group::Million) && options.wants_any(Group::Read));
        assert!(!options.wants("start") && options.runs == 2);
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for wrong in [&["--only", "nothing"] as &[&str], &["--runs"], &["--fast"]] {
            assert!(Options::read(wrong).is_err(), "{wrong:?}");
        }
    }
}
