//! The API of what was said in public, and the press.
//!
//! Who is shown what is the engine's to say; here it is only given its form.

mod answer;
mod press;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use legation_core::act::{
    Evidence, Saying, SourceKind, SourceLink, Speaker, Stance, StatementSubject, WordError,
};
use legation_core::id::{Digest, PartyCode, Slug, StatementId};
use legation_core::time::Instant;
use legation_engine::{NewStatement, StatementChanges, StatementQuery};
use serde::{Deserialize, Serialize};

use crate::api::openapi::{Operation, Path};
use crate::api::request::{Asked, Named, Sent, invalid};
use crate::api::statement::answer::{Shown, SubjectPage};
use crate::auth::Caller;
use crate::face::Face;
use crate::problem::Problem;

#[rustfmt::skip]
pub(super) fn paths() -> Vec<Path> {
    let mut paths = vec![
        Path::at("/statements")
            .get(list, Operation::new("listStatements", "What was said in public about what the caller may see, by when it was said")
                .query(&["subject", "party", "stance", "after", "limit"]).gives("Statements").refuses(&[404, 422]))
            .post(add, Operation::new("addStatement", "Puts a statement on the record")
                .staff().takes("NewStatement").creates("Statement").refuses(&[409, 422])),
        Path::at("/statements/{statement}")
            .get(show, Operation::new("showStatement", "One statement; evidence and who recorded it for the office alone")
                .gives("Statement").refuses(&[404])),
        Path::at("/statements/{statement}/correct")
            .post(correct, Operation::new("correctStatement", "Records anew what the office had recorded wrongly; the first record stays, and says so")
                .staff().takes("StatementChanges").creates("Statement").refuses(&[404, 409, 422])),
        Path::at("/statements/{statement}/retract")
            .post(retract, Operation::new("retractStatement", "Says that a statement should never have been recorded; it stays, and says so")
                .staff().takes("Reason").gives("Statement").refuses(&[404, 409, 422])),
        Path::at("/subjects")
            .get(subjects, Operation::new("listSubjects", "What something was said about, as far as the caller may see")
                .gives("Subjects")),
        Path::at("/subjects/{subject}")
            .get(subject, Operation::new("showSubject", "The timeline of a subject and what each point comes to, as of any date")
                .query(&["said_by", "recorded_by"]).gives("Subject").refuses(&[404, 422])),
    ];
    paths.extend(press::paths());
    paths
}

/// A word of the API that stands for something of the core.
fn word<T: std::str::FromStr<Err = WordError>>(text: &str) -> Result<T, Problem> {
    text.parse()
        .map_err(|error: WordError| invalid(error.code(), error.to_string()))
}

/// Which statements.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Which {
    subject: Option<StatementSubject>,
    party: Option<PartyCode>,
    stance: Option<String>,
    after: Option<String>,
    limit: Option<usize>,
}

/// Some statements.
#[derive(Serialize)]
struct Statements {
    statements: Vec<Shown>,
    more: bool,
}

async fn list(
    State(face): State<Face>,
    caller: Caller,
    Asked(which): Asked<Which>,
) -> Result<Json<Statements>, Problem> {
    let after = which.after.map(|id| id.parse::<StatementId>()).transpose();
    let query = StatementQuery {
        subject: which.subject,
        party: which.party,
        stance: which.stance.as_deref().map(word::<Stance>).transpose()?,
        // What is no id is the id of nothing.
        after: after.map_err(|_| Problem::not_found())?,
        limit: which
            .limit
            .unwrap_or(face.settings.default_page)
            .min(face.settings.max_page),
    };
    let page = face.office.statements(&caller, &query)?;
    Ok(Json(Statements {
        statements: page.statements.into_iter().map(Shown::from).collect(),
        more: page.more,
    }))
}

/// A link in a chain of sources.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewSource {
    kind: String,
    name: String,
}

fn chain(sources: Vec<NewSource>) -> Result<Vec<SourceLink>, Problem> {
    let link = |one: NewSource| {
        Ok(SourceLink {
            kind: word::<SourceKind>(&one.kind)?,
            name: one.name,
        })
    };
    sources.into_iter().map(link).collect()
}

/// A sentence of an article.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewEvidence {
    article: String,
    sentence: String,
}

/// A digest as 64 hexadecimal digits.
fn digest(text: &str) -> Option<Digest> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let read = |[high, low]: &[u8; 2]| Some(digit(*high)? << 4 | digit(*low)?);
    let bytes: Option<Vec<u8>> = pairs.iter().map(read).collect();
    let bytes: [u8; 32] = bytes.filter(|_| rest.is_empty())?.try_into().ok()?;
    Some(Digest::from_bytes(bytes))
}

/// A statement to be recorded.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    id: Option<StatementId>,
    subject: StatementSubject,
    point: Slug,
    stance: String,
    name: Option<String>,
    role: Option<String>,
    party: Option<PartyCode>,
    said: Instant,
    #[serde(default)]
    place: String,
    #[serde(default)]
    quoted: bool,
    text: String,
    #[serde(default)]
    sources: Vec<NewSource>,
    #[serde(default)]
    evidence: Vec<NewEvidence>,
    corrects: Option<StatementId>,
}

async fn add(
    State(face): State<Face>,
    caller: Caller,
    Sent(new): Sent<New>,
) -> Result<(StatusCode, Json<Shown>), Problem> {
    let evidence = new.evidence.into_iter().map(|one| {
        let article = digest(&one.article).ok_or_else(|| {
            let text = format!("`{}` is not the digest of an article", one.article);
            invalid("statement.unknown-article", text)
        })?;
        Ok(Evidence {
            article,
            sentence: one.sentence,
        })
    });
    let evidence: Result<Vec<Evidence>, Problem> = evidence.collect();
    let new = NewStatement {
        id: new.id,
        saying: Saying {
            subject: new.subject,
            point: new.point,
            stance: word(&new.stance)?,
            speaker: Speaker {
                name: new.name,
                role: new.role,
                party: new.party,
            },
            said: new.said,
            place: new.place,
            quoted: new.quoted,
            text: new.text,
            sources: chain(new.sources)?,
        },
        evidence: evidence?,
        corrects: new.corrects,
    };
    let shown = face.office.record_statement(&caller, new).await?;
    Ok((StatusCode::CREATED, Json(shown.into())))
}

async fn show(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<StatementId>,
) -> Result<Json<Shown>, Problem> {
    Ok(Json(face.office.statement(&caller, &id)?.into()))
}

/// What is to be otherwise.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Changes {
    point: Option<Slug>,
    stance: Option<String>,
    name: Option<String>,
    role: Option<String>,
    party: Option<PartyCode>,
    said: Option<Instant>,
    place: Option<String>,
    quoted: Option<bool>,
    text: Option<String>,
    sources: Option<Vec<NewSource>>,
}

impl TryFrom<Changes> for StatementChanges {
    type Error = Problem;

    fn try_from(new: Changes) -> Result<Self, Problem> {
        Ok(Self {
            point: new.point,
            stance: new.stance.as_deref().map(word).transpose()?,
            name: new.name,
            role: new.role,
            party: new.party,
            said: new.said,
            place: new.place,
            quoted: new.quoted,
            text: new.text,
            sources: new.sources.map(chain).transpose()?,
        })
    }
}

async fn correct(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<StatementId>,
    Sent(changes): Sent<Changes>,
) -> Result<(StatusCode, Json<Shown>), Problem> {
    let changes = changes.try_into()?;
    let shown = face.office.correct_statement(&caller, id, changes).await?;
    Ok((StatusCode::CREATED, Json(shown.into())))
}

/// Why.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reason {
    reason: String,
}

async fn retract(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<StatementId>,
    Sent(Reason { reason }): Sent<Reason>,
) -> Result<Json<Shown>, Problem> {
    let shown = face.office.retract_statement(&caller, id, reason).await?;
    Ok(Json(shown.into()))
}

/// What something was said about.
#[derive(Serialize)]
struct Subjects {
    subjects: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    subject: StatementSubject,
    statements: usize,
    last: Option<Instant>,
}

async fn subjects(State(face): State<Face>, caller: Caller) -> Result<Json<Subjects>, Problem> {
    let rows = face.office.subjects(&caller)?.into_iter();
    let subjects = rows.map(|row| Row {
        subject: row.subject,
        statements: row.statements,
        last: row.last,
    });
    Ok(Json(Subjects {
        subjects: subjects.collect(),
    }))
}

/// As of when.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct When {
    said_by: Option<Instant>,
    recorded_by: Option<Instant>,
}

async fn subject(
    State(face): State<Face>,
    caller: Caller,
    Named(subject): Named<StatementSubject>,
    Asked(when): Asked<When>,
) -> Result<Json<SubjectPage>, Problem> {
    let page = face
        .office
        .subject(&caller, &subject, when.said_by, when.recorded_by)?;
    Ok(Json(page.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_read_as_it_is_written() {
        let of = Digest::of(b"x");
        assert_eq!(digest(&of.to_string()), Some(of));
        for text in [
            "",
            "ab",
            &of.to_string()[1..],
            &of.to_string().to_uppercase(),
        ] {
            assert_eq!(digest(text), None, "{text}");
        }
    }
}
