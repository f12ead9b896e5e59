//! Walks down the pages of `docs/`: their console blocks are run as they stand, in order, in a shell
//! that finds the program by its name. An office that a page starts gets a free port.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::office::{BINARY, Serving, command};

/// How an office is started on a page.
const START: &str = "legation serve office & OFFICE=$!";

/// The commands of a page, each with the heading under which it stands.
pub(crate) fn commands(page: &'static str) -> Vec<(&'static str, &'static str)> {
    let mut commands = Vec::new();
    let (mut heading, mut inside) = ("", false);
    for line in page.lines() {
        match line {
            "```console" => inside = true,
            _ if line.starts_with("```") => inside = false,
            _ if inside => commands.push((heading, line.strip_prefix("$ ").unwrap())),
            _ => heading = line.strip_prefix("## ").unwrap_or(heading),
        }
    }
    commands
}

/// A walk down a page.
pub(crate) struct Walk<'a> {
    cwd: &'a Path,
    pub(crate) serving: Option<Serving>,
    /// What was set for the commands after it, as a shell reads it.
    variables: String,
    metrics: u16,
}

impl<'a> Walk<'a> {
    /// A walk in a fresh directory.
    pub(crate) fn of(cwd: &'a Path) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let metrics = free.local_addr().unwrap().port();
        Self {
            cwd,
            serving: None,
            variables: String::new(),
            metrics,
        }
    }

    /// Does what a line says; answers with what was said.
    pub(crate) fn step(&mut self, line: &str) -> String {
        if let Some(variables) = line.strip_suffix(START) {
            // The ports of the page may be taken here.
            let mut office = command(self.cwd);
            for pair in variables.split_whitespace() {
                let (name, value) = pair.split_once('=').unwrap();
                office.env(name, value.replace("9440", &self.metrics.to_string()));
            }
            office.args(["serve", "office", "--listen", "127.0.0.1:0"]);
            self.serving = Some(Serving::start_with(office));
            return String::new();
        }
        if line == "kill -TERM $OFFICE" {
            let serving = self.serving.take().expect("no office is served");
            assert_eq!(serving.stop(), Some(0));
            return String::new();
        }
        let line = line.replace("127.0.0.1:9440", &format!("127.0.0.1:{}", self.metrics));
        let name = line.split_once('=').map(|(name, _)| name);
        let name = name.filter(|name| name.chars().all(|c| c.is_ascii_uppercase()));
        match name {
            None => self.shell(&line),
            Some(name) => {
                let keep = format!("{line}\nprintf \"%s='%s'\\n\" {name} \"${name}\"");
                let set = self.shell(&keep);
                self.variables.push_str(&set);
                String::new()
            }
        }
    }

    /// Runs a line in a shell that finds the program by its name; it must succeed.
    fn shell(&self, line: &str) -> String {
        let folder = Path::new(BINARY).parent().unwrap().display();
        let path = std::env::var("PATH").unwrap_or_default();
        let output = Command::new("sh")
            .args(["-c", &format!("{}\n{line}", self.variables)])
            .current_dir(self.cwd)
            .env("PATH", format!("{folder}:{path}"))
            .env_remove("LEGATION_OFFICE")
            .env_remove("LEGATION_TOKEN")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{line}: {said}{complaint}");
        said
    }
}
