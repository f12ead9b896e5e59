//! `legation notices`: what awaits whoever asks, today or as it comes.

use std::io::{BufRead, Write as _};
use std::time::Duration;

use clap::Args;
use serde_json::Value;

use crate::answer::{Answer, list, shown};
use crate::client::{Client, Connection};
use crate::failure::Failure;
use crate::table::Table;

const EXAMPLES: &str = "\
Examples:
  legation notices --dir tokyo
  legation notices --watch --office https://office.example --token T

What is due first comes first. With --watch each notice is told as it comes, and when it is gone,
until the command is ended; with --json each is a document on a line of its own.";

/// After how long to come again when the stream breaks off.
const RETRY: Duration = Duration::from_secs(3);

/// What awaits me
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Notices {
    /// Go on and tell each as it comes
    #[arg(long)]
    watch: bool,
    #[command(flatten)]
    connection: Connection,
}

impl Notices {
    pub(crate) fn run(&self, json: bool) -> Result<Answer, Failure> {
        let office = self.connection.open()?;
        if self.watch {
            return watch(&office, json);
        }
        let answer = office.get("/notices")?;
        let mut table = Table::new(["DUE", "WHAT", "TEXT"]);
        for notice in list(&answer, "notices") {
            table.row([day(notice), shown(notice, "kind"), shown(notice, "text")]);
        }
        Ok(Answer::new(table.or("nothing awaits you"), answer))
    }
}

/// The day and minute at which a notice is due.
fn day(notice: &Value) -> String {
    let due = shown(notice, "due");
    due.get(..16)
        .map_or(due.clone(), |minute| minute.replace('T', " "))
}

/// Tells what comes until the office refuses or nobody reads any more.
fn watch(office: &Client, json: bool) -> Result<Answer, Failure> {
    let mut last = None;
    loop {
        match office.stream("/notices/stream", last.as_deref()) {
            Ok(stream) => {
                if !tell(stream, &mut last, json) {
                    return Ok(Answer::new("", Value::Null));
                }
            }
            // An office that is started anew is waited for; one that refuses is not.
            Err(failure) if failure.code() == "cli.unreachable" && last.is_some() => {}
            Err(failure) => return Err(failure),
        }
        std::thread::sleep(RETRY);
    }
}

/// Tells the events of a stream to its end (WHATWG HTML section 9.2.6); whether anybody reads.
fn tell(stream: impl BufRead, last: &mut Option<String>, json: bool) -> bool {
    let (mut event, mut data) = (String::new(), String::new());
    for line in stream.lines() {
        let Ok(line) = line else { break };
        if line.is_empty() {
            let document: Option<Value> = serde_json::from_str(&data).ok();
            if let Some(document) = document
                && !show(&event, &document, json)
            {
                return false;
            }
            event.clear();
            data.clear();
            continue;
        }
        let (field, value) = line.split_once(':').unwrap_or((&line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut event),
            "data" => data.push_str(value),
            "id" => *last = Some(value.to_owned()),
            _ => {}
        }
    }
    true
}

fn show(event: &str, document: &Value, json: bool) -> bool {
    let line = match event {
        _ if json => serde_json::json!({"event": event, "data": document}).to_string(),
        "gone" => format!("gone  {}", shown(document, "id")),
        _ => format!(
            "{}  {}  {}",
            shown(document, "kind"),
            day(document),
            shown(document, "text")
        ),
    };
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_the_last_event_is_kept_for_coming_again() {
        let stream = "retry: 3000\n\nevent: notice\ndata: {\"id\": \"a\"}\n\nevent: notice\nid: 2026-01-01T00:00:00Z\ndata: {\"id\": \"b\"}\n\n:\n\n";
        let mut last = None;
        assert!(tell(stream.as_bytes(), &mut last, true));
        assert_eq!(last.as_deref(), Some("2026-01-01T00:00:00Z"));
    }
}
