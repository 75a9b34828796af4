//! What a review leaves for the next one: the rewrites that were refused, and those that were accepted and are not made yet.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use retask_engine::finding::Fix;
use serde::{Deserialize, Serialize};

use crate::cache::replace;
use crate::patch::Offer;

/// Findings by their ids, which stay while unrelated lines move.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Kept {
    refused: BTreeSet<String>,
    /// Each with the title of the rewrite that was accepted.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    accepted: BTreeMap<String, String>,
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

    /// The rewrite that was accepted in an earlier review.
    pub fn accepts<'o>(&self, offer: &'o Offer) -> Option<&'o Fix> {
        let is_it =
            |fix: &&Fix| offer.findings.iter().all(|it| self.accepted.get(&it.id) == Some(&fix.title));
        offer.fixes.iter().find(is_it)
    }

    pub fn refuse(&mut self, offer: &Offer) {
        self.forget(offer);
        self.refused.extend(offer.findings.iter().map(|it| it.id.clone()));
    }

    pub fn accept(&mut self, offer: &Offer, fix: &Fix) {
        self.forget(offer);
        self.accepted.extend(offer.findings.iter().map(|it| (it.id.clone(), fix.title.clone())));
    }

    pub fn forget(&mut self, offer: &Offer) {
        for finding in &offer.findings {
            self.refused.remove(&finding.id);
            self.accepted.remove(&finding.id);
        }
    }

    /// What was accepted is made, or was taken back.
    pub fn settle(&mut self) {
        self.accepted.clear();
    }

    fn is_empty(&self) -> bool {
        self.refused.is_empty() && self.accepted.is_empty()
    }

    /// Writes it; where that fails, the next review asks again.
    pub fn write(&self) {
        let Some(folder) = self.path.parent().filter(|_| !self.is_empty() || self.path.exists()) else {
            return;
        };
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        drop(std::fs::create_dir_all(folder).and_then(|()| replace(&self.path, text.as_bytes())));
    }
}
