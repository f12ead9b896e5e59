//! Where a bench works: the programs that it runs, built as they are released, and its folders.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::child::output;
use super::option::Options;
use super::sample::Samples;
use crate::check::cargo;

/// Folders, programs and options of a run.
pub(crate) struct Place {
    /// `target/bench`.
    pub(crate) dir: PathBuf,
    pub(crate) target: PathBuf,
    pub(crate) root: PathBuf,
    pub(crate) options: Options,
    legation: PathBuf,
    probe: PathBuf,
    bare: PathBuf,
    pattern: PathBuf,
    validate: PathBuf,
    press: PathBuf,
    bundle: Option<PathBuf>,
}

/// What a measuring program printed.
pub(crate) struct Figures(Vec<(String, Samples)>);

impl Place {
    /// Builds everything in release.
    pub(crate) fn prepare(root: &Path, target: PathBuf, options: Options) -> Result<Self> {
        let dir = target.join("bench");
        fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
        if !options.built {
            build(root)?;
        }
        let release = target.join("release");
        let corpus = std::env::var_os("LEGATION_CORPUS").map(PathBuf::from);
        let bundle = corpus.map(|corpus| corpus.join("attack/enterprise-attack.json"));
        Ok(Self {
            legation: release.join("legation"),
            probe: release.join("examples/bench"),
            bare: release.join("examples/bare"),
            pattern: release.join("examples/pattern"),
            validate: release.join("examples/validate"),
            press: release.join("examples/press"),
            bundle: bundle.filter(|bundle| bundle.is_file()),
            root: root.to_path_buf(),
            dir,
            target,
            options,
        })
    }

    /// The binary.
    pub(crate) fn legation(&self) -> Command {
        let mut command = Command::new(&self.legation);
        command
            .env_remove("LEGATION_OFFICE")
            .env_remove("LEGATION_TOKEN");
        command
    }

    /// What the records are.
    pub(crate) fn corpus_name(&self) -> &'static str {
        match self.bundle {
            Some(_) => "ATT&CK Enterprise",
            None => "objects generated in the size mix of ATT&CK Enterprise",
        }
    }

    /// Runs the measuring program of the engine.
    pub(crate) fn probe(&self, words: &[&str]) -> Result<Figures> {
        Figures::read(&output(Command::new(&self.probe).args(words))?)
    }

    /// The same with the bundle as its last word, where there is one.
    pub(crate) fn probe_with_bundle(&self, words: &[&str]) -> Result<Figures> {
        let mut command = Command::new(&self.probe);
        command.args(words).args(&self.bundle);
        Figures::read(&output(&mut command)?)
    }

    /// Runs the measuring program of the journal.
    pub(crate) fn bare(&self, dir: &Path, folder: &Path) -> Result<Figures> {
        Figures::read(&output(Command::new(&self.bare).args([dir, folder]))?)
    }

    /// Runs the measuring program of patterns.
    pub(crate) fn pattern(&self, words: &[&str]) -> Result<Figures> {
        Figures::read(&output(Command::new(&self.pattern).args(words))?)
    }

    /// Runs the measuring program of validation.
    pub(crate) fn validate(&self, words: &[&str]) -> Result<Figures> {
        Figures::read(&output(Command::new(&self.validate).args(words))?)
    }

    /// Runs the measuring program of news articles.
    pub(crate) fn press(&self, words: &[&str]) -> Result<Figures> {
        Figures::read(&output(Command::new(&self.press).args(words))?)
    }

    /// An empty folder of that name.
    pub(crate) fn fresh(&self, name: &str) -> Result<PathBuf> {
        let dir = self.dir.join(name);
        if dir.exists() {
            fs::remove_dir_all(&dir).with_context(|| format!("cannot clear {}", dir.display()))?;
        }
        fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
        Ok(dir)
    }

    /// The envelopes of 1,000 objects, made once for a run; with the bytes and count of objects.
    pub(crate) fn envelopes(&self) -> Result<Envelopes> {
        let dir = self.fresh("envelopes")?;
        let made = self.probe_with_bundle(&["envelopes", text(&dir)?, "1000"])?;
        let mut paths: Vec<PathBuf> = fs::read_dir(&dir)?
            .map(|item| item.map(|item| item.path()))
            .collect::<Result<_, _>>()?;
        paths.retain(|path| path.extension().is_some_and(|end| end == "json"));
        paths.sort();
        let (objects, bytes) = (made.one("objects")?, made.one("bytes")?);
        Ok(Envelopes {
            dir,
            paths,
            objects,
            bytes,
        })
    }

    /// Seconds of a run of the load generator.
    pub(crate) fn load_seconds(&self) -> f64 {
        if self.options.quick { 1.0 } else { 3.0 }
    }
}

/// Builds what is measured, and what measures it, in release.
fn build(root: &Path) -> Result<()> {
    for what in [
        &["--package", "legation"] as &[&str],
        &["--package", "legation-engine", "--example", "bench"],
        &["--package", "legation-journal", "--example", "bare"],
        &["--package", "legation-stix", "--example", "pattern"],
        &["--package", "legation-stix", "--example", "validate"],
        &["--package", "legation-formats", "--example", "press"],
    ] {
        let status = cargo(root)
            .args(["build", "--quiet", "--release", "--locked"])
            .args(what)
            .status()
            .context("cannot start cargo")?;
        ensure!(status.success(), "what is to be measured does not build");
    }
    Ok(())
}

/// Envelopes on disk.
pub(crate) struct Envelopes {
    pub(crate) dir: PathBuf,
    pub(crate) paths: Vec<PathBuf>,
    pub(crate) objects: f64,
    pub(crate) bytes: f64,
}

impl Figures {
    pub(crate) fn read(said: &str) -> Result<Self> {
        let mut figures = Vec::new();
        for line in said.lines().filter_map(|line| line.strip_prefix("figure ")) {
            let mut words = line.split(' ');
            let name = words.next().unwrap_or_default().to_owned();
            let samples = words.map(str::parse).collect::<Result<Vec<f64>, _>>();
            let samples = samples.with_context(|| format!("`{line}` is no figure"))?;
            figures.push((name, Samples::of(samples)));
        }
        Ok(Self(figures))
    }

    /// The samples of a figure.
    pub(crate) fn of(&self, name: &str) -> Result<&Samples> {
        self.find(name)
            .with_context(|| format!("the measuring program told no figure `{name}`"))
    }

    /// The samples of a figure that may be missing.
    pub(crate) fn find(&self, name: &str) -> Option<&Samples> {
        self.0
            .iter()
            .find(|(found, _)| found == name)
            .map(|(_, samples)| samples)
    }

    /// The median of a figure.
    pub(crate) fn one(&self, name: &str) -> Result<f64> {
        Ok(self.of(name)?.spread().median)
    }
}

/// A path as text.
pub(crate) fn text(path: &Path) -> Result<&str> {
    path.to_str()
        .with_context(|| format!("{} is no text", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_and_what_else_is_said_is_not() {
        let figures = Figures::read("hello\nfigure page 1e-3 2e-3 4e-3\nfigure n 5\n").unwrap();
        assert_eq!(figures.one("page").unwrap(), 2e-3);
        assert_eq!(figures.one("n").unwrap(), 5.0);
        assert!(figures.of("other").is_err() && figures.find("other").is_none());
        assert!(Figures::read("figure n five").is_err());
    }
}
