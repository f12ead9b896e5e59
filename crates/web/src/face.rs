//! What every handler holds: the office, the settings, and what follows from them.

use std::sync::Arc;

use legation_engine::{EngineError, Office};

use crate::settings::Settings;

/// The office as the faces see it. Cloning it makes another handle to the same one.
#[derive(Clone)]
pub(crate) struct Face {
    /// The office itself.
    pub(crate) office: Office,
    /// What its keeper set.
    pub(crate) settings: Arc<Settings>,
    /// The secret that authenticates TAXII cursors.
    pub(crate) cursor_key: [u8; 32],
}

impl Face {
    pub(crate) fn new(office: Office, settings: Settings) -> Self {
        Self {
            cursor_key: office.derive("taxii cursor"),
            office,
            settings: Arc::new(settings),
        }
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
