//! Files that verbs read and write, each with an error that names it. Not the office's journal.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// Reads a whole file; `-` is the standard input.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        std::io::stdin().lock().read_to_end(&mut bytes)
    } else {
        File::open(path).and_then(|mut file| file.read_to_end(&mut bytes))
    };
    match read {
        Ok(_) => Ok(bytes),
        Err(error) => Err(Failure::disk("read", path, &error)),
    }
}

/// Reads a whole file that must be text.
pub(crate) fn read_text(path: &Path) -> Result<String, Failure> {
    String::from_utf8(read(path)?).map_err(|_| Failure::disk("read", path, &"it is not UTF-8 text"))
}

/// Who may read a file.
#[derive(Clone, Copy)]
pub(crate) enum Mode {
    /// Its owner: 0600.
    Secret,
    /// Whoever the umask lets.
    Open,
}

impl Mode {
    fn bits(self) -> u32 {
        match self {
            Self::Secret => 0o600,
            Self::Open => 0o666,
        }
    }
}

/// Writes a file that must not be there yet, durably.
pub(crate) fn create(path: &Path, bytes: &[u8], mode: Mode) -> Result<(), Failure> {
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode.bits())
        .open(path)
        .and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        });
    written.map_err(|error| Failure::disk("write", path, &error))
}

/// Writes a file in the place of another, so that a reader finds the one or the other, whole.
pub(crate) fn replace(path: &Path, bytes: &[u8], mode: Mode) -> Result<(), Failure> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let beside: PathBuf = path.with_file_name(name);
    // One that a dead process of the same number left behind.
    let _ = std::fs::remove_file(&beside);
    create(&beside, bytes, mode)?;
    std::fs::rename(&beside, path).map_err(|error| {
        let _ = std::fs::remove_file(&beside);
        Failure::disk("write", path, &error)
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_secret_is_its_owners_and_nothing_is_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("chief.token");
        create(&path, b"one", Mode::Secret).unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(
            create(&path, b"two", Mode::Secret).unwrap_err().code(),
            "cli.disk"
        );
        assert_eq!(read_text(&path).unwrap(), "one");
    }

    #[test]
    fn a_replaced_file_leaves_nothing_beside_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("office.toml");
        replace(&path, b"one", Mode::Open).unwrap();
        replace(&path, b"two", Mode::Open).unwrap();
        assert_eq!(read_text(&path).unwrap(), "two");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}
