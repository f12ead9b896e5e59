//! What has been measured, kept in `target/bench/results.tsv` so that rows that are run one by one
//! come together in one table.
//!
//! ```text
//! row     NAME  MEDIAN LEAST MOST
//! fact    GROUP NAME   TEXT
//! point   PLOT  SERIES X Y
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::goal::{GOALS, Group};
use super::option::Options;
use super::sample::{Samples, Spread};

/// Everything that was measured.
#[derive(Debug, Default)]
pub(crate) struct Results {
    path: PathBuf,
    pub(crate) rows: BTreeMap<String, Spread>,
    pub(crate) facts: Vec<Fact>,
    pub(crate) failed: BTreeMap<String, String>,
    points: Vec<Point>,
    /// The rows of this run.
    measured: BTreeSet<String>,
}

/// A figure for information.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fact {
    pub(crate) group: String,
    pub(crate) name: String,
    pub(crate) text: String,
}

#[derive(Clone, Debug, PartialEq)]
struct Point {
    plot: String,
    series: String,
    x: f64,
    y: f64,
}

impl Results {
    /// What earlier runs left, or nothing.
    pub(crate) fn open(path: PathBuf, fresh: bool) -> Self {
        let text = fs::read_to_string(&path).unwrap_or_default();
        let mut results = Self {
            path,
            ..Self::default()
        };
        if !fresh {
            text.lines().for_each(|line| results.take(line));
        }
        results
    }

    fn take(&mut self, line: &str) {
        let words: Vec<&str> = line.split('\t').collect();
        let number = |word: &str| word.parse::<f64>().unwrap_or(f64::NAN);
        match words.as_slice() {
            ["row", name, median, least, most] => {
                let [median, least, most] = [median, least, most].map(|word| number(word));
                let spread = Spread {
                    median,
                    least,
                    most,
                };
                self.rows.insert((*name).to_owned(), spread);
            }
            ["fact", group, name, text] => self.facts.push(Fact {
                group: (*group).to_owned(),
                name: (*name).to_owned(),
                text: (*text).to_owned(),
            }),
            ["point", plot, series, x, y] => self.points.push(Point {
                plot: (*plot).to_owned(),
                series: (*series).to_owned(),
                x: number(x),
                y: number(y),
            }),
            _ => {}
        }
    }

    /// Notes a row of the table.
    pub(crate) fn row(&mut self, name: &str, samples: &Samples) -> Result<()> {
        self.measured.insert(name.to_owned());
        self.rows.insert(name.to_owned(), samples.spread());
        self.save()
    }

    /// Notes that the rows of a group that have no figure yet could not be measured.
    pub(crate) fn fail(&mut self, group: Group, options: &Options, text: &str) {
        for goal in GOALS.iter().filter(|goal| goal.group == group) {
            if options.wants(goal.name) && !self.measured.contains(goal.name) {
                self.failed.insert(goal.name.to_owned(), text.to_owned());
            }
        }
    }

    /// Notes a figure for information, in the place of an older one.
    pub(crate) fn fact(&mut self, group: Group, name: &str, text: String) -> Result<()> {
        let group = group.name();
        let same = |fact: &Fact| fact.group == group && fact.name == name;
        match self.facts.iter_mut().find(|fact| same(fact)) {
            Some(fact) => fact.text = text,
            None => self.facts.push(Fact {
                group: group.to_owned(),
                name: name.to_owned(),
                text,
            }),
        }
        self.save()
    }

    /// Notes a point of a plot, in the place of an older one.
    pub(crate) fn point(&mut self, plot: &str, series: &str, x: f64, y: f64) -> Result<()> {
        self.points
            .retain(|p| !(p.plot == plot && p.series == series && p.x == x));
        let (plot, series) = (plot.to_owned(), series.to_owned());
        self.points.push(Point { plot, series, x, y });
        self.save()
    }

    /// The series of a plot, each by x.
    pub(crate) fn series(&self, plot: &str) -> Vec<(String, Vec<(f64, f64)>)> {
        let mut series: Vec<(String, Vec<(f64, f64)>)> = Vec::new();
        for point in self.points.iter().filter(|point| point.plot == plot) {
            match series.iter_mut().find(|(name, _)| *name == point.series) {
                Some((_, points)) => points.push((point.x, point.y)),
                None => series.push((point.series.clone(), vec![(point.x, point.y)])),
            }
        }
        for (_, points) in &mut series {
            points.sort_by(|a, b| a.0.total_cmp(&b.0));
        }
        series
    }

    fn save(&self) -> Result<()> {
        use std::fmt::Write as _;
        let mut text = String::new();
        for (
            name,
            Spread {
                median,
                least,
                most,
            },
        ) in &self.rows
        {
            let _ = writeln!(text, "row\t{name}\t{median:e}\t{least:e}\t{most:e}");
        }
        for Fact {
            group,
            name,
            text: said,
        } in &self.facts
        {
            let _ = writeln!(text, "fact\t{group}\t{name}\t{said}");
        }
        for Point { plot, series, x, y } in &self.points {
            let _ = writeln!(text, "point\t{plot}\t{series}\t{x:e}\t{y:e}");
        }
        if let Some(dir) = self.path.parent() {
            fs::create_dir_all(dir).with_context(|| format!("cannot make {}", dir.display()))?;
        }
        write(&self.path, text.as_bytes())
    }
}

/// Writes a file, or says which could not be.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_back_as_they_were_noted() {
        let dir = std::env::temp_dir().join(format!("bench-results-{}", std::process::id()));
        let path = dir.join("results.tsv");
        let mut results = Results::open(path.clone(), true);
        results
            .row("poll", &Samples::of(vec![0.5, 0.25, 1.0]))
            .unwrap();
        results.fact(Group::Read, "pages", "25".into()).unwrap();
        results.fact(Group::Read, "pages", "26".into()).unwrap();
        results.point("page", "all", 100.0, 2.0).unwrap();
        results.point("page", "all", 10.0, 1.0).unwrap();
        let again = Results::open(path, false);
        assert_eq!(again.rows, results.rows);
        assert_eq!(again.facts, results.facts);
        assert_eq!(again.facts.len(), 1);
        assert_eq!(
            again.series("page"),
            [("all".to_owned(), vec![(10.0, 1.0), (100.0, 2.0)])]
        );
        fs::remove_dir_all(dir).unwrap();
    }
}
