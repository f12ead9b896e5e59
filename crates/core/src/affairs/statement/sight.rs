//! Who may know that the office keeps statements about something. Statements are public, that the
//! office follows them is not: whoever may not know of a subject is not told what was said about it.

use crate::act::StatementSubject;
use crate::affairs::liaison;
use crate::affairs::statement::Statement;
use crate::agreement::succession::Agreement;
use crate::id::PartyCode;
use crate::party::Status;
use crate::state::State;
use crate::time::Instant;

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reader<'a> {
    /// For which party.
    pub party: &'a PartyCode,
    /// In what standing that party is; none if it is not known.
    pub status: Option<Status>,
    /// Whether the office's own people ask.
    pub staff: bool,
}

/// From when on a reader is shown what was recorded about a subject; nothing of it exists for a
/// reader without.
///
/// The office's own people see everything. Anybody else sees what was said about an office or a
/// decision that it may see itself, of an office that it was told of later only what was recorded
/// from then on, and what was said about an agreement that it is a side of. Other matters are the
/// office's own business.
pub fn seen_since(
    state: &State,
    subject: &StatementSubject,
    reader: Reader<'_>,
    now: Instant,
) -> Option<Instant> {
    if reader.staff {
        return Some(Instant::MIN);
    }
    let (party, status) = (reader.party, reader.status?);
    match subject {
        StatementSubject::Office(id) => {
            let office = state.affairs().liaison.get(id)?;
            match office.sight(party, status, false)? {
                liaison::Sight::Whole => Some(Instant::MIN),
                liaison::Sight::Outside { .. } => office.known_since(party),
            }
        }
        StatementSubject::Decision(id) => {
            let decision = state.affairs().decisions.get(id)?;
            let seen = decision.is_seen_by(party, false, now);
            seen.then_some(Instant::MIN)
        }
        StatementSubject::Agreement(id) => {
            let latest = state.agreement(id).and_then(Agreement::latest)?;
            let parties = &latest.document.parties;
            let side = parties.host == *party || parties.other.names(party, status);
            side.then_some(Instant::MIN)
        }
        StatementSubject::Matter(_) => None,
    }
}

/// Whether a reader is shown a statement.
pub fn is_seen_by(state: &State, statement: &Statement, reader: Reader<'_>, now: Instant) -> bool {
    let since = seen_since(state, &statement.saying.subject, reader, now);
    since.is_some_and(|since| since <= statement.recorded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::act::{
        Act, Actor, AddParty, DecisionAct, Entry, LiaisonAct, Open, Procedure, ProposeOffice,
        RecordStatement, Saying, Speaker, Stance, StatementAct, TableAgreement, TableDecision,
        TellOffice,
    };
    use crate::affairs::decision::{Expiry, Permit};
    use crate::affairs::liaison::Particulars;
    use crate::id::{Digest, EntryNumber};
    use crate::party::Zone;

    struct Office {
        state: State,
        now: Instant,
    }

    impl Office {
        fn open() -> Self {
            let now: Instant = "2024-01-01T00:00:00Z".parse().unwrap();
            let open = Act::Open(Open {
                alliance: code("NATO"),
                name: "Alliance".into(),
                office: "Tokyo".into(),
                zone: Zone::utc(),
                seed: [7; 16],
                house: String::new(),
            });
            let (number, digest) = (EntryNumber(0), Digest::of(b""));
            let entry = Entry::new(number, now, Actor::Office, open, digest);
            let state = State::open(&entry).unwrap();
            Self { state, now }
        }

        fn act(&mut self, act: Act) {
            self.now = self.now.plus_micros(1_000_000);
            let (number, digest) = (self.state.next(), Digest::of(b""));
            let entry = Entry::new(number, self.now, Actor::Office, act, digest);
            self.state.apply(&entry).unwrap();
        }

        fn say(&mut self, id: &str, subject: &str) {
            let saying = Saying {
                subject: subject.parse().unwrap(),
                point: "date".parse().unwrap(),
                stance: Stance::Denied,
                speaker: Speaker {
                    party: Some(code("CHN")),
                    ..Speaker::default()
                },
                said: Instant::MIN,
                place: String::new(),
                quoted: false,
                text: "x".into(),
                sources: Vec::new(),
            };
            self.act(Act::Statement(StatementAct::Record(RecordStatement {
                id: id.parse().unwrap(),
                saying,
                evidence: Vec::new(),
                link: None,
                proposal: None,
            })));
        }

        fn seen(&self, party: &str, staff: bool, now: Instant) -> Vec<&str> {
            let party = code(party);
            let status = self.state.find_party(&party).map(|party| party.status);
            let reader = Reader {
                party: &party,
                status,
                staff,
            };
            let all = self.state.affairs().statements.all();
            let seen = all.filter(|one| is_seen_by(&self.state, one, reader, now));
            seen.map(|one| one.id.as_str()).collect()
        }
    }

    fn code(text: &str) -> PartyCode {
        text.parse().unwrap()
    }

    /// A decision that asks one of two members and tells a partner, an office that another partner is
    /// told of late, an agreement with that one: who sees what was said about each.
    #[test]
    fn what_was_said_is_seen_by_whoever_sees_what_it_was_said_about() {
        let mut office = Office::open();
        for (party, status) in [
            ("ITA", Status::Member),
            ("POL", Status::Member),
            ("JPN", Status::Partner),
            ("KOR", Status::Partner),
        ] {
            office.act(Act::AddParty(AddParty {
                code: code(party),
                name: party.into(),
                status,
                zone: Zone::utc(),
            }));
        }
        let expires: Instant = "2024-02-01T00:00:00Z".parse().unwrap();
        office.act(Act::Decision(DecisionAct::Table(TableDecision {
            id: "opening".parse().unwrap(),
            title: "x".into(),
            text: b"x".to_vec(),
            procedure: Procedure::Silence,
            expiry: Expiry {
                at: expires,
                zone: Zone::utc(),
                written: "x".into(),
            },
            asked: vec![code("ITA")],
            told: vec![code("KOR")],
            permits: Permit::None,
            urgent: None,
            predecessor: None,
        })));
        office.act(Act::Liaison(LiaisonAct::Propose(ProposeOffice {
            id: "tokyo".parse().unwrap(),
            city: "Tokyo".into(),
            host: code("JPN"),
            particulars: Particulars::default(),
            on: "2024-01-01".parse().unwrap(),
            reason: "x".into(),
            ground: None,
        })));
        let file = "+++\nid = \"nato-jpn\"\ntitle = \"x\"\nversion = 1\nparties = [\"NATO\", \"JPN\"]\n\
            in_force = 2024-01-01T00:00:00Z\n+++\n# x\n";
        office.act(Act::TableAgreement(TableAgreement {
            file: file.as_bytes().to_vec(),
        }));
        office.say("agreed", "agreement:nato-jpn");
        office.say("decided", "decision:opening");
        office.say("early", "office:tokyo");
        office.say("other", "matter:weather");
        office.say("nothing", "office:nowhere");
        office.act(Act::Liaison(LiaisonAct::Tell(TellOffice {
            id: "tokyo".parse().unwrap(),
            parties: vec![code("KOR")],
            reason: "x".into(),
        })));
        office.say("late", "office:tokyo");

        let now = office.now;
        for (party, seen) in [
            ("ITA", &["decided", "early", "late"][..]),
            ("POL", &["early", "late"]),
            ("JPN", &["agreed"]),
            ("KOR", &["late"]),
            ("NATO", &["agreed", "early", "late"]),
            ("XYZ", &[]),
        ] {
            assert_eq!(office.seen(party, false, now), seen, "{party}");
        }
        // Silence has adopted the decision, and the partner is told.
        assert_eq!(office.seen("KOR", false, expires), ["decided", "late"]);
        assert_eq!(office.seen("NATO", true, now).len(), 6);
    }
}
