//! Findings that comments of the workspace silence, and comments that silence none.

use std::collections::{BTreeMap, BTreeSet};

use ra_ap_syntax::TextRange;
use retask_engine::Workspace;
use retask_engine::allow::{Allow, Misspelt, allows, line_for};
use retask_engine::finding::{Applicability, Edit, Finding, Fix, Place, Severity};
use retask_engine::place::indent_at;
use retask_transforms::Rule;
use serde::Serialize;

use crate::analysed::Analysed;
use crate::explain::nearest;

/// A comment that silences findings, or was meant to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Allowed {
    #[serde(flatten)]
    pub place: Place,
    pub rules: Vec<String>,
    pub reason: String,
    /// How many findings it silences.
    pub silences: usize,
    /// What is wrong with it; nothing where it does its work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// A comment of a file, with the findings that it silenced so far, by rule.
struct Comment {
    file: u32,
    allow: Allow,
    silenced: Vec<&'static str>,
}

impl Comment {
    fn covers(&self, workspace: &Workspace, rule: &str, place: &Place) -> bool {
        let Allow { covers, rules, .. } = &self.allow;
        let is_here = workspace.files[self.file as usize].path == place.path;
        is_here && rules.iter().any(|it| it == rule) && covers.contains(place.start.offset.into())
    }

    /// Whether a finding stands in what is covered, or one of the calls that lead from there to the work.
    fn silences(&self, workspace: &Workspace, finding: &Finding) -> bool {
        let mut places = std::iter::once(&finding.place).chain(finding.evidence.iter().map(|it| &it.place));
        places.any(|it| self.covers(workspace, finding.rule, it))
    }
}

/// Takes out the findings that comments silence, and the rewrites that would change what these cover. `needs_reason` tells whether a
/// comment without a reason silences nothing.
pub fn apply(workspace: &Workspace, rules: &[&Rule], analysed: Analysed, needs_reason: bool) -> Analysed {
    let (mut comments, misspelt) = comments(workspace, needs_reason);
    if comments.is_empty() && misspelt.is_empty() {
        return analysed;
    }
    let (silenced, mut left): (Vec<Finding>, Vec<Finding>) =
        analysed.findings.into_iter().partition(|finding| {
            let mut by = comments.iter_mut().filter(|it| it.silences(workspace, finding));
            by.next().map(|it| it.silenced.push(finding.rule)).is_some()
        });
    let groups: BTreeSet<&str> =
        silenced.iter().flat_map(Finding::fixes).map(|it| it.group.as_str()).collect();
    for finding in &mut left {
        keep_as_it_is(workspace, &comments, &groups, finding);
    }
    let mut units = analysed.units;
    for unit in &mut units {
        let stands = |it: &Finding| it.place.path == unit.place.path && it.place.start == unit.place.start;
        if silenced.iter().any(|it| Some(it.rule) == unit.rule && stands(it)) {
            unit.rule = None;
        }
    }
    let judged = comments.iter().map(|it| judged(workspace, rules, it));
    let mut allows: Vec<Allowed> = judged.chain(misspelt).collect();
    allows.sort_by(|a, b| a.place.cmp(&b.place));
    Analysed { findings: left, units, allows, ..analysed }
}

/// The comments of all files, and those that are misspelt.
fn comments(workspace: &Workspace, needs_reason: bool) -> (Vec<Comment>, Vec<Allowed>) {
    let mut comments = Vec::new();
    let mut misspelt = Vec::new();
    for (file, source) in workspace.files.iter().enumerate() {
        let file = file as u32;
        for allow in allows(&source.text, source.edition) {
            let allow = match allow {
                Ok(Allow { comment, reason, .. }) if needs_reason && reason.is_empty() => Err(Misspelt {
                    comment,
                    problem: "it gives no reason, and the configuration asks for one",
                }),
                other => other,
            };
            match allow {
                Ok(allow) => comments.push(Comment { file, allow, silenced: Vec::new() }),
                Err(Misspelt { comment, problem }) => {
                    misspelt.push(Allowed {
                        place: workspace.place(file, comment),
                        rules: Vec::new(),
                        reason: String::new(),
                        silences: 0,
                        problem: Some(problem.to_owned()),
                    });
                }
            }
        }
    }
    (comments, misspelt)
}

/// Refuses the rewrites of a finding that silenced ones share, or that change what a comment covers.
fn keep_as_it_is(
    workspace: &Workspace,
    comments: &[Comment],
    groups: &BTreeSet<&str>,
    finding: &mut Finding,
) {
    let rule = finding.rule;
    let kept = |fix: &Fix| {
        let edited = fix.edits.iter().find_map(|edit| {
            let comment = comments.iter().find(|it| it.covers(workspace, rule, &edit.place))?;
            Some(workspace.place(comment.file, comment.allow.comment))
        });
        let reason = edited
            .map(|it| format!("`retask: allow` keeps a part of it as it is ({}:{})", it.path, it.start.line));
        reason.or_else(|| {
            let is_shared = groups.contains(fix.group.as_str());
            is_shared.then(|| "`retask: allow` keeps another finding that it rewrites as it is".to_owned())
        })
    };
    finding.refuse(kept);
}

/// What became of a comment. One that names a rule which was not asked, or stands in code that was not read, is not judged.
fn judged(workspace: &Workspace, asked: &[&Rule], comment: &Comment) -> Allowed {
    let Comment { file, allow: Allow { comment, rules, reason, is_conditional, .. }, silenced } = comment;
    let known: Vec<&str> = retask_transforms::rules().iter().map(|it| it.name).collect();
    let unknown = rules.iter().find(|it| !known.contains(&it.as_str()));
    let is_read = workspace.is_selected(*file) && !is_conditional;
    let is_idle =
        |name: &&String| asked.iter().any(|it| it.name == **name) && !silenced.contains(&name.as_str());
    let idle: Vec<String> = rules.iter().filter(is_idle).map(|it| format!("`{it}`")).collect();
    let problem = match unknown {
        Some(name) => Some(format!("no rule is named `{name}`{}", nearest(name, &known))),
        None if idle.is_empty() || !is_read => None,
        None => Some(format!("there is no finding of {} here to silence", idle.join(" or "))),
    };
    Allowed {
        place: workspace.place(*file, *comment),
        rules: rules.clone(),
        reason: reason.clone(),
        silences: silenced.len(),
        problem,
    }
}

/// Puts a comment that silences a finding in the place of its rewrites. Notes, which fail nothing, get none.
pub fn offered(workspace: &Workspace, reason: &str, mut analysed: Analysed) -> Analysed {
    let mut rules: BTreeMap<Place, BTreeSet<&'static str>> = BTreeMap::new();
    let spot = |it: &Finding| match it.severity {
        Severity::Note => None,
        _ => spot(workspace, &it.place),
    };
    for finding in &analysed.findings {
        if let Some(place) = spot(finding) {
            rules.entry(place).or_default().insert(finding.rule);
        }
    }
    for finding in &mut analysed.findings {
        finding.alternatives.clear();
        let place = spot(finding);
        finding.refused = place.is_none().then(|| "no comment is written for it".to_owned());
        finding.fix = place.map(|place| {
            let names: Vec<&str> = rules.get(&place).into_iter().flatten().copied().collect();
            comment(workspace, place, &names.join(", "), reason)
        });
    }
    analysed
}

/// Where the comment for a finding belongs: before the line that its statement begins on.
fn spot(workspace: &Workspace, finding: &Place) -> Option<Place> {
    let file = workspace.files.iter().position(|it| it.path == finding.path)?;
    let source = &workspace.files[file];
    let at = line_for(&source.text, source.edition, finding.start.offset.into())?;
    Some(workspace.place(file as u32, TextRange::empty(at)))
}

fn comment(workspace: &Workspace, place: Place, rules: &str, reason: &str) -> Fix {
    let text = workspace.files.iter().find(|it| it.path == place.path).map_or("", |it| it.text.as_str());
    let at = place.start.offset as usize;
    let indent = indent_at(text, at);
    let line = text[at..].split('\n').next().unwrap_or_default();
    let line_break = if line.ends_with('\r') { "\r\n" } else { "\n" };
    let written = format!("{indent}// retask: allow({rules}) {reason}{line_break}");
    Fix {
        title: "silence it with a comment".to_owned(),
        applicability: Applicability::MachineApplicable,
        group: format!("allow {}:{at}", place.path),
        why: String::new(),
        way: None,
        edits: vec![Edit { place, text: written }],
        needs: Vec::new(),
        gone: Vec::new(),
        is_design: false,
        caveats: Vec::new(),
    }
}
