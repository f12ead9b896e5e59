//! A report as one HTML page to be printed: no script, nothing fetched, charts inline.

use std::fmt::Write as _;

use crate::review::chart::{Bar, bars};
use crate::review::wording::{
    by_status, copy, escape, outcome, since, span, span_of, status, title, wait, word,
};
use crate::review::{AreaFigures, Event, Evidence, Goal, Programme, Review};

const STYLE: &str = "\
@page{size:A4;margin:18mm}\
body{font:11pt/1.45 'Noto Sans','DejaVu Sans',Arial,sans-serif;color:#1b1b1b;background:#fff;max-width:48rem;margin:2rem auto;padding:0 1rem}\
h1{font-size:1.7em;margin:0 0 .2em}h2{font-size:1.25em;margin:1.8em 0 .5em;border-bottom:1px solid #999;padding-bottom:.15em}\
h3{font-size:1.05em;margin:1.3em 0 .4em}p.about{color:#444;margin:.2em 0 1em}\
table{border-collapse:collapse;width:100%;margin:.6em 0 1em}th,td{padding:.3em .6em;border-bottom:1px solid #ccc;text-align:left;vertical-align:top}\
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}\
article{break-inside:avoid;margin:0 0 1em;padding:.1em 0 .1em .8em;border-left:3px solid #888}article h4{margin:0;font-size:1em}\
article ul{margin:.25em 0;padding-left:1.2em}\
.status{font-weight:bold}.s-late,.s-disputed{color:#9b1c1c}.s-done{color:#1d5b2e}\
article.late,article.disputed{border-color:#9b1c1c}article.done{border-color:#1d5b2e}\
code{font-family:'Noto Sans Mono','DejaVu Sans Mono',monospace;font-size:.92em;overflow-wrap:anywhere}\
svg{width:100%;height:auto;max-width:40rem;display:block;margin:.4em 0 1em}svg text{font-size:12px;fill:#1b1b1b}\
.axis{stroke:#888}.given{fill:#1f4e79}.taken{fill:#d08a1d}.goal{fill:#3d6b8e}.median{fill:#1f4e79}.ninth{fill:#9fb8cf}\
.print{print-color-adjust:exact;-webkit-print-color-adjust:exact}";

/// The report as one page of HTML.
pub fn html(review: &Review) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write(review, &mut out);
    out
}

fn write(review: &Review, out: &mut String) -> std::fmt::Result {
    let name = escape(&title(review));
    writeln!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{name}</title>\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <style>{STYLE}</style>\n</head>\n<body class=\"print\">\n<h1>{name}</h1>"
    )?;
    writeln!(
        out,
        "<p class=\"about\">{}, {}. Office {}, made {}.</p>",
        span(review),
        escape(&copy(review)),
        escape(&review.office),
        review.made
    )?;
    write_statuses(out, review)?;
    for programme in &review.programmes {
        write_programme(out, programme)?;
    }
    write_exchange(out, review)?;
    write_events(out, "Meetings", &review.meetings)?;
    write_events(
        out,
        "Trainings, exercises, visits and summits",
        &review.activities,
    )?;
    writeln!(out, "</body>\n</html>")
}

fn write_statuses(out: &mut String, review: &Review) -> std::fmt::Result {
    let statuses = by_status(review);
    if statuses.is_empty() {
        return Ok(());
    }
    let statuses: Vec<Bar> = statuses
        .into_iter()
        .map(|(status, count)| Bar {
            name: status.to_owned(),
            value: count,
            shown: count.to_string(),
            class: "goal",
        })
        .collect();
    writeln!(
        out,
        "<h2>Goals by status</h2>\n{}",
        bars("Goals by status", &statuses)
    )
}

fn write_programme(out: &mut String, programme: &Programme) -> std::fmt::Result {
    writeln!(out, "<section>\n<h2>{}</h2>", escape(&programme.title))?;
    write!(out, "<p class=\"about\"><code>{}</code>", programme.id)?;
    match programme.version {
        Some(version) => write!(out, " version {version}")?,
        None => write!(out, ", from before the office")?,
    }
    if !programme.is_agreed {
        write!(out, ", not signed by both sides")?;
    }
    if let Some(predecessor) = &programme.predecessor {
        write!(out, "; takes the place of <code>{predecessor}</code>")?;
    }
    if let Some(successor) = &programme.successor {
        write!(out, "; <code>{successor}</code> took its place")?;
    }
    writeln!(out, ".</p>")?;
    let mut objective: Option<&str> = None;
    for goal in &programme.goals {
        if objective != Some(&goal.objective) {
            writeln!(out, "<h3>{}</h3>", escape(&goal.objective))?;
            objective = Some(&goal.objective);
        }
        write_goal(out, goal)?;
    }
    writeln!(out, "</section>")
}

fn write_goal(out: &mut String, goal: &Goal) -> std::fmt::Result {
    let class = match (&goal.outcome, goal.status) {
        (None, "late") => "late",
        (None, "disputed") => "disputed",
        (None, "done") => "done",
        _ => "goal-of",
    };
    writeln!(
        out,
        "<article class=\"{class}\"><h4>{} <code>{}</code></h4>",
        escape(&goal.title),
        goal.id
    )?;
    let shown = match &goal.outcome {
        Some(found) => escape(&outcome(found)),
        None => format!("<span class=\"status s-{class}\">{}</span>", status(goal)),
    };
    write!(out, "<div>{shown}; {}", goal.area)?;
    if let Some(due) = goal.due {
        let passed = if goal.is_overdue {
            ", its day has passed"
        } else {
            ""
        };
        write!(out, "; due {due}{passed}")?;
    }
    if !goal.lead.is_empty() {
        let lead: Vec<&str> = goal.lead.iter().map(|party| party.as_str()).collect();
        write!(out, "; led by {}", lead.join(", "))?;
    }
    writeln!(out, "</div>\n<ul>")?;
    for one in &goal.words {
        writeln!(out, "<li>{}</li>", escape(&word(one)))?;
    }
    for means in &goal.means {
        writeln!(out, "<li>means: {}</li>", escape(means))?;
    }
    for one in &goal.evidence {
        write_evidence(out, one)?;
    }
    writeln!(out, "</ul></article>")
}

fn write_evidence(out: &mut String, one: &Evidence) -> std::fmt::Result {
    let what = escape(&one.what);
    // An address may hold any scheme; only these two are worth a link.
    let is_link = one.what.starts_with("https://") || one.what.starts_with("http://");
    write!(out, "<li>evidence of {}: {} ", one.party, one.kind)?;
    match one.kind == "page" && is_link {
        true => write!(
            out,
            "<a rel=\"noopener noreferrer\" href=\"{what}\">{what}</a>"
        )?,
        false => write!(out, "<code>{what}</code>")?,
    }
    if let Some(meeting) = one.meeting {
        write!(out, ", meeting {meeting}")?;
    }
    if let Some(digest) = &one.digest {
        write!(out, ", sha256 <code>{}</code>", escape(digest))?;
    }
    if let Some(note) = &one.note {
        write!(out, ": {}", escape(note))?;
    }
    writeln!(out, "</li>")
}

fn write_exchange(out: &mut String, review: &Review) -> std::fmt::Result {
    writeln!(out, "<section>\n<h2>Records given and taken</h2>")?;
    if review.areas.is_empty() {
        return writeln!(out, "<p>None in this time.</p>\n</section>");
    }
    let counts: Vec<Bar> = review
        .areas
        .iter()
        .flat_map(|area| {
            [("given", area.given), ("taken", area.taken)].map(|(what, count)| Bar {
                name: format!("{} {what}", area.area),
                value: count,
                shown: count.to_string(),
                class: what,
            })
        })
        .collect();
    writeln!(out, "{}", bars("Records given and taken, by area", &counts))?;
    write!(
        out,
        "<table><thead><tr><th>area</th><th class=\"n\">given</th><th class=\"n\">taken</th>\
         <th class=\"n\">receipts</th><th class=\"n\">median</th><th class=\"n\">90 %</th>"
    )?;
    if review.for_office {
        write!(
            out,
            "<th class=\"n\">given: median</th><th class=\"n\">90 %</th>"
        )?;
    }
    writeln!(out, "</tr></thead><tbody>")?;
    for area in &review.areas {
        write_area(out, area, review.for_office)?;
    }
    writeln!(out, "</tbody></table>")?;
    write!(
        out,
        "<p>Times are {}, median and 90th percentile.",
        since(review)
    )?;
    if review.for_office {
        write!(
            out,
            " Of what the partner gave, the time until somebody else was first sent it."
        )?;
    }
    writeln!(out, "</p>")?;
    let times: Vec<Bar> = review.areas.iter().flat_map(times).collect();
    writeln!(
        out,
        "{}\n</section>",
        bars("Time until it was sent, by area", &times)
    )
}

fn write_area(out: &mut String, area: &AreaFigures, onward: bool) -> std::fmt::Result {
    let [median, ninth] = wait(area.wait);
    write!(
        out,
        "<tr><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td>\
         <td class=\"n\">{median}</td><td class=\"n\">{ninth}</td>",
        area.area, area.given, area.taken, area.receipts
    )?;
    if onward {
        let [median, ninth] = wait(area.onward);
        write!(
            out,
            "<td class=\"n\">{median}</td><td class=\"n\">{ninth}</td>"
        )?;
    }
    writeln!(out, "</tr>")
}

fn times(area: &AreaFigures) -> Vec<Bar> {
    let bar = |what: &'static str, micros: i64| Bar {
        name: format!(
            "{} {}",
            area.area,
            if what == "ninth" { "90 %" } else { what }
        ),
        value: micros.unsigned_abs(),
        shown: span_of(micros),
        class: what,
    };
    let wait = area.wait.into_iter();
    wait.flat_map(|wait| [bar("median", wait.median), bar("ninth", wait.ninth)])
        .collect()
}

fn write_events(out: &mut String, name: &str, events: &[Event]) -> std::fmt::Result {
    writeln!(out, "<section>\n<h2>{name}: {}</h2>", events.len())?;
    if events.is_empty() {
        return writeln!(out, "<p>None in this time.</p>\n</section>");
    }
    writeln!(
        out,
        "<table><thead><tr><th>day</th><th>what</th><th>name</th><th>place</th><th class=\"n\">attended</th></tr></thead><tbody>"
    )?;
    for event in events {
        let attended = event
            .attended
            .map_or("-".to_owned(), |count| count.to_string());
        writeln!(
            out,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td class=\"n\">{attended}</td></tr>",
            event.day,
            event.kind,
            escape(&event.title),
            escape(&event.place)
        )?;
    }
    writeln!(out, "</tbody></table>\n</section>")
}
