//! wrk, the client whose own ceiling is far above what is measured: keep-alive connections, each
//! with one request under way, cycling through a list of URLs.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::child::output;
use super::http::{TAXII, authorization};
use super::result::write;

/// Every thread goes through the list by itself; the requests are made before the run begins.
const SCRIPT: &str = r#"local requests, at = {}, 0
function init(args)
  for path in io.lines(args[1]) do requests[#requests + 1] = wrk.format("GET", path) end
end
function request()
  at = at % #requests + 1
  return requests[at]
end
function done(summary, latency)
  local e = summary.errors
  io.write(string.format("bench %d %d %d %d %d %d\n", summary.requests, summary.bytes,
    summary.duration, e.connect + e.read + e.write + e.timeout, e.status, latency:percentile(99)))
end
"#;

/// A load: who asks for what.
pub(crate) struct Load {
    script: PathBuf,
    list: PathBuf,
    port: u16,
    secret: Option<String>,
}

/// What a run came to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rate {
    pub(crate) requests: f64,
    pub(crate) bytes: f64,
}

impl Load {
    /// Writes script and list into `dir`, under `name`.
    pub(crate) fn new(
        dir: &Path,
        name: &str,
        port: u16,
        secret: Option<&str>,
        paths: &[String],
    ) -> Result<Self> {
        ensure!(!paths.is_empty(), "{name}: there is nothing to ask for");
        let script = dir.join("wrk.lua");
        let list = dir.join(format!("{name}.paths"));
        write(&script, SCRIPT.as_bytes())?;
        write(&list, (paths.join("\n") + "\n").as_bytes())?;
        Ok(Self {
            script,
            list,
            port,
            secret: secret.map(str::to_owned),
        })
    }

    /// The command of a run, which may be started beside other work.
    pub(crate) fn command(&self, connections: u32, seconds: f64) -> Command {
        let mut wrk = Command::new("wrk");
        let threads = connections.min(2).to_string();
        wrk.args(["-t", &threads, "-c", &connections.to_string()])
            .args([
                "-d",
                &format!("{}s", seconds.ceil() as u64),
                "--timeout",
                "120s",
            ])
            .arg("-s")
            .arg(&self.script)
            .args(["-H", &format!("Accept: {TAXII}")]);
        if let Some(secret) = &self.secret {
            wrk.args(["-H", &format!("Authorization: {}", authorization(secret))]);
        }
        wrk.arg(format!("http://127.0.0.1:{}/", self.port))
            .arg("--")
            .arg(&self.list);
        wrk
    }

    /// Runs it; requests and bytes a second. Any answer but success is an error.
    pub(crate) fn run(&self, connections: u32, seconds: f64) -> Result<Rate> {
        let said = output(&mut self.command(connections, seconds))?;
        let line = said.lines().find_map(|line| line.strip_prefix("bench "));
        let line = line.with_context(|| format!("wrk said nothing of its run: {said}"))?;
        let numbers: Vec<f64> = line.split(' ').filter_map(|n| n.parse().ok()).collect();
        let [requests, bytes, micros, broken, refused, _] = numbers.as_slice() else {
            anyhow::bail!("wrk said `{line}`");
        };
        ensure!(*requests > 0.0, "no request was answered in {seconds} s");
        ensure!(
            *broken == 0.0 && *refused == 0.0,
            "of {requests} requests {broken} broke and {refused} were refused; the list is {}, \
             and limits on requests must be above what a bench sends",
            self.list.display()
        );
        let seconds = micros / 1e6;
        Ok(Rate {
            requests: requests / seconds,
            bytes: bytes / seconds,
        })
    }
}
