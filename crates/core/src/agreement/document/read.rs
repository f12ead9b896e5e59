//! From the bytes of an agreement file to a [`Document`], with every fault on the way.
//!
//! Knows the keys and what they may hold; does not know the office ([`Document::check`]).

use super::heritage::{self, Heritage};
use super::{AfterEnd, Document, Give, Mention, Named, Parties, SIZE_MAX, Take};
use crate::agreement::fault::Faults;
use crate::agreement::heading;
use crate::agreement::reader::{
    Codes, Found, Need, OrNone, Reader, Section, decode, shorten, values,
};
use crate::id::{AgreementVersion, AreaName, Kind, PartyCode, PropertyName};
use crate::party::{Audience, Status};
use crate::programme::{Activity, Goal, GoalId, Objective};
use crate::time::Instant;
use std::collections::{BTreeSet, HashMap};

pub(super) static CODES: Codes = Codes {
    byte_order_mark: "agreement.byte-order-mark",
    control_character: "agreement.control-character",
    duplicate: "agreement.duplicate",
    empty_list: "agreement.empty-list",
    empty_text: "agreement.empty-text",
    local_instant: "agreement.local-instant",
    missing_key: "agreement.missing-key",
    not_utf8: "agreement.not-utf-8",
    syntax: "agreement.syntax",
    too_large: "agreement.too-large",
    unknown_key: "agreement.unknown-key",
    wrong_type: "agreement.wrong-type",
};

pub(super) const MALFORMED_NAME: &str = "agreement.malformed-name";
const UNKNOWN_AREA: &str = "agreement.unknown-area";
const UNKNOWN_LEVEL: &str = "agreement.unknown-level";
const UNKNOWN_PARTY: &str = "agreement.unknown-party";

/// The line that begins and ends the front matter.
const FENCE: &str = "+++";

pub(super) fn document(bytes: &[u8]) -> Result<Document, Faults> {
    let file = decode(bytes, SIZE_MAX, &CODES)?;
    let mut reader = Reader::new(file, &CODES);
    let document = split(file, &mut reader).and_then(|parts| {
        let toml = reader.toml(parts.start, parts.end)?;
        let root = reader.root(&toml);
        let body = file.get(parts.body..).unwrap_or_default();
        let draft = Draft {
            reader: &mut reader,
            headings: heading::numbers(body),
            mentions: Vec::new(),
        };
        draft.document(&root)
    });
    reader.finish(document)
}

/// The bytes at which front matter and body stand.
struct Parts {
    start: usize,
    end: usize,
    body: usize,
}

fn split(file: &str, reader: &mut Reader<'_>) -> Option<Parts> {
    let mut at = 0;
    let mut start = None;
    for line in file.split_inclusive('\n') {
        let is_fence = line.trim_end() == FENCE;
        let after = at + line.len();
        match start {
            None if is_fence => start = Some(after),
            None => break,
            Some(start) if is_fence => {
                return Some(Parts {
                    start,
                    end: at,
                    body: after,
                });
            }
            Some(_) => {}
        }
        at = after;
    }
    match start {
        None => reader.fault(
            0,
            "agreement.no-front-matter",
            "the first line must be `+++`, the begin of the front matter",
        ),
        Some(_) => reader.fault(
            0,
            "agreement.unclosed-front-matter",
            "the front matter that begins here has no end; close it with a line `+++`",
        ),
    }
    None
}

/// A document that is being read.
struct Draft<'r, 'f> {
    reader: &'r mut Reader<'f>,
    headings: HashMap<&'f str, usize>,
    mentions: Vec<Mention>,
}

impl Draft<'_, '_> {
    fn document(mut self, root: &Section<'_>) -> Option<Document> {
        self.reader.close(
            root,
            &[
                "id",
                "title",
                "programme",
                "version",
                "charter",
                "parties",
                "in_force",
                "until",
                "after_end",
                "take",
                "give",
                "objective",
                "predecessor",
                "transition",
            ],
        );
        let id = self.reader.word(root, "id", Need::Must, MALFORMED_NAME);
        let title = self.reader.text(root, "title", Need::Must);
        let programme = self.reader.text(root, "programme", Need::May);
        let version = self.version(root);
        let charter = self.reader.switch(root, "charter");
        let parties = self.parties(root, charter);
        let (in_force, until) = self.span(root);
        let after_end = self.after_end(root);
        let take = self.each(root, "take", "[[take]]", Self::take);
        let give = self.each(root, "give", "[[give]]", Self::give);
        let objectives = self.objectives(root);
        let heritage = match (&id, &version) {
            (Some(id), Some(version)) => {
                let own = (&id.value, version.value, &objectives[..]);
                heritage::read(self.reader, root, own, version.at)
            }
            _ => Heritage::default(),
        };
        Some(Document {
            id: id?.value,
            title: title?.value,
            programme: programme.map(|found| found.value),
            version: version?.value,
            charter: charter?,
            parties: parties?,
            in_force: in_force?,
            until,
            after_end: after_end?,
            take,
            give,
            objectives,
            predecessor: heritage.predecessor,
            transitions: heritage.passages,
            heritage: heritage.places,
            mentions: self.mentions,
        })
    }

    fn version(&mut self, root: &Section<'_>) -> Option<Found<AgreementVersion>> {
        let version = self.reader.number(root, "version")?;
        if version.value == 0 {
            self.reader.fault(
                version.at,
                "agreement.version-zero",
                "the first version is 1; each later one is the last plus one",
            );
            return None;
        }
        Some(Found {
            value: AgreementVersion(version.value),
            at: version.at,
        })
    }

    fn parties(&mut self, root: &Section<'_>, charter: Option<bool>) -> Option<Parties> {
        let listed = self.reader.words::<Audience>(
            root,
            "parties",
            Need::Must,
            OrNone::Allow,
            UNKNOWN_PARTY,
        )?;
        let [host, other]: [Found<Audience>; 2] = match listed.value.try_into() {
            Ok(two) => two,
            Err(_) => {
                self.reader.fault(
                    listed.at,
                    "agreement.parties",
                    "`parties` lists the two sides, the host first: [\"NATO\", \"JPN\"]",
                );
                return None;
            }
        };
        let Audience::Party(host_code) = host.value else {
            self.reader.fault(
                host.at,
                "agreement.parties",
                "the first of `parties` is the code of the host, not a group",
            );
            return None;
        };
        self.mention(host.at, Named::Host(host_code.clone()));
        let fits = match (&other.value, charter?) {
            (Audience::Group(Status::Member), true) => true,
            (Audience::Party(code), false) => {
                self.mention(other.at, Named::Other(code.clone()));
                true
            }
            (_, true) => {
                let text = "a charter is for all members: `parties` must end with \"members\"";
                self.reader.fault(other.at, "agreement.parties", text);
                false
            }
            (Audience::Group(_), false) => {
                let text = "the other side is one party; only a charter (`charter = true`) is for \"members\"";
                self.reader.fault(other.at, "agreement.parties", text);
                false
            }
        };
        fits.then_some(Parties {
            host: host_code,
            other: other.value,
        })
    }

    fn span(&mut self, root: &Section<'_>) -> (Option<Instant>, Option<Instant>) {
        let in_force = self.reader.instant(root, "in_force", Need::Must);
        let until = self.reader.instant(root, "until", Need::May);
        if let (Some(from), Some(to)) = (&in_force, &until)
            && to.value <= from.value
        {
            self.reader.fault(
                to.at,
                "agreement.until-before-in-force",
                "`until` must be later than `in_force`, or the agreement never counts",
            );
        }
        let value = |found: Option<Found<Instant>>| found.map(|found| found.value);
        (value(in_force), value(until))
    }

    fn after_end(&mut self, root: &Section<'_>) -> Option<AfterEnd> {
        let Some(found) = self.reader.text(root, "after_end", Need::May) else {
            return Some(AfterEnd::default());
        };
        let known = [AfterEnd::Withdraw, AfterEnd::Keep];
        let value = known.into_iter().find(|one| one.as_str() == found.value);
        if value.is_none() {
            let text = format!(
                "`{}` is no choice; `after_end` is \"withdraw\" or \"keep\"",
                shorten(&found.value)
            );
            self.reader
                .fault(found.at, "agreement.unknown-after-end", text);
        }
        value
    }

    fn each<T>(
        &mut self,
        parent: &Section<'_>,
        key: &'static str,
        name: &'static str,
        read: fn(&mut Self, &Section<'_>) -> Option<T>,
    ) -> Vec<T> {
        let sections = self.reader.sections(parent, key, name);
        sections
            .iter()
            .filter_map(|section| read(self, section))
            .collect()
    }

    fn take(&mut self, section: &Section<'_>) -> Option<Take> {
        self.reader.close(
            section,
            &[
                "article",
                "area",
                "kinds",
                "from",
                "up_to",
                "accepts",
                "redact",
                "redact_above",
            ],
        );
        let article = self.article(section);
        let area = self.area(section);
        let kinds = self.kinds(section);
        let from = self.audiences(section, "from", OrNone::Refuse);
        let up_to = self
            .reader
            .word(section, "up_to", Need::Must, UNKNOWN_LEVEL);
        let accepts =
            self.reader
                .words(section, "accepts", Need::May, OrNone::Allow, MALFORMED_NAME);
        let redact = self.reader.words::<PropertyName>(
            section,
            "redact",
            Need::May,
            OrNone::Refuse,
            MALFORMED_NAME,
        );
        let redact_above = self
            .reader
            .word(section, "redact_above", Need::May, UNKNOWN_LEVEL);
        for one in redact.iter().flat_map(|found| &found.value) {
            self.mention(one.at, Named::Redacted(one.value.clone(), kinds.clone()));
        }
        Some(Take {
            article: article?,
            area: area?,
            kinds,
            from,
            up_to: up_to?.value,
            accepts: accepts.map_or_else(Vec::new, |found| values(found.value)),
            redact: redact.map_or_else(Vec::new, |found| values(found.value)),
            redact_above: redact_above.map(|found| found.value),
        })
    }

    fn give(&mut self, section: &Section<'_>) -> Option<Give> {
        self.reader.close(
            section,
            &["article", "area", "kinds", "up_to", "onward", "unmarked"],
        );
        let article = self.article(section);
        let area = self.area(section);
        let kinds = self.kinds(section);
        let up_to = self
            .reader
            .word(section, "up_to", Need::Must, UNKNOWN_LEVEL);
        let onward = self.audiences(section, "onward", OrNone::Allow);
        let unmarked = self
            .reader
            .word(section, "unmarked", Need::May, UNKNOWN_LEVEL);
        Some(Give {
            article: article?,
            area: area?,
            kinds,
            up_to: up_to?.value,
            onward: onward.unwrap_or_default(),
            unmarked: unmarked.map(|found| found.value),
        })
    }

    /// The number of a heading of the text, exactly one: a term must have one clause behind it.
    fn article(&mut self, section: &Section<'_>) -> Option<String> {
        let found = self.reader.text(section, "article", Need::Must)?;
        let article = found.value;
        let (code, text) = match self.headings.get(article.as_str()) {
            Some(1) => return Some(article),
            Some(count) => (
                "agreement.ambiguous-article",
                format!(
                    "{count} headings begin with the number {article}; number the articles apart"
                ),
            ),
            None => (
                "agreement.unknown-article",
                format!(
                    "no heading of the text begins with the number `{}`; add the article, or correct the number",
                    shorten(&article)
                ),
            ),
        };
        self.reader.fault(found.at, code, text);
        None
    }

    fn area(&mut self, section: &Section<'_>) -> Option<AreaName> {
        let found = self
            .reader
            .word::<AreaName>(section, "area", Need::Must, UNKNOWN_AREA)?;
        self.mention(found.at, Named::Area(found.value.clone()));
        Some(found.value)
    }

    fn kinds(&mut self, section: &Section<'_>) -> Option<Vec<Kind>> {
        self.reader
            .words(section, "kinds", Need::May, OrNone::Refuse, MALFORMED_NAME)
            .map(|found| values(found.value))
    }

    fn audiences(
        &mut self,
        section: &Section<'_>,
        key: &'static str,
        or_none: OrNone,
    ) -> Option<Vec<Audience>> {
        let found =
            self.reader
                .words::<Audience>(section, key, Need::May, or_none, UNKNOWN_PARTY)?;
        for one in &found.value {
            if let Audience::Party(code) = &one.value {
                self.mention(one.at, Named::Party(code.clone()));
            }
        }
        Some(values(found.value))
    }

    fn objectives(&mut self, root: &Section<'_>) -> Vec<Objective> {
        let mut goals = BTreeSet::new();
        let mut objectives = Vec::new();
        for section in self.reader.sections(root, "objective", "[[objective]]") {
            self.reader.close(&section, &["title", "goal"]);
            let title = self.reader.text(&section, "title", Need::Must);
            let mut reached = Vec::new();
            for goal in self.reader.sections(&section, "goal", "[[objective.goal]]") {
                reached.extend(self.goal(&goal, &mut goals));
            }
            objectives.extend(title.map(|title| Objective {
                title: title.value,
                goals: reached,
            }));
        }
        objectives
    }

    fn goal(&mut self, section: &Section<'_>, seen: &mut BTreeSet<GoalId>) -> Option<Goal> {
        self.reader
            .close(section, &["id", "area", "title", "due", "lead", "activity"]);
        let id = self
            .reader
            .word::<GoalId>(section, "id", Need::Must, MALFORMED_NAME);
        if let Some(id) = &id
            && !seen.insert(id.value.clone())
        {
            let text = format!(
                "another goal is named `{}`; names are unique in the agreement",
                id.value
            );
            self.reader.fault(id.at, "agreement.duplicate-goal", text);
        }
        let area = self.area(section);
        let title = self.reader.text(section, "title", Need::Must);
        let due = self.reader.day(section, "due");
        let lead = self.reader.words::<PartyCode>(
            section,
            "lead",
            Need::May,
            OrNone::Allow,
            UNKNOWN_PARTY,
        );
        let lead = lead.map_or_else(Vec::new, |found| found.value);
        for one in &lead {
            self.mention(one.at, Named::Party(one.value.clone()));
        }
        let activities = self.each(
            section,
            "activity",
            "[[objective.goal.activity]]",
            |draft, activity| {
                draft.reader.close(activity, &["title"]);
                let title = draft.reader.text(activity, "title", Need::Must)?;
                Some(Activity { title: title.value })
            },
        );
        Some(Goal {
            id: id?.value,
            area: area?,
            title: title?.value,
            due,
            lead: values(lead),
            activities,
        })
    }

    fn mention(&mut self, at: usize, what: Named) {
        let (line, column) = self.reader.place(at);
        self.mentions.push(Mention { line, column, what });
    }
}
