//! `docs/operations.md`, walked on a fresh directory: its commands are run as they stand, in order.

use std::path::Path;
use std::process::Command;

use crate::office::command;
use crate::readme::props;
use crate::walk::{Walk, commands};

const PAGE: &str = include_str!("../../../../docs/operations.md");

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
    let mut walk = Walk::of(cwd);
    let commands = commands(PAGE);
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
