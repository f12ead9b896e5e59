//! The caller's calendar, secret addresses at which it is read, mail addresses, invitations and the
//! replies to them.
//!
//! What is in a calendar and who may see it is decided in core; what is read by a secret address is
//! in [`crate::calendar`].

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use legation_core::affairs::calendar::CalendarFeed;
use legation_core::calendar::{Event, When};
use legation_core::id::{EventUid, FeedId, MailAddress, PartyCode, PersonName};
use legation_core::time::{Day, Instant};
use legation_engine::Invited;
use legation_formats::ical::replies_of_mail;
use serde::{Deserialize, Serialize};

use crate::api::openapi::{Operation, Path};
use crate::api::request::{Named, Sent, Sheet, invalid};
use crate::auth::{Caller, Shown};
use crate::face::Face;
use crate::problem::Problem;

#[rustfmt::skip]
pub(super) fn paths() -> Vec<Path> {
    vec![
        Path::at("/calendar/events")
            .get(events, Operation::new("listEvents", "What is in the caller's calendar, by time")
                .gives("Events")),
        Path::at("/calendar/feeds")
            .get(feeds, Operation::new("listCalendarFeeds", "The secret addresses at which calendars are read: all for the office, else those of the caller's party and its own")
                .gives("CalendarFeeds"))
            .post(make, Operation::new("makeCalendarFeed", "Makes a secret address at which a calendar is read (iCalendar); the address is shown this once")
                .takes("NewCalendarFeed").creates("MadeCalendarFeed").refuses(&[404, 409, 422])),
        Path::at("/calendar/feeds/{feed}/revoke")
            .post(revoke, Operation::new("revokeCalendarFeed", "Nothing is read at that address any more, at once")
                .gives("RevokedCalendarFeed").refuses(&[404])),
        Path::at("/calendar/addresses")
            .get(addresses, Operation::new("listAddresses", "Where invitations and digests go: of everybody for the office, else the caller's own")
                .gives("Addresses"))
            .put(set_address, Operation::new("setAddress", "Says where mail to a person goes, or that it goes nowhere: the office for anybody, everybody for itself")
                .takes("NewAddress").gives("Address").refuses(&[404, 422])),
        Path::at("/calendar/invitations")
            .get(invitations, Operation::new("listInvitations", "Invitations that were sent, and what was answered: all for the office, else those of the caller's party")
                .gives("Invitations")),
        Path::at("/calendar/replies")
            .post(reply, Operation::new("replyToInvitation", "Takes the mail with which a client answered an invitation, or the calendar in it (RFC 5546, METHOD:REPLY)")
                .takes_text("message/rfc822").gives("Replies").refuses(&[422])),
    ]
}

#[derive(Serialize)]
pub(super) struct Events {
    events: Vec<Listed>,
}

#[derive(Serialize)]
struct Listed {
    uid: EventUid,
    what: &'static str,
    id: String,
    sequence: u32,
    changed: Instant,
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first: Option<Day>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<Day>,
    summary: String,
    description: Option<String>,
    place: Option<String>,
    cancelled: bool,
    meeting: bool,
}

impl From<Event> for Listed {
    fn from(event: Event) -> Self {
        let (time, days) = match event.when {
            When::Time { start, end } => (Some((start, end)), None),
            When::Days { first, last } => (None, Some((first, last))),
        };
        Self {
            uid: event.uid,
            what: event.subject.what,
            id: event.subject.id,
            sequence: event.sequence,
            changed: event.changed,
            start: time.map(|(start, _)| start),
            end: time.map(|(_, end)| end),
            first: days.map(|(first, _)| first),
            last: days.map(|(_, last)| last),
            summary: event.summary,
            description: event.description,
            place: event.place,
            cancelled: event.is_cancelled,
            meeting: event.is_meeting,
        }
    }
}

async fn events(State(face): State<Face>, caller: Caller) -> Result<Json<Events>, Problem> {
    let events = face.office.calendar(&caller)?.into_iter();
    Ok(Json(Events {
        events: events.map(Listed::from).collect(),
    }))
}

#[derive(Serialize)]
pub(super) struct Feeds {
    feeds: Vec<Feed>,
}

#[derive(Serialize)]
struct Feed {
    id: FeedId,
    name: String,
    party: PartyCode,
    person: Option<PersonName>,
    made: Instant,
    revoked: Option<Instant>,
}

impl From<CalendarFeed> for Feed {
    fn from(feed: CalendarFeed) -> Self {
        Self {
            id: feed.act.id,
            name: feed.act.name,
            party: feed.act.party,
            person: feed.act.person,
            made: feed.made,
            revoked: feed.revoked,
        }
    }
}

async fn feeds(State(face): State<Face>, caller: Caller) -> Result<Json<Feeds>, Problem> {
    let feeds = face.office.calendar_feeds(&caller)?.into_iter();
    Ok(Json(Feeds {
        feeds: feeds.map(Feed::from).collect(),
    }))
}

/// A feed to be made.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewFeed {
    name: String,
    party: PartyCode,
    person: Option<PersonName>,
}

/// A feed that was made.
#[derive(Serialize)]
pub(super) struct Made {
    id: FeedId,
    name: String,
    party: PartyCode,
    person: Option<PersonName>,
    url: Shown,
}

async fn make(
    State(face): State<Face>,
    caller: Caller,
    Sent(new): Sent<NewFeed>,
) -> Result<(StatusCode, Json<Made>), Problem> {
    let (party, person, name) = (new.party, new.person, new.name.trim().to_owned());
    let made = face
        .office
        .make_calendar_feed(&caller, party.clone(), person.clone(), name.clone())
        .await?;
    let base = face.settings.public_url.as_deref().unwrap_or_default();
    let made = Made {
        id: made.id,
        name,
        party,
        person,
        url: Shown::new(&format!("{base}/calendar/{}.ics", made.secret.reveal())),
    };
    Ok((StatusCode::CREATED, Json(made)))
}

/// A feed that is read no more.
#[derive(Serialize)]
pub(super) struct Revoked {
    id: FeedId,
    revoked: bool,
}

async fn revoke(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<FeedId>,
) -> Result<Json<Revoked>, Problem> {
    face.office
        .revoke_calendar_feed(&caller, id.clone())
        .await?;
    Ok(Json(Revoked { id, revoked: true }))
}

#[derive(Serialize)]
pub(super) struct Addresses {
    addresses: Vec<Address>,
}

/// Where mail to a person goes.
#[derive(Serialize)]
pub(super) struct Address {
    party: PartyCode,
    person: PersonName,
    address: Option<MailAddress>,
}

async fn addresses(State(face): State<Face>, caller: Caller) -> Result<Json<Addresses>, Problem> {
    let addresses = face.office.addresses(&caller)?.into_iter();
    let addresses = addresses.map(|(party, person, address)| Address {
        party,
        person,
        address: Some(address),
    });
    Ok(Json(Addresses {
        addresses: addresses.collect(),
    }))
}

/// Where mail to a person is to go.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewAddress {
    party: PartyCode,
    person: PersonName,
    address: Option<MailAddress>,
}

async fn set_address(
    State(face): State<Face>,
    caller: Caller,
    Sent(new): Sent<NewAddress>,
) -> Result<Json<Address>, Problem> {
    let NewAddress {
        party,
        person,
        address,
    } = new;
    face.office
        .set_address(&caller, party.clone(), person.clone(), address.clone())
        .await?;
    Ok(Json(Address {
        party,
        person,
        address,
    }))
}

#[derive(Serialize)]
pub(super) struct Invitations {
    invitations: Vec<Invitation>,
}

#[derive(Serialize)]
struct Invitation {
    uid: EventUid,
    what: Option<&'static str>,
    id: Option<String>,
    summary: Option<String>,
    party: PartyCode,
    person: PersonName,
    address: MailAddress,
    sequence: u32,
    cancelled: bool,
    sent: Instant,
    answer: &'static str,
    answered: Option<Instant>,
}

impl From<Invited> for Invitation {
    fn from(one: Invited) -> Self {
        let sent = one.invitation;
        // An answer to a state that has changed since says nothing of the new one.
        let answered = sent
            .answered
            .filter(|answered| answered.sequence == sent.sequence);
        Self {
            uid: one.uid,
            what: one.event.as_ref().map(|event| event.subject.what),
            id: one.event.as_ref().map(|event| event.subject.id.clone()),
            summary: one.event.map(|event| event.summary),
            party: sent.party,
            person: sent.person,
            address: one.address,
            sequence: sent.sequence,
            cancelled: sent.cancelled,
            sent: sent.sent,
            answer: answered
                .as_ref()
                .map_or("waiting", |one| one.answer.as_str()),
            answered: answered.map(|one| one.at),
        }
    }
}

async fn invitations(
    State(face): State<Face>,
    caller: Caller,
) -> Result<Json<Invitations>, Problem> {
    let invitations = face.office.invitations(&caller)?.into_iter();
    Ok(Json(Invitations {
        invitations: invitations.map(Invitation::from).collect(),
    }))
}

#[derive(Serialize)]
pub(super) struct Replies {
    replies: Vec<Judged>,
}

/// What became of a reply.
#[derive(Serialize)]
struct Judged {
    uid: String,
    address: String,
    partstat: &'static str,
    outcome: &'static str,
}

async fn reply(
    State(face): State<Face>,
    caller: Caller,
    Sheet(mail): Sheet,
) -> Result<Json<Replies>, Problem> {
    let replies = replies_of_mail(&mail).map_err(|error| Problem {
        place: Some(format!("line {}", error.line)),
        ..invalid(error.code(), error.fault.to_string())
    })?;
    let outcomes = face.office.take_replies(&caller, replies.clone()).await?;
    let judged = replies
        .into_iter()
        .zip(outcomes)
        .map(|(reply, outcome)| Judged {
            uid: reply.uid,
            address: reply.address,
            partstat: reply.partstat.as_str(),
            outcome: outcome.as_str(),
        });
    Ok(Json(Replies {
        replies: judged.collect(),
    }))
}
