//! The table: every row with what was measured, what it must reach, what it aims at, the verdict.

use super::goal::{Bound, GOALS, Goal};
use super::result::Results;
use super::sample::{Spread, brief};

/// A row in words.
pub(crate) struct Line {
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
    pub(crate) measured: String,
    pub(crate) must: String,
    pub(crate) aim: String,
    pub(crate) verdict: &'static str,
}

/// Every row that was measured or tried, in the order of the goals.
pub(crate) fn lines(results: &Results) -> Vec<Line> {
    GOALS
        .iter()
        .filter_map(|goal| line(goal, results))
        .collect()
}

fn line(goal: &'static Goal, results: &Results) -> Option<Line> {
    let (measured, verdict) = match (results.rows.get(goal.name), results.failed.get(goal.name)) {
        (_, Some(_)) => ("not measured".to_owned(), "FAILED"),
        (Some(spread), None) => (measured(*spread, goal.unit), goal.verdict(spread.median)),
        (None, None) => return None,
    };
    Some(Line {
        name: goal.name,
        what: goal.what,
        measured,
        must: bound(goal.must, goal.unit),
        aim: bound(goal.aim, goal.unit),
        verdict,
    })
}

fn measured(spread: Spread, unit: &str) -> String {
    let Spread {
        median,
        least,
        most,
    } = spread;
    let unit = if unit.is_empty() {
        String::new()
    } else {
        format!(" {unit}")
    };
    if least == most {
        return format!("{}{unit}", brief(median));
    }
    format!(
        "{}{unit} ({} to {})",
        brief(median),
        brief(least),
        brief(most)
    )
}

fn bound(bound: Bound, unit: &str) -> String {
    let unit = if unit.is_empty() {
        String::new()
    } else {
        format!(" {unit}")
    };
    match bound {
        Bound::AtLeast(number) => format!("at least {}{unit}", short(number)),
        Bound::AtMost(number) => format!("at most {}{unit}", short(number)),
        Bound::None => String::new(),
    }
}

/// A bound as it was set, without figures that nobody set.
fn short(number: f64) -> String {
    if number >= 1000.0 {
        brief(number)
    } else {
        format!("{number}")
    }
}

/// The table for a terminal; what a row is stands under it.
pub(crate) fn print(results: &Results) {
    println!(
        "{:<17} {:<28} {:<15} {:<15} verdict",
        "row", "measured", "must", "aim"
    );
    for line in lines(results) {
        let Line {
            name,
            what,
            measured,
            must,
            aim,
            verdict,
        } = line;
        println!("{name:<17} {measured:<28} {must:<15} {aim:<15} {verdict}");
        println!("{:>17} {what}", "");
        if let Some(text) = results.failed.get(name) {
            println!("{:>17} {text}", "");
        }
    }
    println!();
    for fact in &results.facts {
        println!("{}: {}: {}", fact.group, fact.name, fact.text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::sample::Samples;

    #[test]
    fn rows_come_in_the_order_of_the_goals_with_their_verdicts() {
        let path = std::env::temp_dir().join(format!("bench-table-{}.tsv", std::process::id()));
        let mut results = Results::open(path.clone(), true);
        results.row("heap", &Samples::of(vec![150.0])).unwrap();
        results
            .row("read-8", &Samples::of(vec![0.5, 0.25, 0.75]))
            .unwrap();
        results
            .failed
            .insert("poll".into(), "nobody answers".into());
        let lines = lines(&results);
        let told: Vec<(&str, &str, &str)> = lines
            .iter()
            .map(|line| (line.name, line.measured.as_str(), line.verdict))
            .collect();
        assert_eq!(
            told,
            [
                ("read-8", "0.50 (0.25 to 0.75)", "must"),
                ("poll", "not measured", "FAILED"),
                ("heap", "150 B", "must"),
            ]
        );
        assert_eq!(
            [&lines[0].must, &lines[2].aim],
            ["at least 0.4", "at most 60 B"]
        );
        std::fs::remove_file(path).unwrap();
    }
}
