//! How a running office is observed: its log on standard error, its metrics on an address of their
//! own.
//!
//! The log is one line an event, as text or as JSON, and only of what this program says itself:
//! libraries below may say what their bytes were. What is told is decided where it happens; here it
//! is written down. [`spool`] keeps the lines until they are written, so that no request waits for
//! whoever reads the log, and an office runs on when nobody does.

mod spool;

use std::fmt::{self, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::str::FromStr;

use clap::Args;
use legation_core::time::Clock as _;
use legation_engine::SystemClock;
use legation_web::{Monitor, Monitoring, serve_monitor};
use tokio::net::TcpListener;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

pub(crate) use spool::Spool;

use crate::failure::Failure;

/// What begins the names of what is told: those of this program's own crates.
const OWN: &str = "legation";

/// How an office is observed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Observe {
    /// How much the log tells.
    pub(crate) level: LogLevel,
    /// How it tells it.
    pub(crate) format: LogFormat,
    /// Where metrics and health are told; nowhere when left out. There is no log-in: an address
    /// that only the office's keeper reaches.
    pub(crate) metrics: Option<SocketAddr>,
    /// What they tell. The folder is the office's own, whatever stands here.
    pub(crate) monitoring: Monitoring,
}

/// What `legation serve` is told of it for one run.
#[derive(Args, Clone, Copy, Debug)]
#[command(next_help_heading = "Observation")]
pub(crate) struct Flags {
    /// Where metrics and health are told, to whoever asks: an address that only you reach
    #[arg(long, value_name = "ADDR")]
    metrics: Option<SocketAddr>,
    /// How much the log on standard error tells [default: info, a line for each request]
    #[arg(long, value_name = "LEVEL")]
    log: Option<LogLevel>,
    /// How it tells it [default: text]
    #[arg(long, value_name = "FORMAT")]
    log_format: Option<LogFormat>,
}

impl Flags {
    /// The settings with what the command line says over them.
    pub(crate) fn over(&self, settings: Observe) -> Observe {
        Observe {
            metrics: self.metrics.or(settings.metrics),
            level: self.log.unwrap_or(settings.level),
            format: self.log_format.unwrap_or(settings.format),
            ..settings
        }
    }
}

/// How much the log tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum LogLevel {
    /// Nothing.
    Off,
    /// What is the office's own fault.
    Error,
    /// And what its keeper should look at.
    Warn,
    /// And a line for each request.
    #[default]
    Info,
    /// And what helps to find a defect.
    Debug,
    /// And everything else.
    Trace,
}

impl LogLevel {
    /// Every level by its name, from the quietest.
    pub(crate) const ALL: [(&'static str, Self); 6] = [
        ("off", Self::Off),
        ("error", Self::Error),
        ("warn", Self::Warn),
        ("info", Self::Info),
        ("debug", Self::Debug),
        ("trace", Self::Trace),
    ];

    fn filter(self) -> LevelFilter {
        match self {
            Self::Off => LevelFilter::OFF,
            Self::Error => LevelFilter::ERROR,
            Self::Warn => LevelFilter::WARN,
            Self::Info => LevelFilter::INFO,
            Self::Debug => LevelFilter::DEBUG,
            Self::Trace => LevelFilter::TRACE,
        }
    }
}

impl FromStr for LogLevel {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        named(&Self::ALL, text)
    }
}

/// How the log tells it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// For people: instant, level, message, `name=value`.
    #[default]
    Text,
    /// For machines: one JSON object a line.
    Json,
}

impl LogFormat {
    /// Every form by its name.
    pub(crate) const ALL: [(&'static str, Self); 2] = [("text", Self::Text), ("json", Self::Json)];
}

impl FromStr for LogFormat {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        named(&Self::ALL, text)
    }
}

fn named<T: Copy, const N: usize>(all: &[(&str, T); N], text: &str) -> Result<T, String> {
    let found = all.iter().find(|(name, _)| *name == text);
    found.map(|(_, value)| *value).ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
        format!("`{text}` is none of {}", names.join(", "))
    })
}

/// Begins to write the log of this process; dropping what comes back writes what is left of it.
///
/// # Errors
/// When the process has a log already, or the system gives no thread.
pub(crate) fn begin(observe: &Observe) -> Result<Spool, Failure> {
    let failed = |error: &dyn fmt::Display| {
        Failure::new("cli.serve", format!("cannot begin the log: {error}"))
    };
    let spool = Spool::start(std::io::stderr()).map_err(|error| failed(&error))?;
    let log = Log {
        level: observe.level.filter(),
        format: observe.format,
        spool: spool.clone(),
    };
    tracing::subscriber::set_global_default(log).map_err(|error| failed(&error))?;
    Ok(spool)
}

/// Makes the monitor of the office in `dir`, and has it tell what it knows where it should.
///
/// # Errors
/// When the address cannot be listened on.
pub(crate) async fn listen(observe: &Observe, dir: &Path) -> Result<Monitor, Failure> {
    let monitor = Monitor::new(Monitoring {
        folder: Some(dir.to_owned()),
        ..observe.monitoring.clone()
    });
    let Some(address) = observe.metrics else {
        return Ok(monitor);
    };
    let failed = |error: std::io::Error| {
        let text = format!("cannot listen on {address} for the metrics: {error}");
        Failure::new("cli.listen", text)
    };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    let url = format!("http://{bound}/metrics");
    tracing::info!(target: "legation::serve", { metrics.url = url }, "metrics are told");
    let watched = monitor.clone();
    tokio::spawn(async move {
        // It is told to the end, also while the office stops.
        if let Err(error) = serve_monitor(listener, watched, std::future::pending()).await {
            tracing::error!(target: "legation::serve", %error, "metrics are not told any more");
        }
    });
    Ok(monitor)
}

/// Writes events as lines.
struct Log {
    level: LevelFilter,
    format: LogFormat,
    spool: Spool,
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && *metadata.level() <= self.level && metadata.target().starts_with(OWN)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.level)
    }

    // Spans are never enabled, so the next four are never asked.
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let time = SystemClock.now().to_string();
        let metadata = event.metadata();
        let line = line(
            self.format,
            &time,
            metadata.level(),
            metadata.target(),
            |visit| {
                event.record(visit);
            },
        );
        self.spool.write(line.as_bytes());
    }
}

/// A line of the log, with its end.
fn line(
    format: LogFormat,
    time: &str,
    level: &Level,
    target: &str,
    record: impl FnOnce(&mut dyn Visit),
) -> String {
    let mut line = Line {
        format,
        text: String::with_capacity(400),
    };
    match format {
        LogFormat::Text => {
            let _ = write!(line.text, "{time} {level:5}");
        }
        LogFormat::Json => {
            let _ = write!(
                line.text,
                "{{\"time\":\"{time}\",\"level\":\"{level}\",\"target\":\"{target}\""
            );
        }
    }
    record(&mut line);
    if format == LogFormat::Json {
        line.text.push('}');
    }
    line.text.push('\n');
    line.text
}

/// A line as it grows.
struct Line {
    format: LogFormat,
    text: String,
}

impl Line {
    /// A value that needs no quotes in JSON.
    fn plain(&mut self, field: &Field, value: &dyn fmt::Display) {
        let name = field.name();
        let _ = match self.format {
            LogFormat::Text => write!(self.text, " {name}={value}"),
            LogFormat::Json => write!(self.text, ",\"{name}\":{value}"),
        };
    }

    fn text(&mut self, field: &Field, value: &str) {
        let name = field.name();
        match self.format {
            LogFormat::Json => {
                let _ = write!(self.text, ",\"{name}\":");
                quote(&mut self.text, value);
            }
            LogFormat::Text if name == "message" => {
                self.text.push(' ');
                // Not in quotes, and still one line.
                self.text
                    .extend(value.chars().flat_map(|c| match c.is_control() {
                        true => c.escape_default().collect::<Vec<_>>(),
                        false => vec![c],
                    }));
            }
            LogFormat::Text => {
                let _ = write!(self.text, " {name}=");
                let bare = |c: char| c.is_ascii_graphic() && c != '"' && c != '=' && c != '\\';
                match !value.is_empty() && value.chars().all(bare) {
                    true => self.text.push_str(value),
                    false => quote(&mut self.text, value),
                }
            }
        }
    }
}

/// A text in quotes as JSON writes it (RFC 8259 section 7).
fn quote(text: &mut String, value: &str) {
    text.push_str(&serde_json::Value::from(value).to_string());
}

impl Visit for Line {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.plain(field, &value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.plain(field, &value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.plain(field, &value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        match value.is_finite() {
            true => self.plain(field, &value),
            // JSON has no such number.
            false => self.text(field, &value.to_string()),
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.text(field, &format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn told(format: LogFormat, level: LogLevel) -> Vec<String> {
        let sink = Sink::default();
        let spool = Spool::start(sink.clone()).unwrap();
        let log = Log {
            level: level.filter(),
            format,
            spool: spool.clone(),
        };
        tracing::subscriber::with_default(log, || {
            tracing::info!(
                target: "legation::request",
                {
                    request.id = "a-1",
                    request.caller = None::<&str>,
                    answer.code = Some("web.busy"),
                    answer.status = 503_u16,
                    duration_ms = 0.25,
                    answer.whole = true,
                    odd = "a \"b\"\nc=d"
                },
                "answered"
            );
            tracing::debug!(target: "legation::office", "a detail\nof two lines");
            tracing::error!(target: "h2::codec", secret = "s3cret", "what a library says");
        });
        drop(spool);
        let bytes = sink.0.lock().unwrap().clone();
        let text = String::from_utf8(bytes).unwrap();
        assert!(!text.contains("s3cret"));
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_line_of_text_is_one_line_whatever_is_in_it() {
        let lines = told(LogFormat::Text, LogLevel::Trace);
        assert_eq!(lines.len(), 2, "{lines:?}");
        let (time, rest) = lines[0].split_once(' ').unwrap();
        assert!(time.ends_with('Z') && time.len() == 27, "{time}");
        assert_eq!(
            rest,
            "INFO  answered request.id=a-1 answer.code=web.busy answer.status=503 \
             duration_ms=0.25 answer.whole=true odd=\"a \\\"b\\\"\\nc=d\""
        );
        assert!(
            lines[1].ends_with("DEBUG a detail\\nof two lines"),
            "{}",
            lines[1]
        );
    }

    #[test]
    fn a_line_of_json_is_one_object() {
        let lines = told(LogFormat::Json, LogLevel::Info);
        assert_eq!(lines.len(), 1, "{lines:?}");
        let line: serde_json::Value = serde_json::from_str(&lines[0]).unwrap();
        assert_eq!(line["level"], "INFO");
        assert_eq!(line["target"], "legation::request");
        assert_eq!(line["message"], "answered");
        assert_eq!(line["answer.status"], 503);
        assert_eq!(line["duration_ms"], 0.25);
        assert_eq!(line["odd"], "a \"b\"\nc=d");
        assert_eq!(line.get("request.caller"), None);
    }

    #[test]
    fn names_are_read_back_and_others_refused() {
        for (name, level) in LogLevel::ALL {
            assert_eq!(name.parse(), Ok(level));
        }
        let refused = "loud".parse::<LogLevel>().unwrap_err();
        assert_eq!(
            refused,
            "`loud` is none of off, error, warn, info, debug, trace"
        );
        assert_eq!("json".parse(), Ok(LogFormat::Json));
        assert!("xml".parse::<LogFormat>().is_err());
        assert!(told(LogFormat::Text, LogLevel::Off).is_empty());
    }
}
