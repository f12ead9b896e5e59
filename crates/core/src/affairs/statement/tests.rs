//! The fold against random histories, and what points come to against an oracle that knows nothing
//! but the list of what was done.

use proptest::prelude::*;

use super::point::{AsOf, Standing, Voice, counting, points};
use super::*;
use crate::act::{
    Act, AddAlias, Propose, RejectProposal, RemoveAlias, RetractStatement, ReviseProposal,
    SourceKind, SourceLink, Speaker, Stance, SupportProposal,
};
use crate::id::{PartyCode, Slug};

const PARTIES: [&str; 3] = ["NATO", "JPN", "FRA"];
const POINTS: [&str; 2] = ["opening-date", "location"];

/// Something that staff does.
#[derive(Clone, Debug)]
enum Done {
    Says {
        party: Option<usize>,
        unnamed: bool,
        stance: usize,
        point: usize,
        said: i64,
        link: Option<(bool, usize)>,
    },
    Retracts(usize),
}

fn done() -> impl Strategy<Value = (Done, i64)> {
    let says = (
        prop::option::weighted(0.8, 0..PARTIES.len()),
        prop::bool::weighted(0.15),
        0..Stance::ALL.len(),
        0..POINTS.len(),
        0..12_i64,
        prop::option::weighted(0.35, (any::<bool>(), 0..30_usize)),
    );
    let says = says.prop_map(|(party, unnamed, stance, point, said, link)| Done::Says {
        party,
        unnamed,
        stance,
        point,
        said,
        link,
    });
    let retracts = (0..30_usize).prop_map(Done::Retracts);
    (prop_oneof![8 => says, 1 => retracts], 0..3_i64)
}

fn id(number: usize) -> StatementId {
    format!("statement-{number}").parse().unwrap()
}

fn subject() -> StatementSubject {
    "office:tokyo".parse().unwrap()
}

fn saying(party: Option<usize>, unnamed: bool, stance: usize, point: usize, said: i64) -> Saying {
    let party = party.map(|party| PARTIES[party].parse::<PartyCode>().unwrap());
    Saying {
        subject: subject(),
        point: POINTS[point].parse().unwrap(),
        stance: Stance::ALL[stance],
        speaker: Speaker {
            name: party.is_none().then(|| "The Daily".to_owned()),
            role: None,
            party,
        },
        said: Instant::from_micros(said),
        place: String::new(),
        quoted: false,
        text: "x".into(),
        sources: vec![SourceLink {
            kind: match unnamed {
                true => SourceKind::Unnamed,
                false => SourceKind::Outlet,
            },
            name: "officials".into(),
        }],
    }
}

fn entry(number: usize, at: i64, act: StatementAct) -> Entry {
    Entry::new(
        EntryNumber(number as u64),
        Instant::from_micros(at),
        Actor::Office,
        Act::Statement(act),
        Digest::of(b""),
    )
}

fn take(fold: &mut Statements, entry: &Entry) -> Result<(), FoldError> {
    let Act::Statement(act) = &entry.act else {
        unreachable!();
    };
    fold.apply(entry, act)
}

/// What was done in the end, with its instant: what is impossible was left out.
#[derive(Debug)]
struct History {
    fold: Statements,
    done: Vec<(usize, i64, Done)>,
}

fn play(steps: Vec<(Done, i64)>) -> History {
    let mut history = History {
        fold: Statements::default(),
        done: Vec::new(),
    };
    let mut at = 0;
    for (number, (mut done, pause)) in steps.into_iter().enumerate() {
        at += pause;
        let recorded: Vec<usize> = history
            .done
            .iter()
            .filter(|(_, _, done)| matches!(done, Done::Says { .. }))
            .map(|(number, _, _)| *number)
            .collect();
        let pick = |wish: usize| recorded.get(wish % recorded.len().max(1)).copied();
        let act = match &mut done {
            Done::Says {
                party,
                unnamed,
                stance,
                point,
                said,
                link,
            } => {
                *link = link.and_then(|(replaces, wish)| Some((replaces, pick(wish)?)));
                StatementAct::Record(RecordStatement {
                    id: id(number),
                    saying: saying(*party, *unnamed, *stance, *point, *said),
                    evidence: Vec::new(),
                    link: link.map(|(replaces, earlier)| match replaces {
                        true => Link::Replaces(id(earlier)),
                        false => Link::Corrects(id(earlier)),
                    }),
                    proposal: None,
                })
            }
            Done::Retracts(wish) => {
                let Some(earlier) = pick(*wish) else { continue };
                *wish = earlier;
                StatementAct::Retract(RetractStatement {
                    id: id(earlier),
                    reason: "in error".into(),
                })
            }
        };
        let before = history.fold.clone();
        match take(&mut history.fold, &entry(number, at, act)) {
            Ok(()) => history.done.push((number, at, done)),
            // It replaces or retracts what was replaced or retracted.
            Err(_) => history.fold = before,
        }
    }
    history
}

/// Whether a statement counts, told from the list alone.
fn counts(done: &[(usize, i64, Done)], which: usize, said_by: i64, known_by: i64) -> bool {
    let mut is_there = false;
    for (number, at, one) in done {
        if *at > known_by {
            continue;
        }
        match one {
            Done::Says { said, .. } if *number == which => is_there = *said <= said_by,
            Done::Says {
                link: Some((true, earlier)),
                ..
            } if *earlier == which => return false,
            Done::Says {
                link: Some((false, earlier)),
                ..
            } if *earlier == which && counts(done, *number, said_by, known_by) => return false,
            Done::Retracts(earlier) if *earlier == which => return false,
            _ => {}
        }
    }
    is_there
}

/// What a point comes to, told from the list alone: for each voice its newest words.
fn oracle(
    done: &[(usize, i64, Done)],
    wanted: usize,
    said_by: i64,
    known_by: i64,
) -> (Option<&'static str>, Vec<(String, usize)>) {
    let mut newest: BTreeMap<String, (i64, usize, Stance)> = BTreeMap::new();
    let mut own: BTreeMap<String, (i64, usize, Stance)> = BTreeMap::new();
    for (number, _, one) in done {
        let Done::Says {
            party,
            unnamed,
            stance,
            point,
            said,
            ..
        } = one
        else {
            continue;
        };
        if *point != wanted || !counts(done, *number, said_by, known_by) {
            continue;
        }
        let voice = match (party, unnamed) {
            (Some(party), false) => format!("party {}", PARTIES[*party]),
            (Some(party), true) => format!("unnamed {}", PARTIES[*party]),
            (None, true) => "unnamed".to_owned(),
            (None, false) => "named the daily".to_owned(),
        };
        let stance = Stance::ALL[*stance];
        let this = (*said, *number, stance);
        let latest = |map: &mut BTreeMap<String, _>, voice: &str| {
            let old = map.get(voice).copied().unwrap_or(this);
            map.insert(voice.to_owned(), if this >= old { this } else { old });
        };
        latest(&mut newest, &voice);
        if !["reported", "declined to comment"].contains(&stance.as_str()) {
            latest(&mut own, &voice);
        }
    }
    let last: BTreeMap<&String, Stance> = newest
        .iter()
        .map(|(voice, said)| (voice, own.get(voice).unwrap_or(said).2))
        .collect();
    let by_party = |stances: &[&str]| {
        last.iter()
            .any(|(voice, stance)| voice.starts_with("party") && stances.contains(&stance.as_str()))
    };
    let (yes, no) = (by_party(&["announced", "confirmed"]), by_party(&["denied"]));
    let standing = if by_party(&["objected"]) || (yes && no) {
        Some("disputed")
    } else if yes {
        Some("confirmed")
    } else if no {
        Some("denied")
    } else if last.values().any(|stance| *stance != Stance::Corrected) {
        Some("only reported")
    } else {
        None
    };
    let newest = newest.into_iter().map(|(voice, said)| (voice, said.1));
    (standing, newest.collect())
}

fn told(voice: &Voice) -> String {
    match voice {
        Voice::Party(party) => format!("party {party}"),
        Voice::Unnamed(Some(party)) => format!("unnamed {party}"),
        Voice::Unnamed(None) => "unnamed".into(),
        Voice::Named(name) => format!("named {name}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn points_come_to_what_the_list_says(
        steps in prop::collection::vec(done(), 0..30),
        said_by in 0..13_i64,
        known_by in 0..60_i64,
    ) {
        let history = play(steps);
        let as_of = AsOf {
            said: Instant::from_micros(said_by),
            recorded: Instant::from_micros(known_by),
        };
        let fold = &history.fold;
        let found = points(fold.about(&subject()), as_of);
        for (place, name) in POINTS.iter().enumerate() {
            let (standing, newest) = oracle(&history.done, place, said_by, known_by);
            let point = found.iter().find(|point| point.name.as_str() == *name);
            let Some(point) = point else {
                prop_assert_eq!((standing, newest.len()), (None, 0));
                continue;
            };
            prop_assert_eq!(point.standing.map(Standing::as_str), standing);
            let mut heard: Vec<(String, StatementId)> = point
                .heard
                .iter()
                .map(|one| (told(&one.voice), one.newest.id.clone()))
                .collect();
            heard.sort();
            let newest: Vec<(String, StatementId)> =
                newest.into_iter().map(|(voice, number)| (voice, id(number))).collect();
            prop_assert_eq!(heard, newest);
        }
        // Whatever became of it, nothing is gone.
        let recorded = history.done.iter().filter(|(_, _, done)| matches!(done, Done::Says { .. }));
        prop_assert_eq!(fold.all().count(), recorded.count());
        // What is recorded later changes nothing of what was known before.
        let shorter = history.done.iter().filter(|(_, at, _)| *at <= known_by).count();
        let before: Vec<&StatementId> =
            counting(fold.about(&subject()), as_of).iter().map(|one| &one.id).collect();
        let mut again = Statements::default();
        for (number, at, done) in &history.done[..shorter] {
            take(&mut again, &replay(*number, *at, done)).unwrap();
        }
        let then: Vec<&StatementId> =
            counting(again.about(&subject()), as_of).iter().map(|one| &one.id).collect();
        prop_assert_eq!(before, then);
    }
}

fn replay(number: usize, at: i64, done: &Done) -> Entry {
    let act = match done {
        Done::Retracts(which) => StatementAct::Retract(RetractStatement {
            id: id(*which),
            reason: "in error".into(),
        }),
        Done::Says {
            party,
            unnamed,
            stance,
            point,
            said,
            link,
        } => StatementAct::Record(RecordStatement {
            id: id(number),
            saying: saying(*party, *unnamed, *stance, *point, *said),
            evidence: Vec::new(),
            link: link.map(|(replaces, earlier)| match replaces {
                true => Link::Replaces(id(earlier)),
                false => Link::Corrects(id(earlier)),
            }),
            proposal: None,
        }),
    };
    entry(number, at, act)
}

fn says(number: usize, party: usize, stance: Stance, said: i64) -> (usize, Saying) {
    let stance = Stance::ALL.iter().position(|one| *one == stance).unwrap();
    (number, saying(Some(party), false, stance, 0, said))
}

fn standing_of(all: Vec<(usize, Saying)>) -> Option<Standing> {
    let mut fold = Statements::default();
    for (number, saying) in all {
        let act = RecordStatement {
            id: id(number),
            saying,
            evidence: Vec::new(),
            link: None,
            proposal: None,
        };
        take(&mut fold, &entry(number, 0, StatementAct::Record(act))).unwrap();
    }
    let as_of = AsOf {
        said: Instant::MAX,
        recorded: Instant::MAX,
    };
    points(fold.about(&subject()), as_of)[0].standing
}

#[test]
fn silence_takes_nothing_back_and_an_objection_disputes() {
    use Stance::{
        Announced, Confirmed, DeclinedToComment, Denied, NotConfirmed, Objected, Reported,
    };
    let one = |stance| says(0, 0, stance, 1);
    assert_eq!(standing_of(vec![one(Reported)]), Some(Standing::Reported));
    assert_eq!(standing_of(vec![one(Announced)]), Some(Standing::Confirmed));
    assert_eq!(standing_of(vec![one(Denied)]), Some(Standing::Denied));
    assert_eq!(standing_of(vec![one(Objected)]), Some(Standing::Disputed));
    assert_eq!(
        standing_of(vec![one(NotConfirmed)]),
        Some(Standing::Reported)
    );
    assert_eq!(
        standing_of(vec![one(Confirmed), says(1, 0, DeclinedToComment, 2)]),
        Some(Standing::Confirmed)
    );
    assert_eq!(
        standing_of(vec![one(Confirmed), says(1, 0, NotConfirmed, 2)]),
        Some(Standing::Reported)
    );
    assert_eq!(
        standing_of(vec![one(Confirmed), says(1, 1, Denied, 2)]),
        Some(Standing::Disputed)
    );
    // An office heard late of what was said early.
    assert_eq!(
        standing_of(vec![says(0, 0, Denied, 5), says(1, 0, Confirmed, 2)]),
        Some(Standing::Denied)
    );
}

fn article(bytes: &[u8]) -> StatementAct {
    StatementAct::FileArticle(FileArticle {
        digest: Digest::of(bytes),
        name: "a.txt".into(),
        bytes: Sheet::new(bytes),
        outlet: None,
        printed: None,
    })
}

fn draft() -> Draft {
    let saying = saying(Some(1), false, 2, 0, 3);
    Draft {
        stance: saying.stance,
        speaker: saying.speaker,
        said: Some(saying.said),
        quoted: false,
        text: saying.text,
        sources: saying.sources,
        subject: None,
        point: None,
        place: String::new(),
    }
}

#[test]
fn proposals_wait_until_staff_decides_once() {
    let mut fold = Statements::default();
    let mut number = 0;
    let mut act = |fold: &mut Statements, act| {
        number += 1;
        take(fold, &entry(number, 7, act))
    };
    let evidence = |bytes: &[u8]| Evidence {
        article: Digest::of(bytes),
        sentence: "Japan confirmed it.".into(),
    };
    let proposal: ProposalId = "proposal-1".parse().unwrap();
    let propose = |bytes| {
        StatementAct::Propose(Propose {
            id: "proposal-1".parse().unwrap(),
            draft: draft(),
            evidence: evidence(bytes),
        })
    };
    assert!(act(&mut fold, propose(b"a")).is_err(), "no such article");
    act(&mut fold, article(b"a")).unwrap();
    assert!(act(&mut fold.clone(), article(b"a")).is_err());
    act(&mut fold, article(b"b")).unwrap();
    act(&mut fold, propose(b"a")).unwrap();
    act(
        &mut fold,
        StatementAct::Support(SupportProposal {
            id: proposal.clone(),
            evidence: evidence(b"b"),
        }),
    )
    .unwrap();
    assert_eq!((fold.waiting(), fold.all().count()), (1, 0));
    let revised = Draft {
        text: "y".into(),
        ..draft()
    };
    act(
        &mut fold,
        StatementAct::Revise(ReviseProposal {
            id: proposal.clone(),
            draft: revised,
        }),
    )
    .unwrap();
    let one = fold.proposal(&proposal).unwrap();
    assert_eq!((one.draft.text.as_str(), one.evidence.len()), ("y", 2));
    let accept = StatementAct::Record(RecordStatement {
        id: id(0),
        saying: saying(Some(1), false, 2, 0, 3),
        evidence: one.evidence.clone(),
        link: None,
        proposal: Some(proposal.clone()),
    });
    act(&mut fold, accept).unwrap();
    assert_eq!((fold.waiting(), fold.all().count()), (0, 1));
    let reject = StatementAct::Reject(RejectProposal {
        id: proposal,
        reason: "no".into(),
    });
    assert!(act(&mut fold, reject).is_err(), "it is accepted");
}

#[test]
fn a_name_stands_for_one_party_however_it_is_written() {
    let mut fold = Statements::default();
    let add = |name: &str, party: &str| {
        StatementAct::AddAlias(AddAlias {
            name: name.into(),
            party: party.parse().unwrap(),
        })
    };
    take(&mut fold, &entry(0, 0, add("Nagatacho", "JPN"))).unwrap();
    assert_eq!(fold.alias(" nagatacho ").unwrap().party.as_str(), "JPN");
    assert!(take(&mut fold.clone(), &entry(1, 0, add("NAGATACHO", "FRA"))).is_err());
    let remove = StatementAct::RemoveAlias(RemoveAlias {
        name: "NagataCho".into(),
    });
    take(&mut fold, &entry(1, 0, remove.clone())).unwrap();
    assert!(fold.alias("Nagatacho").is_none());
    assert!(take(&mut fold, &entry(2, 0, remove)).is_err());
}

#[test]
fn subjects_and_stances_are_read_as_they_are_written() {
    for text in [
        "office:tokyo",
        "decision:d-1",
        "agreement:nato-jpn",
        "matter:summit",
    ] {
        let read: StatementSubject = text.parse().unwrap();
        assert_eq!(read.to_string(), text);
        let bytes = minicbor::to_vec(&read).unwrap();
        assert_eq!(minicbor::decode::<StatementSubject>(&bytes).unwrap(), read);
    }
    for text in ["tokyo", "office:", "office:Tokyo", "planet:x"] {
        assert!(text.parse::<StatementSubject>().is_err(), "{text}");
    }
    for stance in Stance::ALL {
        assert_eq!(stance.as_str().parse(), Ok(stance));
        assert_eq!(stance.as_str().replace(' ', "-").parse(), Ok(stance));
    }
    assert_eq!(
        "maybe".parse::<Stance>().unwrap_err().code(),
        "statement.unknown-word"
    );
    let slug: Result<Slug, _> = "Opening Date".parse();
    assert!(slug.is_err());
    let act = article(b"whole");
    let bytes = minicbor::to_vec(&act).unwrap();
    assert_eq!(minicbor::decode::<StatementAct>(&bytes).unwrap(), act);
}
