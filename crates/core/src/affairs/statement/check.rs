//! What can be put on the record at all: lengths, dates, links. Who may do it is not decided here.

use thiserror::Error;

use crate::act::{Draft, Link, RecordStatement, SourceLink, Speaker, Stance};
use crate::affairs::statement::Statements;
use crate::id::StatementId;
use crate::time::Instant;

/// The most bytes of an article, and of a statement's text.
pub const ARTICLE_MAX: usize = 1024 * 1024;

/// The most characters of a name, a role or a place.
const NAME_MAX: usize = 200;

/// The most sources and sentences of one statement.
const LIST_MAX: usize = 1000;

/// What cannot be put on the record.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum StatementError {
    /// Nothing stands where something has to.
    #[error("the {0} is empty")]
    Empty(&'static str),
    /// Too long.
    #[error("the {what} is longer than {max} {unit}")]
    TooLong {
        /// What.
        what: &'static str,
        /// The most there may be.
        max: usize,
        /// Of what.
        unit: &'static str,
    },
    /// Nobody said it.
    #[error("a statement needs a speaker: a name, a role or a party")]
    NoSpeaker,
    /// It was said at an instant that has not come.
    #[error("a statement cannot have been said at {0}, which has not come")]
    Future(Instant),
    /// The earlier statement is not there.
    #[error("there is no statement `{0}`")]
    Unknown(StatementId),
    /// The earlier statement is about something else.
    #[error("`{0}` is about another subject; retract it and record it anew")]
    OtherSubject(StatementId),
    /// The earlier statement no longer counts.
    #[error("`{0}` was replaced or retracted already")]
    Gone(StatementId),
    /// A correction by the speaker has another stance.
    #[error("what corrects `{0}` has the stance `corrected`")]
    NotCorrected(StatementId),
    /// The name stands for a party already.
    #[error("`{0}` is an alias already; remove it first")]
    AliasTaken(String),
}

impl StatementError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty(_) => "statement.empty",
            Self::TooLong { .. } => "statement.too-long",
            Self::NoSpeaker => "statement.no-speaker",
            Self::Future(_) => "statement.future",
            Self::Unknown(_) => "statement.unknown",
            Self::OtherSubject(_) => "statement.other-subject",
            Self::Gone(_) => "statement.gone",
            Self::NotCorrected(_) => "statement.not-corrected",
            Self::AliasTaken(_) => "statement.alias-taken",
        }
    }
}

fn text(what: &'static str, text: &str) -> Result<(), StatementError> {
    if text.trim().is_empty() {
        return Err(StatementError::Empty(what));
    }
    if text.len() > ARTICLE_MAX {
        let unit = "bytes";
        let max = ARTICLE_MAX;
        return Err(StatementError::TooLong { what, max, unit });
    }
    Ok(())
}

fn name(what: &'static str, name: &str) -> Result<(), StatementError> {
    if name.chars().count() > NAME_MAX {
        let unit = "characters";
        let max = NAME_MAX;
        return Err(StatementError::TooLong { what, max, unit });
    }
    Ok(())
}

fn list<T>(what: &'static str, list: &[T]) -> Result<(), StatementError> {
    if list.len() > LIST_MAX {
        let unit = "entries";
        let max = LIST_MAX;
        return Err(StatementError::TooLong { what, max, unit });
    }
    Ok(())
}

fn speaker(speaker: &Speaker) -> Result<(), StatementError> {
    let blank = |text: &Option<String>| text.as_ref().is_none_or(|text| text.trim().is_empty());
    if blank(&speaker.name) && blank(&speaker.role) && speaker.party.is_none() {
        return Err(StatementError::NoSpeaker);
    }
    name("name", speaker.name.as_deref().unwrap_or_default())?;
    name("role", speaker.role.as_deref().unwrap_or_default())
}

fn sources(sources: &[SourceLink]) -> Result<(), StatementError> {
    list("chain of sources", sources)?;
    sources.iter().try_for_each(|link| {
        name("name of a source", &link.name)?;
        text("name of a source", &link.name)
    })
}

/// Whether a reason is one.
///
/// # Errors
/// When it is empty or too long.
pub fn check_reason(reason: &str) -> Result<(), StatementError> {
    text("reason", reason)
}

/// Whether an article can be kept.
///
/// # Errors
/// When it is empty or too long, or its name or outlet is too long.
pub fn check_article(file: &str, outlet: Option<&str>, bytes: &[u8]) -> Result<(), StatementError> {
    name("name of the file", file)?;
    name("outlet", outlet.unwrap_or_default())?;
    if bytes.is_empty() {
        return Err(StatementError::Empty("article"));
    }
    if bytes.len() > ARTICLE_MAX {
        return Err(StatementError::TooLong {
            what: "article",
            max: ARTICLE_MAX,
            unit: "bytes",
        });
    }
    Ok(())
}

/// Whether a draft can be proposed.
///
/// # Errors
/// When it is too long, or nobody said it.
pub fn check_draft(draft: &Draft) -> Result<(), StatementError> {
    text("text", &draft.text)?;
    name("place", &draft.place)?;
    speaker(&draft.speaker)?;
    sources(&draft.sources)
}

/// Whether a name can be an alias.
///
/// # Errors
/// When it is empty, too long, or one already.
pub fn check_alias(known: &Statements, alias: &str) -> Result<(), StatementError> {
    text("alias", alias)?;
    name("alias", alias)?;
    match known.alias(alias) {
        None => Ok(()),
        Some(known) => Err(StatementError::AliasTaken(known.name.clone())),
    }
}

/// Whether a statement can be recorded now.
///
/// # Errors
/// When something is missing or too long, it was said later than now, or its link is none.
pub fn check_record(
    known: &Statements,
    act: &RecordStatement,
    now: Instant,
) -> Result<(), StatementError> {
    let saying = &act.saying;
    text("text", &saying.text)?;
    name("place", &saying.place)?;
    speaker(&saying.speaker)?;
    sources(&saying.sources)?;
    list("evidence", &act.evidence)?;
    if saying.said > now {
        return Err(StatementError::Future(saying.said));
    }
    let Some(link) = &act.link else {
        return Ok(());
    };
    let earlier = link.earlier();
    let there = known.get(earlier);
    let there = there.ok_or_else(|| StatementError::Unknown(earlier.clone()))?;
    if there.saying.subject != saying.subject {
        return Err(StatementError::OtherSubject(earlier.clone()));
    }
    match link {
        Link::Replaces(_) if there.replaced.is_some() || there.retracted.is_some() => {
            Err(StatementError::Gone(earlier.clone()))
        }
        Link::Corrects(_) if saying.stance != Stance::Corrected => {
            Err(StatementError::NotCorrected(earlier.clone()))
        }
        Link::Replaces(_) | Link::Corrects(_) => Ok(()),
    }
}
