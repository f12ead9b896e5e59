//! A real office behind TLS: what partners' tools and the command line make of it, certificates
//! that change with a signal, and plain HTTP that stays on the machine.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::office::{Serving, answer, command, legation};

/// Runs a tool of the system in a folder; what it said on both outputs, and whether it succeeded.
fn tool(cwd: &Path, name: &str, arguments: &[&str]) -> (bool, String) {
    let output = Command::new(name)
        .args(arguments)
        .current_dir(cwd)
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&said).into_owned(),
    )
}

fn has(name: &str, argument: &str) -> bool {
    let found = Command::new(name).arg(argument).output().is_ok();
    if !found {
        println!("{name} not present");
    }
    found
}

const KEY: [&str; 5] = [
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:prime256v1",
    "-nodes",
];

/// A certificate that its own key signs.
fn sign_itself(cwd: &Path, name: &str) {
    let (subject, key, pem) = (
        format!("/CN={name}"),
        format!("{name}.key"),
        format!("{name}.pem"),
    );
    let rest = [
        "-days", "9", "-subj", &subject, "-keyout", &key, "-out", &pem,
    ];
    let (made, said) = tool(
        cwd,
        "openssl",
        &[&["req", "-x509"], &KEY[..], &rest[..]].concat(),
    );
    assert!(made, "{said}");
}

/// A certificate for this machine that `root` has issued.
fn issue(cwd: &Path, name: &str) {
    let (key, pem) = (format!("{name}.key"), format!("{name}.pem"));
    let rest = [
        "-subj",
        "/CN=office",
        "-addext",
        "subjectAltName=DNS:localhost,IP:127.0.0.1",
        "-keyout",
        &key,
        "-out",
        "request.csr",
    ];
    tool(cwd, "openssl", &[&["req"], &KEY[..], &rest[..]].concat());
    let (made, said) = tool(
        cwd,
        "openssl",
        &[
            "x509",
            "-req",
            "-in",
            "request.csr",
            "-CA",
            "root.pem",
            "-CAkey",
            "root.key",
            "-CAcreateserial",
            "-days",
            "9",
            "-copy_extensions",
            "copy",
            "-out",
            &pem,
        ],
    );
    assert!(made, "{said}");
}

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

const SERVE: [&str; 8] = [
    "serve",
    "o",
    "--listen",
    "127.0.0.1:0",
    "--tls-certificate",
    "office.pem",
    "--tls-key",
    "office.key",
];

#[test]
fn partners_and_the_command_line_come_by_tls() {
    if !has("openssl", "version") || !has("curl", "--version") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let cwd = dir.path();
    found(cwd);
    sign_itself(cwd, "root");
    issue(cwd, "office");
    sign_itself(cwd, "misp");
    let serving = Serving::start(cwd, &SERVE);
    let url = serving.url.replace("127.0.0.1", "localhost");
    assert!(url.starts_with("https://"), "{url}");
    // The command line: on this machine, and from elsewhere with and without the root.
    let token = std::fs::read_to_string(cwd.join("o/chief.token")).unwrap();
    let add = [
        "party", "add", "JPN", "--name", "Japan", "--status", "partner", "--dir", "o",
    ];
    answer(cwd, &add);
    let added = answer(cwd, &["client", "add", "JPN", "misp", "--dir", "o"]);
    let password = added["password"].as_str().unwrap();
    let elsewhere = ["party", "list", "--office", &url, "--token", token.trim()];
    let listed = answer(cwd, &[&elsewhere[..], &["--ca", "root.pem"]].concat());
    assert_eq!(listed["parties"].as_array().unwrap().len(), 2);
    let refused = legation(cwd, &[&elsewhere[..], &["--json"]].concat());
    let said: Value = serde_json::from_slice(&refused.stdout).unwrap_or_else(|_| {
        serde_json::from_slice(&refused.stderr).expect("a document on one of the outputs")
    });
    assert_eq!(said["error"]["code"], "cli.unreachable", "{said}");
    // A partner's tool, with a password and with a certificate.
    let path = format!("{url}/taxii2/");
    let curl = |more: &[&str]| {
        let always = [
            "-s",
            "-S",
            "--cacert",
            "root.pem",
            "-o",
            "out",
            "-w",
            "%{http_code}",
            &path,
        ];
        tool(cwd, "curl", &[&always[..], more].concat()).1
    };
    let basic = format!("JPN/misp:{password}");
    for version in ["--http1.1", "--http2"] {
        assert_eq!(curl(&[version, "-u", &basic]), "200");
        assert_eq!(curl(&[version]), "401");
    }
    let mine = ["--cert", "misp.pem", "--key", "misp.key"];
    assert_eq!(curl(&mine), "401");
    let bind = [
        "client", "bind", "JPN/misp", "misp.pem", "--only", "--dir", "o",
    ];
    let bound = answer(cwd, &bind);
    assert_eq!(bound["only"], true);
    assert_eq!(curl(&mine), "200");
    assert_eq!(curl(&["-u", &basic]), "401");
    let fingerprint = bound["fingerprint"].as_str().unwrap();
    let listed = answer(cwd, &["client", "list", "JPN", "--dir", "o"]);
    assert_eq!(listed["clients"][0]["certificates"][0], fingerprint);
    // It is there after a restart, and gone when it is taken away.
    assert_eq!(serving.stop(), Some(0));
    let serving = Serving::start(cwd, &SERVE);
    let path = format!("{}/taxii2/", serving.url.replace("127.0.0.1", "localhost"));
    let curl = |more: &[&str]| {
        let always = [
            "-s",
            "-S",
            "--cacert",
            "root.pem",
            "-o",
            "out",
            "-w",
            "%{http_code}",
            &path,
        ];
        tool(cwd, "curl", &[&always[..], more].concat()).1
    };
    assert_eq!(curl(&mine), "200");
    assert_eq!(curl(&["-u", &basic]), "401");
    answer(
        cwd,
        &["client", "unbind", "JPN/misp", fingerprint, "--dir", "o"],
    );
    assert_eq!(curl(&mine), "401");
    assert_eq!(serving.stop(), Some(0));
}

#[test]
fn a_signal_has_the_certificate_read_anew() {
    if !has("openssl", "version") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let cwd = dir.path();
    found(cwd);
    sign_itself(cwd, "root");
    issue(cwd, "office");
    issue(cwd, "next");
    let serving = Serving::start(cwd, &SERVE);
    let address = serving.url.replace("https://", "");
    let shown = || {
        let (_, said) = tool(cwd, "openssl", &["s_client", "-connect", &address]);
        let begin = said.find("-----BEGIN").unwrap_or_else(|| panic!("{said}"));
        let end = said.find("-----END").unwrap();
        said[begin..end].to_owned()
    };
    let first = shown();
    let pem = std::fs::read_to_string(cwd.join("office.pem")).unwrap();
    assert!(pem.contains(&first));
    for file in ["pem", "key"] {
        std::fs::copy(
            cwd.join(format!("next.{file}")),
            cwd.join(format!("office.{file}")),
        )
        .unwrap();
    }
    serving.signal("HUP");
    let begun = Instant::now();
    while shown() == first {
        assert!(begun.elapsed() < Duration::from_secs(60));
        std::thread::sleep(Duration::from_millis(20));
    }
    // A signal that finds nothing good changes nothing, and ends nothing.
    let second = shown();
    std::fs::write(cwd.join("office.key"), "nothing").unwrap();
    serving.signal("HUP");
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(shown(), second);
    assert_eq!(serving.stop(), Some(0));
}

#[test]
fn plain_http_stays_on_the_machine() {
    let dir = tempfile::tempdir().unwrap();
    let cwd = dir.path();
    found(cwd);
    // Nothing listens there at any time: it is refused before.
    let output = command(cwd)
        .args(["serve", "o", "--listen", "0.0.0.0:0", "--json"])
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("cli.insecure-http"), "{said}");
    assert!(said.contains("--insecure-http"), "{said}");
    // What was refused left nothing behind: the office starts as before.
    let serving = Serving::start(cwd, &["serve", "o", "--listen", "127.0.0.1:0"]);
    serving.signal("HUP");
    let parties = answer(cwd, &["party", "list", "--dir", "o"]);
    assert_eq!(parties["parties"].as_array().unwrap().len(), 1);
    assert_eq!(serving.stop(), Some(0));
}
