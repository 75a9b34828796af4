//! The baseline: how many old findings stay quiet, counted by file and rule. It can fall and never rises, so that new findings fail.
//!
//! Counts, and no lines: these go stale with each edit, and a count does not.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use retask_engine::finding::{Finding, Severity};
use serde::{Deserialize, Serialize};

use crate::analysed::Analysed;
use crate::args;
use crate::cache::replace;
use crate::session::Session;

/// Counts by file and rule, as the file has them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// The version of this format.
    schema: u32,
    counts: BTreeMap<String, BTreeMap<String, usize>>,
}

const SCHEMA: u32 = 1;

/// What a baseline does to the findings of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// How many findings stay quiet.
    pub quiet: usize,
    /// Counts that are larger than what was found.
    pub fallen: Vec<Fallen>,
}

/// A count of a file and a rule that can fall.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fallen {
    pub path: String,
    pub rule: String,
    pub counted: usize,
    pub found: usize,
}

impl Baseline {
    /// Reads a file; `None` where there is none.
    pub fn read(path: &Path) -> Result<Option<Baseline>, String> {
        let shown = path.display();
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(format!("the baseline `{shown}` cannot be read: {error}")),
        };
        let baseline: Baseline = serde_json::from_str(&text).map_err(|error| {
            format!(
                "`{shown}` is no baseline: {error}; bring it back from version control, or remove it and run with `--update-baseline`"
            )
        })?;
        match baseline.schema {
            SCHEMA => Ok(Some(baseline)),
            other => Err(format!("`{shown}` has format {other}, and this retask knows {SCHEMA} alone")),
        }
    }

    /// The counts of what was found.
    fn of(findings: &[Finding]) -> Baseline {
        let mut counts: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
        for finding in findings.iter().filter(|it| counts_for(it)) {
            let of_file = counts.entry(finding.place.path.clone()).or_default();
            *of_file.entry(finding.rule.to_owned()).or_default() += 1;
        }
        Baseline { schema: SCHEMA, counts }
    }

    fn count(&self, path: &str, rule: &str) -> usize {
        self.counts.get(path).and_then(|it| it.get(rule)).copied().unwrap_or_default()
    }

    /// Takes out the findings of each file and rule of which there are no more than were counted. Notes, which fail nothing, stay.
    fn apply(&self, judged: &Judged<'_>, analysed: &mut Analysed) -> Outcome {
        let now = Baseline::of(&analysed.findings);
        let before = analysed.findings.len();
        analysed.findings.retain(|it| {
            let (path, rule) = (it.place.path.as_str(), it.rule);
            !counts_for(it) || now.count(path, rule) > self.count(path, rule)
        });
        let fallen = self.pairs().filter(|(path, rule, _)| judged.covers(path, rule));
        let fallen = fallen.filter_map(|(path, rule, counted)| {
            let found = now.count(path, rule);
            (found < counted).then(|| Fallen { path: path.to_owned(), rule: rule.to_owned(), counted, found })
        });
        Outcome { quiet: before - analysed.findings.len(), fallen: fallen.collect() }
    }

    /// The counts after a run: those that fell, and of a new baseline all. What the run did not look at keeps its own.
    fn updated(old: Option<Baseline>, judged: &Judged<'_>, analysed: &Analysed) -> Baseline {
        let now = Baseline::of(&analysed.findings);
        let Some(old) = old else { return now };
        let mut counts: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
        for (path, rule, counted) in old.pairs() {
            let left = if judged.covers(path, rule) { counted.min(now.count(path, rule)) } else { counted };
            if left > 0 {
                counts.entry(path.to_owned()).or_default().insert(rule.to_owned(), left);
            }
        }
        Baseline { schema: SCHEMA, counts }
    }

    fn pairs(&self) -> impl Iterator<Item = (&str, &str, usize)> {
        self.counts.iter().flat_map(|(path, of_file)| {
            of_file.iter().map(move |(rule, count)| (path.as_str(), rule.as_str(), *count))
        })
    }

    fn write(&self, path: &Path) -> Result<(), String> {
        let text = serde_json::to_string_pretty(self).unwrap_or_default() + "\n";
        replace(path, text.as_bytes())
            .map_err(|error| format!("the baseline `{}` cannot be written: {error}", path.display()))
    }
}

/// Whether a finding raises the exit code.
fn counts_for(finding: &Finding) -> bool {
    finding.severity != Severity::Note
}

/// What a run looked at: it says nothing of other files and rules.
struct Judged<'j> {
    selected: BTreeSet<&'j str>,
    rules: BTreeSet<&'j str>,
    /// All of the workspace, but for what the configuration leaves out: a file that is not there has no findings.
    is_whole: bool,
}

impl<'j> Judged<'j> {
    fn of(session: &'j Session<'_>, analysed: &Analysed) -> Judged<'j> {
        let workspace = &session.workspace;
        let files = workspace.files.iter().enumerate();
        let (selected, others): (Vec<_>, Vec<_>) =
            files.partition(|(index, _)| workspace.is_selected(*index as u32));
        let is_whole =
            analysed.skipped.is_empty() && others.iter().all(|(_, it)| session.config.leaves_out(&it.path));
        let selected = selected.into_iter().map(|(_, it)| it.path.as_str()).collect();
        Judged { selected, rules: session.rules.iter().map(|it| it.name).collect(), is_whole }
    }

    fn covers(&self, path: &str, rule: &str) -> bool {
        (self.selected.contains(path) || self.is_whole) && self.rules.contains(rule)
    }
}

impl Session<'_> {
    /// Takes out what the baseline keeps quiet, after it was brought down where that was asked.
    pub fn quieten(&self, asked: &args::Baseline, analysed: &mut Analysed) -> Result<(), String> {
        let Some(path) = asked.baseline.as_ref().or(self.config.baseline.as_ref()) else {
            return match asked.update_baseline {
                true => {
                    Err("no baseline is named: `--baseline FILE` does, or `baseline` in the configuration"
                        .to_owned())
                }
                false => Ok(()),
            };
        };
        let old = Baseline::read(path)?;
        let judged = Judged::of(self, analysed);
        let baseline = match (old, asked.update_baseline) {
            (old, true) => {
                let baseline = Baseline::updated(old, &judged, analysed);
                baseline.write(path)?;
                baseline
            }
            (Some(old), false) => old,
            (None, false) => {
                return Err(format!(
                    "there is no baseline `{}`: `--update-baseline` writes it",
                    path.display()
                ));
            }
        };
        analysed.baseline = Some(baseline.apply(&judged, analysed));
        Ok(())
    }
}
