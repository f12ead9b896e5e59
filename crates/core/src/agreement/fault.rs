//! What is wrong with a file that people wrote, and where.
//!
//! A fault is for the author of an agreement or of the house rules: it names line and column, a
//! stable code and what to do. It is not how the office reports what it refuses at run time.

use std::fmt;

/// One thing that is wrong, at one place of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line of the file, from 1, front matter included.
    pub line: u32,
    /// The column of that line in characters, from 1.
    pub column: u32,
    /// The stable code, `agreement.unknown-key`.
    pub code: &'static str,
    /// What is wrong and what to do.
    pub text: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            line,
            column,
            code,
            text,
        } = self;
        write!(f, "{line}:{column}: {text} [{code}]")
    }
}

/// Everything that is wrong with a file, in the order of the file; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// Sorts faults into file order; `Ok` when there are none.
    pub(crate) fn none_of(mut faults: Vec<Fault>) -> Result<(), Self> {
        if faults.is_empty() {
            return Ok(());
        }
        faults.sort_by(|a, b| (a.line, a.column, a.code).cmp(&(b.line, b.column, b.code)));
        faults.dedup();
        Err(Self(faults))
    }

    /// A single fault.
    pub(crate) fn one(fault: Fault) -> Self {
        Self(vec![fault])
    }

    /// The faults in the order of the file.
    pub fn iter(&self) -> std::slice::Iter<'_, Fault> {
        self.0.iter()
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The stable code of the first fault.
    pub fn code(&self) -> &'static str {
        self.0
            .first()
            .map_or("agreement.syntax", |fault| fault.code)
    }
}

impl<'a> IntoIterator for &'a Faults {
    type Item = &'a Fault;
    type IntoIter = std::slice::Iter<'a, Fault>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Faults {
    /// One fault a line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, fault) in self.0.iter().enumerate() {
            if position > 0 {
                f.write_str("\n")?;
            }
            fault.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}
