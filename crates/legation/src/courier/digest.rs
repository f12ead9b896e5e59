//! Mails digests: what awaits a person, once a day, one mail after the other.
//!
//! What is owed is asked for again before each mail. A mail that the server has taken is noted in the
//! journal; if the office ends between the two it goes out again, with the same id, which mail
//! clients show once. Whom nobody has given an address is sent nothing.

use std::collections::HashMap;
use std::time::Duration;

use legation_core::affairs::decision::show_in;
use legation_core::id::{PartyCode, PersonName};
use legation_engine::{EngineError, Office, OwedDigest};
use tokio::time::Instant;

use crate::courier::{LOOK, RECOVERY, complain, pause, roll};
use crate::mail::{Letter, Mailer};

/// The most notices of one mail: nobody reads more, and the list has the rest.
const LISTED: usize = 200;

/// Who mails digests.
pub(crate) struct Digests {
    office: Office,
    mailer: Mailer,
    /// Who could not be sent one: how often, and when to try again.
    waits: HashMap<(PartyCode, PersonName), (u32, Instant)>,
}

impl Digests {
    pub(crate) fn new(office: Office, mailer: Mailer) -> Self {
        Self {
            office,
            mailer,
            waits: HashMap::new(),
        }
    }

    /// Mails until it is dropped.
    pub(crate) async fn run(mut self) {
        let mut news = self.office.news();
        loop {
            news.borrow_and_update();
            let wait = match self.send_next().await {
                Ok(None) => continue,
                Ok(Some(wait)) => wait,
                Err(error) => {
                    complain(&error);
                    RECOVERY
                }
            };
            tokio::select! {
                told = news.changed() => if told.is_err() { return },
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Mails the next that is owed; none if there may be another, else after how long to look again.
    async fn send_next(&mut self) -> Result<Option<Duration>, EngineError> {
        let round = self.office.owed()?;
        let clock = Instant::now();
        let mut wait = round.next.map_or(LOOK, |next| {
            let micros = next.micros().saturating_sub(round.now.micros());
            Duration::from_micros(u64::try_from(micros).unwrap_or(0).saturating_add(1000))
        });
        let mut next = None;
        for owed in round.digests {
            let key = (owed.party.clone(), owed.person.clone());
            match self.waits.get(&key).filter(|(_, until)| *until > clock) {
                Some((_, until)) => wait = wait.min(*until - clock),
                None if owed.address.is_some() => {
                    next = Some((key, owed));
                    break;
                }
                None => {}
            }
        }
        let Some((key, owed)) = next else {
            return Ok(Some(wait.min(LOOK)));
        };
        let Some(letter) = self.letter(&owed) else {
            return Ok(Some(wait.min(LOOK)));
        };
        match self.mailer.send(letter, round.now).await {
            Ok(()) => {
                self.waits.remove(&key);
                self.office.note_digest(&owed).await?;
                tracing::info!(target: "legation::mail", { party = %owed.party }, "digest sent");
            }
            Err(error) => {
                let failures = self
                    .waits
                    .get(&key)
                    .map_or(1, |(count, _)| count.saturating_add(1));
                let again = clock + pause(failures, roll());
                self.waits.insert(key, (failures, again));
                tracing::warn!(
                    target: "legation::mail",
                    { code = error.code(), text = %error, party = %owed.party },
                    "a digest was not taken"
                );
            }
        }
        Ok(None)
    }

    fn letter(&self, owed: &OwedDigest) -> Option<Letter> {
        let address = owed.address.clone()?;
        let count = owed.notices.len();
        let things = if count == 1 {
            "1 notice"
        } else {
            &format!("{count} notices")
        };
        let mut text = format!("What awaits you at {}:\n", self.mailer.name());
        for notice in owed.notices.iter().take(LISTED) {
            text.push_str(&format!("\n- {}", notice.text));
            if let Some(due) = notice.due {
                text.push_str(&format!("\n  by {}", show_in(due, &owed.zone)));
            }
        }
        if count > LISTED {
            text.push_str(&format!("\n- and {} more", count - LISTED));
        }
        text.push_str("\n\nThe list as it stands now: legation notices\n");
        Some(Letter {
            to: (owed.person.to_string(), address),
            subject: format!("{}: {things}", self.mailer.name()),
            text,
            invite: None,
            // One for each person and day.
            stable: format!("digest {} {} {}", owed.party, owed.person, owed.due),
        })
    }
}
