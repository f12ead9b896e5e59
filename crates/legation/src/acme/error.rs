//! Why there is no certificate. What a CA says is told in its own words, made fit for one line.

use std::fmt;

use serde::Deserialize;

use crate::failure::Failure;

/// How much of what a CA says is told, in characters: its sentences, not its pages.
const TOLD: usize = 600;

/// Why a certificate cannot be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AcmeError {
    /// No name that a CA could vouch for is set.
    #[error(
        "for which name? set `names` of `[acme]`, or a `public_url` with the name under which \
         others find the office"
    )]
    Nameless,
    /// Files are set too.
    #[error(
        "`--acme` and a certificate from files contradict each other: take `certificate` and `key` \
         of `[tls]` away, or ACME"
    )]
    Twice,
    /// The CA does not answer.
    #[error("the CA at {url} cannot be reached: {cause}")]
    Unreachable {
        /// What was asked.
        url: String,
        /// What was wrong.
        #[source]
        cause: Box<ureq::Error>,
    },
    /// The CA says no (RFC 8555 section 6.7).
    #[error("the CA refuses {doing}: {problem}")]
    Refused {
        /// What it refuses.
        doing: &'static str,
        /// What it says.
        problem: Problem,
        /// How many seconds it wants to be left alone.
        wait: Option<u64>,
    },
    /// The CA looked and did not find the office.
    #[error(
        "the CA could not see that this office is `{name}`: {problem}; it connects to port 443 of \
         that name, and must reach the office there"
    )]
    Unproved {
        /// Under which name.
        name: String,
        /// What it says.
        problem: Problem,
    },
    /// The CA has no challenge that an office can meet.
    #[error(
        "the CA does not offer tls-alpn-01 for `{name}`, only {offered}; an office can meet no \
         other challenge"
    )]
    Unoffered {
        /// For which name.
        name: String,
        /// What it offers.
        offered: String,
    },
    /// The CA is still at it.
    #[error("the CA is still at {doing} after {seconds} s")]
    Slow {
        /// What it does.
        doing: &'static str,
        /// For how long.
        seconds: u64,
    },
    /// What the CA says is not what RFC 8555 lets it say.
    #[error("the CA's answer of {url} cannot be understood: {what}")]
    Answer {
        /// What was asked.
        url: String,
        /// What is wrong with it.
        what: String,
    },
    /// What the CA has issued is of no use.
    #[error("the certificate that the CA has issued cannot be used: {0}")]
    Unusable(String),
    /// The CA has refused a while ago, and is not asked again yet.
    #[error("the CA is not asked before {until}, since: {last}; to ask now, delete `{file}`")]
    Waiting {
        /// Until when.
        until: String,
        /// Why.
        last: String,
        /// What remembers it.
        file: String,
    },
    /// Keys and certificates cannot be made here.
    #[error("no key or request can be made: {0}")]
    Making(String),
    /// A file, or the settings of TLS.
    #[error(transparent)]
    Other(#[from] Failure),
}

impl AcmeError {
    /// Its stable code, listed in `docs/errors.md`.
    pub(crate) fn code(&self) -> &str {
        match self {
            Self::Nameless => "acme.nameless",
            Self::Twice => "acme.two-certificates",
            Self::Unreachable { .. } => "acme.unreachable",
            Self::Refused { .. } => "acme.refused",
            Self::Unproved { .. } => "acme.unproved",
            Self::Unoffered { .. } => "acme.no-challenge",
            Self::Slow { .. } => "acme.slow",
            Self::Answer { .. } => "acme.answer",
            Self::Unusable(_) => "acme.unusable",
            Self::Waiting { .. } => "acme.waiting",
            Self::Making(_) => "acme.making",
            Self::Other(failure) => failure.code(),
        }
    }

    /// How long the CA wants to be left alone, in seconds.
    pub(crate) fn wait(&self) -> Option<u64> {
        match self {
            Self::Refused { wait, .. } => *wait,
            _ => None,
        }
    }
}

impl From<AcmeError> for Failure {
    fn from(error: AcmeError) -> Self {
        match error {
            AcmeError::Other(failure) => failure,
            error => Self::new(error.code(), error.to_string()),
        }
    }
}

/// What a CA says is wrong (RFC 7807, RFC 8555 section 6.7).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub(crate) struct Problem {
    /// What kind of error: `urn:ietf:params:acme:error:dns`.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// What happened, for people.
    pub(crate) detail: String,
    /// One for each name, where names differ (section 6.7.1).
    pub(crate) subproblems: Vec<Subproblem>,
}

/// What is wrong with one name.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub(crate) struct Subproblem {
    #[serde(rename = "type")]
    kind: String,
    detail: String,
    identifier: Option<Identifier>,
}

/// What a certificate is for (RFC 8555 section 9.7.7).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub(crate) struct Identifier {
    /// The name.
    pub(crate) value: String,
}

impl Problem {
    /// Whether it is that one of RFC 8555's kinds of errors.
    pub(crate) fn is(&self, kind: &str) -> bool {
        self.kind.strip_prefix("urn:ietf:params:acme:error:") == Some(kind)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = format!("{}: {}", self.kind, self.detail);
        for sub in &self.subproblems {
            let name = sub.identifier.as_ref().map_or("?", |name| &name.value);
            text.push_str(&format!("; `{name}`: {}: {}", sub.kind, sub.detail));
        }
        f.write_str(&fit(&text))
    }
}

/// The words of others, fit for a terminal and for one line of a log.
pub(crate) fn fit(text: &str) -> String {
    let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    plain.take(TOLD).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_ca_says_is_told_in_one_line_that_does_nothing_to_a_terminal() {
        let said = r#"{"type": "urn:ietf:params:acme:error:rejectedIdentifier", "status": 400,
            "detail": "no \u001b[2J\nway", "subproblems": [{"type": "urn:x", "detail": "policy",
            "identifier": {"type": "dns", "value": "a.example"}}]}"#;
        let problem: Problem = serde_json::from_str(said).unwrap();
        assert!(problem.is("rejectedIdentifier"));
        assert_eq!(
            problem.to_string(),
            "urn:ietf:params:acme:error:rejectedIdentifier: no  [2J way; `a.example`: urn:x: policy"
        );
        let long = Problem {
            detail: "x".repeat(10_000),
            ..Problem::default()
        };
        assert_eq!(long.to_string().chars().count(), TOLD);
    }
}
