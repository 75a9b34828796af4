//! What a review leaves for the next one: the rewrites that were refused.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::cache::replace;
use crate::patch::Offer;

/// The findings whose rewrites were refused, by their ids, which stay while unrelated lines move.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Kept {
    refused: BTreeSet<String>,
    #[serde(skip)]
    path: PathBuf,
}

impl Kept {
    /// What is kept at a path. What is not there or not whole counts for nothing: more is asked then.
    pub fn read(path: &Path) -> Kept {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let kept: Kept = serde_json::from_str(&text).unwrap_or_default();
        Kept { path: path.to_path_buf(), ..kept }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn refuses(&self, offer: &Offer) -> bool {
        offer.findings.iter().all(|it| self.refused.contains(&it.id))
    }

    pub fn refuse(&mut self, offer: &Offer) {
        self.refused.extend(offer.findings.iter().map(|it| it.id.clone()));
    }

    pub fn forget(&mut self, offer: &Offer) {
        for finding in &offer.findings {
            self.refused.remove(&finding.id);
        }
    }

    /// Writes it; where that fails, the next review asks again.
    pub fn write(&self) {
        let Some(folder) = self.path.parent().filter(|_| !self.refused.is_empty() || self.path.exists())
        else {
            return;
        };
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        drop(std::fs::create_dir_all(folder).and_then(|()| replace(&self.path, text.as_bytes())));
    }
}
