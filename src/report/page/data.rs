//! What the page shows, as JSON.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use retask_engine::bucket::{Answers, Bucket, Primitive};
use retask_engine::finding::{Applicability, Evidence, Finding, Fix, Place, Severity, Unit};
use retask_engine::picture::Picture;
use serde::Serialize;

use crate::patch::Patch;
use crate::report::outcome::{Outcome, outcomes, waits_for};
use crate::report::shown::Shown;

/// All that the page shows.
#[derive(Serialize)]
pub struct Data<'d> {
    workspace: String,
    version: &'static str,
    packages: Vec<&'d str>,
    /// The package of each file that the picture names, as an index.
    files: BTreeMap<&'d str, usize>,
    buckets: [BucketText; 5],
    rules: Vec<RuleText>,
    units: Vec<UnitNode<'d>>,
    findings: Vec<Found<'d>>,
    picture: Picture,
    /// Files that could not be read, as lines.
    skipped: Vec<String>,
}

#[derive(Serialize)]
struct BucketText {
    number: u8,
    name: &'static str,
    belongs: &'static str,
}

#[derive(Serialize)]
struct RuleText {
    name: &'static str,
    summary: &'static str,
}

/// A place as people write it: lines and columns from 1.
#[derive(Serialize)]
struct At<'d> {
    path: &'d str,
    line: u32,
    column: u32,
}

#[derive(Serialize)]
struct UnitNode<'d> {
    name: &'d str,
    #[serde(flatten)]
    at: At<'d>,
    package: usize,
    primitive: Primitive,
    bucket: Option<Bucket>,
    answers: Answers,
    evidence: Vec<Step<'d>>,
}

#[derive(Serialize)]
struct Step<'d> {
    #[serde(flatten)]
    at: At<'d>,
    note: &'d str,
}

#[derive(Serialize)]
struct Found<'d> {
    rule: &'static str,
    severity: Severity,
    bucket: Bucket,
    message: &'d str,
    #[serde(flatten)]
    at: At<'d>,
    package: usize,
    answers: Answers,
    evidence: Vec<Step<'d>>,
    /// What becomes of it, in words.
    how: String,
    caveats: Vec<&'d str>,
    /// Of a rewrite that passed the checks.
    diff: Option<String>,
}

impl<'d> Data<'d> {
    pub fn of(shown: &'d Shown<'_>, patch: &Patch, diff: &dyn Fn(&Fix) -> String) -> Data<'d> {
        let workspace = shown.workspace;
        let analysed = shown.analysed;
        let by_path: HashMap<&str, usize> =
            workspace.files.iter().map(|it| (it.path.as_str(), it.package)).collect();
        let package = |place: &Place| by_path.get(place.path.as_str()).copied().unwrap_or_default();
        let became = outcomes(&analysed.findings, Some(patch), &[]);
        let mut diffs: HashMap<&str, String> = HashMap::new();
        let findings = shown.findings().iter().zip(&analysed.findings).zip(&became);
        let findings = findings.map(|((finding, planned), outcome)| Found {
            rule: finding.rule,
            severity: finding.severity,
            bucket: finding.bucket,
            message: &finding.message,
            at: at(&finding.place),
            package: package(&finding.place),
            answers: finding.answers,
            evidence: steps(&finding.evidence),
            how: how(finding, outcome),
            caveats: finding.fix.iter().flat_map(|it| it.caveats.iter().map(String::as_str)).collect(),
            diff: planned
                .fix
                .as_ref()
                .filter(|_| *outcome == Outcome::Rewritten)
                .map(|fix| diffs.entry(&fix.group).or_insert_with(|| diff(fix)).clone()),
        });
        let picture = analysed.picture.as_ref();
        let paths = picture.into_iter().flat_map(Picture::places).map(|it| it.path.as_str());
        Data {
            files: paths.filter_map(|it| Some((it, *by_path.get(it)?))).collect(),
            workspace: name(&workspace.root),
            version: env!("CARGO_PKG_VERSION"),
            packages: workspace.packages.iter().map(|it| it.name.as_str()).collect(),
            buckets: Bucket::ALL.map(bucket),
            rules: shown.rules.iter().map(|it| RuleText { name: it.name, summary: it.summary }).collect(),
            findings: findings.collect(),
            units: analysed.units.iter().map(|it| unit(it, package(&it.place))).collect(),
            picture: picture.cloned().unwrap_or_default(),
            skipped: analysed.skipped.iter().map(|it| format!("{}: {}", it.path, it.reason)).collect(),
        }
    }

    /// The name of the folder that the workspace lies in.
    pub fn workspace(&self) -> &str {
        &self.workspace
    }

    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| "null".to_owned())
    }
}

fn name(root: &str) -> String {
    let name = Path::new(root).file_name().map(|it| it.to_string_lossy().into_owned());
    name.unwrap_or_else(|| root.to_owned())
}

fn bucket(it: Bucket) -> BucketText {
    BucketText { number: it.number(), name: it.name(), belongs: it.belongs() }
}

fn unit(it: &Unit, package: usize) -> UnitNode<'_> {
    UnitNode {
        name: &it.name,
        at: at(&it.place),
        package,
        primitive: it.primitive,
        bucket: it.bucket,
        answers: it.answers,
        evidence: steps(&it.evidence),
    }
}

fn at(place: &Place) -> At<'_> {
    At { path: &place.path, line: place.start.line, column: place.start.column }
}

fn steps(evidence: &[Evidence]) -> Vec<Step<'_>> {
    evidence.iter().map(|it| Step { at: at(&it.place), note: &it.note }).collect()
}

/// What becomes of a finding, in words.
fn how(finding: &Finding, outcome: &Outcome) -> String {
    let title = finding.fix.as_ref().map(|it| it.title.as_str()).unwrap_or_default();
    match (outcome, &finding.fix) {
        (Outcome::Refused(reason) | Outcome::TakenBack(reason), _) => format!("not rewritten: {reason}"),
        (Outcome::Rewritten, Some(Fix { applicability: Applicability::MaybeIncorrect, .. })) => {
            format!("{title}: `retask fix --fixes all`")
        }
        (Outcome::Rewritten, _) => format!("{title}: `retask fix`"),
        (Outcome::Offered, Some(fix)) => format!("{title}: {}", waits_for(fix.applicability)),
        (Outcome::Offered, None) => "no rewrite".to_owned(),
    }
}
