//! A report as StratML Part 2, a performance report (ISO 17469-2; schema 2.2.6 of 2016-02-16).
//!
//! ```text
//! PerformancePlanOrReport Type="Performance_Report"
//!   Name, Description, OtherInformation
//!   StrategicPlanCore
//!     Organization ...      the host and the partner
//!     Goal ...              an objective of a programme: the end
//!       Objective ...       a goal of it: the way; its status is a qualitative indicator
//!     Goal                  the exchange of records
//!       Objective ...       an area; its figures are quantitative indicators
//!   AdministrativeInformation
//! ```
//! What StratML calls a goal is an objective here, and the other way round: the standard puts the
//! broad before the narrow, as the agreement does. Elements follow in the order of the schema.

use crate::review::wording::{copy, escape, outcome, span, title, word};
use crate::review::{AreaFigures, Event, Goal, Programme, Review, Wait};

/// The namespace of the schema.
pub const NAMESPACE: &str = "urn:ISO:std:iso:17469:tech:xsd:PerformancePlanOrReport";

/// The report as StratML Part 2.
pub fn stratml(review: &Review) -> String {
    let mut out = Writer(String::new());
    out.0
        .push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let root = [("xmlns", NAMESPACE), ("Type", "Performance_Report")];
    out.within("PerformancePlanOrReport", &root, |out| write(out, review));
    out.0
}

/// XML, element by element.
struct Writer(String);

impl Writer {
    fn within(&mut self, name: &str, attributes: &[(&str, &str)], inner: impl FnOnce(&mut Self)) {
        self.0.push('<');
        self.0.push_str(name);
        for (key, value) in attributes {
            self.0.push_str(&format!(" {key}=\"{}\"", escape(value)));
        }
        self.0.push('>');
        inner(self);
        self.0.push_str(&format!("</{name}>\n"));
    }

    fn holds(&mut self, name: &str, inner: impl FnOnce(&mut Self)) {
        self.within(name, &[], inner);
    }

    fn text(&mut self, name: &str, text: &str) {
        self.within(name, &[], |out| out.0.push_str(&escape(text)));
    }
}

fn write(out: &mut Writer, review: &Review) {
    out.text("Name", &title(review));
    out.text(
        "Description",
        &format!("{}, {}", span(review), copy(review)),
    );
    out.text("OtherInformation", &events(review));
    out.holds("StrategicPlanCore", |out| {
        for (code, name) in [&review.host, &review.party] {
            out.holds("Organization", |out| {
                out.text("Name", name);
                out.text("Acronym", code.as_str());
                out.text("Identifier", &format!("party.{code}"));
            });
        }
        for programme in &review.programmes {
            write_programme(out, programme);
        }
        write_exchange(out, review);
    });
    out.holds("AdministrativeInformation", |out| {
        let (from, to) = (review.from.to_string(), review.to.to_string());
        out.text(
            "Identifier",
            &format!("review.{}.{from}.{to}", review.party.0),
        );
        out.text("StartDate", &from);
        out.text("EndDate", &to);
        let made = review.made.to_string();
        out.text("PublicationDate", made.get(..10).unwrap_or(&to));
    });
}

/// Meetings and activities in one text: the standard has no element for them.
fn events(review: &Review) -> String {
    let list = |name: &str, events: &[Event]| {
        let told = events.iter().map(|event| {
            let attended = event.attended.map(|count| format!(", {count} attended"));
            let attended = attended.unwrap_or_default();
            format!(
                "{} {}: {}, {}{attended}",
                event.day, event.kind, event.title, event.place
            )
        });
        let told: Vec<String> = told.collect();
        format!("{name}: {}. {}", events.len(), told.join("; "))
    };
    let meetings = list("Meetings", &review.meetings);
    let activities = list(
        "Trainings, exercises, visits and summits",
        &review.activities,
    );
    format!("{meetings}\n{activities}")
}

fn write_programme(out: &mut Writer, programme: &Programme) {
    // The goals of an objective stand together, wherever a later version put them.
    let mut objectives: Vec<&str> = Vec::new();
    for goal in &programme.goals {
        if !objectives.contains(&goal.objective.as_str()) {
            objectives.push(&goal.objective);
        }
    }
    for (place, objective) in objectives.iter().enumerate() {
        out.holds("Goal", |out| {
            out.text("Name", objective);
            let version = programme
                .version
                .map(|version| format!(", version {version}"));
            let version = version.unwrap_or_default();
            out.text(
                "Description",
                &format!("{} ({}{version})", programme.title, programme.id),
            );
            out.text(
                "Identifier",
                &format!("objective.{}.{}", programme.id, place + 1),
            );
            for goal in programme
                .goals
                .iter()
                .filter(|goal| goal.objective == *objective)
            {
                write_goal(out, programme, goal);
            }
        });
    }
}

fn name_of(programme: &str, goal: &str) -> String {
    format!("goal.{programme}.{goal}")
}

fn write_goal(out: &mut Writer, programme: &Programme, goal: &Goal) {
    out.holds("Objective", |out| {
        out.text("Name", &goal.title);
        let words: Vec<String> = goal.words.iter().map(word).collect();
        out.text("Description", &words.join("; "));
        out.text(
            "Identifier",
            &name_of(programme.id.as_str(), goal.id.as_str()),
        );
        for party in &goal.lead {
            let kind = [("StakeholderTypeType", "Organization")];
            out.within("Stakeholder", &kind, |out| {
                out.text("Name", party.as_str());
                out.holds("Role", |out| {
                    out.text("Name", "Lead");
                    out.text("RoleType", "Performer");
                });
            });
        }
        let mut other = Vec::new();
        other.extend(goal.outcome.as_ref().map(outcome));
        other.extend(goal.means.iter().map(|means| format!("Means: {means}")));
        other.extend(goal.evidence.iter().map(|one| {
            let note = one
                .note
                .as_ref()
                .map(|note| format!(" ({note})"))
                .unwrap_or_default();
            format!("Evidence of {}: {} {}{note}", one.party, one.kind, one.what)
        }));
        out.text("OtherInformation", &other.join("\n"));
        write_status(out, programme, goal);
    });
}

/// The status as a qualitative indicator: what was to be by the day on which it is due, and what is.
fn write_status(out: &mut Writer, programme: &Programme, goal: &Goal) {
    let kind = [("PerformanceIndicatorType", "Qualitative")];
    out.within("PerformanceIndicator", &kind, |out| {
        out.text("MeasurementDimension", "Status");
        out.text("UnitOfMeasurement", "what both sides agree on");
        let heir = goal.into.as_ref().map(|into| (programme.id.as_str(), into));
        let outcome = goal.outcome.as_ref();
        let passed = outcome.and_then(|one| Some((one.by.as_ref()?.as_str(), one.heir.as_ref()?)));
        if let Some((of, into)) = passed.or(heir) {
            out.holds("Relationship", |out| {
                out.text("ReferentIdentifier", &name_of(of, into.as_str()));
                out.text("Name", outcome.map_or("merged", |one| one.fate));
            });
        }
        let descriptor = |out: &mut Writer, value: &str| {
            out.holds("Descriptor", |out| {
                out.text("DescriptorName", "Status");
                out.text("DescriptorValue", value);
            });
        };
        out.holds("MeasurementInstance", |out| {
            if let Some(due) = goal.due {
                out.holds("TargetResult", |out| {
                    out.text("EndDate", &due.to_string());
                    descriptor(out, "done");
                });
            }
            out.holds("ActualResult", |out| {
                let newest = goal.words.iter().filter_map(|word| word.day).max();
                if let Some(day) = newest {
                    out.text("EndDate", &day.to_string());
                }
                descriptor(out, outcome.map_or(goal.status, |one| one.fate));
            });
        });
    });
}

fn write_exchange(out: &mut Writer, review: &Review) {
    out.holds("Goal", |out| {
        out.text("Name", "Exchange of records");
        out.text(
            "Description",
            "What the partner gave and took, by area; from the receipts of the office",
        );
        out.text("Identifier", "exchange");
        for area in &review.areas {
            write_area(out, review, area);
        }
    });
}

fn write_area(out: &mut Writer, review: &Review, area: &AreaFigures) {
    let indicator = |out: &mut Writer, what: &str, unit: &str, value: &str| {
        let kind = [
            ("ValueChainStage", "Output"),
            ("PerformanceIndicatorType", "Quantitative"),
        ];
        out.within("PerformanceIndicator", &kind, |out| {
            out.text("MeasurementDimension", what);
            out.text("UnitOfMeasurement", unit);
            out.holds("MeasurementInstance", |out| {
                out.holds("ActualResult", |out| {
                    out.text("StartDate", &review.from.to_string());
                    out.text("EndDate", &review.to.to_string());
                    out.text("NumberOfUnits", value);
                });
            });
        });
    };
    out.holds("Objective", |out| {
        out.text("Name", area.area.as_str());
        out.text("Identifier", &format!("area.{}", area.area));
        for (what, count) in [
            ("Records given by the partner", area.given),
            ("Records taken by the partner", area.taken),
            ("Receipts of the partner", area.receipts),
        ] {
            indicator(out, what, "count", &count.to_string());
        }
        let waits = [
            ("Time until taken", area.wait),
            ("Time until others had what was given", area.onward),
        ];
        for (what, wait) in waits {
            let Some(Wait { median, ninth, .. }) = wait else {
                continue;
            };
            indicator(out, &format!("{what}, median"), "seconds", &seconds(median));
            indicator(
                out,
                &format!("{what}, 90th percentile"),
                "seconds",
                &seconds(ninth),
            );
        }
    });
}

/// A number of seconds as a decimal of XML Schema, which knows no exponent.
fn seconds(micros: i64) -> String {
    format!("{}.{:06}", micros / 1_000_000, (micros % 1_000_000).abs())
}
