//! The table of `docs/operations.md` that says how large a machine has to be, from what was measured.
//!
//! It stands between two marks; the words around it are written by people.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context as _, Result};

use super::place::Place;
use super::result::{Results, write};
use super::sample::{brief, time};

const BEGIN: &str = "<!-- sizing: begin -->\n";
const END: &str = "<!-- sizing: end -->\n";

/// Puts the table into the page, if all that it says was measured.
pub(crate) fn write_table(place: &Place, results: &Results) -> Result<()> {
    let table = table(results);
    if place.options.quick || table.lines().count() < 3 {
        return Ok(());
    }
    let path = place.root.join("docs/operations.md");
    let page = fs::read_to_string(&path).context("cannot read docs/operations.md")?;
    let page = put(&page, &table).context("docs/operations.md has no marks for its table")?;
    write(&path, page.as_bytes())?;
    println!("wrote the table of docs/operations.md");
    Ok(())
}

/// A page with another table between its marks.
fn put(page: &str, table: &str) -> Option<String> {
    let (before, rest) = page.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}{table}{END}{after}"))
}

/// A line for every number of records of which memory, disk and start are known.
fn table(results: &Results) -> String {
    let mut table = "| records | bytes filed | data directory | heap | start to the first page |\n\
                     |---|---|---|---|---|\n"
        .to_owned();
    let store = results.series("store");
    let starts = results.series("start");
    let at = |series: &[(String, Vec<(f64, f64)>)], name: &str, x: f64| {
        let points = series.iter().find(|(found, _)| found == name)?;
        points.1.iter().find(|point| point.0 == x).map(|p| p.1)
    };
    let sizes = store.iter().find(|(name, _)| name == "disk");
    for (records, disk) in sizes.map_or(&[][..], |(_, points)| points) {
        let (Some(raw), Some(heap), Some(start)) = (
            at(&store, "raw bytes filed", *records),
            at(&store, "heap, fold and views", *records),
            at(&starts, "start to first page", *records),
        ) else {
            continue;
        };
        let megabytes = |each: f64| brief(each * records / 1e6);
        let _ = writeln!(
            table,
            "| {} | {} MB | {} MB | {} MB | {} |",
            brief(*records),
            megabytes(raw),
            megabytes(*disk),
            megabytes(heap),
            time(start)
        );
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_replaces_the_one_before_and_nothing_else() {
        let page = format!("before\n{BEGIN}old\n{END}after\n");
        let new = put(&page, "| new |\n").unwrap();
        assert_eq!(new, format!("before\n{BEGIN}| new |\n{END}after\n"));
        assert_eq!(put("no marks", "| new |\n"), None);
    }
}
