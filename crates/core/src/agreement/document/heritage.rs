//! What a new programme says of the goals of the one before: each goes on, goes into another or is
//! given up.
//!
//! ```text
//! predecessor = "ipcp-2014"            # left out when only the version before is meant
//!
//! [[transition]]
//! from = "ipcp-2014"                   # default: the predecessor, or else this agreement
//! goal = "cyber-old"
//! to = "cyber-1"                       # or  merged = "cyber-1"  or  dropped = "why"
//! reason = "why"                       # needed beside `merged`
//! ```
//!
//! Here the file alone is read, and compared with what it takes the place of
//! ([`Document::account`]). Which goals those are is gathered in [`crate::affairs::programme`].

use std::collections::BTreeSet;

use super::read::{CODES, MALFORMED_NAME};
use super::{Document, SIZE_MAX};
use crate::agreement::fault::{Fault, Faults};
use crate::agreement::reader::{Found, Need, Reader, Section, decode};
use crate::id::{AgreementId, AgreementVersion};
use crate::programme::{Fate, GoalId, Objective, Passage};

/// Where a file speaks of the programme before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Places {
    /// Where it says whose place it takes: `predecessor`, or else `version`.
    claim: (u32, u32),
    /// Each passage, in the order of the passages.
    passages: Vec<(u32, u32)>,
}

/// What a file says of the programme before.
#[derive(Default)]
pub(super) struct Heritage {
    pub(super) predecessor: Option<AgreementId>,
    pub(super) passages: Vec<Passage>,
    pub(super) places: Places,
}

/// Reads what a file with that id, version and those goals says of the programme before;
/// `version_at` is where it names its version.
pub(super) fn read(
    reader: &mut Reader<'_>,
    root: &Section<'_>,
    (id, version, objectives): (&AgreementId, AgreementVersion, &[Objective]),
    version_at: usize,
) -> Heritage {
    let named = reader.word::<AgreementId>(root, "predecessor", Need::May, MALFORMED_NAME);
    let predecessor = named.filter(|found| {
        let is_own = found.value == *id;
        if is_own {
            let text = "an agreement takes the place of its own version before without saying so; leave `predecessor` out";
            reader.fault(found.at, "agreement.own-predecessor", text);
        }
        !is_own
    });
    let claim = predecessor.as_ref().map_or(version_at, |found| found.at);
    let mut draft = Draft {
        id,
        is_first: version.0 <= 1,
        predecessor: predecessor.map(|found| found.value),
        goals: objectives
            .iter()
            .flat_map(|one| &one.goals)
            .map(|goal| &goal.id)
            .collect(),
        seen: BTreeSet::new(),
        heirs: BTreeSet::new(),
    };
    let (passages, places) = draft.all(reader, root);
    Heritage {
        predecessor: draft.predecessor,
        passages,
        places: Places {
            claim: reader.place(claim),
            passages: places,
        },
    }
}

/// Reads a plan for a transition that no agreement file says: `[[transition]]` tables alone, of the
/// goals of `old`, in the programme of `new`. Answers with `new` as it would be if its own file said
/// so.
///
/// # Errors
///
/// All faults of the plan at once, each with its place.
pub fn read_plan(plan: &[u8], old: &AgreementId, new: &Document) -> Result<Document, Faults> {
    let file = decode(plan, SIZE_MAX, &CODES)?;
    let mut reader = Reader::new(file, &CODES);
    let read = reader.toml(0, file.len()).map(|toml| {
        let root = reader.root(&toml);
        reader.close(&root, &["transition"]);
        let mut draft = Draft {
            id: &new.id,
            is_first: true,
            predecessor: Some(old.clone()),
            goals: new.goals().map(|goal| &goal.id).collect(),
            seen: BTreeSet::new(),
            heirs: BTreeSet::new(),
        };
        draft.all(&mut reader, &root)
    });
    let (passages, places) = reader.finish(read)?;
    let mut stand_in = new.clone();
    stand_in.predecessor = Some(old.clone());
    stand_in.transitions = passages;
    stand_in.heritage = Places {
        claim: (1, 1),
        passages: places,
    };
    Ok(stand_in)
}

/// What holds for all passages of a file.
struct Draft<'d> {
    id: &'d AgreementId,
    is_first: bool,
    predecessor: Option<AgreementId>,
    goals: BTreeSet<&'d GoalId>,
    seen: BTreeSet<(AgreementId, GoalId)>,
    heirs: BTreeSet<GoalId>,
}

impl Draft<'_> {
    fn all(
        &mut self,
        reader: &mut Reader<'_>,
        root: &Section<'_>,
    ) -> (Vec<Passage>, Vec<(u32, u32)>) {
        let sections = reader.sections(root, "transition", "[[transition]]");
        let found: Vec<Found<Passage>> = sections
            .iter()
            .filter_map(|section| self.passage(reader, section))
            .collect();
        let places = found.iter().map(|found| reader.place(found.at)).collect();
        (found.into_iter().map(|found| found.value).collect(), places)
    }

    fn passage(
        &mut self,
        reader: &mut Reader<'_>,
        section: &Section<'_>,
    ) -> Option<Found<Passage>> {
        reader.close(
            section,
            &["from", "goal", "to", "merged", "dropped", "reason"],
        );
        let from = self.from(reader, section);
        let goal = reader.word::<GoalId>(section, "goal", Need::Must, MALFORMED_NAME);
        let fate = self.fate(reader, section);
        let (from, goal) = (from?, goal?);
        let key = (from, goal.value);
        if key.0 == *self.id && self.goals.contains(&key.1) {
            let text = format!(
                "`{}` is a goal of this version, so nothing becomes of it; name the goals that are not",
                key.1
            );
            reader.fault(goal.at, "agreement.kept-goal", text);
            return None;
        }
        if !self.seen.insert(key.clone()) {
            let text = format!("`{}` of `{}` is accounted for twice", key.1, key.0);
            reader.fault(goal.at, "agreement.duplicate-transition", text);
            return None;
        }
        let (from, goal_id) = key;
        Some(Found {
            at: goal.at,
            value: Passage {
                from,
                goal: goal_id,
                fate: fate?,
            },
        })
    }

    fn from(&self, reader: &mut Reader<'_>, section: &Section<'_>) -> Option<AgreementId> {
        let found = reader.word::<AgreementId>(section, "from", Need::May, MALFORMED_NAME);
        let (from, at) = match (found, &self.predecessor) {
            (Some(found), _) => (found.value, found.at),
            (None, Some(predecessor)) => (predecessor.clone(), section.at),
            (None, None) => (self.id.clone(), section.at),
        };
        let is_before =
            Some(&from) == self.predecessor.as_ref() || (from == *self.id && !self.is_first);
        if !is_before {
            let text = match from == *self.id {
                true => {
                    "there is no version before the first; name the old programme in `predecessor`"
                        .to_owned()
                }
                false => format!(
                    "this file does not take the place of `{from}`; name it in `predecessor`, or correct `from`"
                ),
            };
            reader.fault(at, "agreement.no-predecessor", text);
        }
        is_before.then_some(from)
    }

    fn fate(&mut self, reader: &mut Reader<'_>, section: &Section<'_>) -> Option<Fate> {
        let to = reader.word::<GoalId>(section, "to", Need::May, MALFORMED_NAME);
        let merged = reader.word::<GoalId>(section, "merged", Need::May, MALFORMED_NAME);
        let dropped = reader.text(section, "dropped", Need::May);
        let reason = reader.text(section, "reason", Need::May);
        for heir in to.iter().chain(&merged) {
            if !self.goals.contains(&heir.value) {
                let text = format!("this file has no goal `{}`; correct the name", heir.value);
                reader.fault(heir.at, "agreement.unknown-goal", text);
            }
        }
        match (to, merged, dropped) {
            (Some(to), None, None) => {
                if !self.heirs.insert(to.value.clone()) {
                    let text = format!(
                        "another goal goes on as `{}` already; say `merged` where several become one",
                        to.value
                    );
                    reader.fault(to.at, "agreement.duplicate-transition", text);
                }
                Some(Fate::Carried {
                    to: to.value,
                    reason: reason.map(|found| found.value),
                })
            }
            (None, Some(into), None) => {
                let Some(reason) = reason else {
                    let text = "a goal that is merged needs a `reason`";
                    reader.fault(into.at, "agreement.transition-reason", text);
                    return None;
                };
                Some(Fate::Merged {
                    into: into.value,
                    reason: reason.value,
                })
            }
            (None, None, Some(dropped)) => {
                if let Some(reason) = reason {
                    let text = "`dropped` holds the reason; leave `reason` out";
                    reader.fault(reason.at, "agreement.transition-reason", text);
                }
                Some(Fate::Dropped {
                    reason: dropped.value,
                })
            }
            _ if ["to", "merged", "dropped"]
                .iter()
                .filter(|key| section.has(key))
                .count()
                == 1 =>
            {
                // What is there was refused already.
                None
            }
            _ => {
                let text = "say one thing of what becomes of the goal: `to`, `merged` or `dropped`";
                reader.fault(section.at, "agreement.transition", text);
                None
            }
        }
    }
}

impl Document {
    /// Compares what the file says of the programme before with the goals that are open there:
    /// each is a goal of the next version still, or the file says what becomes of it. `ever` says
    /// whether there was such a goal at all.
    ///
    /// # Errors
    ///
    /// Every open goal that would vanish, at the place where the file takes the place of the
    /// programme before; every passage of a goal that never was, at its own place.
    pub fn account<'g>(
        &self,
        open: impl IntoIterator<Item = (&'g AgreementId, &'g GoalId)>,
        ever: impl Fn(&AgreementId, &GoalId) -> bool,
    ) -> Result<(), Faults> {
        let fault = |(line, column), code, text| Fault {
            line,
            column,
            code,
            text,
        };
        let lost = open
            .into_iter()
            .filter(|(from, goal)| {
                let kept = **from == self.id && self.goal(goal).is_some();
                !kept && self.passage(from, goal).is_none()
            })
            .map(|(from, goal)| {
                let text = format!(
                    "the goal `{goal}` of `{from}` would vanish; keep it, or say in a [[transition]] what becomes of it"
                );
                fault(self.heritage.claim, "agreement.unaccounted-goal", text)
            });
        let passages = self.transitions.iter().zip(&self.heritage.passages);
        let strange = passages
            .filter(|(passage, _)| !ever(&passage.from, &passage.goal))
            .map(|(passage, place)| {
                let text = format!("`{}` never had a goal `{}`", passage.from, passage.goal);
                fault(*place, "agreement.unknown-old-goal", text)
            });
        Faults::none_of(lost.chain(strange).collect())
    }

    /// A fault of what the file says of its predecessor, at the place where it says so.
    pub(crate) fn heritage_fault(&self, code: &'static str, text: String) -> Faults {
        let (line, column) = self.heritage.claim;
        let fault = Fault {
            line,
            column,
            code,
            text,
        };
        Faults::one(fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(version: u32, heritage: &str) -> String {
        format!(
            "+++\nid = 'nato-jpn'\ntitle = 'A'\nversion = {version}\nparties = ['NATO', 'JPN']\n\
             in_force = 2024-01-01T00:00:00Z\n{heritage}\n\
             [[objective]]\ntitle = 'O'\n\
             [[objective.goal]]\nid = 'cyber-1'\narea = 'cyber'\ntitle = 'One'\n\
             [[objective.goal]]\nid = 'cyber-2'\narea = 'cyber'\ntitle = 'Two'\n+++\n"
        )
    }

    fn brief(faults: &Faults) -> Vec<String> {
        let told = faults.iter();
        told.map(|one| format!("{}:{} {}", one.line, one.column, one.code))
            .collect()
    }

    /// The faults of a file of that version with those lines, which begin on line 7.
    fn faults(version: u32, heritage: &str) -> Vec<String> {
        match Document::parse(file(version, heritage).as_bytes()) {
            Ok(_) => Vec::new(),
            Err(faults) => brief(&faults),
        }
    }

    #[test]
    fn what_becomes_of_old_goals_is_read() {
        let text = file(
            2,
            "predecessor = 'ipcp-2014'\n\
             [[transition]]\ngoal = 'a'\nto = 'cyber-1'\n\
             [[transition]]\ngoal = 'b'\nmerged = 'cyber-1'\nreason = 'one work'\n\
             [[transition]]\nfrom = 'nato-jpn'\ngoal = 'c'\ndropped = 'nobody to do it'\n",
        );
        let document = Document::parse(text.as_bytes()).unwrap();
        assert_eq!(document.predecessor.as_ref().unwrap().as_str(), "ipcp-2014");
        let told: Vec<String> = document
            .transitions
            .iter()
            .map(|one| {
                let heir = one.fate.heir().map_or("-", GoalId::as_str);
                let reason = one.fate.reason().unwrap_or("-");
                format!(
                    "{} {} {} {heir} {reason}",
                    one.from,
                    one.goal,
                    one.fate.as_str()
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                "ipcp-2014 a carried over cyber-1 -",
                "ipcp-2014 b merged cyber-1 one work",
                "nato-jpn c dropped - nobody to do it",
            ]
        );
    }

    #[test]
    fn each_fault_is_told_with_its_place() {
        let table = [
            // One thing is said of a goal, and all that is needed.
            ("[[transition]]\ngoal = 'a'", "7:1 agreement.transition"),
            (
                "[[transition]]\ngoal = 'a'\nto = 'cyber-1'\ndropped = 'x'",
                "7:1 agreement.transition",
            ),
            (
                "[[transition]]\nto = 'cyber-1'",
                "7:1 agreement.missing-key",
            ),
            (
                "[[transition]]\ngoal = 'a'\nmerged = 'cyber-1'",
                "9:10 agreement.transition-reason",
            ),
            (
                "[[transition]]\ngoal = 'a'\ndropped = 'x'\nreason = 'y'",
                "10:10 agreement.transition-reason",
            ),
            (
                "[[transition]]\ngoal = 'a'\ndropped = ''",
                "9:11 agreement.empty-text",
            ),
            (
                "[[transition]]\ngoal = 'A'\ndropped = 'x'",
                "8:8 agreement.malformed-name",
            ),
            (
                "[[transition]]\ngoal = 'a'\ndropped = 'x'\nwhy = 'y'",
                "10:1 agreement.unknown-key",
            ),
            // The goals are those of the two documents.
            (
                "[[transition]]\ngoal = 'a'\nto = 'cyber-9'",
                "9:6 agreement.unknown-goal",
            ),
            (
                "[[transition]]\ngoal = 'cyber-1'\ndropped = 'x'",
                "8:8 agreement.kept-goal",
            ),
            (
                "[[transition]]\nfrom = 'other'\ngoal = 'a'\ndropped = 'x'",
                "8:8 agreement.no-predecessor",
            ),
            ("predecessor = 'nato-jpn'", "7:15 agreement.own-predecessor"),
            // Each is accounted for once, and one goal is the continuation of one.
            (
                "[[transition]]\ngoal = 'a'\ndropped = 'x'\n[[transition]]\ngoal = 'a'\ndropped = 'x'",
                "11:8 agreement.duplicate-transition",
            ),
            (
                "[[transition]]\ngoal = 'a'\nto = 'cyber-1'\n[[transition]]\ngoal = 'b'\nto = 'cyber-1'",
                "12:6 agreement.duplicate-transition",
            ),
        ];
        for (heritage, wanted) in table {
            assert_eq!(faults(2, heritage), [wanted], "{heritage}");
        }
        let first = "[[transition]]\ngoal = 'a'\ndropped = 'x'";
        assert_eq!(faults(1, first), ["7:1 agreement.no-predecessor"]);
        assert_eq!(faults(2, first), [""; 0]);
    }

    #[test]
    fn a_goal_that_would_vanish_is_told_where_the_place_of_the_old_is_taken() {
        let own: AgreementId = "nato-jpn".parse().unwrap();
        let old: AgreementId = "ipcp-2014".parse().unwrap();
        let goals: Vec<GoalId> = ["cyber-1", "gone", "space-1"]
            .map(|id| id.parse().unwrap())
            .into();
        let open = [(&own, &goals[0]), (&own, &goals[1]), (&old, &goals[2])];
        let parse = |text: &str| Document::parse(text.as_bytes()).unwrap();
        let silent = parse(&file(2, "predecessor = 'ipcp-2014'"));
        let found = silent.account(open, |_, _| true).unwrap_err();
        assert_eq!(
            brief(&found),
            ["7:15 agreement.unaccounted-goal"; 2],
            "{found}"
        );
        assert!(
            found.to_string().contains("`gone` of `nato-jpn`"),
            "{found}"
        );
        let told = parse(&file(
            2,
            "predecessor = 'ipcp-2014'\n[[transition]]\ngoal = 'space-1'\ndropped = 'x'\n\
             [[transition]]\nfrom = 'nato-jpn'\ngoal = 'gone'\nto = 'cyber-2'",
        ));
        assert_eq!(told.account(open, |_, _| true), Ok(()));
        let strange = told.account(open, |_, goal| *goal != goals[2]).unwrap_err();
        assert_eq!(brief(&strange), ["9:8 agreement.unknown-old-goal"]);
        let plain = parse(&file(2, ""));
        let found = plain.account([(&own, &goals[1])], |_, _| true).unwrap_err();
        assert_eq!(brief(&found), ["4:11 agreement.unaccounted-goal"]);
    }

    #[test]
    fn a_plan_is_read_alone() {
        let new = Document::parse(file(1, "").as_bytes()).unwrap();
        let old: AgreementId = "ipcp-2014".parse().unwrap();
        let plan = read_plan(b"[[transition]]\ngoal = 'a'\nto = 'cyber-1'\n", &old, &new).unwrap();
        assert_eq!(plan.transitions.len(), 1);
        assert_eq!(plan.transitions[0].from, old);
        let found = read_plan(
            b"take = 1\n[[transition]]\ngoal = 'a'\nto = 'x'\n",
            &old,
            &new,
        );
        assert_eq!(
            brief(&found.unwrap_err()),
            ["1:1 agreement.unknown-key", "4:6 agreement.unknown-goal"]
        );
    }
}
