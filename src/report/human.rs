//! Findings as rustc shows them: the source, the spans, notes for the chain, help with the rewrite.

use std::collections::BTreeMap;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};
use retask_engine::Workspace;
use retask_engine::bucket::{Answers, Bound, Size};
use retask_engine::finding::{Applicability, Evidence, Finding, Fix, Place, Severity, Way};

use super::terminal::{error, styled, visible};
use super::words::UNUSED_ALLOW;
use crate::allow::Allowed;
use crate::analysed::Analysed;
use crate::baseline::{Fallen, Outcome};
use crate::exit::count;

/// Prints the errors and warnings, and the notes too where asked.
pub fn print(workspace: &Workspace, analysed: &Analysed, with_notes: bool) {
    let renderer = Renderer::styled();
    for finding in &analysed.findings {
        if with_notes || finding.severity != Severity::Note {
            styled(&format!("{}\n\n", renderer.render(&[group(workspace, finding)])));
        }
    }
}

/// Prints one finding.
pub fn print_one(workspace: &Workspace, finding: &Finding) {
    styled(&format!("{}\n\n", Renderer::styled().render(&[group(workspace, finding)])));
}

/// Prints the comments that silence nothing.
pub fn print_problems(workspace: &Workspace, allows: &[Allowed]) {
    let idle = allows.iter().filter(|it| it.problem.is_some());
    idle.for_each(|it| styled(&format!("{}\n\n", problem(workspace, it, &Renderer::styled()))));
}

/// A comment that silences nothing.
pub fn problem(workspace: &Workspace, allowed: &Allowed, renderer: &Renderer) -> String {
    let file = workspace.files.iter().find(|it| it.path == allowed.place.path);
    let label = allowed.problem.as_deref().unwrap_or_default();
    let source = Snippet::source(file.map_or("", |it| it.text.as_str()))
        .path(file.map_or(String::new(), |it| visible(&it.path)))
        .annotation(AnnotationKind::Primary.span(range(&allowed.place)).label(label));
    let title = Level::WARNING.primary_title("a comment silences nothing").id(UNUSED_ALLOW);
    renderer.render(&[title.element(source)])
}

/// All that is printed, without colours.
pub fn text(workspace: &Workspace, analysed: &Analysed, with_notes: bool) -> String {
    let shown = analysed.findings.iter().filter(|it| with_notes || it.severity != Severity::Note);
    shown.map(|it| format!("{}\n\n", plain(workspace, it))).collect()
}

/// A finding without colours.
pub fn plain(workspace: &Workspace, finding: &Finding) -> String {
    Renderer::plain().render(&[group(workspace, finding)])
}

fn group<'w>(workspace: &'w Workspace, finding: &'w Finding) -> Group<'w> {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let mut group = level.primary_title(finding.message.as_str()).id(finding.rule).element(snippet(
        workspace,
        &finding.place,
        Some(finding),
        &finding.evidence,
    ));
    let mut seen = vec![finding.place.path.as_str()];
    for evidence in &finding.evidence {
        if !seen.contains(&evidence.place.path.as_str()) {
            seen.push(&evidence.place.path);
            group = group.element(snippet(workspace, &evidence.place, None, &finding.evidence));
        }
    }
    group = group.element(Level::NOTE.message(answers(&finding.answers, finding.bucket.belongs())));
    match (&finding.fix, &finding.refused) {
        (Some(fix), _) => {
            let mut text = format!("{}: `retask fix", fix.title);
            if fix.applicability == Applicability::MaybeIncorrect {
                text.push_str(" --fixes all");
            }
            text.push('`');
            for caveat in &fix.caveats {
                text.push_str(&format!("\nto agree to: {caveat}"));
            }
            if !fix.why.is_empty() {
                text.push_str(&format!("\nwhy: {}", fix.why));
            }
            for other in &finding.alternatives {
                text.push_str(&format!("\nor {}: {}{}", other.title, asked_by(fix, other), other.why));
            }
            group.element(Level::HELP.message(text))
        }
        (None, Some(reason)) => group.element(Level::NOTE.message(format!("not rewritten: {reason}"))),
        (None, None) => group,
    }
}

/// What takes the other rewrite.
fn asked_by(fix: &Fix, other: &Fix) -> String {
    let needs_a_reader = |it: &Fix| it.applicability == Applicability::MaybeIncorrect;
    let flag = match other.way {
        Some(Way::Async) => "`--prefer async`",
        Some(Way::Offload) => "`--prefer offload`",
        None => return String::new(),
    };
    let alone = if needs_a_reader(fix) && !needs_a_reader(other) { "`retask fix`, or " } else { "" };
    format!("{alone}{flag}: ")
}

/// The file of a place with the finding and those steps of the chain that lie in it.
fn snippet<'w>(
    workspace: &'w Workspace,
    place: &Place,
    finding: Option<&'w Finding>,
    evidence: &'w [Evidence],
) -> Snippet<'w, Annotation<'w>> {
    let file = workspace.files.iter().find(|it| it.path == place.path);
    let source = file.map_or("", |it| it.text.as_str());
    let path = file.map_or(String::new(), |it| visible(&it.path));
    let mut snippet = Snippet::source(source).path(path);
    if let Some(finding) = finding {
        let label = finding.evidence.first().map_or("", |it| it.note.as_str());
        snippet = snippet.annotation(AnnotationKind::Primary.span(range(&finding.place)).label(label));
    }
    for step in evidence.iter().skip(1).filter(|it| it.place.path == place.path) {
        snippet =
            snippet.annotation(AnnotationKind::Context.span(range(&step.place)).label(step.note.as_str()));
    }
    snippet
}

fn range(place: &Place) -> std::ops::Range<usize> {
    place.start.offset as usize..place.end.offset as usize
}

/// The four answers in words, and where they put the work.
pub fn answers(answers: &Answers, belongs: &str) -> String {
    let bound = match answers.bound {
        Some(Bound::Io) => "it waits (I/O-bound)",
        Some(Bound::Cpu) => "it computes (CPU-bound)",
        Some(Bound::Both) => "it waits and computes",
        None => "whether it waits or computes is not known",
    };
    let ends = match answers.ends {
        Some(true) => "it ends",
        Some(false) => "it never ends by itself",
        None => "whether it ends is not known",
    };
    let api = match answers.async_api {
        Some(true) => "an async API exists",
        Some(false) => "the call itself has no async form",
        None => "whether an async API exists is not known",
    };
    let size = match answers.size {
        Some(Size::Bounded) => "its size is bounded",
        Some(Size::Input) => "its size grows with the input",
        None => "its size is not known",
    };
    format!("{bound}, {ends}, {api}, {size}: it belongs {belongs}")
}

/// What could not be analysed, on standard error.
pub fn print_skipped(analysed: &Analysed) {
    for skipped in &analysed.skipped {
        error(&format!("retask: skipped `{}`: {}", skipped.path, skipped.reason));
    }
}

/// How many findings each precondition kept from a rewrite, most first, on standard error.
pub fn print_refusals(findings: &[Finding]) {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for reason in findings.iter().filter_map(|it| it.refused.as_deref()) {
        *counts.entry(precondition(reason)).or_default() += 1;
    }
    let mut counts: Vec<(String, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    for (reason, count) in counts {
        error(&format!("retask: not rewritten: {count} × {reason}"));
    }
}

/// A refusal without the names and places that differ from one to the next.
fn precondition(reason: &str) -> String {
    let parts = reason.split('`').enumerate();
    let named: String = parts.map(|(index, part)| if index % 2 == 1 { "`…`" } else { part }).collect();
    let mut text = String::new();
    for (index, part) in named.split(" (").enumerate() {
        match part.split_once(')').filter(|(place, _)| index > 0 && place.contains(".rs:")) {
            Some((_, rest)) => text.push_str(rest),
            None if index > 0 => text.extend([" (", part]),
            None => text.push_str(part),
        }
    }
    text
}

/// What a baseline keeps quiet, on standard error, and where it can fall.
pub fn print_baseline(outcome: &Outcome) {
    let fallen = outcome.fallen.len();
    if outcome.quiet > 0 {
        error(&format!("retask: {} in the baseline, not shown", count(outcome.quiet, "finding")));
    }
    for Fallen { path, rule, counted, found } in &outcome.fallen {
        error(&format!("retask: fewer than in the baseline: `{rule}` in `{path}`, {found} of {counted}"));
    }
    if fallen > 0 {
        error("retask: `--update-baseline` brings it down, so that they do not come back");
    }
}

/// One line that sums up, on standard error.
pub fn print_summary(workspace: &Workspace, analysed: &Analysed, with_notes: bool) {
    let of = |severity| analysed.findings.iter().filter(|it| it.severity == severity).count();
    let (errors, warnings, notes) = (of(Severity::Error), of(Severity::Warning), of(Severity::Note));
    let fixable = analysed.findings.iter().filter(|it| it.fix.is_some()).count();
    let hint = if notes > 0 && !with_notes { " (shown with -v)" } else { "" };
    let silenced: usize = analysed.allows.iter().map(|it| it.silences).sum();
    let silenced = if silenced > 0 { format!("; {silenced} silenced by comments") } else { String::new() };
    error(&format!(
        "retask: {}, {}, {}{hint} in {}; {fixable} with a rewrite (`retask diff --fixes all` shows them){silenced}",
        count(errors, "error"),
        count(warnings, "warning"),
        count(notes, "note"),
        count(workspace.files.len(), "file"),
    ));
}

#[cfg(test)]
mod tests {
    use super::precondition;

    #[test]
    fn refusals_are_counted_by_their_words_without_names() {
        assert_eq!(
            precondition("the type of `a.b` is not known"),
            precondition("the type of `c` is not known")
        );
        assert_ne!(precondition("`a` is borrowed"), precondition("`a` is moved"));
        assert_eq!(precondition("`a` (src/a.rs:1), as b (c)"), "`…`, as b (c)");
    }
}
