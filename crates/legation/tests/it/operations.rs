//! `docs/operations.md`, walked on a fresh directory: its commands are run as they stand, in order.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::office::{BINARY, Serving, command};
use crate::readme::props;

const PAGE: &str = include_str!("../../../../docs/operations.md");

/// How an office is started on the page.
const START: &str = "legation serve office & OFFICE=$!";

/// The commands of the page, each with the heading under which it stands.
fn commands() -> Vec<(&'static str, &'static str)> {
    let mut commands = Vec::new();
    let (mut heading, mut inside) = ("", false);
    for line in PAGE.lines() {
        match line {
            "```console" => inside = true,
            _ if line.starts_with("```") => inside = false,
            _ if inside => commands.push((heading, line.strip_prefix("$ ").unwrap())),
            _ => heading = line.strip_prefix("## ").unwrap_or(heading),
        }
    }
    commands
}

/// A walk down the page.
struct Walk<'a> {
    cwd: &'a Path,
    serving: Option<Serving>,
    /// What was set for the commands after it, as a shell reads it.
    variables: String,
    metrics: u16,
}

impl Walk<'_> {
    fn step(&mut self, line: &str) -> String {
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

#[test]
fn the_page_on_operations_is_walked_on_a_fresh_directory() {
    let dir = tempfile::tempdir().unwrap();
    let cwd = dir.path();
    props(cwd);
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", "jpn-2", "-f"])
        .arg(cwd.join("jpn-2"))
        .status();
    assert!(made.unwrap().success());
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let metrics = free.local_addr().unwrap().port();
    drop(free);
    let mut walk = Walk {
        cwd,
        serving: None,
        variables: String::new(),
        metrics,
    };
    let commands = commands();
    assert!(commands.len() > 40, "{}", commands.len());
    let mut passwords = Vec::new();
    for (heading, line) in commands {
        println!("{heading}: {line}");
        let said = walk.step(line);
        if line.starts_with("legation client add JPN soc") {
            let password = said.lines().find_map(|line| line.strip_prefix("password"));
            passwords.push(password.unwrap().trim().to_owned());
        }
        if heading == "Backup" && line == "legation backup office copy" {
            let first = said.starts_with("copied office");
            assert!(first || said.contains("up to date"), "{said}");
        }
        if line.ends_with("/metrics") {
            assert!(said.contains("legation_"), "{said}");
        }
    }
    // The page says that the old password ends with the new one.
    let url = walk.serving.as_ref().unwrap().url.clone();
    let [old, new] = passwords.try_into().unwrap();
    for (password, lets_in) in [(old, false), (new, true)] {
        let listed = command(cwd)
            .args(["entry", "list", "--office", &url, "--token", &password])
            .output();
        assert_eq!(listed.unwrap().status.success(), lets_in);
    }
    assert_eq!(walk.serving.take().unwrap().stop(), Some(0));
}

#[test]
fn the_page_names_every_setting_that_it_speaks_of_rightly() {
    let settings = command(Path::new("."))
        .args(["config", "show", "--default"])
        .output();
    let settings = String::from_utf8(settings.unwrap().stdout).unwrap();
    for (section, key) in [
        ("connections", "stop_time"),
        ("metrics", "least_free"),
        ("limits", "filing"),
        ("tls", "strict_transport"),
    ] {
        assert!(PAGE.contains(&format!("`{key}` of `[{section}]`")), "{key}");
        let part = settings.split(&format!("[{section}]")).nth(1).unwrap();
        let part = part.split("\n[").next().unwrap();
        assert!(part.contains(&format!("\n# {key} = ")), "{section} {key}");
    }
}
