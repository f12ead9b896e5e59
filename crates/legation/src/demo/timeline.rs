//! What was said in public about an office in Tokyo, in words of our own and by its facts only.
//!
//! Dates, speakers and stances are those of the public reporting of 2023. It is sample data: it
//! says nothing of its own about anybody.

use legation_core::act::{SourceKind, Stance};

/// Something that was said.
pub(super) struct Said {
    /// The day.
    pub(super) on: &'static str,
    /// About which point.
    pub(super) point: &'static str,
    pub(super) stance: Stance,
    /// A party or a state, by its code.
    pub(super) party: Option<&'static str>,
    pub(super) name: Option<&'static str>,
    pub(super) role: Option<&'static str>,
    pub(super) place: &'static str,
    pub(super) text: &'static str,
    /// From whoever printed it to whom it goes back to.
    pub(super) sources: &'static [(SourceKind, &'static str)],
}

/// The timeline, not in its order: an office records what it comes to know.
pub(super) const TIMELINE: [Said; 8] = [
    Said {
        on: "2023-05-03T00:00:00Z",
        point: "opening",
        stance: Stance::Reported,
        party: None,
        name: Some("Nikkei Asia"),
        role: None,
        place: "Nikkei Asia",
        text: "The alliance plans to open a liaison office in Tokyo in 2024, with one person in it.",
        sources: &[
            (SourceKind::Outlet, "Nikkei Asia"),
            (SourceKind::Unnamed, "officials of both sides"),
        ],
    },
    Said {
        on: "2023-05-03T12:00:00Z",
        point: "opening",
        stance: Stance::DeclinedToComment,
        party: Some("NATO"),
        name: None,
        role: Some("spokesperson"),
        place: "Brussels",
        text: "The alliance says nothing about deliberations of its members that go on.",
        sources: &[(SourceKind::Party, "NATO")],
    },
    Said {
        on: "2023-05-10T00:00:00Z",
        point: "talks",
        stance: Stance::Confirmed,
        party: Some("JPN"),
        name: Some("Yoshimasa Hayashi"),
        role: Some("foreign minister"),
        place: "CNN",
        text: "Talks about an office are under way; nothing is settled yet.",
        sources: &[
            (SourceKind::Outlet, "CNN"),
            (SourceKind::Person, "Yoshimasa Hayashi"),
        ],
    },
    Said {
        on: "2023-05-04T00:00:00Z",
        point: "opening",
        stance: Stance::Objected,
        party: Some("CHN"),
        name: None,
        role: Some("spokesperson of the foreign ministry"),
        place: "Beijing",
        text: "China is against the alliance reaching further east.",
        sources: &[(SourceKind::Party, "CHN")],
    },
    Said {
        on: "2023-05-24T00:00:00Z",
        point: "membership",
        stance: Stance::Denied,
        party: Some("JPN"),
        name: Some("Fumio Kishida"),
        role: Some("prime minister"),
        place: "Tokyo, in parliament",
        text: "Japan does not plan to become a member.",
        sources: &[(SourceKind::Person, "Fumio Kishida")],
    },
    Said {
        on: "2023-06-05T00:00:00Z",
        point: "opening",
        stance: Stance::Reported,
        party: None,
        name: Some("Financial Times"),
        role: None,
        place: "Financial Times",
        text: "France's president is against an office in Tokyo.",
        sources: &[
            (SourceKind::Outlet, "Financial Times"),
            (SourceKind::Unnamed, "people familiar with the talks"),
        ],
    },
    Said {
        on: "2023-07-12T00:00:00Z",
        point: "opening",
        stance: Stance::NotConfirmed,
        party: Some("NATO"),
        name: Some("Jens Stoltenberg"),
        role: Some("Secretary General"),
        place: "Vilnius",
        text: "The question of an office stays on the table and will be looked at later.",
        sources: &[(SourceKind::Person, "Jens Stoltenberg")],
    },
    Said {
        on: "2023-07-12T12:00:00Z",
        point: "opening",
        stance: Stance::Objected,
        party: Some("FRA"),
        name: Some("Emmanuel Macron"),
        role: Some("president"),
        place: "Vilnius",
        text: "The alliance's field is the North Atlantic, and an office there does not fit it.",
        sources: &[(SourceKind::Person, "Emmanuel Macron")],
    },
];
