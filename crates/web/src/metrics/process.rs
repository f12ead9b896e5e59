//! What the system says of this process: memory, files, threads, processor time, its start.
//!
//! The names are those that Prometheus's own libraries use. They are read from `/proc`, and left
//! out where there is none.
//! <https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics>

use std::fs;

use crate::metrics::text::Page;

/// Ticks a second in `/proc`: Linux shows 100 to programs whatever it counts itself (proc(5)).
const TICKS: u64 = 100;

/// The pieces of `/proc/self/stat` after the name, which may hold blanks: field 3 is the first.
fn stat() -> Option<Vec<String>> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let (_, rest) = stat.rsplit_once(')')?;
    Some(rest.split_whitespace().map(str::to_owned).collect())
}

fn field(stat: &[String], number: usize) -> Option<u64> {
    stat.get(number.checked_sub(3)?)?.parse().ok()
}

/// The value of a line like `VmRSS:   1234 kB` or `btime 1234`.
fn value(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().find_map(|word| word.parse().ok())
}

/// The soft limit of open files.
fn file_limit() -> Option<u64> {
    value(
        &fs::read_to_string("/proc/self/limits").ok()?,
        "Max open files",
    )
}

fn started() -> Option<u64> {
    let begun = value(&fs::read_to_string("/proc/stat").ok()?, "btime ")?;
    Some(begun + field(&stat()?, 22)? / TICKS)
}

fn processor_ticks() -> Option<u64> {
    let stat = stat()?;
    Some(field(&stat, 14)? + field(&stat, 15)?)
}

/// Writes what there is.
pub(crate) fn write(page: &mut Page) {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let open = fs::read_dir("/proc/self/fd").ok();
    // The folder itself is open while it is read.
    let open = open.map(|files| (files.count() as u64).saturating_sub(1));
    let kilo = |name| value(&status, name).map(|kilobytes| kilobytes * 1024);
    let gauges = [
        (
            "process_resident_memory_bytes",
            "Memory in use.",
            kilo("VmRSS:"),
        ),
        (
            "process_virtual_memory_bytes",
            "Address space in use.",
            kilo("VmSize:"),
        ),
        ("process_threads", "Threads.", value(&status, "Threads:")),
        ("process_open_fds", "Open files and sockets.", open),
        ("process_max_fds", "How many may be open.", file_limit()),
        (
            "process_start_time_seconds",
            "When it began, in Unix time.",
            started(),
        ),
    ];
    for (name, help, value) in gauges {
        if let Some(value) = value {
            page.gauge(name, help).sample(&[], value);
        }
    }
    if let Some(ticks) = processor_ticks() {
        let seconds = ticks as f64 / TICKS as f64;
        page.counter("process_cpu_seconds_total", "Processor time used.")
            .sample(&[], seconds);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn everything_is_there_on_linux() {
        let mut page = Page::default();
        write(&mut page);
        let text = page.into_text();
        for name in [
            "process_resident_memory_bytes",
            "process_virtual_memory_bytes",
            "process_threads",
            "process_open_fds",
            "process_max_fds",
            "process_start_time_seconds",
            "process_cpu_seconds_total",
        ] {
            assert!(text.contains(&format!("\n{name} ")), "{name}");
        }
        let rss = value(&text, "process_resident_memory_bytes ").unwrap();
        assert!((100_000..100_000_000_000).contains(&rss), "{rss}");
        // It began after the year 2020.
        assert!(started().unwrap() > 1_577_836_800);
    }
}
