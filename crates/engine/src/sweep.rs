//! Closing receipts that were written ahead: a job of the office's own for its writer.

use std::sync::Arc;

use legation_core::act::Actor;
use legation_core::time::Instant;
use legation_core::view::Fold;
use tokio::sync::oneshot;

use crate::error::EngineError;
use crate::window::{Window, WindowSettings, Windows};
use crate::writer::{Committed, Company, Job, Pending, Plan};

/// Which receipts are to be closed.
pub(crate) enum Which {
    /// Those whose time has come.
    Expired(Instant, WindowSettings),
    /// All.
    Every,
}

/// The job.
pub(crate) struct Sweep {
    windows: Arc<Windows>,
    which: Which,
    taken: Vec<Window>,
    reply: Option<oneshot::Sender<Result<(), EngineError>>>,
}

impl Sweep {
    pub(crate) fn new(
        windows: Arc<Windows>,
        which: Which,
        reply: Option<oneshot::Sender<Result<(), EngineError>>>,
    ) -> Self {
        Self {
            windows,
            which,
            taken: Vec::new(),
            reply,
        }
    }
}

impl Job for Sweep {
    /// What it says rests on no view.
    fn company(&self) -> Company {
        Company::Filing
    }

    fn actor(&self) -> &Actor {
        &Actor::Office
    }

    fn plan(&mut self, _: &Fold, _: &mut Pending) -> Option<Plan> {
        self.taken = match self.which {
            Which::Expired(now, settings) => self.windows.expire(now, settings),
            Which::Every => self.windows.drain(),
        };
        Some(Plan {
            acts: self.taken.iter().map(Window::closing).collect(),
            ..Plan::default()
        })
    }

    fn done(mut self: Box<Self>, outcome: Result<Committed, EngineError>) {
        if outcome.is_err() {
            self.windows.take_back(std::mem::take(&mut self.taken));
        }
        if let Some(reply) = self.reply.take() {
            // Whoever asked may have gone away; there is nobody to tell then.
            let _ = reply.send(outcome.map(|_| ()));
        }
    }
}
