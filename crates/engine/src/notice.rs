//! What awaits whom: the caller's own list, what is owed to webhooks and digests, and what was
//! delivered.
//!
//! Which notices there are is decided in core, for one reader at one instant; whoever carries them
//! out asks again before each step, so that nothing goes out that its reader may not see any more.
//! What was taken by the other end stands in the journal, so that a restart repeats nothing but
//! what was under way. Nothing is posted here.

use legation_core::act::{
    Act, Actor, Deliver, FailWebhook, NoticeAct, Role, SendDigest, SetDigest,
};
use legation_core::affairs::notice::{Digest, Webhook};
use legation_core::id::{MailAddress, NoticeId, PartyCode, PersonName, WebhookName};
use legation_core::notice::{Awaiting, Notice, NoticeKind, Reader, Subject, notices};
use legation_core::party::Zone;
use legation_core::state::State;
use legation_core::time::Instant;
use tokio::sync::watch;

use crate::admit::{Caller, Credential, known, staff};
use crate::dice::roll;
use crate::error::{EngineError, Fault};
use crate::office::Office;
use crate::read::Guard;
use crate::webhook::Target;

/// What is known of a caller's notices at an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looked {
    /// The notices, and when the clock alone changes them.
    pub awaiting: Awaiting,
    /// The instant.
    pub now: Instant,
}

/// What is owed to a webhook.
#[derive(Clone, Debug)]
pub struct Owed {
    /// Where to.
    pub target: Target,
    /// The notices that its party may see now and that were not taken yet, the oldest first.
    pub notices: Vec<Notice>,
    /// Since when nothing was taken.
    pub failing: Option<Instant>,
}

/// What a person is owed by mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwedDigest {
    /// Of which party.
    pub party: PartyCode,
    /// Who.
    pub person: PersonName,
    /// Where to, if somebody has said.
    pub address: Option<MailAddress>,
    /// The instant at which it was due.
    pub due: Instant,
    /// In which zone the person reads.
    pub zone: Zone,
    /// What awaits the person.
    pub notices: Vec<Notice>,
}

/// All that is owed at an instant.
#[derive(Clone, Debug)]
pub struct Round {
    /// To webhooks that are not stopped.
    pub webhooks: Vec<Owed>,
    /// To persons.
    pub digests: Vec<OwedDigest>,
    /// The instant.
    pub now: Instant,
    /// When the clock alone changes what is owed.
    pub next: Option<Instant>,
}

/// What has no known beginning counts for a digest for so long after its hour, an hour: what is
/// asked for later on that day waits for the next.
const TIMELESS: i64 = 3_600_000_000;

fn reader(caller: &Caller) -> Reader<'_> {
    let person = match &caller.actor {
        Actor::Person(_, person) => Some(person),
        Actor::Client(..) | Actor::Office => None,
    };
    Reader {
        party: &caller.party,
        person,
        staff: staff(caller).is_ok(),
    }
}

/// What a webhook is posted: what its party sees, and the office what its people do.
fn owed(state: &State, webhook: &Webhook, now: Instant) -> Awaiting {
    let reader = Reader {
        party: &webhook.act.party,
        person: None,
        staff: state.host().code == webhook.act.party,
    };
    let mut awaiting = notices(state, &reader, now);
    let tests = webhook.tests.iter().map(|(id, at)| Notice {
        id: *id,
        kind: NoticeKind::Test,
        subject: Subject {
            what: "webhook",
            id: webhook.act.id.to_string(),
        },
        since: Some(*at),
        due: None,
        text: format!("a test of webhook `{}`", webhook.act.id),
    });
    awaiting.notices.extend(tests);
    let taken = &webhook.delivered;
    awaiting.notices.retain(|one| !taken.contains(&one.id));
    awaiting.notices.sort_by_key(|one| (one.since, one.id));
    awaiting
}

/// The digest that a person is owed now, and when to look again.
fn owed_digest(
    state: &State,
    (party, person, digest): (&PartyCode, &PersonName, &Digest),
    now: Instant,
) -> (Option<OwedDigest>, Option<Instant>) {
    let next = digest.hours(now).map(|(_, next)| next);
    let Some(due) = digest.owed(now) else {
        return (None, next);
    };
    let role = state.persons(party).find(|(name, _)| *name == person);
    let Some(role) = role.map(|(_, person)| person.role) else {
        return (None, next);
    };
    let staff = matches!(role, Role::Chief | Role::Officer);
    let reader = Reader {
        party,
        person: Some(person),
        staff,
    };
    let awaiting = notices(state, &reader, now);
    let stood = |one: &Notice| match one.since {
        Some(since) => since <= due,
        None => now.micros() <= due.micros().saturating_add(TIMELESS),
    };
    // What arose after the hour is for the next day, however late this mail is.
    let owed = awaiting.notices.iter().any(stood).then(|| OwedDigest {
        party: party.clone(),
        person: person.clone(),
        address: state.affairs().calendars.address(party, person).cloned(),
        due,
        zone: digest.zone.clone(),
        notices: awaiting.notices.clone(),
    });
    (owed, next)
}

impl Office {
    /// What awaits the caller now.
    ///
    /// # Errors
    /// When the office broke down.
    pub fn notices(&self, caller: &Caller) -> Result<Looked, EngineError> {
        let fold = self.look()?;
        let now = self.clock.now().max(fold.clock());
        let awaiting = notices(fold.state(), &reader(caller), now);
        Ok(Looked { awaiting, now })
    }

    /// A random number that names something for a while and tells nothing.
    ///
    /// # Errors
    /// When no randomness is to be had.
    pub fn draw(&self) -> Result<u64, EngineError> {
        roll::<8>(self.dice.as_ref()).map(u64::from_be_bytes)
    }

    /// Told of whatever may change what awaits somebody.
    pub fn news(&self) -> watch::Receiver<()> {
        self.pulse.news()
    }

    /// Whether the caller may still come in with what it showed.
    pub fn stands(&self, caller: &Caller, credential: &Credential) -> bool {
        self.admits(credential)
            .is_ok_and(|found| found.as_ref() == Some(caller))
    }

    /// A guard that holds as long as the caller may come in with what it showed.
    pub fn account_guard(&self, caller: Caller, credential: Credential) -> Guard {
        Guard::of_account(self, caller, credential)
    }

    /// All that is owed to webhooks and digests now.
    ///
    /// # Errors
    /// When the office broke down.
    pub fn owed(&self) -> Result<Round, EngineError> {
        let fold = self.look()?;
        let now = self.clock.now().max(fold.clock());
        let state = fold.state();
        let fold = &state.affairs().notices;
        let mut round = Round {
            webhooks: Vec::new(),
            digests: Vec::new(),
            now,
            next: None,
        };
        let mut turns = Vec::new();
        for webhook in fold.webhooks().filter(|one| one.stopped.is_none()) {
            let awaiting = owed(state, webhook, now);
            turns.extend(awaiting.next);
            round.webhooks.push(Owed {
                target: self.target(webhook),
                notices: awaiting.notices,
                failing: webhook.failing.as_ref().map(|(since, _)| *since),
            });
        }
        for digest in fold.digests() {
            let (owed, next) = owed_digest(state, digest, now);
            turns.extend(next);
            round.digests.extend(owed);
        }
        round.next = turns.into_iter().min();
        Ok(round)
    }

    /// What is owed to one webhook now; none if it is not there any more, or not the same.
    ///
    /// # Errors
    /// When the office broke down.
    pub fn owed_to(&self, target: &Target) -> Result<Option<Owed>, EngineError> {
        let fold = self.look()?;
        let now = self.clock.now().max(fold.clock());
        let state = fold.state();
        let webhook = state.affairs().notices.webhook(&target.id);
        let same = |one: &&Webhook| one.act.nonce == target.nonce && one.stopped.is_none();
        Ok(webhook.filter(same).map(|webhook| Owed {
            target: self.target(webhook),
            notices: owed(state, webhook, now).notices,
            failing: webhook.failing.as_ref().map(|(since, _)| *since),
        }))
    }

    /// Notes that a webhook has taken a notice.
    ///
    /// # Errors
    /// When nothing can be written.
    pub async fn note_delivery(
        &self,
        target: &Target,
        notice: NoticeId,
    ) -> Result<(), EngineError> {
        let act = NoticeAct::Deliver(Deliver {
            id: target.id.clone(),
            notices: vec![notice],
        });
        self.note_of(target, act).await
    }

    /// Notes that a webhook takes nothing, and whether the office stops.
    ///
    /// # Errors
    /// When nothing can be written.
    pub async fn note_failure(
        &self,
        target: &Target,
        reason: String,
        stops: bool,
    ) -> Result<(), EngineError> {
        let act = NoticeAct::FailWebhook(FailWebhook {
            id: target.id.clone(),
            reason,
            stops,
        });
        self.note_of(target, act).await
    }

    /// Notes something of a webhook, if it is still the one that it was.
    async fn note_of(&self, target: &Target, act: NoticeAct) -> Result<(), EngineError> {
        let (id, nonce) = (target.id.clone(), target.nonce);
        self.duty(move |state| {
            let webhook = state.affairs().notices.webhook(&id);
            webhook
                .is_some_and(|one| one.act.nonce == nonce)
                .then_some(Act::Notice(act))
        })
        .await
    }

    /// Notes that a digest was handed to the mail server.
    ///
    /// # Errors
    /// When nothing can be written.
    pub async fn note_digest(&self, owed: &OwedDigest) -> Result<(), EngineError> {
        let act = SendDigest {
            party: owed.party.clone(),
            person: owed.person.clone(),
            due: owed.due,
        };
        self.duty(move |state| {
            let digest = state.affairs().notices.digest(&act.party, &act.person);
            let news = digest.is_some_and(|one| one.sent.is_none_or(|sent| sent < act.due));
            news.then_some(Act::Notice(NoticeAct::SendDigest(act)))
        })
        .await
    }

    /// Sends a person what awaits it once a day at an hour of a zone, or no more: the caller itself,
    /// or anybody for the office's own people.
    ///
    /// # Errors
    /// When the caller may not, there is no such person, or no such hour.
    pub async fn set_digest(
        &self,
        caller: &Caller,
        of: Option<(PartyCode, PersonName)>,
        hour: Option<u8>,
        zone: Option<Zone>,
    ) -> Result<Option<Digest>, EngineError> {
        let (party, person) = whose(caller, of)?;
        if hour.is_some_and(|hour| hour > 23) {
            let text = "a digest is sent at a full hour from 0 to 23";
            return Err(EngineError::new(
                Fault::Invalid,
                "notice.no-such-hour",
                text,
            ));
        }
        let (of, whom) = (party.clone(), person.clone());
        self.act(caller, move |fold| {
            let state = fold.state();
            known(state, &party)?;
            if !state.persons(&party).any(|(name, _)| *name == person) {
                return Err(EngineError::not_found());
            }
            let own = state.find_party(&party).map(|party| party.zone.clone());
            Ok(Act::Notice(NoticeAct::SetDigest(SetDigest {
                zone: zone.or(own).unwrap_or_else(Zone::utc),
                party,
                person,
                hour,
            })))
        })
        .await?;
        let fold = self.look()?;
        Ok(fold.state().affairs().notices.digest(&of, &whom).cloned())
    }

    /// When a person is sent its digest: the caller itself, or anybody for the office's own people.
    ///
    /// # Errors
    /// When the caller may not know.
    pub fn digest(
        &self,
        caller: &Caller,
        of: Option<(PartyCode, PersonName)>,
    ) -> Result<Option<Digest>, EngineError> {
        let (party, person) = whose(caller, of)?;
        let fold = self.look()?;
        let digest = fold.state().affairs().notices.digest(&party, &person);
        Ok(digest.cloned())
    }

    /// The webhooks that the caller may know of, each with how much it is owed.
    ///
    /// # Errors
    /// When the office broke down.
    pub fn webhooks(&self, caller: &Caller) -> Result<Vec<(Webhook, usize)>, EngineError> {
        let all = staff(caller).is_ok();
        let fold = self.look()?;
        let now = self.clock.now().max(fold.clock());
        let state = fold.state();
        let webhooks = state.affairs().notices.webhooks();
        let own = webhooks.filter(|one| all || one.act.party == caller.party);
        let counted = own.map(|one| (one.clone(), owed(state, one, now).notices.len()));
        Ok(counted.collect())
    }
}

/// Whose digest is meant, if the caller may set it.
fn whose(
    caller: &Caller,
    of: Option<(PartyCode, PersonName)>,
) -> Result<(PartyCode, PersonName), EngineError> {
    let own = match &caller.actor {
        Actor::Person(party, person) => Some((party.clone(), person.clone())),
        Actor::Client(..) | Actor::Office => None,
    };
    match of {
        Some(of) if staff(caller).is_ok() || own.as_ref() == Some(&of) => Ok(of),
        Some(_) => Err(EngineError::not_found()),
        None => own.ok_or_else(|| {
            EngineError::forbidden("a digest is for persons; this is the account of a machine")
        }),
    }
}

/// The name of a webhook in a refusal.
pub(crate) fn no_webhook(id: &WebhookName) -> EngineError {
    let text = format!("there is no webhook `{id}`; see `legation webhook list`");
    EngineError::new(Fault::NotFound, "notice.unknown-webhook", text)
}
