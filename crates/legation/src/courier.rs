//! Carries notices out: posts them to webhooks, and mails digests.
//!
//! The cast. The engine says what is owed to whom ([`legation_engine::Round`]). One task for each
//! webhook posts what is owed there, one after the other, asking again before each what its party
//! may see at that instant ([`post`]); what was taken stands in the journal before the next is
//! posted. Where nothing is taken, it is tried again after a while that doubles, up to an hour; after
//! five days the office stops and tells its people. Digests are mailed one after the other ([`digest`]).
//!
//! Nothing of what is to be told is kept here: after a restart all of it is asked for again, and only
//! what was under way goes out a second time, under the same id.

pub(crate) mod digest;
pub(crate) mod post;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use legation_core::id::WebhookName;
use legation_core::notice::NoticeKind;
use legation_engine::{Dice, EngineError, Office, Owed, Round, SystemDice, Target};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::courier::post::{Postman, Refusal};

/// After the first failure, how long to wait before the next try; it doubles from there.
const FIRST: Duration = Duration::from_secs(1);

/// The longest wait between two tries: an hour.
const LONGEST: Duration = Duration::from_secs(3600);

/// For how long an address may take nothing before the office stops, in microseconds: five days, so
/// that a long weekend is not the end.
const PATIENCE: i64 = 5 * 86_400_000_000;

/// The longest wait for the clock: it may be set meanwhile.
const LOOK: Duration = Duration::from_secs(60);

/// How long to wait after the office could not say what is owed.
const RECOVERY: Duration = Duration::from_secs(5);

/// Who carries notices out.
pub(crate) struct Courier {
    office: Office,
    postman: Arc<Postman>,
    lines: HashMap<WebhookName, Line>,
    under_way: JoinSet<(WebhookName, Outcome)>,
}

/// What is remembered of a webhook.
#[derive(Default)]
struct Line {
    busy: bool,
    failures: u32,
    /// When to try again.
    next: Option<Instant>,
    /// Whether the journal knew of a failure when it was last looked at.
    known: bool,
    /// How many tests were asked for and not taken.
    tests: usize,
}

/// What became of a round to one webhook.
enum Outcome {
    /// All that was owed was taken, or the webhook is gone.
    Done,
    /// The other end took something not; it may have said how long to wait.
    Refused(Option<Duration>),
    /// The office itself could not go on.
    Stuck(EngineError),
}

impl Courier {
    pub(crate) fn new(office: Office, postman: Postman) -> Self {
        Self {
            office,
            postman: Arc::new(postman),
            lines: HashMap::new(),
            under_way: JoinSet::new(),
        }
    }

    /// Carries until it is dropped.
    pub(crate) async fn run(mut self) {
        let mut news = self.office.news();
        loop {
            news.borrow_and_update();
            let wait = match self.office.owed() {
                Ok(round) => self.send_out(round),
                Err(error) => {
                    complain(&error);
                    RECOVERY
                }
            };
            tokio::select! {
                told = news.changed() => if told.is_err() { return },
                Some(back) = self.under_way.join_next() => {
                    if let Ok((id, outcome)) = back {
                        self.take_back(&id, &outcome);
                    }
                }
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Sets out wherever something is owed and it is time; says after how long to look again.
    fn send_out(&mut self, round: Round) -> Duration {
        let now = Instant::now();
        let mut wait = round.next.map_or(LOOK, |next| {
            let micros = next.micros().saturating_sub(round.now.micros());
            Duration::from_micros(u64::try_from(micros).unwrap_or(0).saturating_add(1000))
        });
        self.lines
            .retain(|id, line| line.busy || round.webhooks.iter().any(|one| one.target.id == *id));
        for owed in round.webhooks {
            let line = self.lines.entry(owed.target.id.clone()).or_default();
            line.note(&owed);
            if line.busy || owed.notices.is_empty() {
                continue;
            }
            match line.next.filter(|next| *next > now) {
                Some(next) => wait = wait.min(next - now),
                None => {
                    line.busy = true;
                    let (office, postman) = (self.office.clone(), Arc::clone(&self.postman));
                    self.under_way.spawn(async move {
                        let id = owed.target.id.clone();
                        (id, deliver(&office, &postman, owed.target).await)
                    });
                }
            }
        }
        wait.min(LOOK)
    }

    fn take_back(&mut self, id: &WebhookName, outcome: &Outcome) {
        let line = self.lines.entry(id.clone()).or_default();
        line.busy = false;
        let asked = match outcome {
            Outcome::Done => {
                (line.failures, line.next) = (0, None);
                return;
            }
            Outcome::Refused(asked) => *asked,
            Outcome::Stuck(error) => {
                complain(error);
                None
            }
        };
        line.failures = line.failures.saturating_add(1);
        let wait = pause(line.failures, roll()).max(asked.unwrap_or_default().min(LONGEST));
        line.next = Some(Instant::now() + wait);
    }
}

impl Line {
    /// Somebody resumed it, replaced it or asked for a test: then it is tried at once.
    fn note(&mut self, owed: &Owed) {
        let is_test = |one: &&legation_core::notice::Notice| one.kind == NoticeKind::Test;
        let tests = owed.notices.iter().filter(is_test).count();
        let mended = self.known && owed.failing.is_none();
        if mended || tests > self.tests {
            (self.failures, self.next) = (0, None);
        }
        (self.known, self.tests) = (owed.failing.is_some(), tests);
    }
}

/// Posts what is owed to one webhook, the oldest first, until all was taken or something was not.
async fn deliver(office: &Office, postman: &Arc<Postman>, target: Target) -> Outcome {
    loop {
        // Asked anew each time: what stood a moment ago may be gone, or not the reader's any more.
        let owed = match office.owed_to(&target) {
            Ok(Some(owed)) => owed,
            Ok(None) => return Outcome::Done,
            Err(error) => return Outcome::Stuck(error),
        };
        let Some(notice) = owed.notices.first().cloned() else {
            return Outcome::Done;
        };
        let (id, now) = (notice.id, office.now());
        let now = match now {
            Ok(now) => now,
            Err(error) => return Outcome::Stuck(error),
        };
        let (courier, to) = (Arc::clone(postman), owed.target);
        let posted = tokio::task::spawn_blocking(move || courier.post(&to, &notice, now)).await;
        let refusal = match posted {
            Ok(Ok(())) => match office.note_delivery(&target, id).await {
                Ok(()) => continue,
                Err(error) => return Outcome::Stuck(error),
            },
            Ok(Err(refusal)) => refusal,
            Err(_) => Refusal::new("the office broke off"),
        };
        let over = owed
            .failing
            .is_some_and(|since| now.micros() - since.micros() >= PATIENCE);
        let stops = over || refusal.is_final;
        tracing::info!(
            target: "legation::courier",
            { webhook.id = target.id.as_str(), reason = refusal.reason.as_str(), stops },
            "a webhook took nothing"
        );
        if owed.failing.is_none() || stops {
            let noted = office.note_failure(&target, refusal.reason, stops).await;
            if let Err(error) = noted {
                return Outcome::Stuck(error);
            }
        }
        return Outcome::Refused(refusal.wait);
    }
}

fn complain(error: &EngineError) {
    tracing::error!(target: "legation::courier", { code = error.code, text = %error }, "notices cannot be carried out");
}

/// How long to wait after so many failures: doubled each time, and half of it by chance, so that
/// those that failed together do not come together again. `dice` is that chance, 0 to 255.
fn pause(failures: u32, dice: u8) -> Duration {
    let doubled = FIRST.saturating_mul(1 << failures.saturating_sub(1).min(20));
    let whole = doubled.min(LONGEST);
    whole / 2 + (whole / 2).mul_f64(f64::from(dice) / 255.0)
}

fn roll() -> u8 {
    let mut dice = [u8::MAX];
    // Without chance they come at the end of their time.
    let _ = SystemDice.fill(&mut dice);
    let [dice] = dice;
    dice
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_an_hour_and_never_reach_nothing() {
        assert_eq!(pause(1, 255), FIRST);
        assert_eq!(pause(1, 0), FIRST / 2);
        assert_eq!(pause(4, 255), FIRST * 8);
        for failures in [13, 40, u32::MAX] {
            assert_eq!(pause(failures, 255), LONGEST);
            assert_eq!(pause(failures, 0), LONGEST / 2);
        }
    }
}
