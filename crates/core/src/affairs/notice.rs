//! Where notices go to, and how far they have got: the fold of [`NoticeAct`].
//!
//! Which notices there are is asked in [`crate::notice`]. Nothing is posted or sent here.

use std::collections::{BTreeMap, BTreeSet};

use crate::act::{AddWebhook, Entry, NoticeAct, SetDigest};
use crate::id::{NoticeId, PartyCode, PersonName, WebhookName};
use crate::party::Zone;
use crate::state::FoldError;
use crate::time::Instant;

/// An address to which a party's notices are posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// What its act says.
    pub act: AddWebhook,
    /// Since when.
    pub added: Instant,
    /// What the other end has taken.
    pub delivered: BTreeSet<NoticeId>,
    /// When it last took something.
    pub taken: Option<Instant>,
    /// Since when it takes nothing, and what it answered then.
    pub failing: Option<(Instant, String)>,
    /// When the office stopped posting.
    pub stopped: Option<Instant>,
    /// Tests that were asked for, and when.
    pub tests: Vec<(NoticeId, Instant)>,
}

/// When a person is sent its digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    /// At which full hour.
    pub hour: u8,
    /// In which zone.
    pub zone: Zone,
    /// When that was set: no digest of an earlier hour is owed.
    pub set: Instant,
    /// The due instant of the last one that was sent.
    pub sent: Option<Instant>,
}

impl Digest {
    /// The last instant up to now at which a digest was due, and the next. Where the clock skips the
    /// hour, it is the instant after the gap; where it comes twice, the first.
    pub fn hours(&self, now: Instant) -> Option<(Instant, Instant)> {
        let zone = jiff::tz::TimeZone::get(self.zone.as_str()).ok()?;
        let stamp = jiff::Timestamp::from_microsecond(now.micros()).ok()?;
        let today = stamp.to_zoned(zone.clone()).date();
        let hour = i8::try_from(self.hour).ok()?;
        let at = |date: jiff::civil::Date| {
            let zoned = date.at(hour, 0, 0, 0).to_zoned(zone.clone()).ok()?;
            Some(Instant::from_micros(zoned.timestamp().as_microsecond()))
        };
        let this = at(today)?;
        if this <= now {
            Some((this, at(today.tomorrow().ok()?)?))
        } else {
            Some((at(today.yesterday().ok()?)?, this))
        }
    }

    /// The due instant of the digest that is owed at an instant, if one is.
    pub fn owed(&self, now: Instant) -> Option<Instant> {
        let (due, _) = self.hours(now)?;
        let news = due >= self.set && self.sent.is_none_or(|sent| sent < due);
        news.then_some(due)
    }
}

/// Where notices go to, and how far they have got.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notices {
    webhooks: BTreeMap<WebhookName, Webhook>,
    digests: BTreeMap<(PartyCode, PersonName), Digest>,
}

impl Notices {
    /// Takes an entry in.
    ///
    /// # Errors
    /// When the act is about a webhook or a digest that there is not.
    pub(crate) fn apply(&mut self, entry: &Entry, act: &NoticeAct) -> Result<(), FoldError> {
        let at = entry.at;
        match act {
            NoticeAct::AddWebhook(act) => {
                let webhook = Webhook {
                    act: act.clone(),
                    added: at,
                    delivered: BTreeSet::new(),
                    taken: None,
                    failing: None,
                    stopped: None,
                    tests: Vec::new(),
                };
                self.webhooks.insert(act.id.clone(), webhook);
            }
            NoticeAct::RemoveWebhook(id) => {
                let gone = self.webhooks.remove(id);
                gone.ok_or_else(|| FoldError::NoWebhook(id.clone()))?;
            }
            NoticeAct::ResumeWebhook(id) => {
                let webhook = self.webhook_mut(id)?;
                (webhook.stopped, webhook.failing) = (None, None);
            }
            NoticeAct::TestWebhook(act) => {
                let webhook = self.webhook_mut(&act.id)?;
                webhook.tests.push((act.notice, at));
            }
            NoticeAct::Deliver(act) => {
                let webhook = self.webhook_mut(&act.id)?;
                webhook.tests.retain(|(id, _)| !act.notices.contains(id));
                webhook.delivered.extend(&act.notices);
                (webhook.taken, webhook.failing) = (Some(at), None);
            }
            NoticeAct::FailWebhook(act) => {
                let webhook = self.webhook_mut(&act.id)?;
                let since = webhook.failing.as_ref().map_or(at, |(since, _)| *since);
                webhook.failing = Some((since, act.reason.clone()));
                webhook.stopped = act.stops.then_some(at);
            }
            NoticeAct::SetDigest(act) => self.set(at, act),
            NoticeAct::SendDigest(act) => {
                let key = (act.party.clone(), act.person.clone());
                let digest = self.digests.get_mut(&key);
                digest.ok_or(FoldError::NoDigest)?.sent = Some(act.due);
            }
        }
        Ok(())
    }

    fn set(&mut self, at: Instant, act: &SetDigest) {
        let key = (act.party.clone(), act.person.clone());
        let Some(hour) = act.hour else {
            self.digests.remove(&key);
            return;
        };
        let digest = Digest {
            hour,
            zone: act.zone.clone(),
            set: at,
            // Another hour on the same day is no reason for a second mail about an hour before it.
            sent: self.digests.get(&key).and_then(|old| old.sent),
        };
        self.digests.insert(key, digest);
    }

    fn webhook_mut(&mut self, id: &WebhookName) -> Result<&mut Webhook, FoldError> {
        let webhook = self.webhooks.get_mut(id);
        webhook.ok_or_else(|| FoldError::NoWebhook(id.clone()))
    }

    /// The webhook of that name.
    pub fn webhook(&self, id: &WebhookName) -> Option<&Webhook> {
        self.webhooks.get(id)
    }

    /// All webhooks, by name.
    pub fn webhooks(&self) -> impl Iterator<Item = &Webhook> {
        self.webhooks.values()
    }

    /// The digest of a person.
    pub fn digest(&self, party: &PartyCode, person: &PersonName) -> Option<&Digest> {
        self.digests.get(&(party.clone(), person.clone()))
    }

    /// All digests, with the party and the name of the person.
    pub fn digests(&self) -> impl Iterator<Item = (&PartyCode, &PersonName, &Digest)> {
        let all = self.digests.iter();
        all.map(|((party, person), digest)| (party, person, digest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(zone: &str, hour: u8, set: &str) -> Digest {
        Digest {
            hour,
            zone: zone.parse().unwrap(),
            set: set.parse().unwrap(),
            sent: None,
        }
    }

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    #[test]
    fn a_digest_is_owed_once_for_each_day_of_its_zone() {
        let mut digest = digest("Asia/Tokyo", 8, "2026-01-01T00:00:00Z");
        // Eight in Tokyo is 23 hours of the day before.
        let due = at("2026-01-04T23:00:00Z");
        assert_eq!(digest.owed(at("2026-01-05T10:00:00Z")), Some(due));
        assert_eq!(digest.owed(due), Some(due));
        digest.sent = Some(due);
        assert_eq!(digest.owed(at("2026-01-05T22:59:59.999999Z")), None);
        let next = at("2026-01-05T23:00:00Z");
        assert_eq!(digest.owed(next), Some(next));
    }

    #[test]
    fn no_hour_before_it_was_set_is_owed() {
        let digest = digest("UTC", 8, "2026-01-01T09:00:00Z");
        assert_eq!(digest.owed(at("2026-01-01T12:00:00Z")), None);
        let next = at("2026-01-02T08:00:00Z");
        assert_eq!(digest.owed(at("2026-01-02T08:00:01Z")), Some(next));
    }

    #[test]
    fn a_clock_that_is_put_forward_or_back_owes_one_digest_a_day() {
        // 02:00 does not exist in Brussels on 29 March 2026, and comes twice on 25 October.
        for (day, due) in [
            ("2026-03-29T12:00:00Z", "2026-03-29T01:00:00Z"),
            ("2026-10-25T12:00:00Z", "2026-10-25T00:00:00Z"),
        ] {
            let digest = digest("Europe/Brussels", 2, "2026-01-01T00:00:00Z");
            let (last, next) = digest.hours(at(day)).unwrap();
            assert_eq!(last, at(due));
            assert!(next > at(day) && next.micros() - last.micros() <= 25 * 3_600_000_000);
        }
    }
}
