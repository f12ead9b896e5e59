//! Bars as inline SVG: one row for each value, its name before it and its number behind it, so that
//! nothing depends on colour and the print is as good as the screen. No chart library: a report is
//! made where nothing but the office runs.

use std::fmt::Write as _;

use crate::review::wording::escape;

/// One bar.
pub(super) struct Bar {
    pub(super) name: String,
    pub(super) value: u64,
    /// The number as it is shown.
    pub(super) shown: String,
    /// Which of the classes of the style sheet it has.
    pub(super) class: &'static str,
}

const WIDTH: u64 = 640;
const NAMES: u64 = 190;
const NUMBERS: u64 = 90;
const ROW: u64 = 24;

/// The bars, all in one measure, as one SVG element with that name; nothing if there are none.
pub(super) fn bars(name: &str, bars: &[Bar]) -> String {
    let mut out = String::new();
    if !bars.is_empty() {
        // Writing to a string cannot fail.
        let _ = write(&mut out, name, bars);
    }
    out
}

fn write(out: &mut String, name: &str, bars: &[Bar]) -> std::fmt::Result {
    let height = bars.len() as u64 * ROW + 4;
    let most = bars.iter().map(|bar| bar.value).max().unwrap_or(1).max(1);
    let room = WIDTH - NAMES - NUMBERS;
    let name = escape(name);
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{name}\"><title>{name}</title>"
    )?;
    writeln!(
        out,
        "<line class=\"axis\" x1=\"{NAMES}\" y1=\"0\" x2=\"{NAMES}\" y2=\"{height}\"/>"
    )?;
    for (place, bar) in bars.iter().enumerate() {
        let top = place as u64 * ROW + 4;
        let middle = top + ROW / 2 - 2;
        // Two steps, as values may be large: microseconds of years fit well below 2^64 / 640.
        let length = (u128::from(bar.value) * u128::from(room) / u128::from(most)) as u64;
        let (end, text) = (NAMES + length + 6, NAMES - 8);
        writeln!(
            out,
            "<text class=\"name\" x=\"{text}\" y=\"{middle}\" text-anchor=\"end\" dominant-baseline=\"middle\">{}</text>\
             <rect class=\"{}\" x=\"{NAMES}\" y=\"{top}\" width=\"{length}\" height=\"16\"/>\
             <text class=\"number\" x=\"{end}\" y=\"{middle}\" dominant-baseline=\"middle\">{}</text>",
            escape(&bar.name),
            bar.class,
            escape(&bar.shown)
        )?;
    }
    writeln!(out, "</svg>")
}
