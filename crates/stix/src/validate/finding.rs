//! What a validation has to tell, each with its place, code and section.
//!
//! Not the rules: they say when something is told.

use std::borrow::Cow;
use std::fmt;

use crate::json;

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the standard knows requirements and recommendations (RFC 2119)"
)]
pub enum Severity {
    /// Something that should be otherwise: the object is valid.
    Warning,
    /// Something that must be otherwise: the object is not valid.
    Error,
}

impl Severity {
    /// `error` or `warning`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One thing that is, or should be, otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// How much it weighs.
    pub severity: Severity,
    /// The stable code, `stix.missing`.
    pub code: &'static str,
    /// The JSON pointer (RFC 6901) of the value, or of the object that lacks something.
    pub pointer: String,
    /// Bytes of the object before it; of the whole text for what concerns a bundle.
    pub offset: usize,
    /// The section of STIX 2.1 that says so, `6.7.2`; for a fault of the JSON, `RFC 8259`.
    pub section: &'static str,
    /// What is wrong and what to do.
    pub text: Cow<'static, str>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            severity,
            code,
            pointer,
            section,
            text,
            ..
        } = self;
        let (pointer, space) = match pointer.as_str() {
            "" => ("", ""),
            pointer => (pointer, " "),
        };
        write!(f, "{severity} {code} {pointer}{space}({section}): {text}")
    }
}

/// What a validation found, in the order in which the rules stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// The findings; none if there is nothing to say.
    pub findings: Vec<Finding>,
    /// How many warnings are not among them, because no more were asked for.
    pub more_warnings: usize,
}

impl Report {
    /// Whether nothing breaks a requirement of the standard.
    pub fn is_valid(&self) -> bool {
        self.errors().next().is_none()
    }

    /// What breaks a requirement.
    pub fn errors(&self) -> impl Iterator<Item = &Finding> {
        self.of(Severity::Error)
    }

    /// What breaks a recommendation.
    pub fn warnings(&self) -> impl Iterator<Item = &Finding> {
        self.of(Severity::Warning)
    }

    fn of(&self, severity: Severity) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |f| f.severity == severity)
    }

    /// The report on a text that is not JSON.
    pub(crate) fn of_json(error: &json::JsonError) -> Self {
        let finding = Finding {
            severity: Severity::Error,
            code: error.code(),
            pointer: error.place.pointer.clone(),
            offset: error.place.offset,
            section: "RFC 8259",
            text: Cow::Owned(error.fault.to_string()),
        };
        let findings = vec![finding];
        let more_warnings = 0;
        Self {
            findings,
            more_warnings,
        }
    }
}

/// The codes of findings. Those that the head of an object has too mean the same here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    BundleId,
    BundleInside,
    Custom,
    Deprecated,
    DictionaryKey,
    Duplicate,
    EmptyList,
    EmptyObject,
    Enumeration,
    Extension,
    ExtensionUse,
    ExternalReference,
    Hash,
    IdForm,
    IdType,
    IdVersion,
    KindForm,
    Missing,
    NotAnObject,
    Order,
    PropertyName,
    Range,
    Recommended,
    RefType,
    RelationshipType,
    Reserved,
    Selector,
    SelectorMissing,
    SelfMarking,
    SpecVersion,
    Timestamp,
    Together,
    Value,
    Vocabulary,
    WrongType,
}

impl Code {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::BundleId => "stix.bundle-id",
            Self::BundleInside => "stix.bundle-inside",
            Self::Custom => "stix.custom",
            Self::Deprecated => "stix.deprecated",
            Self::DictionaryKey => "stix.dictionary-key",
            Self::Duplicate => "stix.duplicate",
            Self::EmptyList => "stix.empty-list",
            Self::EmptyObject => "stix.empty-object",
            Self::Enumeration => "stix.enumeration",
            Self::Extension => "stix.extension",
            Self::ExtensionUse => "stix.extension-use",
            Self::ExternalReference => "stix.external-reference",
            Self::Hash => "stix.hash",
            Self::IdForm => "stix.id-form",
            Self::IdType => "stix.id-type",
            Self::IdVersion => "stix.id-version",
            Self::KindForm => "stix.type-form",
            Self::Missing => "stix.missing",
            Self::NotAnObject => "stix.not-an-object",
            Self::Order => "stix.order",
            Self::PropertyName => "stix.property-name",
            Self::Range => "stix.range",
            Self::Recommended => "stix.recommended",
            Self::RefType => "stix.ref-type",
            Self::RelationshipType => "stix.relationship-type",
            Self::Reserved => "stix.reserved",
            Self::Selector => "stix.selector",
            Self::SelectorMissing => "stix.selector-missing",
            Self::SelfMarking => "stix.self-marking",
            Self::SpecVersion => "stix.spec-version",
            Self::Timestamp => "stix.timestamp",
            Self::Together => "stix.together",
            Self::Value => "stix.value",
            Self::Vocabulary => "stix.vocabulary",
            Self::WrongType => "stix.wrong-type",
        }
    }
}

/// The longest piece of somebody's input in a text.
const QUOTE_MAX: usize = 120;

/// The beginning of somebody's input, for a text.
pub(crate) fn quote(text: &str) -> &str {
    match text.char_indices().nth(QUOTE_MAX) {
        Some((end, _)) => text.get(..end).unwrap_or(text),
        None => text,
    }
}

/// Names with commas between, each in backticks.
pub(crate) fn list(names: &[&str]) -> String {
    let mut text = String::new();
    for (n, name) in names.iter().enumerate() {
        if n > 0 {
            text.push_str(", ");
        }
        text.push('`');
        text.push_str(name);
        text.push('`');
    }
    text
}
