//! Growth plots: small SVG files, both axes logarithmic, written here without a library.
//!
//! A line that stays level costs the same at every size; a line at 45 degrees grows in proportion.

use std::fmt::Write as _;

use super::sample::brief;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 400.0;
const LEFT: f64 = 78.0;
const RIGHT: f64 = 178.0;
const TOP: f64 = 44.0;
const BOTTOM: f64 = 52.0;

/// Colours that are told apart by everybody (Okabe and Ito).
const COLOURS: [&str; 6] = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9",
];

/// The lines of a plot, each with its points.
pub(crate) type Series = Vec<(String, Vec<(f64, f64)>)>;

/// What a plot says beside its lines.
pub(crate) struct Plot<'a> {
    pub(crate) title: &'a str,
    pub(crate) x: &'a str,
    pub(crate) y: &'a str,
    /// Whether the values are seconds, which are labelled as times.
    pub(crate) times: bool,
}

/// One axis: decades from the one below the least value to the one above the most.
struct Axis {
    low: i32,
    high: i32,
    from: f64,
    to: f64,
}

impl Axis {
    fn over(values: impl Iterator<Item = f64>, from: f64, to: f64) -> Self {
        let logs: Vec<f64> = values.filter(|v| *v > 0.0).map(f64::log10).collect();
        let least = logs.iter().copied().fold(f64::INFINITY, f64::min);
        let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let (low, high) = match least.is_finite() {
            true => (least.floor() as i32, most.ceil() as i32),
            false => (0, 1),
        };
        Self {
            low,
            high: high.max(low + 1),
            from,
            to,
        }
    }

    fn place(&self, value: f64) -> f64 {
        let share = (value.log10() - f64::from(self.low)) / f64::from(self.high - self.low);
        self.from + share * (self.to - self.from)
    }

    fn decades(&self) -> impl Iterator<Item = f64> {
        (self.low..=self.high).map(|power| 10_f64.powi(power))
    }
}

/// The plot as SVG.
pub(crate) fn draw(plot: &Plot<'_>, series: &Series) -> String {
    let points = || series.iter().flat_map(|(_, points)| points.iter().copied());
    let x = Axis::over(points().map(|(x, _)| x), LEFT, WIDTH - RIGHT);
    let y = Axis::over(points().map(|(_, y)| y), HEIGHT - BOTTOM, TOP);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         font-family=\"system-ui, sans-serif\" font-size=\"12\" role=\"img\" aria-label=\"{0}\">\n\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#ffffff\"/>\n\
         <text x=\"{LEFT}\" y=\"24\" font-size=\"15\" fill=\"#111111\">{0}</text>\n",
        escaped(plot.title)
    );
    grid(&mut svg, plot, &x, &y);
    let ends = spread_labels(series, &y);
    for (at, (name, points)) in series.iter().enumerate() {
        let colour = COLOURS
            .get(at % COLOURS.len())
            .copied()
            .unwrap_or("#000000");
        let place = |&(px, py): &(f64, f64)| (x.place(px), y.place(py));
        let path: Vec<String> = points
            .iter()
            .map(place)
            .map(|(px, py)| format!("{px:.1},{py:.1}"))
            .collect();
        let _ = writeln!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
            path.join(" ")
        );
        for (px, py) in points.iter().map(place) {
            let _ = writeln!(
                svg,
                "<circle cx=\"{px:.1}\" cy=\"{py:.1}\" r=\"3.5\" fill=\"{colour}\"/>"
            );
        }
        let end = ends.get(at).copied().unwrap_or(TOP);
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" fill=\"{colour}\">{}</text>",
            WIDTH - RIGHT + 10.0,
            end + 4.0,
            escaped(name)
        );
    }
    svg + "</svg>\n"
}

fn grid(svg: &mut String, plot: &Plot<'_>, x: &Axis, y: &Axis) {
    let (bottom, right) = (HEIGHT - BOTTOM, WIDTH - RIGHT);
    for value in x.decades() {
        let at = x.place(value);
        let _ = writeln!(
            svg,
            "<line x1=\"{at:.1}\" y1=\"{TOP}\" x2=\"{at:.1}\" y2=\"{bottom}\" stroke=\"#dddddd\"/>\
             <text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#444444\">{}</text>",
            bottom + 18.0,
            count(value)
        );
    }
    for value in y.decades() {
        let at = y.place(value);
        let label = if plot.times {
            round_time(value)
        } else {
            count(value)
        };
        let _ = writeln!(
            svg,
            "<line x1=\"{LEFT}\" y1=\"{at:.1}\" x2=\"{right}\" y2=\"{at:.1}\" stroke=\"#dddddd\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"#444444\">{label}</text>",
            LEFT - 8.0,
            at + 4.0
        );
    }
    let _ = writeln!(
        svg,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#111111\">{}</text>\
         <text x=\"18\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#111111\" \
         transform=\"rotate(-90 18 {3:.1})\">{}</text>",
        f64::midpoint(LEFT, right),
        HEIGHT - 12.0,
        escaped(plot.x),
        f64::midpoint(TOP, bottom),
        escaped(plot.y)
    );
}

/// Where the names of the lines stand: at their ends, but no two on each other.
fn spread_labels(series: &Series, y: &Axis) -> Vec<f64> {
    const APART: f64 = 16.0;
    let mut ends: Vec<(usize, f64)> = series
        .iter()
        .enumerate()
        .map(|(at, (_, points))| (at, points.last().map_or(TOP, |(_, last)| y.place(*last))))
        .collect();
    ends.sort_by(|a, b| a.1.total_cmp(&b.1));
    let mut least = f64::NEG_INFINITY;
    for (_, end) in &mut ends {
        *end = end.max(least);
        least = *end + APART;
    }
    ends.sort_by_key(|(at, _)| *at);
    ends.into_iter().map(|(_, end)| end).collect()
}

fn count(value: f64) -> String {
    match value {
        v if v >= 1e6 => format!("{}M", brief((v / 1e6).round()))
            .replace(".00", "")
            .replace(".0M", "M"),
        v if v >= 1e3 => format!("{:.0}k", v / 1e3),
        v if v >= 1.0 => format!("{v:.0}"),
        v => format!("{v}"),
    }
}

fn round_time(seconds: f64) -> String {
    match seconds {
        s if s >= 0.9 => format!("{s:.0} s"),
        s if s >= 0.9e-3 => format!("{:.0} ms", s * 1e3),
        s if s >= 0.9e-6 => format!("{:.0} us", s * 1e6),
        s => format!("{:.0} ns", s * 1e9),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decade_is_a_decade_and_labels_keep_apart() {
        let axis = Axis::over([2.0, 300.0].into_iter(), 0.0, 300.0);
        assert_eq!((axis.low, axis.high), (0, 3));
        assert_eq!(axis.place(10.0).round(), 100.0);
        let line = |name: &str| (name.to_owned(), vec![(1.0, 5.0), (10.0, 5.0)]);
        let ends = spread_labels(&vec![line("a"), line("b")], &axis);
        assert!((ends[0] - ends[1]).abs() >= 16.0);
    }

    #[test]
    fn every_point_and_name_is_drawn() {
        let series = vec![
            ("all".to_owned(), vec![(1e4, 1e-5), (1e6, 2e-5)]),
            ("a < b".to_owned(), vec![(1e4, 1e-5)]),
        ];
        let plot = Plot {
            title: "t",
            x: "records",
            y: "time",
            times: true,
        };
        let svg = draw(&plot, &series);
        assert_eq!(svg.matches("<circle").count(), 3);
        assert!(svg.contains(">all<") && svg.contains("a &lt; b"));
        assert!(svg.contains(">10 us<") && svg.contains(">1M<"), "{svg}");
        assert!(!svg.contains("NaN") && !svg.contains("inf"));
    }

    #[test]
    fn sizes_are_short() {
        assert_eq!([1e7, 1e6, 1e4, 10.0].map(count), ["10M", "1M", "10k", "10"]);
        assert_eq!(
            [10.0, 0.01, 1e-6, 1e-7].map(round_time),
            ["10 s", "10 ms", "1 us", "100 ns"]
        );
    }
}
