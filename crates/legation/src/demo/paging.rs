//! A partner's client, as it would page through its collection over TAXII 2.1.

use anyhow::{Context as _, Result};
use serde::Deserialize;

use crate::demo::stage::Player;

/// Where a page of objects comes from.
pub(super) struct Pager<'a> {
    pub(super) url: &'a str,
    pub(super) player: &'a Player,
    pub(super) area: &'a str,
    pub(super) limit: usize,
}

/// What a page brought.
pub(super) struct Fetched {
    pub(super) status: u16,
    pub(super) objects: usize,
    pub(super) next: Option<String>,
}

#[derive(Deserialize)]
struct Discovery {
    default: String,
}

#[derive(Deserialize, Default)]
struct Envelope {
    #[serde(default)]
    objects: Vec<serde::de::IgnoredAny>,
    next: Option<String>,
}

impl Pager<'_> {
    /// Fetches the page after `next`, or the first one.
    pub(super) fn fetch(&self, next: Option<&str>) -> Result<Fetched> {
        let (status, body) = self.ask(&format!("{}/taxii2/", self.url))?;
        anyhow::ensure!(status == 200, "discovery answered {status}");
        let root: Discovery = serde_json::from_slice(&body).context("discovery is no JSON")?;
        let root = if root.default.starts_with("http") {
            root.default
        } else {
            format!("{}{}", self.url, root.default)
        };
        let cursor = next.map(|next| format!("&next={next}")).unwrap_or_default();
        let page = format!(
            "{root}collections/{}/objects/?limit={}{cursor}",
            self.area, self.limit
        );
        let (status, body) = self.ask(&page)?;
        let envelope: Envelope = if status == 200 {
            serde_json::from_slice(&body)?
        } else {
            Envelope::default()
        };
        Ok(Fetched {
            status,
            objects: envelope.objects.len(),
            next: envelope.next,
        })
    }

    fn ask(&self, url: &str) -> Result<(u16, Vec<u8>)> {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .build()
            .into();
        let mut answer = agent
            .get(url)
            .header("Accept", "application/taxii+json;version=2.1")
            .header("Authorization", format!("Bearer {}", self.player.password))
            .call()?;
        Ok((answer.status().as_u16(), answer.body_mut().read_to_vec()?))
    }
}
