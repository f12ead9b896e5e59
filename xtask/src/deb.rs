//! `cargo xtask deb`: the Debian package of the program, put together with `dpkg-deb`.
//!
//! ```text
//! usr/bin/legation                       stripped of what only a debugger reads
//! usr/lib/{systemd,sysusers.d,tmpfiles.d}  the service, its user, its directory
//! etc/default/legation                   variables of the environment, a conffile
//! usr/share/man, completions             made by the program itself
//! usr/share/doc/legation                 docs, a file of settings, licence, changes
//! ```
//!
//! What the files say is in `packaging/`. That the package installs, runs and purges is tried in
//! [`trial`], in a folder, without a container.

pub(crate) mod trial;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result, bail, ensure};

use crate::check::cargo;

/// How the package is packed.
#[derive(Clone, Copy)]
pub(crate) enum Packing {
    /// Small, for those who fetch it.
    Small,
    /// Fast, for a trial.
    Fast,
}

/// Builds the program in release, unless a binary is named, and packs it.
pub(crate) fn run(root: &Path, target: &Path, words: &[&str]) -> Result<ExitCode> {
    let binary = match words {
        [] => {
            let built = cargo(root)
                .args(["build", "--release", "--locked", "-p", "legation"])
                .status()
                .context("cannot start cargo")?;
            ensure!(built.success(), "the program does not build");
            target.join("release/legation")
        }
        ["--binary", binary] => PathBuf::from(binary),
        ["--try", binary] => {
            trial::run(root, &target.join("deb-trial"), Path::new(binary))?;
            println!("the package installs, runs and purges");
            return Ok(ExitCode::SUCCESS);
        }
        _ => bail!("usage: cargo xtask deb [--binary FILE | --try FILE]"),
    };
    let package = pack(root, &target.join("deb"), &binary, Packing::Small)?;
    println!("{}", package.display());
    Ok(ExitCode::SUCCESS)
}

/// Packs a binary; the package lies in `out`.
pub(crate) fn pack(root: &Path, out: &Path, binary: &Path, packing: Packing) -> Result<PathBuf> {
    let stage = Stage::begin(root, out.join("root"))?;
    let program = stage.program(binary)?;
    stage.service()?;
    stage.made_by(&program)?;
    stage.documents(&program)?;
    let version = said(&program, &["--version"])?;
    let version = version
        .split_whitespace()
        .last()
        .context("no version is told")?;
    let architecture = said(Path::new("dpkg"), &["--print-architecture"])?;
    let architecture = architecture.trim();
    stage.control(version, architecture, &program)?;
    let package = out.join(format!("legation_{version}_{architecture}.deb"));
    let level = match packing {
        Packing::Small => ["-Zxz", "-z9"],
        Packing::Fast => ["-Zgzip", "-z1"],
    };
    let packed = Command::new("dpkg-deb")
        .args(["--root-owner-group"])
        .args(level)
        .arg("--build")
        .args([&stage.folder, &package])
        .output()
        .context("cannot start dpkg-deb; it is in Debian's package `dpkg`")?;
    let complaint = String::from_utf8_lossy(&packed.stderr);
    ensure!(packed.status.success(), "dpkg-deb: {complaint}");
    Ok(package)
}

/// The files as they will lie.
struct Stage<'a> {
    root: &'a Path,
    folder: PathBuf,
}

impl<'a> Stage<'a> {
    fn begin(root: &'a Path, folder: PathBuf) -> Result<Self> {
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| format!("cannot clear {folder:?}"))?;
        }
        Ok(Self { root, folder })
    }

    fn put(&self, path: &str, bytes: &[u8], mode: u32) -> Result<PathBuf> {
        let file = self.folder.join(path);
        let folder = file.parent().context("a file lies in no folder")?;
        fs::create_dir_all(folder)?;
        for folder in folder
            .ancestors()
            .take_while(|f| f.starts_with(&self.folder))
        {
            fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?;
        }
        fs::write(&file, bytes).with_context(|| format!("cannot write {file:?}"))?;
        fs::set_permissions(&file, fs::Permissions::from_mode(mode))?;
        Ok(file)
    }

    fn copy(&self, from: &str, to: &str) -> Result<()> {
        let from = self.root.join(from);
        let bytes = fs::read(&from).with_context(|| format!("cannot read {from:?}"))?;
        self.put(to, &bytes, 0o644).map(drop)
    }

    fn program(&self, binary: &Path) -> Result<PathBuf> {
        let bytes = fs::read(binary).with_context(|| format!("cannot read {binary:?}"))?;
        let program = self.put("usr/bin/legation", &bytes, 0o755)?;
        let stripped = Command::new("strip")
            .arg("--strip-unneeded")
            .arg(&program)
            .status();
        let stripped =
            stripped.context("cannot start strip; it is in Debian's package `binutils`")?;
        ensure!(stripped.success(), "strip refuses the program");
        Ok(program)
    }

    fn service(&self) -> Result<()> {
        for (from, to) in [
            (
                "packaging/systemd/legation.service",
                "usr/lib/systemd/system/legation.service",
            ),
            (
                "packaging/systemd/legation.sysusers",
                "usr/lib/sysusers.d/legation.conf",
            ),
            (
                "packaging/systemd/legation.tmpfiles",
                "usr/lib/tmpfiles.d/legation.conf",
            ),
            ("packaging/debian/default", "etc/default/legation"),
        ] {
            self.copy(from, to)?;
        }
        Ok(())
    }

    /// What the program tells about itself: pages and completions.
    fn made_by(&self, program: &Path) -> Result<()> {
        let pages = self.folder.join("usr/share/man/man1");
        let pages = pages.to_str().context("the folder's name is no Unicode")?;
        said(program, &["man", "--out", pages])?;
        let mut gzip = Command::new("gzip");
        gzip.arg("-9n");
        for page in fs::read_dir(pages)? {
            gzip.arg(page?.path());
        }
        ensure!(
            gzip.status().context("cannot start gzip")?.success(),
            "gzip fails"
        );
        for (shell, path) in [
            ("bash", "usr/share/bash-completion/completions/legation"),
            ("zsh", "usr/share/zsh/vendor-completions/_legation"),
            ("fish", "usr/share/fish/vendor_completions.d/legation.fish"),
        ] {
            let script = said(program, &["completions", shell])?;
            self.put(path, script.as_bytes(), 0o644)?;
        }
        Ok(())
    }

    fn documents(&self, program: &Path) -> Result<()> {
        let folder = "usr/share/doc/legation";
        self.copy("packaging/debian/copyright", &format!("{folder}/copyright"))?;
        for name in ["LICENSE", "README.md", "SECURITY.md", "CHANGELOG.md"] {
            self.copy(name, &format!("{folder}/{name}"))?;
        }
        for part in ["docs", "docs/decisions"] {
            for entry in fs::read_dir(self.root.join(part))? {
                let name = entry?.file_name().into_string();
                let Ok(name) = name else { continue };
                if name.ends_with(".md") || name.ends_with(".svg") {
                    let to = part.strip_prefix("docs").unwrap_or_default();
                    self.copy(&format!("{part}/{name}"), &format!("{folder}{to}/{name}"))?;
                }
            }
        }
        for entry in fs::read_dir(self.root.join("packaging/grafana"))? {
            let name = entry?.file_name().into_string();
            let Ok(name) = name else { continue };
            let to = format!("{folder}/grafana/{name}");
            self.copy(&format!("packaging/grafana/{name}"), &to)?;
        }
        let settings = said(program, &["config", "show", "--default"])?;
        self.put(
            &format!("{folder}/legation.toml"),
            settings.as_bytes(),
            0o644,
        )?;
        Ok(())
    }

    fn control(&self, version: &str, architecture: &str, program: &Path) -> Result<()> {
        let libc = libc_of(&fs::read(program)?).context("the program needs no glibc")?;
        let files = files_under(&self.folder)?;
        let mut size = 0;
        let mut sums = Command::new("md5sum");
        sums.current_dir(&self.folder);
        for file in &files {
            size += fs::metadata(file)?.len();
            sums.arg(file.strip_prefix(&self.folder)?);
        }
        let sums = sums.output().context("cannot start md5sum")?;
        ensure!(sums.status.success(), "md5sum fails");
        let control = fs::read_to_string(self.root.join("packaging/debian/control"))?
            .replace("@VERSION@", version)
            .replace("@ARCHITECTURE@", architecture)
            .replace("@LIBC@", &libc)
            .replace("@SIZE@", &size.div_ceil(1024).to_string());
        ensure!(
            !control.contains('@') || control.matches('@').count() == 1,
            "a place is left open"
        );
        self.put("DEBIAN/control", control.as_bytes(), 0o644)?;
        self.put("DEBIAN/md5sums", &sums.stdout, 0o644)?;
        self.copy("packaging/debian/conffiles", "DEBIAN/conffiles")?;
        for script in ["postinst", "prerm", "postrm"] {
            let bytes = fs::read(self.root.join("packaging/debian").join(script))?;
            self.put(&format!("DEBIAN/{script}"), &bytes, 0o755)?;
        }
        Ok(())
    }
}

/// The newest version of glibc whose symbols a program asks for, `2.34`.
fn libc_of(program: &[u8]) -> Option<String> {
    const MARK: &[u8] = b"GLIBC_";
    let places = program.windows(MARK.len()).enumerate();
    let versions = places
        .filter(|(_, window)| *window == MARK)
        .filter_map(|(at, _)| {
            let rest = program.get(at + MARK.len()..)?;
            let end = rest
                .iter()
                .position(|byte| !byte.is_ascii_digit() && *byte != b'.')?;
            let text = std::str::from_utf8(rest.get(..end)?).ok()?;
            let (major, minor) = text.split_once('.')?;
            // A third number, as in 2.2.5, is older than every system that this runs on.
            let minor = minor.split('.').next()?;
            Some((major.parse::<u32>().ok()?, minor.parse::<u32>().ok()?))
        });
    versions
        .max()
        .map(|(major, minor)| format!("{major}.{minor}"))
}

fn files_under(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            match path.is_dir() {
                true => folders.push(path),
                false => files.push(path),
            }
        }
    }
    files.sort();
    Ok(files)
}

/// What a program says on its standard output; it must succeed.
fn said(program: &Path, arguments: &[&str]) -> Result<String> {
    let output = Command::new(program).args(arguments).output();
    let output = output.with_context(|| format!("cannot start {}", program.display()))?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "{} {arguments:?}: {complaint}",
        program.display()
    );
    Ok(String::from_utf8(output.stdout)?)
}

#[cfg(test)]
mod tests {
    use super::libc_of;

    #[test]
    fn the_newest_glibc_counts_by_number() {
        let program = b"\0GLIBC_2.2.5\0GLIBC_2.34\0GLIBC_2.9\0GLIBC_PRIVATE\0";
        assert_eq!(libc_of(program).as_deref(), Some("2.34"));
        assert_eq!(libc_of(b"static"), None);
    }
}
