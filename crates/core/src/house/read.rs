//! From the bytes of the house rules to [`HouseRules`], with every fault on the way.
//!
//! Knows the keys and what they may hold; which parties exist is asked later.

use std::collections::BTreeSet;

use super::{
    Area, BUILT_IN_AREAS, Ceiling, ConsultationRule, CorrelationRule, DecisionRule, HouseRules,
    LiaisonRule, Mention, RecallRule, SIZE_MAX, Unmarked, Validation,
};
use crate::agreement::fault::Faults;
use crate::agreement::reader::{Codes, Found, Need, OrNone, Reader, Section, decode, values};
use crate::id::{AreaName, Kind};
use crate::party::Audience;

static CODES: Codes = Codes {
    byte_order_mark: "house.byte-order-mark",
    control_character: "house.control-character",
    duplicate: "house.duplicate",
    empty_list: "house.empty-list",
    empty_text: "house.empty-text",
    local_instant: "house.local-instant",
    missing_key: "house.missing-key",
    not_utf8: "house.not-utf-8",
    syntax: "house.syntax",
    too_large: "house.too-large",
    unknown_key: "house.unknown-key",
    wrong_type: "house.wrong-type",
};

const MALFORMED_NAME: &str = "house.malformed-name";
const MALFORMED_HOURS: &str = "house.malformed-hours";
const UNKNOWN_STATUS: &str = "house.unknown-status";
const UNKNOWN_AREA: &str = "house.unknown-area";
const UNKNOWN_LEVEL: &str = "house.unknown-level";
const UNKNOWN_VALIDATION: &str = "house.unknown-validation";
const UNKNOWN_PARTY: &str = "house.unknown-party";

pub(super) fn rules(bytes: &[u8]) -> Result<HouseRules, Faults> {
    let file = decode(bytes, SIZE_MAX, &CODES)?;
    let mut reader = Reader::new(file, &CODES);
    let toml = reader.toml(0, file.len());
    let rules = toml.map(|toml| {
        let root = reader.root(&toml);
        let draft = Draft {
            reader: &mut reader,
            areas: BUILT_IN_AREAS.map(|(name, _)| name.to_owned()).into(),
            mentions: Vec::new(),
        };
        draft.rules(&root)
    });
    reader.finish(rules)
}

struct Draft<'r, 'f> {
    reader: &'r mut Reader<'f>,
    areas: BTreeSet<String>,
    mentions: Vec<Mention>,
}

impl Draft<'_, '_> {
    fn rules(mut self, root: &Section<'_>) -> HouseRules {
        self.reader.close(
            root,
            &[
                "area",
                "ceiling",
                "consultation",
                "correlation",
                "decision",
                "liaison",
                "recall",
                "unmarked",
                "validation",
            ],
        );
        // Areas first: the rules may name those that stand below them in the file.
        let areas = self.each(root, "area", "[[area]]", Self::area);
        let ceiling = self.each(root, "ceiling", "[[ceiling]]", Self::ceiling);
        let unmarked = self.each(root, "unmarked", "[[unmarked]]", Self::unmarked);
        let recall = self.recall(root);
        let correlation = self.correlation(root);
        let decision = self.decision(root);
        let liaison = self.liaison(root);
        let consultation = self.consultation(root);
        let validation = self
            .reader
            .word(root, "validation", Need::May, UNKNOWN_VALIDATION);
        HouseRules {
            areas,
            ceiling,
            unmarked,
            recall,
            correlation,
            decision,
            liaison,
            consultation,
            validation: validation.map_or_else(Validation::default, |found| found.value),
            mentions: self.mentions,
        }
    }

    fn each<T>(
        &mut self,
        root: &Section<'_>,
        key: &'static str,
        name: &'static str,
        read: fn(&mut Self, &Section<'_>) -> Option<T>,
    ) -> Vec<T> {
        let sections = self.reader.sections(root, key, name);
        sections
            .iter()
            .filter_map(|section| read(self, section))
            .collect()
    }

    fn area(&mut self, section: &Section<'_>) -> Option<Area> {
        self.reader.close(section, &["name", "title"]);
        let name = self
            .reader
            .word::<AreaName>(section, "name", Need::Must, MALFORMED_NAME);
        let title = self.reader.text(section, "title", Need::Must);
        let name = name?;
        if !self.areas.insert(name.value.as_str().to_owned()) {
            let text = format!("there is an area `{}` already", name.value);
            self.reader.fault(name.at, "house.duplicate-area", text);
        }
        Some(Area {
            name: name.value,
            title: title?.value,
        })
    }

    fn ceiling(&mut self, section: &Section<'_>) -> Option<Ceiling> {
        let known = ["article", "area", "kinds", "from", "to", "up_to"];
        self.reader.close(section, &known);
        let article = self.reader.text(section, "article", Need::May);
        let area = self.known_area(section);
        let kinds = self.kinds(section);
        let from = self.audiences(section, "from");
        let to = self.audiences(section, "to");
        let up_to = self
            .reader
            .word(section, "up_to", Need::Must, UNKNOWN_LEVEL)?;
        Some(Ceiling {
            article: article.map(|found| found.value),
            area,
            kinds,
            from,
            to,
            up_to: up_to.value,
        })
    }

    fn unmarked(&mut self, section: &Section<'_>) -> Option<Unmarked> {
        self.reader.close(section, &["area", "kinds", "level"]);
        let area = self.known_area(section);
        let kinds = self.kinds(section);
        let level = self
            .reader
            .word(section, "level", Need::Must, UNKNOWN_LEVEL)?;
        Some(Unmarked {
            area,
            kinds,
            level: level.value,
        })
    }

    fn recall(&mut self, root: &Section<'_>) -> RecallRule {
        const KEY: &str = "acknowledge_within_hours";
        let Some(section) = self.reader.section(root, "recall", "[recall]") else {
            return RecallRule::default();
        };
        self.reader.close(&section, &[KEY]);
        let Some(hours) = self.reader.number(&section, KEY) else {
            return RecallRule::default();
        };
        if hours.value > RecallRule::HOURS_MAX {
            let most = RecallRule::HOURS_MAX;
            let text = format!("`{KEY}` must be a whole number from 0 to {most}");
            self.reader.fault(hours.at, CODES.wrong_type, text);
        }
        RecallRule {
            acknowledge_within_hours: hours.value,
        }
    }

    fn correlation(&mut self, root: &Section<'_>) -> CorrelationRule {
        let section = self.reader.section(root, "correlation", "[correlation]");
        let Some(section) = section else {
            return CorrelationRule::default();
        };
        self.reader.close(&section, &["cap", "suppress"]);
        let cap = self.reader.number(&section, "cap");
        let suppress = self.reader.words(
            &section,
            "suppress",
            Need::May,
            OrNone::Allow,
            MALFORMED_NAME,
        );
        let default = CorrelationRule::default();
        CorrelationRule {
            cap: cap.map_or(default.cap, |cap| cap.value),
            suppress: suppress.map_or_else(Vec::new, |found| values(found.value)),
        }
    }

    fn decision(&mut self, root: &Section<'_>) -> DecisionRule {
        const LEAST: &str = "silence_minimum_hours";
        const REMINDERS: &str = "reminders_hours";
        const NEED: &str = "agreements_need_decision";
        let default = DecisionRule::default();
        let Some(section) = self.reader.section(root, "decision", "[decision]") else {
            return default;
        };
        self.reader
            .close(&section, &[LEAST, REMINDERS, NEED, "extension"]);
        let most = DecisionRule::HOURS_MAX;
        let least = self.reader.number_or(&section, LEAST, most);
        let reminders = self.reader.numbers(&section, REMINDERS, most);
        if let Some(found) = &reminders
            && found.value.len() > DecisionRule::REMINDERS_MAX
        {
            let text = format!(
                "`{REMINDERS}` lists more than {}",
                DecisionRule::REMINDERS_MAX
            );
            self.reader.fault(found.at, CODES.wrong_type, text);
        }
        let extension = self
            .reader
            .switch_or(&section, "extension", default.extension);
        let need = self
            .reader
            .switch_or(&section, NEED, default.agreements_need_decision);
        DecisionRule {
            silence_minimum_hours: least.map_or(default.silence_minimum_hours, |found| found.value),
            extension: extension.unwrap_or(default.extension),
            agreements_need_decision: need.unwrap_or(default.agreements_need_decision),
            reminders_hours: reminders.map_or(default.reminders_hours, |found| found.value),
        }
    }

    fn liaison(&mut self, root: &Section<'_>) -> LiaisonRule {
        const KEY: &str = "needs_decision";
        let Some(section) = self.reader.section(root, "liaison", "[liaison]") else {
            return LiaisonRule::default();
        };
        self.reader.close(&section, &[KEY]);
        let (need, none) = (Need::May, OrNone::Allow);
        let found = self.reader.words(&section, KEY, need, none, UNKNOWN_STATUS);
        found.map_or_else(LiaisonRule::default, |found| LiaisonRule {
            needs_decision: values(found.value),
        })
    }

    fn consultation(&mut self, root: &Section<'_>) -> ConsultationRule {
        const KEY: &str = "working_hours";
        let section = self.reader.section(root, "consultation", "[consultation]");
        let Some(section) = section else {
            return ConsultationRule::default();
        };
        self.reader.close(&section, &[KEY]);
        let found = self.reader.word(&section, KEY, Need::May, MALFORMED_HOURS);
        found.map_or_else(ConsultationRule::default, |found| ConsultationRule {
            working_hours: found.value,
        })
    }

    fn known_area(&mut self, section: &Section<'_>) -> Option<AreaName> {
        let found: Found<AreaName> = self.reader.word(section, "area", Need::May, UNKNOWN_AREA)?;
        if !self.areas.contains(found.value.as_str()) {
            let text = format!(
                "there is no area `{}`; add an [[area]] of that name, or correct it",
                found.value
            );
            self.reader.fault(found.at, UNKNOWN_AREA, text);
        }
        Some(found.value)
    }

    fn kinds(&mut self, section: &Section<'_>) -> Option<Vec<Kind>> {
        self.reader
            .words(section, "kinds", Need::May, OrNone::Refuse, MALFORMED_NAME)
            .map(|found| values(found.value))
    }

    fn audiences(&mut self, section: &Section<'_>, key: &'static str) -> Option<Vec<Audience>> {
        let found = self.reader.words::<Audience>(
            section,
            key,
            Need::May,
            OrNone::Refuse,
            UNKNOWN_PARTY,
        )?;
        for one in &found.value {
            if let Audience::Party(code) = &one.value {
                let (line, column) = self.reader.place(one.at);
                self.mentions.push(Mention {
                    line,
                    column,
                    party: code.clone(),
                });
            }
        }
        Some(values(found.value))
    }
}
