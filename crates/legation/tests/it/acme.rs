//! An office that gets its certificate itself, from a real CA on this machine: `pebble`, the small
//! sibling of the CA that Let's Encrypt runs, and its name server `pebble-challtestsrv`.
//!
//! Pebble looks at every name before it issues: it resolves it, connects to the office's port, and
//! checks the proof that is shown there. It refuses one nonce in five, as it should. Its root is
//! another one each time it starts, and it forgets its accounts.

mod ca;

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use self::ca::{Ca, free_port, has_tools, tool};
use crate::office::{Serving, answer, command};

/// A guard against hanging.
const PATIENCE: Duration = Duration::from_secs(120);

/// The name of the office; the name server says that everything is on this machine.
const NAME: &str = "tokyo.example";

fn found(cwd: &Path) {
    let arguments = [
        "init",
        "o",
        "--alliance",
        "NATO",
        "--name",
        "NATO",
        "--office",
        "Tokyo",
    ];
    answer(cwd, &arguments);
}

fn set(cwd: &Path, settings: &str) {
    std::fs::write(cwd.join("o/legation.toml"), settings).unwrap();
}

/// The settings of an office that asks this CA.
fn settings(ca: &Ca, more: &str) -> String {
    format!(
        "public_url = \"https://{NAME}\"\n{more}\n[acme]\ndirectory = \"{}\"\nroot = \"../ca.pem\"\n\
         retry_time = \"1 s\"\n",
        ca.directory()
    )
}

/// An office at that port.
fn office(cwd: &Path, port: u16, more: &[&str]) -> Command {
    let mut office = command(cwd);
    office.args(["serve", "o", "--listen", &format!("127.0.0.1:{port}")]);
    office.arg("--acme").args(more);
    // The CA is on this machine, whatever proxy leads out of it.
    for scheme in ["HTTPS", "HTTP", "ALL"] {
        let name = format!("{scheme}_PROXY");
        office.env_remove(name.to_lowercase()).env_remove(name);
    }
    office
}

/// An office that does not start; what it says.
fn refused(mut office: Command) -> Value {
    let output = office.arg("--json").output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"))
}

fn code(said: &Value) -> &str {
    said["error"]["code"].as_str().unwrap()
}

/// The certificate that is shown at that port.
fn shown(cwd: &Path, port: u16) -> String {
    let address = format!("127.0.0.1:{port}");
    let arguments = ["s_client", "-connect", &address, "-servername", NAME];
    let (_, said) = tool(cwd, "openssl", &arguments);
    let begin = said.find("-----BEGIN").unwrap_or_else(|| panic!("{said}"));
    let end = said.find("-----END").unwrap();
    said[begin..end].to_owned()
}

/// Whether a client that trusts the CA's root takes the office for who it says it is.
fn is_believed(cwd: &Path, port: u16, name: &str) -> bool {
    let there = format!("{name}:443:127.0.0.1:{port}");
    let url = format!("https://{name}/log/checkpoint");
    let arguments = ["-sSf", "--cacert", "root.pem", "--connect-to", &there, &url];
    let (is_so, said) = tool(cwd, "curl", &arguments);
    println!("{name}: {said}");
    is_so
}

fn until(what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "{what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn an_office_gets_a_certificate_and_starts_again_without_any_network() {
    if !has_tools() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let cwd = dir.path();
    found(cwd);
    let port = free_port();
    let ca = Ca::start(cwd, port, None);
    set(cwd, &settings(&ca, ""));
    let serving = Serving::start_with(office(cwd, port, &[]));
    assert_eq!(serving.url, format!("https://127.0.0.1:{port}"));
    assert!(ca.has_looked_at(NAME), "{}", ca.said());
    ca.fetch_root();
    assert!(is_believed(cwd, port, NAME));
    assert!(!is_believed(cwd, port, "london.example"));
    // Nobody but the office's user reads what is kept.
    for (file, mode) in [
        ("", "700"),
        ("account.key", "600"),
        ("account.json", "600"),
        ("certificate.pem", "600"),
    ] {
        let (_, said) = tool(cwd, "stat", &["-c", "%a", &format!("o/acme/{file}")]);
        assert_eq!(said.trim(), mode, "{file}");
    }
    assert!(!cwd.join("o/acme/refused.json").exists());
    // The proof is gone: nobody finds a door that speaks the CA's protocol any more.
    let address = format!("127.0.0.1:{port}");
    let ask = [
        "s_client",
        "-connect",
        &address,
        "-servername",
        NAME,
        "-alpn",
        "acme-tls/1",
    ];
    let (_, said) = tool(cwd, "openssl", &ask);
    assert!(said.contains("no application protocol"), "{said}");
    let first = shown(cwd, port);
    assert_eq!(serving.stop(), Some(0));
    // The CA is gone, and it is not missed.
    ca.stop();
    let serving = Serving::start_with(office(cwd, port, &[]));
    assert_eq!(shown(cwd, port), first);
    assert!(is_believed(cwd, port, NAME));
    let parties = answer(cwd, &["party", "list", "--dir", "o"]);
    assert_eq!(parties["parties"].as_array().unwrap().len(), 1);
    assert_eq!(serving.stop(), Some(0));
}

#[test]
fn a_certificate_is_renewed_in_time_and_served_on_while_the_ca_is_away() {
    if !has_tools() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let cwd = dir.path();
    found(cwd);
    let (port, metrics) = (free_port(), free_port());
    let ca = Ca::start(cwd, port, Some(Duration::from_secs(45)));
    // Whoever has no certificate is shut out, but the CA has none and must come in.
    set(cwd, &settings(&ca, "[tls]\nclients = \"required\""));
    let metrics = format!("127.0.0.1:{metrics}");
    let serving = Serving::start_with(office(cwd, port, &["--metrics", &metrics]));
    let first = shown(cwd, port);
    let counted = |name: &str| {
        let url = format!("http://{metrics}/metrics");
        let (_, said) = tool(cwd, "curl", &["-sf", &url]);
        let line = said.lines().find_map(|line| line.strip_prefix(name));
        line.map_or(0, |value| value.trim().parse::<u64>().unwrap())
    };
    let obtained = || counted("legation_certificate_renewals_total{outcome=\"obtained\"}");
    let failed = || counted("legation_certificate_renewals_total{outcome=\"failed\"}");
    let ends = || counted("legation_certificate_end_timestamp_seconds");
    assert_eq!(obtained(), 1);
    let first_ends = ends();
    assert!(first_ends > 1_700_000_000);
    // Two thirds of its life later there is another, without anybody doing anything.
    until("it is renewed", || obtained() == 2);
    until("the new one is shown", || shown(cwd, port) != first);
    assert!(ends() > first_ends);
    // The next time there is no CA. The office tells, waits ever longer, and goes on.
    let (second, times) = (shown(cwd, port), failed());
    ca.stop();
    until("it fails", || failed() >= times + 2);
    assert_eq!(shown(cwd, port), second);
    let text = std::fs::read_to_string(cwd.join("o/acme/refused.json")).unwrap();
    let refusal: Value = serde_json::from_str(&text).unwrap();
    assert!(refusal["times"].as_u64().unwrap() >= 2, "{text}");
    assert!(
        refusal["last"]
            .as_str()
            .unwrap()
            .contains("cannot be reached"),
        "{text}"
    );
    // A CA comes back that knows neither the account nor its own root of before.
    let ca = ca.again();
    until("it is renewed", || obtained() == 3);
    until("the new one is shown", || shown(cwd, port) != second);
    assert!(!cwd.join("o/acme/refused.json").exists());
    assert!(ca.has_looked_at(NAME), "{}", ca.said());
    assert_eq!(serving.stop(), Some(0));
}

#[test]
fn what_the_ca_says_is_told_and_it_is_not_asked_again_at_once() {
    if !has_tools() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let cwd = dir.path();
    found(cwd);
    let port = free_port();
    let ca = Ca::start(cwd, port, None);
    // Nobody vouches for that CA: nothing is sent to it.
    let unknown = settings(&ca, "").replace("root = \"../ca.pem\"\n", "");
    set(cwd, &unknown);
    assert_eq!(code(&refused(office(cwd, port, &[]))), "acme.unreachable");
    // The name leads nowhere.
    let nowhere = settings(&ca, "").replace(NAME, "nowhere.example");
    set(cwd, &nowhere.replace("1 s", "10 min"));
    ca.know_nobody();
    let said = refused(office(cwd, port, &[]));
    assert_eq!(code(&said), "acme.unproved", "{said}");
    let text = said["error"]["text"].as_str().unwrap();
    assert!(text.contains("urn:ietf:params:acme:error:"), "{text}");
    assert!(text.contains("nowhere.example"), "{text}");
    // A service manager that starts it again and again does no harm.
    let asked = ca.orders();
    let said = refused(office(cwd, port, &[]));
    assert_eq!(code(&said), "acme.waiting", "{said}");
    assert!(
        said["error"]["text"].as_str().unwrap().contains(text),
        "{said}"
    );
    assert_eq!(ca.orders(), asked);
    // Whoever has set it right asks at once.
    std::fs::remove_file(cwd.join("o/acme/refused.json")).unwrap();
    ca.know_everybody();
    let serving = Serving::start_with(office(cwd, port, &[]));
    ca.fetch_root();
    assert!(is_believed(cwd, port, "nowhere.example"));
    assert_eq!(serving.stop(), Some(0));
    // A name more is asked for at once, while what there is is served.
    let two = format!("names = [\"nowhere.example\", \"{NAME}\"]\n");
    set(cwd, &format!("{nowhere}{two}"));
    let serving = Serving::start_with(office(cwd, port, &[]));
    until("both names", || is_believed(cwd, port, NAME));
    assert!(is_believed(cwd, port, "nowhere.example"));
    assert_eq!(serving.stop(), Some(0));
}

#[test]
fn contradictions_are_told_before_anybody_is_asked() {
    let dir = tempfile::tempdir().unwrap();
    let cwd = dir.path();
    found(cwd);
    let check = |settings: &str| {
        set(cwd, settings);
        let output = command(cwd)
            .args(["config", "check", "--dir", "o", "--json"])
            .output();
        let said: Value = serde_json::from_slice(&output.unwrap().stdout).unwrap();
        said["faults"].clone()
    };
    let files = "[tls]\nacme = true\ncertificate = \"a.pem\"\nkey = \"a.key\"\n";
    let faults = check(&format!("public_url = \"https://{NAME}\"\n{files}"));
    assert_eq!(faults[0]["code"], "config.conflict", "{faults}");
    assert_eq!(faults[0]["line"], 3);
    let faults = check("[tls]\nacme = true\n");
    assert!(
        faults[0]["text"].as_str().unwrap().contains("public_url"),
        "{faults}"
    );
    let faults = check("[acme]\nnames = [\"*.example\"]\ncontact = \"nobody\"\n");
    assert_eq!(faults.as_array().unwrap().len(), 2, "{faults}");
    let faults = check("[acme]\ndirectory = \"http://ca.example\"\n");
    assert_eq!(faults[0]["key"], "acme.directory", "{faults}");
    // The command line against the file, and against itself.
    set(cwd, "[tls]\ncertificate = \"a.pem\"\nkey = \"a.key\"\n");
    let url = ["--public-url", "https://tokyo.example"];
    std::fs::write(cwd.join("o/a.pem"), "").unwrap();
    assert_eq!(
        code(&refused(office(cwd, 0, &url))),
        "acme.two-certificates"
    );
    set(cwd, "");
    assert_eq!(code(&refused(office(cwd, 0, &[]))), "acme.nameless");
    let both = ["--tls-certificate", "a.pem", "--tls-key", "a.key"];
    let output = office(cwd, 0, &both).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}
