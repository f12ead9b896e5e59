//! A bar for long work, on a terminal only. Not for what a verb answers.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar on stderr that shows itself only to a person.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// A bar over so many things of a kind; `unit` is their plural.
    pub(crate) fn over(total: u64, doing: &str, unit: &str) -> Self {
        let template = format!("{doing} {{bar:30}} {{pos}}/{{len}} {unit} {{eta}}");
        Self::styled(total, &template)
    }

    /// A bar over bytes.
    pub(crate) fn over_bytes(doing: &str) -> Self {
        let template = format!("{doing} {{bar:30}} {{bytes}} {{bytes_per_sec}}");
        Self::styled(0, &template)
    }

    fn styled(total: u64, template: &str) -> Self {
        // The target hides the bar where stderr is no terminal.
        let target = ProgressDrawTarget::stderr_with_hz(10);
        let bar = ProgressBar::with_draw_target(Some(total), target);
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar)
    }

    /// So much more is done.
    pub(crate) fn add(&self, done: u64) {
        self.0.inc(done);
    }

    /// So much is done of so much.
    pub(crate) fn set(&self, done: u64, total: u64) {
        self.0.set_length(total);
        self.0.set_position(done);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
