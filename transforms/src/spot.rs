//! Findings on calls that do not block: hand-overs, joins, channels, limits, locks.

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, TextRange, ast};
use retask_engine::Analysis;
use retask_engine::analysis::{Handover, Marked};
use retask_engine::bucket::{Answers, Bucket};
use retask_engine::finding::{Confidence, Evidence, Finding, Severity};
use retask_engine::resolve::Sema;

use crate::case;
use crate::rewrite::draft::Draft;

/// The call that a finding stands on.
#[derive(Clone, Debug)]
pub(crate) struct Spot {
    pub file: u32,
    /// The name of what is called.
    pub name: TextRange,
    /// What is called, for messages.
    pub label: String,
}

impl From<&Marked> for Spot {
    fn from(it: &Marked) -> Spot {
        Spot { file: it.site.file, name: it.name, label: it.entry.path.to_owned() }
    }
}

impl From<&Handover> for Spot {
    fn from(it: &Handover) -> Spot {
        Spot { file: it.site.file, name: it.name, label: it.label.clone() }
    }
}

/// What a rule thinks of a spot.
pub(crate) struct Verdict {
    pub severity: Severity,
    pub bucket: Bucket,
    pub answers: Answers,
    /// What is wrong, after the name of what is called.
    pub message: String,
    /// What happens at the spot, and then further places.
    pub note: String,
    pub evidence: Vec<Evidence>,
}

/// The finding of a rule on a spot.
pub(crate) fn finding(
    (sema, analysis): (&Sema<'_>, &Analysis<'_>),
    rule: &'static str,
    spot: &Spot,
    verdict: Verdict,
    rewrite: Result<Draft, String>,
) -> Finding {
    let place = analysis.workspace.place(spot.file, spot.name);
    let key = case::key(sema, spot.file, spot.name.start().into(), &spot.label);
    let (fix, refused) = case::outcome(rewrite, Confidence::High, rule);
    let first = Evidence { place: place.clone(), note: verdict.note };
    Finding {
        id: key,
        rule,
        bucket: verdict.bucket,
        severity: verdict.severity,
        confidence: Confidence::High,
        message: format!(
            "`{}` {}: bucket {} ({})",
            spot.label,
            verdict.message,
            verdict.bucket.number(),
            verdict.bucket.name()
        ),
        answers: verdict.answers,
        evidence: std::iter::once(first).chain(verdict.evidence).collect(),
        place,
        fix,
        alternatives: Vec::new(),
        refused,
    }
}

/// A place as evidence.
pub(crate) fn evidence(
    sema: &Sema<'_>,
    analysis: &Analysis<'_>,
    node: &SyntaxNode,
    note: &str,
) -> Option<Evidence> {
    let (file, range) = sema.source_range(node)?;
    Some(Evidence { place: analysis.workspace.place(file, range), note: note.to_owned() })
}

/// The keyword of a loop or the name of a method, as evidence for what repeats.
pub(crate) fn head(node: &SyntaxNode) -> SyntaxNode {
    let name = ast::MethodCallExpr::cast(node.clone()).and_then(|it| it.name_ref());
    name.map_or_else(|| node.clone(), |it| it.syntax().clone())
}

/// The text of a node in the file as it is written.
pub(crate) fn text<'a>(sema: &Sema<'_>, analysis: &'a Analysis<'_>, node: &SyntaxNode) -> Option<&'a str> {
    let (file, range) = sema.source_range(node)?;
    Some(analysis.workspace.text(file, range))
}

/// The statement of a block that a node stands in, where no closure, arm or macro lies between.
pub(crate) fn statement(node: &SyntaxNode) -> Option<SyntaxNode> {
    let in_list = |it: &SyntaxNode| it.parent().is_some_and(|it| it.kind() == SyntaxKind::STMT_LIST);
    let straight = node.ancestors().take_while(|it| {
        !matches!(it.kind(), SyntaxKind::CLOSURE_EXPR | SyntaxKind::MATCH_ARM | SyntaxKind::WHILE_EXPR)
    });
    straight.into_iter().find(in_list)
}
