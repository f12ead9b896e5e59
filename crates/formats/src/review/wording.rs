//! The words of a report, the same in every form; and texts of others made harmless for each form.

use crate::review::{Goal, Outcome, Review, Wait, Word};

/// Every status, in the order in which they are shown.
pub(super) const STATUSES: [&str; 7] = [
    "done", "on track", "planned", "late", "disputed", "merged", "dropped",
];

/// How many of the goals that are goals still have each status; those with none are left out.
pub(super) fn by_status(review: &Review) -> Vec<(&'static str, u64)> {
    let goals = || review.programmes.iter().flat_map(|one| &one.goals);
    let count = |status: &str| {
        let open = goals().filter(|goal| goal.outcome.is_none());
        open.filter(|goal| goal.status == status).count() as u64
    };
    let all = STATUSES.into_iter().map(|status| (status, count(status)));
    all.filter(|(_, count)| *count > 0).collect()
}

pub(super) fn title(review: &Review) -> String {
    format!("Progress report: {} and {}", review.host.1, review.party.1)
}

pub(super) fn span(review: &Review) -> String {
    format!("{} to {}", review.from, review.to)
}

/// Whose copy it is.
pub(super) fn copy(review: &Review) -> String {
    match review.for_office {
        true => "for the office".to_owned(),
        false => format!("copy of {}", review.party.0),
    }
}

/// What the wait of what a partner took is measured from.
pub(super) fn since(review: &Review) -> &'static str {
    match review.for_office {
        true => "from filing to first release to the partner",
        false => "from when it could be seen to when it was first sent",
    }
}

/// A span of time as people read it.
pub(super) fn span_of(micros: i64) -> String {
    let seconds = micros as f64 / 1e6;
    let (value, unit) = match seconds {
        s if s < 1.0 => (s * 1e3, "ms"),
        s if s < 120.0 => (s, "s"),
        s if s < 7_200.0 => (s / 60.0, "min"),
        s if s < 172_800.0 => (s / 3_600.0, "h"),
        s => (s / 86_400.0, "d"),
    };
    match value >= 10.0 {
        true => format!("{value:.0} {unit}"),
        false => format!("{value:.1} {unit}"),
    }
}

pub(super) fn wait(wait: Option<Wait>) -> [String; 2] {
    match wait {
        Some(wait) => [span_of(wait.median), span_of(wait.ninth)],
        None => ["-".to_owned(), "-".to_owned()],
    }
}

/// The status of a goal, with the goal into which it is merged.
pub(super) fn status(goal: &Goal) -> String {
    match &goal.into {
        Some(into) => format!("{} into {into}", goal.status),
        None => goal.status.to_owned(),
    }
}

pub(super) fn word(word: &Word) -> String {
    let mut text = format!("{}: {}", word.party, word.status);
    if let Some(into) = &word.into {
        text += &format!(" into {into}");
    }
    match word.day {
        Some(day) => text += &format!(" ({day})"),
        None => text += " (has not said anything)",
    }
    if let Some(note) = &word.note {
        text += &format!(", {note}");
    }
    text
}

pub(super) fn outcome(outcome: &Outcome) -> String {
    let mut text = outcome.fate.to_owned();
    if let Some(heir) = &outcome.heir {
        text += &format!(" as {heir}");
    }
    if let Some(by) = &outcome.by {
        text += &format!(", says {by}");
    }
    if let Some(version) = outcome.version {
        text += &format!(" version {version}");
    }
    if let Some(reason) = &outcome.reason {
        text += &format!(": {reason}");
    }
    text
}

/// A text of others as one line of Markdown that means nothing but itself (CommonMark 0.31.2 section
/// 2.4: a backslash before ASCII punctuation makes it literal).
pub(super) fn plain_markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_control() => out.push(' '),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '#' | '|' | '!' | '~'
            | '&' | '$' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

/// A text of others as character data or an attribute value of HTML and XML. What XML 1.0 (section
/// 2.2) has no place for becomes the replacement character.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' => out.push(c),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
