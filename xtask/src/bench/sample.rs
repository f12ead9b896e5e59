//! Samples of a figure, and what is said of them: the median, the least and the most.

/// Some samples.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Samples(Vec<f64>);

/// What is said of samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) least: f64,
    pub(crate) most: f64,
}

impl Samples {
    pub(crate) fn of(samples: Vec<f64>) -> Self {
        Self(samples)
    }

    pub(crate) fn push(&mut self, sample: f64) {
        self.0.push(sample);
    }

    /// Each sample over the one of the other beside which it was taken.
    pub(crate) fn over(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(a, b)| a / b).collect())
    }

    /// The median of the other over each sample: how many times faster this is.
    pub(crate) fn times_faster(&self, other: &Self) -> Self {
        let median = other.spread().median;
        Self(self.0.iter().map(|a| median / a).collect())
    }

    pub(crate) fn spread(&self) -> Spread {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let place = (sorted.len().saturating_sub(1) as f64 * share).round() as usize;
            sorted.get(place).copied().unwrap_or(f64::NAN)
        };
        let middle = sorted.len() / 2;
        let median = match (sorted.len() % 2, middle.checked_sub(1)) {
            (0, Some(below)) => {
                let pair = sorted.get(below).zip(sorted.get(middle));
                pair.map_or(f64::NAN, |(a, b)| f64::midpoint(*a, *b))
            }
            _ => at(0.5),
        };
        Spread {
            median,
            least: at(0.0),
            most: at(1.0),
        }
    }

    /// The sample below which that share of all lies.
    pub(crate) fn quantile(&self, share: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let place = (sorted.len() as f64 * share).ceil() as usize;
        sorted
            .get(place.saturating_sub(1))
            .copied()
            .unwrap_or(f64::NAN)
    }
}

/// A number as people read it: three figures that count.
pub(crate) fn brief(number: f64) -> String {
    let size = number.abs();
    if !number.is_finite() {
        return "?".to_owned();
    }
    match size {
        s if s >= 100.0 => grouped(number.round()),
        s if s >= 10.0 => format!("{number:.1}"),
        s if s >= 0.1 => format!("{number:.2}"),
        s if s >= 0.001 => format!("{number:.4}"),
        0.0 => "0".to_owned(),
        _ => format!("{number:.1e}"),
    }
}

fn grouped(number: f64) -> String {
    let digits = format!("{:.0}", number.abs());
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if number < 0.0 {
        format!("-{text}")
    } else {
        text
    }
}

/// A time as people read it.
pub(crate) fn time(seconds: f64) -> String {
    match seconds {
        s if s >= 1.0 => format!("{} s", brief(s)),
        s if s >= 1e-3 => format!("{} ms", brief(s * 1e3)),
        s => format!("{} us", brief(s * 1e6)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_number_lies_between() {
        let spread = Samples::of(vec![4.0, 1.0, 3.0, 2.0]).spread();
        assert_eq!((spread.least, spread.median, spread.most), (1.0, 2.5, 4.0));
        assert_eq!(Samples::of(vec![7.0]).spread().median, 7.0);
    }

    #[test]
    fn ratios_go_by_pairs() {
        let ratio = Samples::of(vec![1.0, 4.0]).over(&Samples::of(vec![2.0, 2.0]));
        assert_eq!(ratio, Samples::of(vec![0.5, 2.0]));
        let faster = Samples::of(vec![1.0, 2.0]).times_faster(&Samples::of(vec![10.0]));
        assert_eq!(faster, Samples::of(vec![10.0, 5.0]));
    }

    #[test]
    fn quantiles_are_samples() {
        let samples = Samples::of((1..=100).map(f64::from).collect());
        assert_eq!(
            [samples.quantile(0.99), samples.quantile(0.5)],
            [99.0, 50.0]
        );
    }

    #[test]
    fn numbers_are_brief() {
        let texts = [1234567.0, 42.25, 0.512, 0.0123].map(brief);
        assert_eq!(texts, ["1,234,567", "42.2", "0.51", "0.0123"]);
        assert_eq!(
            [time(0.0000015), time(0.25), time(90.0)],
            ["1.50 us", "250 ms", "90.0 s"]
        );
    }
}
