//! What every handler holds: the office, the settings, and what follows from them.

use std::sync::Arc;

use legation_engine::{EngineError, Office};
use zeroize::Zeroizing;

use crate::limit::{Brake, Queue};
use crate::observe::Numbers;
use crate::settings::Settings;
use crate::streams::Streams;

/// The office as the faces see it. Cloning it makes another handle to the same one.
#[derive(Clone)]
pub(crate) struct Face(Arc<Held>);

/// What a [`Face`] is a handle to.
pub(crate) struct Held {
    /// The office itself.
    pub(crate) office: Office,
    /// What its keeper set.
    pub(crate) settings: Settings,
    /// The secret that authenticates TAXII cursors.
    pub(crate) cursor_key: Zeroizing<[u8; 32]>,
    /// How much each caller may ask for.
    pub(crate) brake: Arc<Brake>,
    /// What is in work, and whose turn is next.
    pub(crate) queue: Queue,
    /// The numbers of requests.
    pub(crate) numbers: Numbers,
    /// The answers that last.
    pub(crate) streams: Streams,
}

impl std::ops::Deref for Face {
    type Target = Held;

    fn deref(&self) -> &Held {
        &self.0
    }
}

impl Face {
    pub(crate) fn new(office: Office, settings: Settings) -> Self {
        let brake = Arc::new(Brake::new(&settings.rates));
        let queue = Queue::new(settings.work);
        settings.monitor.watch(&office, &queue, &brake);
        Self(Arc::new(Held {
            cursor_key: Zeroizing::new(office.derive("taxii cursor")),
            numbers: Numbers::default(),
            streams: Streams::default(),
            brake,
            queue,
            office,
            settings,
        }))
    }

    /// The name of the office's TAXII API root: its city in what a path takes as it is.
    pub(crate) fn slug(&self) -> Result<String, EngineError> {
        let city = self
            .office
            .with(|fold| fold.state().office.to_lowercase())?;
        let slug: String = city
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .collect();
        Ok(if slug.is_empty() {
            "office".into()
        } else {
            slug
        })
    }
}
