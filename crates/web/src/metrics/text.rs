//! Prometheus's text form, version 0.0.4.
//!
//! ```text
//! # HELP name what it is
//! # TYPE name counter
//! name{label="value"} 12
//! ```
//!
//! <https://prometheus.io/docs/instrumenting/exposition_formats/>: each name has its HELP and TYPE
//! once, before its samples; a histogram's classes are counted up from the smallest.

use std::fmt::{Display, Write as _};

/// The media type.
pub(crate) const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The text as it grows.
#[derive(Debug, Default)]
pub(crate) struct Page(String);

/// Everything of one name.
pub(crate) struct Family<'a> {
    text: &'a mut String,
    name: &'static str,
}

/// Durations in classes.
pub(crate) struct Histogram<'a> {
    /// The upper bound of each class but the last.
    pub(crate) bounds_micros: &'a [u64],
    /// How many fell in each class, not counted up.
    pub(crate) classes: &'a [u64],
    /// All durations together.
    pub(crate) sum_micros: u64,
}

impl Page {
    /// What only rises.
    pub(crate) fn counter(&mut self, name: &'static str, help: &str) -> Family<'_> {
        self.family(name, "counter", help)
    }

    /// What rises and falls.
    pub(crate) fn gauge(&mut self, name: &'static str, help: &str) -> Family<'_> {
        self.family(name, "gauge", help)
    }

    /// Durations.
    pub(crate) fn histogram(&mut self, name: &'static str, help: &str) -> Family<'_> {
        self.family(name, "histogram", help)
    }

    fn family(&mut self, name: &'static str, kind: &str, help: &str) -> Family<'_> {
        let text = &mut self.0;
        // Writing to a String does not fail.
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
        Family { text, name }
    }

    /// The whole text.
    pub(crate) fn into_text(self) -> String {
        self.0
    }
}

impl Family<'_> {
    /// One value.
    pub(crate) fn sample(&mut self, labels: &[(&str, &str)], value: impl Display) {
        self.line("", labels, None, value);
    }

    /// The classes of a histogram, its sum and its count.
    pub(crate) fn histogram(&mut self, labels: &[(&str, &str)], histogram: &Histogram<'_>) {
        let bounds = histogram
            .bounds_micros
            .iter()
            .map(|micros| seconds(*micros));
        let bounds = bounds.chain(["+Inf".to_owned()]);
        let mut count = 0;
        for (bound, class) in bounds.zip(histogram.classes) {
            count += class;
            self.line("_bucket", labels, Some(&bound), count);
        }
        self.line("_sum", labels, None, seconds(histogram.sum_micros));
        self.line("_count", labels, None, count);
    }

    fn line(
        &mut self,
        suffix: &str,
        labels: &[(&str, &str)],
        bound: Option<&str>,
        value: impl Display,
    ) {
        let text = &mut *self.text;
        let _ = write!(text, "{}{suffix}", self.name);
        let labels = labels
            .iter()
            .copied()
            .chain(bound.map(|bound| ("le", bound)));
        let mut mark = '{';
        for (name, value) in labels {
            let _ = write!(text, "{mark}{name}=\"");
            escape(text, value);
            text.push('"');
            mark = ',';
        }
        if mark == ',' {
            text.push('}');
        }
        let _ = writeln!(text, " {value}");
    }
}

/// Microseconds as seconds, with no more digits than it takes.
pub(crate) fn seconds(micros: u64) -> String {
    let (whole, part) = (micros / 1_000_000, micros % 1_000_000);
    let text = format!("{whole}.{part:06}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn escape(text: &mut String, value: &str) {
    for c in value.chars() {
        match c {
            '\\' => text.push_str("\\\\"),
            '"' => text.push_str("\\\""),
            '\n' => text.push_str("\\n"),
            c => text.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_escaped_and_seconds_are_short() {
        let mut page = Page::default();
        page.gauge("a", "What it is.")
            .sample(&[("l", "x\"\\\n")], 7);
        assert_eq!(
            page.into_text(),
            "# HELP a What it is.\n# TYPE a gauge\na{l=\"x\\\"\\\\\\n\"} 7\n"
        );
        for (micros, text) in [
            (0, "0"),
            (100, "0.0001"),
            (2_500_000, "2.5"),
            (10_000_000, "10"),
        ] {
            assert_eq!(seconds(micros), text);
        }
    }
}
