//! Plans: rewrites as a file, made on one machine and applied on another. A plan is data: paths, hashes and edits, and no code.

mod merge;
mod parts;
mod shard;

use std::collections::BTreeMap;
use std::path::Path;

use retask_engine::Workspace;
use serde::{Deserialize, Serialize};

use crate::patch::{Change, Patch, manifest, ranges_between, splice};
use crate::write::hash;

pub use merge::merge;
pub use parts::Parts;
pub use shard::{Shard, paths, touched};

/// A plan, as `retask plan` prints it and `schema/plan.json` describes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    schema: u32,
    pub tool: Tool,
    pub files: Vec<File>,
    pub rewrites: Vec<Rewrite>,
    /// The packages whose code or manifest changes.
    pub packages: Vec<String>,
}

const SCHEMA: u32 = 1;

/// What made a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tool {
    pub name: String,
    pub version: String,
}

/// A file that changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Relative to the workspace root, with `/`.
    pub path: String,
    /// The BLAKE3 hash of its bytes before.
    pub before: String,
    pub edits: Vec<Range>,
}

/// Replaces bytes of a file, without its byte order mark, by a text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Range {
    pub start: usize,
    /// Exclusive.
    pub end: usize,
    pub text: String,
}

/// A rewrite that is part of a plan, for readers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rewrite {
    pub path: String,
    pub line: u32,
    pub rule: String,
    pub title: String,
}

/// Why a plan is not applied.
#[derive(Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The plan itself is wrong, in words.
    Wrong(String),
    /// These files are not what the plan was made of.
    Changed(Vec<String>),
}

impl Plan {
    pub fn of(patch: &Patch) -> Plan {
        let file = |(path, change): (&String, &Change)| File {
            path: path.clone(),
            before: hash(&change.bytes(&change.before)),
            edits: ranges_between(&change.before, &change.after),
        };
        let mut rewrites: Vec<Rewrite> = patch.applied.iter().map(|it| rewrite(&it.rewrite)).collect();
        rewrites.sort();
        let mut packages: Vec<String> = patch.applied.iter().flat_map(|it| it.packages.clone()).collect();
        packages.sort();
        packages.dedup();
        let tool = Tool { name: "retask".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() };
        Plan { schema: SCHEMA, tool, files: patch.files.iter().map(file).collect(), rewrites, packages }
    }

    /// Reads a plan.
    ///
    /// # Errors
    ///
    /// In words, with the file and what is wrong with it.
    pub fn read(path: &Path) -> Result<Plan, String> {
        let shown = path.display();
        let text = std::fs::read_to_string(path)
            .map_err(|error| format!("the plan `{shown}` cannot be read: {error}"))?;
        let plan: Plan = serde_json::from_str(&text)
            .map_err(|error| format!("`{shown}` is no plan: {error}; `retask plan` makes one"))?;
        match plan.schema {
            SCHEMA => Ok(plan),
            other => Err(format!("`{shown}` has format {other}, and this retask knows {SCHEMA} alone")),
        }
    }

    pub fn text(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// The changes of a plan in a workspace: in files of its own that may be changed, and are what they were, and nowhere else.
    pub fn changes(&self, workspace: &Workspace) -> Result<BTreeMap<String, Change>, Refusal> {
        let mut changes = BTreeMap::new();
        let mut changed = Vec::new();
        for file in &self.files {
            let path = &file.path;
            let before = before(workspace, path)?;
            if hash(&before.bytes(&before.before)) != file.before {
                changed.push(path.clone());
                continue;
            }
            let edits = file.edits.iter().map(|it| (it.start..it.end, it.text.as_str()));
            let Some((after, _)) = splice(&before.before, edits, |_, new| new.to_owned()) else {
                let problem = "its edits overlap, or do not fit the file";
                return Err(Refusal::Wrong(format!("the plan for `{path}` is not whole: {problem}")));
            };
            if changes.insert(path.clone(), Change { after, ..before }).is_some() {
                return Err(Refusal::Wrong(format!("the plan names `{path}` twice")));
            }
        }
        if changed.is_empty() { Ok(changes) } else { Err(Refusal::Changed(changed)) }
    }
}

/// A file of the workspace, as a change that changes nothing yet.
fn before(workspace: &Workspace, path: &str) -> Result<Change, Refusal> {
    if let Some(reason) = workspace.guards.get(path) {
        return Err(Refusal::Wrong(format!("the plan changes `{path}`, which {reason}")));
    }
    if let Some(file) = workspace.files.iter().find(|it| it.path == path) {
        return Ok(Change { before: file.text.clone(), after: file.text.clone(), bom: file.bom });
    }
    let is_manifest = workspace.packages.iter().any(|it| it.manifest == path) || path == "Cargo.toml";
    if !is_manifest {
        let message =
            format!("the plan names `{path}`, which is no source file and no manifest of this workspace");
        return Err(Refusal::Wrong(message));
    }
    manifest::read(workspace, path).map_err(Refusal::Wrong)
}

fn rewrite(it: &crate::patch::Rewrite) -> Rewrite {
    Rewrite { path: it.path.clone(), line: it.line, rule: it.rule.to_owned(), title: it.title.clone() }
}
