//! The single writer: everything that changes the office passes here, in one order.
//!
//! The cast. A [`Job`] plans acts against what holds, the writer seals them into entries, the
//! journal makes them durable, the fold takes them in, and only then is the job acknowledged. Jobs
//! that wait at the same time share one durable write (group commit): receipts, and after them
//! filings, with [`Pending`] saying what came before in the batch; every other job has a batch to
//! itself, because its plan must see the fold as it will be ([`Company`]).

use std::collections::{HashMap, HashSet};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, RwLock};
use std::time::{Duration, Instant as Stopwatch};

use legation_core::act::{Act, Actor, Entry};
use legation_core::entry::commitment;
use legation_core::id::{
    AreaName, BodyNumber, Digest, EntryNumber, PartyCode, RecordId, RecordNumber,
};
use legation_core::time::{Clock, Instant};
use legation_core::view::Fold;
use legation_journal::{Batch, Journal, Sealed};
use tokio::sync::oneshot;

use crate::dice::{Dice, roll};
use crate::error::{EngineError, Fault};
use crate::gauge::{Gauge, Load};
use crate::imprint::{self, Imprint};
use crate::index::rows;
use crate::misp::Feeds;
use crate::pulse::Pulse;
use crate::sheaf::Sheaves;
use crate::snapshot::Keeper;
use crate::sweep::{Sweep, Which};
use crate::window::{WindowSettings, Windows};

/// Jobs that may wait before a sender has to: a burst of clients, each with one act under way.
const QUEUE: usize = 1024;

/// How often receipts are looked at that were written ahead.
const SWEEP: Duration = Duration::from_secs(1);

/// A batch closes when it brings this many bytes: the write then takes some ten milliseconds.
const BATCH_BYTES: usize = 16 * 1024 * 1024;

/// What a job wants written.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) acts: Vec<Act>,
    pub(crate) bodies: Vec<Arc<[u8]>>,
    pub(crate) erase: Vec<BodyNumber>,
    /// The imprints of the records that are filed, in their order.
    pub(crate) imprints: Vec<Box<[Imprint]>>,
}

/// Where a job's acts stand in the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Committed {
    /// The entry of its first act.
    pub entry: EntryNumber,
    /// The instant of that entry.
    pub at: Instant,
}

/// What the jobs before in the same batch will have changed.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    /// The bodies that they bring.
    pub(crate) bodies: HashSet<BodyKey>,
    /// What they file: by area, party, id and version.
    pub(crate) filed: HashMap<FiledKey, Digest>,
}

/// What may share a body: the same bytes under the same id and version.
pub(crate) type BodyKey = (RecordId, Option<Instant>, Digest);

/// What a record is known by.
pub(crate) type FiledKey = (AreaName, PartyCode, RecordId, Option<Instant>);

/// With what a job may share a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Company {
    /// With nothing: its plan must see the fold as it will be, and the next plan what it did.
    Alone,
    /// A filing: with whatever does not look at views.
    Filing,
    /// A receipt: not after a filing, which may take from its party what the receipt would name; a
    /// filing can make a reference count that did not count before.
    Receipt,
}

/// One wish to change the office.
pub(crate) trait Job: Send {
    /// With what it may share a batch.
    fn company(&self) -> Company;
    /// Who.
    fn actor(&self) -> &Actor;
    /// Plans; a job that is refused here has answered already.
    fn plan(&mut self, fold: &Fold, pending: &mut Pending) -> Option<Plan>;
    /// Acknowledges.
    fn done(self: Box<Self>, outcome: Result<Committed, EngineError>);
}

struct Wish<T, F> {
    company: Company,
    actor: Actor,
    plan: Option<F>,
    value: Option<T>,
    reply: Option<oneshot::Sender<Result<(Committed, T), EngineError>>>,
}

impl<T: Send, F> Job for Wish<T, F>
where
    F: FnOnce(&Fold, &mut Pending) -> Result<(Plan, T), EngineError> + Send,
{
    fn company(&self) -> Company {
        self.company
    }

    fn actor(&self) -> &Actor {
        &self.actor
    }

    fn plan(&mut self, fold: &Fold, pending: &mut Pending) -> Option<Plan> {
        let plan = self.plan.take()?;
        match plan(fold, pending) {
            Ok((plan, value)) => {
                self.value = Some(value);
                Some(plan)
            }
            Err(error) => {
                if let Some(reply) = self.reply.take() {
                    // Whoever asked may have gone away; there is nobody to tell then.
                    let _ = reply.send(Err(error));
                }
                None
            }
        }
    }

    fn done(mut self: Box<Self>, outcome: Result<Committed, EngineError>) {
        if let (Some(reply), Some(value)) = (self.reply.take(), self.value.take()) {
            let _ = reply.send(outcome.map(|committed| (committed, value)));
        }
    }
}

/// The sender's end.
#[derive(Clone)]
pub(crate) struct Desk {
    jobs: SyncSender<Box<dyn Job>>,
    gauge: Arc<Gauge>,
    windows: Arc<Windows>,
}

impl Desk {
    /// What the writer has done so far.
    pub(crate) fn gauge(&self) -> &Gauge {
        &self.gauge
    }

    /// Hands in a job and waits until it is durable or refused.
    pub(crate) async fn submit<T, F>(
        &self,
        actor: &Actor,
        company: Company,
        plan: F,
    ) -> Result<(Committed, T), EngineError>
    where
        T: Send + 'static,
        F: FnOnce(&Fold, &mut Pending) -> Result<(Plan, T), EngineError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let wish = Wish {
            company,
            actor: actor.clone(),
            plan: Some(plan),
            value: None,
            reply: Some(reply),
        };
        self.hand_in(Box::new(wish))?;
        answer.await.map_err(|_| closed())?
    }

    /// Closes every receipt that is open, and waits until that is durable.
    pub(crate) async fn sweep(&self) -> Result<(), EngineError> {
        let (reply, answer) = oneshot::channel();
        let windows = Arc::clone(&self.windows);
        self.hand_in(Box::new(Sweep::new(windows, Which::Every, Some(reply))))?;
        answer.await.map_err(|_| closed())?
    }

    fn hand_in(&self, job: Box<dyn Job>) -> Result<(), EngineError> {
        self.gauge.arrive();
        self.jobs.try_send(job).map_err(|full| {
            self.gauge.depart();
            match full {
                TrySendError::Full(_) => EngineError::new(
                    Fault::Unavailable,
                    "engine.busy",
                    "more is waiting to be written than the office holds; try again shortly",
                ),
                TrySendError::Disconnected(_) => closed(),
            }
        })
    }
}

fn closed() -> EngineError {
    EngineError::new(Fault::Unavailable, "engine.closed", "the office is closing")
}

/// What the writer works with.
pub(crate) struct Writer {
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) fold: Arc<RwLock<Fold>>,
    /// Held from the plan of a batch until it is taken in, and by whoever lets the clock change the
    /// fold: a date never falls between an entry's instant and its effect.
    pub(crate) turn: Arc<Mutex<()>>,
    pub(crate) pulse: Arc<Pulse>,
    pub(crate) windows: Arc<Windows>,
    pub(crate) window: WindowSettings,
    pub(crate) sheaves: Arc<Sheaves>,
    pub(crate) feeds: Arc<Feeds>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) dice: Arc<dyn Dice>,
    /// The commitment to the last entry.
    pub(crate) link: Digest,
    /// The instant from which the next entry may be.
    pub(crate) earliest: Instant,
    /// Told of each batch.
    pub(crate) gauge: Arc<Gauge>,
    /// Told how far the office has grown.
    pub(crate) keeper: Arc<Keeper>,
}

/// A batch under way.
struct Round {
    entries: Vec<Entry>,
    batch: Batch,
    jobs: Vec<(Box<dyn Job>, Committed)>,
    link: Digest,
    earliest: Instant,
    next: EntryNumber,
    /// The number that the next record takes.
    record: RecordNumber,
    bytes: usize,
}

impl Writer {
    /// Starts the writer's thread; it ends when every [`Desk`] is gone.
    pub(crate) fn start(mut self) -> Result<(Desk, std::thread::JoinHandle<()>), EngineError> {
        let (jobs, inbox) = sync_channel(QUEUE);
        let gauge = Arc::clone(&self.gauge);
        let windows = Arc::clone(&self.windows);
        let thread = std::thread::Builder::new()
            .name("writer".into())
            .spawn(move || self.run(&inbox))
            .map_err(|error| EngineError::internal("engine.no-thread", error))?;
        let desk = Desk {
            jobs,
            gauge,
            windows,
        };
        Ok((desk, thread))
    }

    fn run(&mut self, inbox: &Receiver<Box<dyn Job>>) {
        let mut held: Option<Box<dyn Job>> = None;
        let mut swept = Stopwatch::now();
        loop {
            let first = match held.take() {
                Some(job) => Some(job),
                None => match inbox.recv_timeout(SWEEP) {
                    Ok(job) => {
                        self.gauge.depart();
                        Some(job)
                    }
                    Err(RecvTimeoutError::Timeout) => None,
                    Err(RecvTimeoutError::Disconnected) => break,
                },
            };
            if let Some(first) = first {
                held = self.round(first, inbox);
            }
            if swept.elapsed() >= SWEEP {
                swept = Stopwatch::now();
                let which = Which::Expired(self.clock.now(), self.window);
                self.sweep(which, inbox, &mut held);
            }
        }
        self.sweep(Which::Every, inbox, &mut held);
    }

    /// Closes receipts whose time has come.
    fn sweep(
        &mut self,
        which: Which,
        inbox: &Receiver<Box<dyn Job>>,
        held: &mut Option<Box<dyn Job>>,
    ) {
        // A job that waits for a batch of its own comes first.
        if held.is_none() && !self.windows.is_empty() {
            let sweep = Sweep::new(Arc::clone(&self.windows), which, None);
            *held = self.round(Box::new(sweep), inbox);
        }
    }

    /// Writes one batch; answers with a job that has to wait for the next.
    fn round(
        &mut self,
        first: Box<dyn Job>,
        inbox: &Receiver<Box<dyn Job>>,
    ) -> Option<Box<dyn Job>> {
        let turn = Arc::clone(&self.turn);
        let Ok(_turn) = turn.lock() else {
            first.done(Err(closed()));
            return None;
        };
        let now = {
            let Ok(mut fold) = self.fold.write() else {
                first.done(Err(closed()));
                return None;
            };
            fold.advance(self.clock.now().max(self.earliest));
            self.pulse.publish(&fold);
            self.keeper.note(&fold);
            fold.clock()
        };
        let mut round = Round {
            entries: Vec::new(),
            batch: Batch::default(),
            jobs: Vec::new(),
            link: self.link,
            earliest: self.earliest,
            next: EntryNumber(0),
            record: RecordNumber(0),
            bytes: 0,
        };
        let mut held = None;
        {
            let Ok(fold) = self.fold.read() else {
                first.done(Err(closed()));
                return None;
            };
            round.next = fold.state().next();
            round.record = RecordNumber(fold.state().record_count());
            let mut pending = Pending::default();
            let mut filed = false;
            let mut job = Some(first);
            while let Some(mut next) = job.take() {
                let company = next.company();
                let alone = company == Company::Alone;
                let misled = company == Company::Receipt && filed;
                // The clock alone may change the office between two entries of a batch: stop there.
                let crosses = fold
                    .next_boundary()
                    .is_some_and(|boundary| boundary <= now.max(round.earliest));
                if (alone || crosses || misled) && !round.jobs.is_empty() {
                    held = Some(next);
                    break;
                }
                if let Some(plan) = next.plan(&fold, &mut pending) {
                    filed |= company == Company::Filing;
                    self.seal(&mut round, next, plan, now);
                }
                if (alone && !round.jobs.is_empty()) || round.bytes >= BATCH_BYTES {
                    break;
                }
                job = inbox.try_recv().ok().inspect(|_| self.gauge.depart());
            }
        }
        self.commit(round);
        held
    }

    /// Turns a plan into entries of the batch.
    fn seal(&self, round: &mut Round, job: Box<dyn Job>, plan: Plan, now: Instant) {
        let mut committed = None;
        let actor = job.actor().clone();
        for act in plan.acts {
            let at = now.max(round.earliest);
            // Each record of a filing takes a microsecond of its own in the views.
            let takes = match &act {
                Act::File(file) => file.records.len().max(1) as i64,
                _ => 1,
            };
            let entry = Entry::new(round.next, at, actor.clone(), act, round.link);
            let nonce = match roll::<32>(self.dice.as_ref()) {
                Ok(nonce) => nonce,
                Err(error) => return job.done(Err(error)),
            };
            let frame = entry.encode();
            round.link = commitment(&nonce, &frame);
            round.bytes += frame.len();
            round.batch.entries.push(Sealed { frame, nonce });
            committed.get_or_insert(Committed {
                entry: round.next,
                at,
            });
            round.entries.push(entry);
            round.next = EntryNumber(round.next.0 + 1);
            round.earliest = at.plus_micros(takes);
        }
        for imprints in &plan.imprints {
            round
                .batch
                .rows
                .extend(imprint::rows(round.record, imprints));
            round.record = RecordNumber(round.record.0 + 1);
        }
        round.bytes += plan.bodies.iter().map(|body| body.len()).sum::<usize>();
        round.batch.bodies.extend(plan.bodies);
        round.batch.erase.extend(plan.erase);
        let here = Committed {
            entry: round.next,
            at: now.max(round.earliest),
        };
        round.jobs.push((job, committed.unwrap_or(here)));
    }

    /// Makes a batch durable, takes it in and acknowledges it.
    fn commit(&mut self, round: Round) {
        let Round {
            entries,
            mut batch,
            jobs,
            link,
            earliest,
            bytes,
            ..
        } = round;
        if entries.is_empty() {
            for (job, committed) in jobs {
                job.done(Ok(committed));
            }
            return;
        }
        let outcome = self.keep(&entries, &mut batch, bytes);
        match outcome {
            Ok(()) => {
                self.link = link;
                self.earliest = earliest;
                for (job, committed) in jobs {
                    job.done(Ok(committed));
                }
            }
            Err(error) => {
                self.gauge.failed(&error);
                for (job, _) in jobs {
                    job.done(Err(error.clone()));
                }
            }
        }
    }

    fn keep(&self, entries: &[Entry], batch: &mut Batch, bytes: usize) -> Result<(), EngineError> {
        {
            let fold = self.fold.read().map_err(|_| closed())?;
            let concerned = entries.iter().flat_map(|entry| rows(entry, fold.state()));
            batch.rows.extend(concerned);
        }
        let erased = entries.iter().flat_map(|entry| match &entry.act {
            Act::Erase(act) => act.records.as_slice(),
            _ => &[],
        });
        batch.gone = imprint::keys_of(self.journal.as_ref(), erased.copied())?;
        let expected = entries.first().map_or(EntryNumber(0), |entry| entry.number);
        let erases = !batch.erase.is_empty();
        let load = Load::of(entries, batch.bodies.len(), bytes);
        let begun = Stopwatch::now();
        let head = self.journal.append(expected, std::mem::take(batch))?;
        self.gauge.kept(load, begun.elapsed());
        if erases {
            self.sheaves.clear();
            self.feeds.clear();
        }
        let mut fold = self.fold.write().map_err(|_| closed())?;
        for entry in entries {
            fold.apply(entry)?;
        }
        // Still under the lock: whoever sees the change in the pulse finds it in the fold.
        self.pulse.note(entries);
        self.pulse.publish(&fold);
        if fold.state().body_count() != head.bodies {
            let text = "the journal and the fold number bodies differently; restart the office";
            return Err(EngineError::internal("engine.broken", text));
        }
        Ok(())
    }
}
