//! A report as Markdown: tables, and bars of block characters.

use std::fmt::Write as _;

use crate::review::wording::{
    by_status, copy, outcome, plain_markdown as plain, since, span, status, title, wait, word,
};
use crate::review::{Event, Goal, Programme, Review};

/// The longest bar.
const BAR_MAX: u128 = 24;

/// The report as Markdown (CommonMark, with the tables of GitHub).
pub fn markdown(review: &Review) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write(review, &mut out);
    out
}

fn write(review: &Review, out: &mut String) -> std::fmt::Result {
    writeln!(out, "# {}\n", plain(&title(review)))?;
    writeln!(
        out,
        "{}, {}. Office {}, made {}.\n",
        span(review),
        copy(review),
        plain(&review.office),
        review.made
    )?;
    let statuses = by_status(review);
    if !statuses.is_empty() {
        writeln!(out, "## Goals by status\n")?;
        bars(out, &statuses)?;
    }
    for programme in &review.programmes {
        write_programme(out, programme)?;
    }
    write_exchange(out, review)?;
    write_events(out, "Meetings", "no meetings", &review.meetings)?;
    write_events(
        out,
        "Trainings, exercises, visits and summits",
        "none",
        &review.activities,
    )
}

fn bars(out: &mut String, rows: &[(&str, u64)]) -> std::fmt::Result {
    let most = rows
        .iter()
        .map(|(_, count)| *count)
        .max()
        .unwrap_or(1)
        .max(1);
    writeln!(out, "| | | |\n|---|---:|---|")?;
    for (name, count) in rows {
        let length = (u128::from(*count) * BAR_MAX).div_ceil(u128::from(most)) as usize;
        writeln!(
            out,
            "| {} | {count} | {} |",
            plain(name),
            "█".repeat(length)
        )?;
    }
    writeln!(out)
}

fn write_programme(out: &mut String, programme: &Programme) -> std::fmt::Result {
    writeln!(out, "## {}\n", plain(&programme.title))?;
    write!(out, "`{}`", programme.id)?;
    match programme.version {
        Some(version) => write!(out, " version {version}")?,
        None => write!(out, ", from before the office")?,
    }
    if !programme.is_agreed {
        write!(out, ", not signed by both sides")?;
    }
    if let Some(predecessor) = &programme.predecessor {
        write!(out, "; takes the place of `{predecessor}`")?;
    }
    if let Some(successor) = &programme.successor {
        write!(out, "; `{successor}` took its place")?;
    }
    writeln!(out, ".\n")?;
    let mut objective: Option<&str> = None;
    for goal in &programme.goals {
        if objective != Some(&goal.objective) {
            writeln!(out, "### {}\n", plain(&goal.objective))?;
            objective = Some(&goal.objective);
        }
        write_goal(out, goal)?;
    }
    Ok(())
}

fn write_goal(out: &mut String, goal: &Goal) -> std::fmt::Result {
    write!(out, "- **{}** `{}`: ", plain(&goal.title), goal.id)?;
    match &goal.outcome {
        Some(found) => write!(out, "{}", plain(&outcome(found)))?,
        None => write!(out, "**{}**", status(goal))?,
    }
    if let Some(due) = goal.due {
        let passed = if goal.is_overdue {
            ", its day has passed"
        } else {
            ""
        };
        write!(out, ", due {due}{passed}")?;
    }
    writeln!(out)?;
    for one in &goal.words {
        writeln!(out, "  - {}", plain(&word(one)))?;
    }
    for means in &goal.means {
        writeln!(out, "  - means: {}", plain(means))?;
    }
    for one in &goal.evidence {
        write!(
            out,
            "  - evidence of {}: {} {}",
            one.party,
            one.kind,
            plain(&one.what)
        )?;
        if let Some(meeting) = one.meeting {
            write!(out, ", meeting {meeting}")?;
        }
        if let Some(digest) = &one.digest {
            write!(out, ", sha256 {digest}")?;
        }
        if let Some(note) = &one.note {
            write!(out, ": {}", plain(note))?;
        }
        writeln!(out)?;
    }
    writeln!(out)
}

fn write_exchange(out: &mut String, review: &Review) -> std::fmt::Result {
    writeln!(out, "## Records given and taken\n")?;
    if review.areas.is_empty() {
        return writeln!(out, "None in this time.\n");
    }
    let onward = review.for_office;
    writeln!(
        out,
        "Times are {}, median and 90th percentile.\n",
        since(review)
    )?;
    write!(out, "| area | given | taken | receipts | median | 90 % |")?;
    writeln!(
        out,
        "{}",
        if onward {
            " given: median | 90 % |"
        } else {
            ""
        }
    )?;
    writeln!(
        out,
        "|---|---:|---:|---:|---:|---:|{}",
        if onward { "---:|---:|" } else { "" }
    )?;
    for area in &review.areas {
        let [median, ninth] = wait(area.wait);
        write!(
            out,
            "| {} | {} | {} | {} | {median} | {ninth} |",
            area.area, area.given, area.taken, area.receipts
        )?;
        if onward {
            let [median, ninth] = wait(area.onward);
            write!(out, " {median} | {ninth} |")?;
        }
        writeln!(out)?;
    }
    if onward {
        writeln!(
            out,
            "\nOf what the partner gave, the time until somebody else was first sent it."
        )?;
    }
    writeln!(out)?;
    let rows: Vec<(String, u64)> = review
        .areas
        .iter()
        .flat_map(|area| {
            [("given", area.given), ("taken", area.taken)]
                .map(|(what, count)| (format!("{} {what}", area.area), count))
        })
        .collect();
    let rows: Vec<(&str, u64)> = rows
        .iter()
        .map(|(name, count)| (name.as_str(), *count))
        .collect();
    bars(out, &rows)
}

fn write_events(out: &mut String, name: &str, none: &str, events: &[Event]) -> std::fmt::Result {
    writeln!(out, "## {name}: {}\n", events.len())?;
    if events.is_empty() {
        return writeln!(out, "In this time {none}.\n");
    }
    writeln!(
        out,
        "| day | what | name | place | attended |\n|---|---|---|---|---:|"
    )?;
    for event in events {
        let attended = event
            .attended
            .map_or("-".to_owned(), |count| count.to_string());
        let (title, place) = (plain(&event.title), plain(&event.place));
        writeln!(
            out,
            "| {} | {} | {title} | {place} | {attended} |",
            event.day, event.kind
        )?;
    }
    writeln!(out)
}
