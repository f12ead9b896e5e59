//! News articles: how many a second are found in their pages and put into stories, on two cores.
//!
//! The measuring program of `formats` prints the labelled set again and again with other names, and
//! adds the synthetic variants where there is a corpus. Not here: how well that is done, which the
//! tests of `formats` print.

use anyhow::Result;

use super::goal::Group;
use super::place::Place;
use super::result::Results;
use super::sample::brief;

pub(crate) fn measure(place: &Place, results: &mut Results) -> Result<()> {
    let rounds = if place.options.quick { "10" } else { "60" };
    let runs = place.options.runs.to_string();
    let told = place.press(&[rounds, &runs])?;
    results.row("press", told.of("rate")?)?;
    let said = format!(
        "{} pages of {} bytes in {} stories; reading alone {} pages/s on one core",
        brief(told.one("articles")?),
        brief(told.one("bytes")?),
        brief(told.one("stories")?),
        brief(told.of("read")?.spread().median)
    );
    results.fact(Group::Press, "press", said)
}
