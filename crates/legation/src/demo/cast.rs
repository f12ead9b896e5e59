//! The sample data, as it lies in the repository under `demo/`; all of it written for it.

/// A sample file by its path under `demo/`.
macro_rules! sample {
    ($path:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../demo/", $path))
    };
}

/// A party of the sample office.
pub(super) struct Part {
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    pub(super) status: &'static str,
    pub(super) zone: &'static str,
    /// Bundles by area.
    pub(super) records: &'static [(&'static str, &'static str)],
}

/// The host.
pub(super) const HOST: Part = Part {
    code: "NATO",
    name: "North Atlantic Treaty Organization (sample)",
    status: "host",
    zone: "Europe/Brussels",
    records: &[
        ("cyber", sample!("records/nato-cyber.json")),
        ("space", sample!("records/nato-space.json")),
    ],
};

/// The members and partners.
pub(super) const PARTIES: [Part; 8] = [
    Part {
        code: "USA",
        name: "United States (sample)",
        status: "member",
        zone: "America/New_York",
        records: &[
            ("cyber", sample!("records/usa-cyber.json")),
            ("space", sample!("records/usa-space.json")),
        ],
    },
    Part {
        code: "FRA",
        name: "France (sample)",
        status: "member",
        zone: "Europe/Paris",
        records: &[
            ("cyber", sample!("records/fra-cyber.json")),
            ("space", sample!("records/fra-space.json")),
        ],
    },
    Part {
        code: "GBR",
        name: "United Kingdom (sample)",
        status: "member",
        zone: "Europe/London",
        records: &[
            ("cyber", sample!("records/gbr-cyber.json")),
            ("space", sample!("records/gbr-space.json")),
        ],
    },
    Part {
        code: "NOR",
        name: "Norway (sample)",
        status: "member",
        zone: "Europe/Oslo",
        records: &[
            ("cyber", sample!("records/nor-cyber.json")),
            ("space", sample!("records/nor-space.json")),
        ],
    },
    Part {
        code: "JPN",
        name: "Japan (sample)",
        status: "partner",
        zone: "Asia/Tokyo",
        records: &[("cyber", sample!("records/jpn-cyber.json"))],
    },
    Part {
        code: "KOR",
        name: "Republic of Korea (sample)",
        status: "partner",
        zone: "Asia/Seoul",
        records: &[
            ("cyber", sample!("records/kor-cyber.json")),
            ("space", sample!("records/kor-space.json")),
        ],
    },
    Part {
        code: "AUS",
        name: "Australia (sample)",
        status: "partner",
        zone: "Australia/Canberra",
        records: &[
            ("cyber", sample!("records/aus-cyber.json")),
            ("space", sample!("records/aus-space.json")),
        ],
    },
    Part {
        code: "NZL",
        name: "New Zealand (sample)",
        status: "partner",
        zone: "Pacific/Auckland",
        records: &[
            ("cyber", sample!("records/nzl-cyber.json")),
            ("space", sample!("records/nzl-space.json")),
        ],
    },
];

/// The agreements that hold when the curtain rises, in the order of their signing.
pub(super) const AGREEMENTS: [&str; 5] = [
    sample!("agreements/nato-charter-1.md"),
    sample!("agreements/nato-jpn-1.md"),
    sample!("agreements/nato-kor-1.md"),
    sample!("agreements/nato-aus-1.md"),
    sample!("agreements/nato-nzl-1.md"),
];

/// The programme that supersedes JPN's first.
pub(super) const AMENDMENT: &str = sample!("agreements/nato-jpn-2.md");

/// What JPN files as soon as its new programme gives on space too.
pub(super) const AFTER_AMENDMENT: (&str, &str) = ("space", sample!("records/jpn-space.json"));

/// The house rules.
pub(super) const HOUSE: &str = sample!("house.toml");
