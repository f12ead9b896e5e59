//! Runs the binary, and offices as its children.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// The binary under test.
pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_legation");

/// How long an office may take to start or to end.
const PATIENCE: Duration = Duration::from_secs(60);

/// A command that sees nothing of the environment that it should not.
pub(crate) fn command(dir: &Path) -> Command {
    let mut command = Command::new(BINARY);
    command
        .current_dir(dir)
        .env_remove("LEGATION_OFFICE")
        .env_remove("LEGATION_TOKEN")
        .stdin(Stdio::null());
    command
}

/// Runs the binary.
pub(crate) fn legation(dir: &Path, arguments: &[&str]) -> Output {
    command(dir).args(arguments).output().unwrap()
}

/// Runs the binary with `--json` and reads its document; it must succeed.
pub(crate) fn answer(dir: &Path, arguments: &[&str]) -> Value {
    let output = legation(dir, &[arguments, &["--json"]].concat());
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{arguments:?}: {said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_str(&said).unwrap_or_else(|error| panic!("{arguments:?}: {error}: {said}"))
}

/// A running office.
pub(crate) struct Serving {
    child: Child,
    /// What it said first.
    pub(crate) line: String,
    /// Its address, `http://127.0.0.1:PORT`, or with `https`.
    pub(crate) url: String,
}

impl Serving {
    /// Starts the office in `dir` of `cwd`; returns when it can be reached.
    pub(crate) fn start(cwd: &Path, arguments: &[&str]) -> Self {
        let mut office = command(cwd);
        office.args(arguments);
        Self::start_with(office)
    }

    /// Starts an office by a command of the caller's; returns when it can be reached.
    pub(crate) fn start_with(mut office: Command) -> Self {
        let mut child = office
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let at = line.find("http://").or_else(|| line.find("https://"));
        let Some(at) = at else {
            let mut said = String::new();
            let _ = child.stderr.take().unwrap().read_to_string(&mut said);
            let _ = child.kill();
            panic!("the office did not start: {line}{said}");
        };
        let url: String = line[at..]
            .chars()
            .take_while(|c| !c.is_whitespace() && *c != '"')
            .collect();
        Self { child, line, url }
    }

    /// Starts something that says other things before its address; returns when it serves.
    pub(crate) fn start_after(cwd: &Path, arguments: &[&str]) -> Self {
        let mut child = command(cwd)
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        while !line.starts_with("office http://") {
            line.clear();
            assert!(
                out.read_line(&mut line).unwrap() > 0,
                "it ended before it served"
            );
        }
        let url = line["office ".len()..]
            .split(',')
            .next()
            .unwrap()
            .to_owned();
        // Whoever writes to a pipe that nobody reads would stop there.
        std::thread::spawn(move || std::io::copy(&mut out, &mut std::io::sink()));
        Self { child, line, url }
    }

    /// Asks it to end, and waits until it has; its exit code.
    pub(crate) fn stop(self) -> Option<i32> {
        self.signal("TERM");
        self.end()
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status();
        assert!(sent.unwrap().success());
    }

    /// Waits until it has ended; its exit code.
    pub(crate) fn end(mut self) -> Option<i32> {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("the office does not end");
    }

    /// Kills it as a power cut would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // Where a test failed, nothing of it stays behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The folder of samples beside the tests.
pub(crate) fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/sample")
}
