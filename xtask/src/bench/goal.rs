//! The figures that count: what each is, what it must reach and what it aims at.
//!
//! Not here: how it is measured; that is said in the file of its group.

/// Rows that are measured together, because they need the same office.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    /// Reading ATT&CK over HTTP.
    Read,
    /// Other TAXII servers.
    Other,
    /// Filing ATT&CK.
    Filing,
    /// A million records and a hundred parties.
    Million,
    /// One party's flood.
    Flood,
    /// How the figures grow.
    Growth,
    /// Patterns of indicators.
    Pattern,
    /// Validation of STIX.
    Validate,
    /// News articles.
    Press,
}

impl Group {
    pub(crate) const ALL: [Self; 9] = [
        Self::Read,
        Self::Other,
        Self::Filing,
        Self::Million,
        Self::Flood,
        Self::Growth,
        Self::Pattern,
        Self::Validate,
        Self::Press,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Other => "other",
            Self::Filing => "filing",
            Self::Million => "million",
            Self::Flood => "flood-group",
            Self::Growth => "growth",
            Self::Pattern => "pattern",
            Self::Validate => "validate",
            Self::Press => "press-group",
        }
    }
}

/// What a figure is held against.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Bound {
    AtLeast(f64),
    AtMost(f64),
    /// For information.
    None,
}

/// A row of the table.
pub(crate) struct Goal {
    pub(crate) name: &'static str,
    pub(crate) group: Group,
    pub(crate) what: &'static str,
    pub(crate) must: Bound,
    pub(crate) aim: Bound,
    pub(crate) unit: &'static str,
}

const fn least(name: &'static str, group: Group, what: &'static str, must: f64, aim: f64) -> Goal {
    Goal {
        name,
        group,
        what,
        must: Bound::AtLeast(must),
        aim: Bound::AtLeast(aim),
        unit: "",
    }
}

const fn most(name: &'static str, group: Group, what: &'static str, must: f64, aim: f64) -> Goal {
    Goal {
        name,
        group,
        what,
        must: Bound::AtMost(must),
        aim: Bound::AtMost(aim),
        unit: "",
    }
}

const fn told(name: &'static str, group: Group, what: &'static str) -> Goal {
    Goal {
        name,
        group,
        what,
        must: Bound::None,
        aim: Bound::None,
        unit: "",
    }
}

/// Every row, in the order of the table.
pub(crate) const GOALS: [Goal; 33] = [
    least(
        "read-1",
        Group::Read,
        "full read, limit=1000, 1 connection, gate and receipts on: bytes/s against nginx's static files",
        0.4,
        0.8,
    ),
    least("read-8", Group::Read, "the same, 8 connections", 0.4, 0.8),
    told(
        "read-first",
        Group::Read,
        "first full read after a start, one plain sequential reader, against the same reader at nginx",
    ),
    told(
        "read-cold",
        Group::Read,
        "the same, the journal's file and nginx's files dropped from the page cache before",
    ),
    least(
        "read-other",
        Group::Other,
        "full read, limit=1000, 8 connections: records/s against the best other server",
        20.0,
        50.0,
    ),
    least(
        "poll",
        Group::Read,
        "`added_after` poll with nothing new, 8 connections: requests/s against nginx's file `{}`",
        0.4,
        0.8,
    ),
    most(
        "few",
        Group::Million,
        "page of 100 at a million records, party that sees 0.1 % against party that sees all, engine",
        1.5,
        1.1,
    ),
    told(
        "few-cut",
        Group::Million,
        "the same, the page cut from the view alone: no receipt, no bodies",
    ),
    most(
        "few-http",
        Group::Million,
        "the same over HTTP, pages of like records",
        1.5,
        1.1,
    ),
    most(
        "match-type",
        Group::Read,
        "`match[type]`: time per byte against unfiltered",
        1.3,
        1.05,
    ),
    most(
        "match-id",
        Group::Read,
        "`match[id]` (50 ids): time against the same bytes unfiltered",
        1.3,
        1.05,
    ),
    least(
        "file-other",
        Group::Other,
        "filing ATT&CK in envelopes of 1,000, one client, durable: per record against opentaxii",
        100.0,
        300.0,
    ),
    least(
        "file-bare",
        Group::Filing,
        "the same against its bodies put into bare LMDB with the same commits",
        0.5,
        0.8,
    ),
    told(
        "file-bare-engine",
        Group::Filing,
        "the same filed through the engine in process, without HTTP",
    ),
    least(
        "amend",
        Group::Million,
        "amendment that releases a million records, 100 parties, until the party's next page: against judging every record anew for every party",
        200.0,
        2000.0,
    ),
    told(
        "amend-one",
        Group::Million,
        "the same against judging every record anew for the amended party alone",
    ),
    least(
        "amend-back",
        Group::Million,
        "amendment that takes them away again, against judging every record anew for every party",
        200.0,
        2000.0,
    ),
    most(
        "start",
        Group::Million,
        "start with a million records and 100 parties, to the first page over HTTP, against `cat` of the data directory from the page cache",
        1.0,
        0.3,
    ),
    Goal {
        name: "heap",
        group: Group::Million,
        what: "heap at a million records and 100 parties, bytes a record",
        must: Bound::AtMost(200.0),
        aim: Bound::AtMost(60.0),
        unit: "B",
    },
    most(
        "who",
        Group::Million,
        "`who` at a million records, 10,000 receipts per party, against one page of 100",
        1.0,
        0.2,
    ),
    most("why", Group::Million, "`why`, likewise", 1.0, 0.2),
    most(
        "start-receipts",
        Group::Million,
        "start with those receipts too, against `cat`",
        1.0,
        0.3,
    ),
    most(
        "size",
        Group::Filing,
        "data directory of ATT&CK against the raw bytes filed",
        1.3,
        0.5,
    ),
    most(
        "size-million",
        Group::Million,
        "data directory of a million records against the raw bytes filed",
        1.3,
        0.5,
    ),
    Goal {
        name: "flood",
        group: Group::Flood,
        what: "one party's flood: another's p99 against quiet",
        must: Bound::AtMost(2.0),
        aim: Bound::None,
        unit: "",
    },
    told(
        "flood-median",
        Group::Flood,
        "one party's flood: another's median against quiet",
    ),
    told(
        "growth",
        Group::Growth,
        "page of 100 at the largest size of the plots against the smallest",
    ),
    most(
        "pattern-growth",
        Group::Pattern,
        "one observation against a million patterns against the same against a thousand, indexed",
        10.0,
        2.0,
    ),
    Goal {
        name: "pattern-bytes",
        group: Group::Pattern,
        what: "heap of the index at a million patterns, bytes a pattern",
        must: Bound::AtMost(400.0),
        aim: Bound::AtMost(200.0),
        unit: "B",
    },
    least(
        "pattern-other",
        Group::Pattern,
        "observations/s against a thousand patterns, indexed: against stix2-matcher",
        1000.0,
        10_000.0,
    ),
    most(
        "validate-value",
        Group::Validate,
        "validating ATT&CK on one core against `serde_json` parsing the same bytes into `Value`",
        4.0,
        1.0,
    ),
    least(
        "validate-other",
        Group::Validate,
        "validating objects of ATT&CK: against stix2-validator",
        100.0,
        1000.0,
    ),
    Goal {
        name: "press",
        group: Group::Press,
        what: "articles found in their pages and put into stories on two cores",
        must: Bound::AtLeast(2_000.0),
        aim: Bound::AtLeast(5_000.0),
        unit: "/s",
    },
];

impl Goal {
    /// What a figure comes to.
    pub(crate) fn verdict(&self, figure: f64) -> &'static str {
        match (self.must, self.aim) {
            (Bound::None, _) => "",
            (_, aim) if aim != Bound::None && aim.holds(figure) => "aim",
            (must, _) if must.holds(figure) => "must",
            _ => "MISSED",
        }
    }
}

impl Bound {
    fn holds(self, figure: f64) -> bool {
        match self {
            Self::AtLeast(bound) => figure >= bound,
            Self::AtMost(bound) => figure <= bound,
            Self::None => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(name: &str) -> &'static Goal {
        GOALS.iter().find(|goal| goal.name == name).unwrap()
    }

    #[test]
    fn a_verdict_knows_both_directions() {
        let read = find("read-1");
        assert_eq!(
            [0.3, 0.4, 0.9].map(|x| read.verdict(x)),
            ["MISSED", "must", "aim"]
        );
        let heap = find("heap");
        assert_eq!(
            [300.0, 200.0, 60.0].map(|x| heap.verdict(x)),
            ["MISSED", "must", "aim"]
        );
        assert_eq!(find("flood").verdict(1.5), "must");
        assert_eq!(find("growth").verdict(1e9), "");
    }

    #[test]
    fn names_are_told_apart() {
        let names: Vec<&str> = GOALS.iter().map(|goal| goal.name).collect();
        let groups = Group::ALL.map(Group::name);
        for (at, name) in names.iter().enumerate() {
            assert!(!names.get(..at).unwrap().contains(name), "{name}");
        }
        assert!(
            groups
                .iter()
                .filter(|g| **g != "growth")
                .all(|g| !names.contains(g))
        );
    }
}
