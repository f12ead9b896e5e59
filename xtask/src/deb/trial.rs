//! Tries the Debian package: it is installed into a folder by the real `dpkg`, its program is run
//! from there, and it is purged. The system's own packages are not touched.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::{Packing, pack, said};

/// Packs a binary, then installs, runs and purges the package below `out`.
pub(crate) fn run(root: &Path, out: &Path, binary: &Path) -> Result<()> {
    let package = pack(root, out, binary, Packing::Fast)?;
    let system = System::found(out.join("trial"))?;
    system.dpkg(&["--install".as_ref(), package.as_os_str()])?;
    let status = system.dpkg(&["--status".as_ref(), "legation".as_ref()])?;
    ensure!(status.contains("Status: install ok installed"), "{status}");
    let differs = system.dpkg(&["--verify".as_ref(), "legation".as_ref()])?;
    ensure!(
        differs.trim().is_empty(),
        "installed otherwise than packed: {differs}"
    );
    use_it(&system)?;
    system.dpkg(&["--purge".as_ref(), "legation".as_ref()])?;
    for gone in [
        "usr/bin/legation",
        "etc/default/legation",
        "usr/share/doc/legation",
    ] {
        let gone = system.path(gone);
        ensure!(!gone.exists(), "{} is still there", gone.display());
    }
    // What proves what went to whom outlives the package.
    let journal = system.path("var/lib/legation/journal");
    ensure!(journal.is_dir(), "the purge took the journal away");
    Ok(())
}

/// Founds an office as the documents say, with the program that was installed.
fn use_it(system: &System) -> Result<()> {
    let program = system.path("usr/bin/legation");
    let office = system.path("var/lib/legation");
    let office = office.to_str().context("the folder's name is no Unicode")?;
    let found = [
        "init",
        office,
        "--alliance",
        "NATO",
        "--name",
        "NATO",
        "--office",
        "Tokyo",
    ];
    said(&program, &found)?;
    let told = said(&program, &["config", "check", "--dir", office])?;
    ensure!(told.contains("listen"), "{told}");
    let sound = said(&program, &["journal", "verify", office])?;
    ensure!(sound.starts_with("sound"), "{sound}");
    let page = system.path("usr/share/man/man1/legation-serve.1.gz");
    let page = said(
        Path::new("gzip"),
        &["-dc", page.to_str().unwrap_or_default()],
    )?;
    ensure!(page.contains("Run an office"), "{page}");
    let bash = system.path("usr/share/bash-completion/completions/legation");
    said(
        Path::new("bash"),
        &["-n", bash.to_str().unwrap_or_default()],
    )?;
    Ok(())
}

/// A folder that looks like the root of a system without packages.
struct System(PathBuf);

impl System {
    fn found(folder: PathBuf) -> Result<Self> {
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| format!("cannot clear {folder:?}"))?;
        }
        let system = Self(folder);
        for part in [
            "etc",
            "var/lib/dpkg/info",
            "var/lib/dpkg/updates",
            "var/lib/dpkg/triggers",
        ] {
            fs::create_dir_all(system.path(part))?;
        }
        for file in ["var/lib/dpkg/status", "var/lib/dpkg/available"] {
            fs::write(system.path(file), "")?;
        }
        Ok(system)
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.join(path)
    }

    /// Runs dpkg on the folder; its scripts run outside of it, and are told where it is.
    fn dpkg(&self, words: &[&std::ffi::OsStr]) -> Result<String> {
        let path = std::env::var("PATH").unwrap_or_default();
        let output = Command::new("dpkg")
            .arg(format!("--root={}", self.0.display()))
            .args([
                "--force-script-chrootless",
                "--force-not-root",
                "--force-depends",
            ])
            .arg(format!("--log={}", self.path("dpkg.log").display()))
            .args(words)
            // dpkg asks for ldconfig and the like, which are not on everybody's path.
            .env("PATH", format!("{path}:/usr/local/sbin:/usr/sbin:/sbin"))
            .env("LC_ALL", "C")
            .output()
            .context("cannot start dpkg")?;
        let complaint = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "dpkg {words:?}: {complaint}");
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}
