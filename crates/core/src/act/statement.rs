//! Acts about what was said in public, and the press. What follows from them is folded in
//! [`crate::affairs::statement`].
//!
//! A statement is kept as it was recorded for good: a correction is another statement that says what
//! it replaces, and a retraction says why one should never have been recorded.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use minicbor::{Decode, Encode};

use crate::id::{
    AgreementId, DecisionId, Digest, IdError, LiaisonId, PartyCode, ProposalId, Slug, StatementId,
};
use crate::time::Instant;

/// Something that was said in public is put on the record, or what the press wrote of it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[non_exhaustive]
pub enum StatementAct {
    /// A statement is put on the record.
    #[n(0)]
    Record(#[n(0)] RecordStatement),
    /// A statement should never have been recorded.
    #[n(1)]
    Retract(#[n(0)] RetractStatement),
    /// What a paper printed is filed.
    #[n(2)]
    FileArticle(#[n(0)] FileArticle),
    /// A statement is found in the press and proposed.
    #[n(3)]
    Propose(#[n(0)] Propose),
    /// Another paper printed what was proposed before.
    #[n(4)]
    Support(#[n(0)] SupportProposal),
    /// A proposal is edited.
    #[n(5)]
    Revise(#[n(0)] ReviseProposal),
    /// A proposal is turned down.
    #[n(6)]
    Reject(#[n(0)] RejectProposal),
    /// A name comes to stand for a party.
    #[n(7)]
    AddAlias(#[n(0)] AddAlias),
    /// A name stands for a party no more.
    #[n(8)]
    RemoveAlias(#[n(0)] RemoveAlias),
}

/// How somebody stands to a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
#[expect(
    clippy::exhaustive_enums,
    reason = "whoever judges a stance must judge each"
)]
pub enum Stance {
    /// Said it of its own accord.
    #[n(0)]
    Announced,
    /// Passed on what others say.
    #[n(1)]
    Reported,
    /// Said that what was reported is so.
    #[n(2)]
    Confirmed,
    /// Would or could not say that it is so.
    #[n(3)]
    NotConfirmed,
    /// Said that it is not so.
    #[n(4)]
    Denied,
    /// Is against it.
    #[n(5)]
    Objected,
    /// Would say nothing.
    #[n(6)]
    DeclinedToComment,
    /// Took back or put right what it had said.
    #[n(7)]
    Corrected,
}

impl Stance {
    /// Every stance.
    pub const ALL: [Self; 8] = [
        Self::Announced,
        Self::Reported,
        Self::Confirmed,
        Self::NotConfirmed,
        Self::Denied,
        Self::Objected,
        Self::DeclinedToComment,
        Self::Corrected,
    ];

    /// The stance as written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Announced => "announced",
            Self::Reported => "reported",
            Self::Confirmed => "confirmed",
            Self::NotConfirmed => "not confirmed",
            Self::Denied => "denied",
            Self::Objected => "objected",
            Self::DeclinedToComment => "declined to comment",
            Self::Corrected => "corrected",
        }
    }
}

/// A text that is none of the words that there are for something.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{given}` is no {what}; write one of {choices}")]
pub struct WordError {
    what: &'static str,
    choices: String,
    given: String,
}

impl WordError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        "statement.unknown-word"
    }
}

fn one_of<T: Copy>(
    what: &'static str,
    all: &[T],
    name: fn(T) -> &'static str,
    given: &str,
) -> Result<T, WordError> {
    let plain = given.replace('-', " ");
    let found = all.iter().find(|one| name(**one) == plain);
    found.copied().ok_or_else(|| {
        let choices: Vec<&str> = all.iter().map(|one| name(*one)).collect();
        WordError {
            what,
            choices: choices.join(", "),
            given: given.chars().take(80).collect(),
        }
    })
}

impl FromStr for Stance {
    type Err = WordError;

    /// Reads the stance as written, hyphens in place of blanks allowed.
    fn from_str(text: &str) -> Result<Self, WordError> {
        one_of("stance", &Self::ALL, Self::as_str, text)
    }
}

/// What a statement is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[non_exhaustive]
pub enum StatementSubject {
    /// A liaison office of the alliance.
    #[n(0)]
    Office(#[n(0)] LiaisonId),
    /// A decision.
    #[n(1)]
    Decision(#[n(0)] DecisionId),
    /// An agreement.
    #[n(2)]
    Agreement(#[n(0)] AgreementId),
    /// Anything else, by a name that staff chose.
    #[n(3)]
    Matter(#[n(0)] Slug),
}

impl fmt::Display for StatementSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Office(id) => write!(f, "office:{id}"),
            Self::Decision(id) => write!(f, "decision:{id}"),
            Self::Agreement(id) => write!(f, "agreement:{id}"),
            Self::Matter(name) => write!(f, "matter:{name}"),
        }
    }
}

impl FromStr for StatementSubject {
    type Err = IdError;

    /// Reads `office:ID`, `decision:ID`, `agreement:ID` or `matter:NAME`.
    fn from_str(text: &str) -> Result<Self, IdError> {
        match text.split_once(':') {
            Some(("office", id)) => id.parse().map(Self::Office),
            Some(("decision", id)) => id.parse().map(Self::Decision),
            Some(("agreement", id)) => id.parse().map(Self::Agreement),
            Some(("matter", name)) => name.parse().map(Self::Matter),
            _ => Err(IdError::new(
                "a subject",
                "`office:`, `decision:` or `agreement:` and an id, or `matter:` and a name",
                text,
            )),
        }
    }
}

impl serde::Serialize for StatementSubject {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for StatementSubject {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Who said it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Speaker {
    /// By name, if one is known: of a person, an outlet, a ministry.
    #[n(0)]
    pub name: Option<String>,
    /// In what role: `Secretary General`, `a spokesman for the foreign ministry`.
    #[n(1)]
    pub role: Option<String>,
    /// For which party. A state that is no party of the office stands by its ISO 3166-1 alpha-3 code.
    #[n(2)]
    pub party: Option<PartyCode>,
}

/// What a link in a chain of sources is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
#[expect(
    clippy::exhaustive_enums,
    reason = "whoever judges a source must judge each"
)]
pub enum SourceKind {
    /// A paper, a broadcaster, a site.
    #[n(0)]
    Outlet,
    /// A news agency.
    #[n(1)]
    Agency,
    /// A party or a state, through an office of its own.
    #[n(2)]
    Party,
    /// A person by name.
    #[n(3)]
    Person,
    /// Somebody whom the one before does not name.
    #[n(4)]
    Unnamed,
}

impl SourceKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::Outlet,
        Self::Agency,
        Self::Party,
        Self::Person,
        Self::Unnamed,
    ];

    /// The kind as written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Outlet => "outlet",
            Self::Agency => "agency",
            Self::Party => "party",
            Self::Person => "person",
            Self::Unnamed => "unnamed",
        }
    }
}

impl FromStr for SourceKind {
    type Err = WordError;

    fn from_str(text: &str) -> Result<Self, WordError> {
        one_of("kind of source", &Self::ALL, Self::as_str, text)
    }
}

/// One link of "outlet A, citing B, citing unnamed officials".
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub struct SourceLink {
    /// What it is.
    #[n(0)]
    pub kind: SourceKind,
    /// Its name, or what it is called where it has none: `senior officials`.
    #[n(1)]
    pub name: String,
}

/// What was said, about what, by whom.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Saying {
    /// About what.
    #[n(0)]
    pub subject: StatementSubject,
    /// About which point of it: `opening-date`.
    #[n(1)]
    pub point: Slug,
    /// How the speaker stands to it.
    #[n(2)]
    pub stance: Stance,
    /// Who.
    #[n(3)]
    pub speaker: Speaker,
    /// When it was said; midnight where only the day is known.
    #[n(4)]
    pub said: Instant,
    /// Where: an outlet, a place, an occasion. Empty where nobody knows.
    #[n(5)]
    pub place: String,
    /// Whether the text is the speaker's own words.
    #[n(6)]
    pub quoted: bool,
    /// What was said.
    #[n(7)]
    pub text: String,
    /// How it came here, from whoever printed it to whom it goes back to.
    #[n(8)]
    pub sources: Vec<SourceLink>,
}

/// A sentence of an article that the office holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub struct Evidence {
    /// The digest of the article's bytes.
    #[n(0)]
    pub article: Digest,
    /// The sentence as it stands there.
    #[n(1)]
    pub sentence: String,
}

/// What a statement has to do with an earlier one of the same subject.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[non_exhaustive]
pub enum Link {
    /// The office recorded the earlier one wrongly: it never counted.
    #[n(0)]
    Replaces(#[n(0)] StatementId),
    /// The speaker puts the earlier one right: it counts until this was said.
    #[n(1)]
    Corrects(#[n(0)] StatementId),
}

impl Link {
    /// The earlier one.
    pub fn earlier(&self) -> &StatementId {
        match self {
            Self::Replaces(id) | Self::Corrects(id) => id,
        }
    }
}

/// A statement is put on the record.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct RecordStatement {
    /// Its id.
    #[n(0)]
    pub id: StatementId,
    /// What was said.
    #[n(1)]
    pub saying: Saying,
    /// Where it can be read.
    #[n(2)]
    pub evidence: Vec<Evidence>,
    /// What it has to do with an earlier one.
    #[n(3)]
    pub link: Option<Link>,
    /// The proposal that staff accepts with it.
    #[n(4)]
    pub proposal: Option<ProposalId>,
}

/// A statement should never have been recorded.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct RetractStatement {
    /// Which.
    #[n(0)]
    pub id: StatementId,
    /// Why.
    #[n(1)]
    pub reason: String,
}

/// The bytes of a file, shared by whoever holds them.
#[derive(Clone, PartialEq, Eq)]
pub struct Sheet(Arc<[u8]>);

impl Sheet {
    /// Those bytes.
    pub fn new(bytes: impl Into<Arc<[u8]>>) -> Self {
        Self(bytes.into())
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Sheet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sheet({} bytes)", self.0.len())
    }
}

impl<C> Encode<C> for Sheet {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.bytes(&self.0)?;
        Ok(())
    }
}

impl<'b, C> Decode<'b, C> for Sheet {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        Ok(Self(d.bytes()?.into()))
    }
}

/// What a paper printed is filed, for the office's own people alone.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct FileArticle {
    /// The SHA-256 of its bytes.
    #[n(0)]
    pub digest: Digest,
    /// The name of the file.
    #[n(1)]
    pub name: String,
    /// Its bytes as they came, at most 1 MiB.
    #[n(2)]
    pub bytes: Sheet,
    /// Who printed it, where staff says so.
    #[n(3)]
    pub outlet: Option<String>,
    /// When it was printed, where staff says so.
    #[n(4)]
    pub printed: Option<Instant>,
}

/// A statement as it is proposed: what nobody could tell from the text is left open.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Draft {
    /// How the speaker stands to it.
    #[n(0)]
    pub stance: Stance,
    /// Who.
    #[n(1)]
    pub speaker: Speaker,
    /// When it was said.
    #[n(2)]
    pub said: Option<Instant>,
    /// Whether the text is the speaker's own words.
    #[n(3)]
    pub quoted: bool,
    /// What was said.
    #[n(4)]
    pub text: String,
    /// How it came here.
    #[n(5)]
    pub sources: Vec<SourceLink>,
    /// About what.
    #[n(6)]
    pub subject: Option<StatementSubject>,
    /// About which point of it.
    #[n(7)]
    pub point: Option<Slug>,
    /// Where it was said.
    #[n(8)]
    pub place: String,
}

/// A statement is found in the press and proposed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Propose {
    /// The id of the proposal.
    #[n(0)]
    pub id: ProposalId,
    /// What is proposed.
    #[n(1)]
    pub draft: Draft,
    /// The sentence in which it was found.
    #[n(2)]
    pub evidence: Evidence,
}

/// Another paper printed what was proposed before.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SupportProposal {
    /// Which proposal.
    #[n(0)]
    pub id: ProposalId,
    /// The sentence there.
    #[n(1)]
    pub evidence: Evidence,
}

/// A proposal is edited.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ReviseProposal {
    /// Which.
    #[n(0)]
    pub id: ProposalId,
    /// What is proposed from now on.
    #[n(1)]
    pub draft: Draft,
}

/// A proposal is turned down.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct RejectProposal {
    /// Which.
    #[n(0)]
    pub id: ProposalId,
    /// Why.
    #[n(1)]
    pub reason: String,
}

/// A name comes to stand for a party.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct AddAlias {
    /// The name as it is written.
    #[n(0)]
    pub name: String,
    /// The party, or a state by its ISO 3166-1 alpha-3 code.
    #[n(1)]
    pub party: PartyCode,
}

/// A name stands for a party no more.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct RemoveAlias {
    /// The name.
    #[n(0)]
    pub name: String,
}
