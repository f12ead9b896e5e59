//! Sets up what the tests need beside Rust: system tools, and a Python environment with the TAXII
//! client that partners use.
//!
//! Not here: test corpora. Those are the machine's business (`LEGATION_CORPUS`).

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};

/// Exact versions of everything in the environment of the tests.
const REQUIREMENTS: &str = "xtask/requirements.txt";

/// Programs that tests start, and the Debian package of each.
const TOOLS: [(&str, &str); 5] = [
    ("curl", "curl"),
    ("node", "nodejs"),
    ("openssl", "openssl"),
    ("pebble", "pebble"),
    ("ssh-keygen", "openssh-client"),
];

/// The version of ical.js, exactly.
const ICAL_JS: &str = "2.2.1";

/// Makes sure that every tool of the tests is there.
pub(super) fn ensure_tools() -> Result<()> {
    ensure_programs(&TOOLS)
}

/// Makes sure of some programs, each given with its Debian package.
pub(crate) fn ensure_programs(programs: &[(&str, &str)]) -> Result<()> {
    let missing = || {
        programs
            .iter()
            .filter(|(program, _)| find(program).is_none())
    };
    let packages: Vec<&str> = missing().map(|(_, package)| *package).collect();
    if !packages.is_empty() {
        install(&packages)?;
    }
    if let Some((program, package)) = missing().next() {
        bail!("`{program}` is missing although `{package}` is installed");
    }
    Ok(())
}

/// Makes sure of the Python environment; the path of its interpreter.
pub(super) fn ensure_python(root: &Path, target: &Path) -> Result<PathBuf> {
    let venv = target.join("venv");
    let python = ensure_environment(root, &venv, REQUIREMENTS)?;
    let imports =
        "import aiosmtpd, icalendar, misp_stix_converter, pymisp, requests, stix2, taxii2client";
    ensure!(works(&python, imports), "`{imports}` fails in {venv:?}");
    Ok(python)
}

/// Makes sure of ical.js, the reader of calendars in Thunderbird; the path of its module.
pub(super) fn ensure_ical_js(target: &Path) -> Result<PathBuf> {
    let place = target.join("ical.js");
    let module = place.join("node_modules/ical.js/dist/ical.js");
    let manifest = place.join("node_modules/ical.js/package.json");
    let version = format!("\"version\": \"{ICAL_JS}\"");
    if module.exists() && fs::read_to_string(&manifest).is_ok_and(|text| text.contains(&version)) {
        return Ok(module);
    }
    ensure_programs(&[("npm", "npm")])?;
    fs::create_dir_all(&place).with_context(|| format!("cannot make {place:?}"))?;
    let mut npm = Command::new("npm");
    npm.args(["install", "--silent", "--ignore-scripts", "--no-audit"])
        .args(["--no-fund", "--prefix"])
        .arg(&place)
        .arg(format!("ical.js@{ICAL_JS}"));
    run(npm)?;
    ensure!(module.exists(), "npm did not bring {module:?}");
    Ok(module)
}

/// Makes sure of a Python environment with exactly what a file of the repository lists; the path
/// of its interpreter.
pub(crate) fn ensure_environment(root: &Path, venv: &Path, list: &str) -> Result<PathBuf> {
    let list = root.join(list);
    let wanted = fs::read_to_string(&list).with_context(|| format!("cannot read {list:?}"))?;
    let python = venv.join("bin/python");
    let stamp = venv.join("requirements.txt");
    if fs::read_to_string(&stamp).is_ok_and(|made| made == wanted) && works(&python, "1") {
        return Ok(python);
    }
    let base = base_python()?;
    if venv.exists() {
        fs::remove_dir_all(venv).with_context(|| format!("cannot clear {venv:?}"))?;
    }
    let mut make = Command::new(&base);
    make.args(["-m", "venv"]).arg(venv);
    run(make)?;
    let mut fill = Command::new(&python);
    fill.args(["-m", "pip", "install", "--quiet", "--no-input"])
        .args(["--disable-pip-version-check", "--no-deps", "--requirement"])
        .arg(&list);
    run(fill)?;
    fs::write(&stamp, wanted).with_context(|| format!("cannot write {stamp:?}"))?;
    Ok(python)
}

/// A Python that can make environments.
fn base_python() -> Result<PathBuf> {
    // The system's own comes second: the first on the path may be one without `ensurepip`, for
    // which Debian has no package.
    let candidates = [PathBuf::from("python3"), PathBuf::from("/usr/bin/python3")];
    let find = || {
        let mut able = candidates.iter();
        able.find(|python| works(python, "import ensurepip, venv"))
    };
    if find().is_none() {
        install(&["python3", "python3-venv"])?;
    }
    find()
        .cloned()
        .context("no Python here can make an environment: `python3 -m venv` needs ensurepip")
}

/// Whether that interpreter runs that program.
fn works(python: &Path, program: &str) -> bool {
    Command::new(python)
        .args(["-c", program])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Installs Debian packages, if this machine lets us.
fn install(packages: &[&str]) -> Result<()> {
    let names = packages.join(" ");
    let able = find("apt-get").is_some() && is_root();
    ensure!(
        able,
        "missing on this machine: install the Debian packages {names}, or what brings the same"
    );
    println!("installing {names}");
    for args in [
        &["update"] as &[&str],
        &["install", "-y", "--no-install-recommends"],
    ] {
        let mut apt = Command::new("apt-get");
        apt.env("DEBIAN_FRONTEND", "noninteractive")
            .arg("--quiet")
            .args(args);
        if args.len() > 1 {
            apt.args(packages);
        }
        run(apt)?;
    }
    Ok(())
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// Where a program is on the path.
fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let mut places = std::env::split_paths(&path).map(|dir| dir.join(program));
    places.find(|place| place.is_file())
}

fn run(mut command: Command) -> Result<()> {
    let shown = command
        .get_args()
        .collect::<Vec<&OsStr>>()
        .join(OsStr::new(" "));
    let program = command.get_program().to_os_string();
    let status = command
        .status()
        .with_context(|| format!("cannot start {program:?}"))?;
    ensure!(status.success(), "{program:?} {shown:?} failed: {status}");
    Ok(())
}
