//! The scenes of the office's own work: what was said in public, an office in Tokyo from proposal
//! to objection, a consultation, a programme's transition, and an exercise.
//!
//! Everything goes through the engine's use cases, and every line shown is asked of the running
//! office as the reader that the line names. Dates to come are counted from the day of the demo.

use anyhow::{Context as _, Result, bail};
use legation_core::act::{
    ActivityKind, GoalRef, Invited, Nominee, Procedure, Role, Saying, SetDeadline, SourceLink,
    Speaker, StatementSubject, Subject, Voice,
};
use legation_core::affairs::consultation::{AgendaItem, Speech};
use legation_core::affairs::liaison::{Ground, LiaisonStatus, Particulars};
use legation_core::id::{DecisionId, LiaisonId, PartyCode, StatementId};
use legation_core::time::Instant;
use legation_engine::{
    ActivityDraft, AskedFor, Because, Caller, MeetingPlan, NewDecision, NewLiaison, NewPermit,
    NewPosition, NewStatement, Nominating, SpeechDraft,
};

use crate::demo::scene::heading;
use crate::demo::stage::Stage;
use crate::demo::timeline::{Said, TIMELINE};

/// The partners of the sample office.
const PARTNERS: [&str; 4] = ["JPN", "KOR", "AUS", "NZL"];

/// What is put to the members.
const TEXT: &str = "The members agree to open a liaison office in Tokyo, with one person in it.\n";

/// So many microseconds has a day.
const DAY: i64 = 24 * 3_600_000_000;

fn tokyo() -> Result<LiaisonId> {
    Ok("tokyo".parse()?)
}

fn codes(codes: &[&str]) -> Result<Vec<PartyCode>> {
    let codes = codes.iter().map(|code| code.parse());
    Ok(codes.collect::<Result<_, _>>()?)
}

/// The start of the day that is so many days from now, and so many hours.
fn in_days(stage: &Stage, days: i64, hours: i64) -> Result<Instant> {
    let today = stage.office.now()?.micros().div_euclid(DAY);
    Ok(Instant::from_micros(
        (today + days) * DAY + hours * 3_600_000_000,
    ))
}

/// Somebody who may speak for a party.
async fn delegate(stage: &Stage, code: &str) -> Result<Caller> {
    let (party, name) = (code.parse()?, "delegate".parse()?);
    let link = stage
        .office
        .add_person(&stage.chief, party, name, Role::Delegate)
        .await?;
    let (caller, _) = stage.office.sign_in(link.reveal()).await?;
    Ok(caller)
}

/// An office in Tokyo: proposed, talked about in public, put to the members, and objected to.
pub(super) async fn decide(stage: &Stage) -> Result<()> {
    heading("An office in Tokyo, from proposal to objection");
    let office = NewLiaison {
        id: tokyo()?,
        city: "Tokyo".into(),
        host: "JPN".parse()?,
        particulars: Particulars {
            staff: vec!["one liaison officer".into()],
            accredited: codes(&["KOR", "AUS", "NZL"])?,
            ..Particulars::default()
        },
        told: Vec::new(),
    };
    let because = |reason: &str, ground| Because {
        on: None,
        reason: reason.into(),
        ground,
    };
    let (chief, held) = (&stage.chief, &stage.office);
    held.propose_liaison(chief, office, because("a hub for four partners", None))
        .await?;
    let confirmed = record(stage).await?;
    held.move_liaison(
        chief,
        tokyo()?,
        LiaisonStatus::Negotiating,
        because(
            "the talks are confirmed",
            Some(Ground::Statement(confirmed)),
        ),
    )
    .await?;
    let id: DecisionId = "tokyo-office".parse()?;
    let tabled = held
        .table_decision(
            chief,
            NewDecision {
                id: Some(id.clone()),
                title: "A liaison office in Tokyo".into(),
                text: TEXT.into(),
                procedure: Procedure::Silence,
                expiry: in_days(stage, 8, 10)?.to_string(),
                asked: None,
                told: codes(&["JPN"])?,
                permits: NewPermit::OpenOffice(tokyo()?),
                urgent: None,
            },
        )
        .await?;
    println!("silence runs on {}, {}", tabled.title, tabled.outcome);
    let fra = delegate(stage, "FRA").await?;
    let objection = NewPosition {
        party: None,
        voice: Voice::Objection,
        text: Some("An office there is not what the alliance is for.".into()),
    };
    held.say_position(&fra, id.clone(), objection).await?;
    for code in ["USA", "GBR", "NOR"] {
        let reader = delegate(stage, code).await?;
        let told = held.notices(&reader)?.awaiting.notices.into_iter();
        let told = told
            .filter(|notice| notice.subject.id == id.as_str())
            .map(|notice| notice.text);
        println!("  {code} is told: {}", told.collect::<Vec<_>>().join("; "));
    }
    let refused = held
        .move_liaison(
            chief,
            tokyo()?,
            LiaisonStatus::Decided,
            because("it would be nice", None),
        )
        .await;
    let Err(refused) = refused else {
        bail!("an office was decided upon without a decision");
    };
    println!("the office's status stays: {}", refused.text);
    for (code, reader) in [("FRA", &fra), ("JPN", &stage.player("JPN")?.caller)] {
        let (decisions, offices) = (held.decisions(reader)?, held.liaisons(reader, None)?);
        println!(
            "  {code} reads of {} decisions and {} offices",
            decisions.len(),
            offices.len()
        );
    }
    Ok(())
}

/// Puts the timeline on the record; the statement that confirms the talks.
async fn record(stage: &Stage) -> Result<StatementId> {
    let mut confirmed = None;
    for said in &TIMELINE {
        let id = record_one(stage, said).await?;
        if said.point == "talks" {
            confirmed = Some(id);
        }
    }
    confirmed.context("nobody confirms the talks")
}

async fn record_one(stage: &Stage, said: &Said) -> Result<StatementId> {
    let sources = said.sources.iter().map(|(kind, name)| SourceLink {
        kind: *kind,
        name: (*name).to_owned(),
    });
    let new = NewStatement {
        id: None,
        saying: Saying {
            subject: StatementSubject::Office(tokyo()?),
            point: said.point.parse()?,
            stance: said.stance,
            speaker: Speaker {
                name: said.name.map(str::to_owned),
                role: said.role.map(str::to_owned),
                party: said.party.map(str::parse).transpose()?,
            },
            said: said.on.parse()?,
            place: said.place.into(),
            quoted: false,
            text: said.text.into(),
            sources: sources.collect(),
        },
        evidence: Vec::new(),
        corrects: None,
    };
    let recorded = stage.office.record_statement(&stage.chief, new).await?;
    Ok(recorded.id)
}

/// What was said in public about it, and what each point comes to.
pub(super) fn look_back(stage: &Stage) -> Result<()> {
    heading("What was said in public about the office in Tokyo");
    let about = StatementSubject::Office(tokyo()?);
    let page = stage.office.subject(&stage.chief, &about, None, None)?;
    for one in &page.timeline {
        let saying = &one.saying;
        let who = saying.speaker.party.as_ref().map(PartyCode::as_str);
        let who = who.or(saying.speaker.name.as_deref()).unwrap_or("-");
        let day: String = saying.said.to_string().chars().take(10).collect();
        println!(
            "{day}  {who:<16} {:<20} {}",
            saying.stance.as_str(),
            saying.text
        );
    }
    for point in &page.points {
        let standing = point.standing.map_or("taken back", |one| one.as_str());
        println!("  {:<11} {standing}", point.name.as_str());
    }
    Ok(())
}

/// A consultation of the four partners.
pub(super) async fn consult(stage: &Stage) -> Result<()> {
    heading("A consultation of the four partners");
    let (chief, held) = (&stage.chief, &stage.office);
    let asked = AskedFor {
        id: None,
        subject: "Disinformation before elections".into(),
        area: "disinformation".parse()?,
        participants: codes(&PARTNERS)?,
        reason: "each of them meets it, none of them alone".into(),
        open: true,
    };
    let id = held.ask_consultation(chief, asked).await?;
    let agenda = AgendaItem {
        title: "What each has seen".into(),
        lead: Some("NZL".parse()?),
    };
    held.set_agenda(chief, id.clone(), vec![agenda]).await?;
    let meeting = MeetingPlan {
        title: Some("First meeting".into()),
        start: Some(in_days(stage, 14, 4)?.to_string()),
        end: Some(in_days(stage, 14, 6)?.to_string()),
        zone: Some("Asia/Tokyo".parse()?),
        place: Some("Tokyo".into()),
        ..MeetingPlan::default()
    };
    held.set_meeting(chief, id.clone(), meeting).await?;
    let position = SpeechDraft {
        party: None,
        speech: Speech::Position,
        item: Some(1),
        text: "Warn each other within a day.".into(),
    };
    let nzl = delegate(stage, "NZL").await?;
    held.say(&nzl, id.clone(), position).await?;
    let read = held.consultation(&nzl, &id, None).await?.answer;
    println!(
        "{}, as NZL reads it: {} said",
        read.consultation.subject,
        read.consultation.said.len()
    );
    for meeting in &read.meetings {
        for time in &meeting.times {
            println!("  {:<4} {} - {}", time.party, time.start, time.end);
        }
        for warning in &meeting.warnings {
            println!("  {:<4} {}", warning.party, warning.text);
        }
    }
    let fra = &stage.player("FRA")?.caller;
    let seen = held.consultations(fra)?.len();
    println!("FRA, who takes no part, reads of {seen} consultations");
    Ok(())
}

/// What the tailored programme says of the goals of the one before.
pub(super) async fn succeed(stage: &Stage) -> Result<()> {
    heading("The programme of 2014 and the tailored one that took its place");
    let id = "nato-jpn".parse()?;
    let reader = &stage.player("JPN")?.caller;
    let programme = stage.office.programme(reader, &id).await?.answer;
    for goal in &programme.goals {
        let outcome = goal.outcome.as_ref();
        let fate = outcome.map_or("goes on", |outcome| outcome.fate);
        let heir = outcome.and_then(|outcome| outcome.heir.as_ref());
        let heir = heir.map_or(String::new(), |heir| format!(" into {heir}"));
        let reason = outcome.and_then(|outcome| outcome.reason.as_deref());
        let reason = reason.map_or(String::new(), |reason| format!(": {reason}"));
        println!(
            "  {:<11} {:<48} {fate}{heir}{reason}",
            goal.id.as_str(),
            goal.title
        );
    }
    Ok(())
}

/// An exercise with more nominations than seats, and the deadline of a summit.
pub(super) async fn exercise(stage: &Stage) -> Result<()> {
    heading("An exercise with nominations");
    let (chief, held) = (&stage.chief, &stage.office);
    let draft = |id: &str, kind, title: &str, start: Instant, end: Instant| {
        anyhow::Ok(ActivityDraft {
            id: Some(id.parse()?),
            kind,
            title: title.into(),
            area: "cyber".parse()?,
            place: "Tokyo".into(),
            start,
            end,
            zone: "Asia/Tokyo".parse()?,
            invited: ["JPN", "KOR"]
                .map(|code| anyhow::Ok((code.parse::<PartyCode>()?, 2)))
                .into_iter()
                .map(|one| {
                    one.map(|(party, seats)| Invited {
                        party,
                        seats: Some(seats),
                    })
                })
                .collect::<Result<_>>()?,
            needs: Vec::new(),
            goals: Vec::new(),
            text: None,
        })
    };
    let mut plan = draft(
        "exercise-tokyo",
        ActivityKind::Exercise,
        "Joint exercise on an attack on ports",
        in_days(stage, 60, 0)?,
        in_days(stage, 62, 0)?,
    )?;
    plan.goals = vec![GoalRef {
        agreement: "nato-jpn".parse()?,
        goal: "cyber-1".parse()?,
    }];
    let id = held.add_activity(chief, plan).await?;
    let jpn = delegate(stage, "JPN").await?;
    for person in ["aoki", "baba", "chiba"] {
        let nominee = Nominee {
            activity: id.clone(),
            party: "JPN".parse()?,
            person: person.parse()?,
        };
        let new = Nominating {
            nominee: nominee.clone(),
            full_name: None,
            despite: None,
        };
        held.nominate(&jpn, new).await?;
        held.confirm(chief, nominee).await?;
    }
    show_nominees(stage, &jpn, &id, "JPN")?;
    let gone = Nominee {
        activity: id.clone(),
        party: "JPN".parse()?,
        person: "aoki".parse()?,
    };
    held.withdraw_nominee(&jpn, gone, Some("ill".into()), false)
        .await?;
    println!("aoki cannot come:");
    show_nominees(stage, &jpn, &id, "JPN")?;
    show_nominees(stage, &stage.player("KOR")?.caller, &id, "KOR")?;
    let summit = draft(
        "summit",
        ActivityKind::Summit,
        "The summit",
        in_days(stage, 90, 0)?,
        in_days(stage, 92, 0)?,
    )?;
    let summit = held.add_activity(chief, summit).await?;
    let deadline = SetDeadline {
        activity: summit,
        subject: Subject::Agreement("nato-jpn".parse()?),
        text: "sign the next version before the summit".into(),
        due: None,
    };
    held.set_deadline(chief, deadline).await?;
    for one in held.agreement_deadlines(&jpn, &"nato-jpn".parse()?)? {
        println!("nato-jpn, as JPN reads it: {} by {}", one.text, one.due);
    }
    Ok(())
}

fn show_nominees(
    stage: &Stage,
    reader: &Caller,
    id: &legation_core::id::ActivityId,
    code: &str,
) -> Result<()> {
    let line = stage.office.activity(reader, id, |view| {
        let nominees = view.nominees.iter().map(|one| {
            let place = one.waiting.map(|place| format!(" {place}"));
            format!(
                "{} {}{}",
                one.nomination.person,
                one.standing.as_str(),
                place.unwrap_or_default()
            )
        });
        nominees.collect::<Vec<_>>().join(", ")
    })?;
    let line = if line.is_empty() { "nobody" } else { &line };
    println!("  {code} reads: {line}");
    Ok(())
}
