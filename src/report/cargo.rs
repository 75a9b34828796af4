//! `--format cargo`: messages as `cargo check --message-format=json` prints them, one for each line.
//!
//! Editors read these: rust-analyzer runs any command that prints them in the place of `cargo check`, and offers each child of a
//! diagnostic that carries `suggested_replacement` as a quick fix.

use std::path::Path;

use annotate_snippets::Renderer;
use retask_engine::finding::{Applicability, Finding, Fix, Place, Severity};
use serde::Serialize;
use serde_json::{Value, json};

use super::human;
use super::links::encoded;
use super::shown::{Line, Shown};
use super::words::{UNUSED_ALLOW, idle, severity};

/// A diagnostic of rustc, or a child of one.
#[derive(Serialize)]
struct Diagnostic {
    message: String,
    code: Option<Code>,
    level: &'static str,
    spans: Vec<Span>,
    children: Vec<Diagnostic>,
    rendered: Option<String>,
}

#[derive(Serialize)]
struct Code {
    code: String,
    /// Clippy gives none either: it would stand in each finding.
    explanation: Option<()>,
}

impl Code {
    /// With its tool, as `clippy::needless_return`: rust-analyzer shows the two apart.
    fn of(name: &str) -> Code {
        Code { code: format!("retask::{name}"), explanation: None }
    }
}

#[derive(Serialize)]
struct Span {
    file_name: String,
    byte_start: u32,
    byte_end: u32,
    line_start: u32,
    line_end: u32,
    column_start: u32,
    column_end: u32,
    is_primary: bool,
    text: Vec<SpanLine>,
    label: Option<String>,
    suggested_replacement: Option<String>,
    suggestion_applicability: Option<&'static str>,
    expansion: Option<()>,
}

#[derive(Serialize)]
struct SpanLine {
    text: String,
    highlight_start: usize,
    highlight_end: usize,
}

/// All findings, notes included, the comments that silence nothing, and the end of the run.
pub fn messages(shown: &Shown<'_>) -> String {
    let mut text = String::new();
    for (finding, in_memory) in shown.findings().iter().zip(&shown.analysed.findings) {
        let rendered = human::plain(shown.workspace, in_memory);
        text.push_str(&line(shown, &finding.place, diagnostic(shown, finding, rendered)));
    }
    for (allowed, place, problem) in shown.problems() {
        let label = Some(problem.to_owned());
        let unused = Diagnostic {
            code: Some(Code::of(UNUSED_ALLOW)),
            spans: vec![Span { is_primary: true, label, ..span(shown, &place) }],
            rendered: Some(human::problem(shown.workspace, allowed, &Renderer::plain())),
            ..message("warning", idle(problem))
        };
        text.push_str(&line(shown, &place, unused));
    }
    let is_whole = shown.analysed.skipped.is_empty();
    let success = is_whole && shown.findings().iter().all(|it| it.severity != Severity::Error);
    text.push_str(&format!("{}\n", json!({"reason": "build-finished", "success": success})));
    text
}

/// A diagnostic of the package that a place belongs to.
fn line(shown: &Shown<'_>, place: &Place, message: Diagnostic) -> String {
    let mut line = origin(shown, &place.path);
    line["reason"] = json!("compiler-message");
    line["message"] = json!(message);
    format!("{line}\n")
}

/// The package and the target that a file belongs to, in Cargo's words.
fn origin(shown: &Shown<'_>, path: &str) -> Value {
    let absolute = Path::new(&shown.workspace.root).join(path);
    let Some(package) = shown.members.get(shown.package(path)) else {
        // A file outside any package is what Cargo calls a script: a package of its own.
        let name = Path::new(path).file_stem().unwrap_or_default().to_string_lossy();
        let target = json!({
            "kind": ["bin"], "crate_types": ["bin"], "name": name, "src_path": absolute,
            "edition": shown.edition(path), "doc": false, "doctest": false, "test": false
        });
        let id = format!("path+file://{}#{name}@0.0.0", encoded(&absolute.to_string_lossy()));
        return json!({"package_id": id, "manifest_path": absolute, "target": target});
    };
    // Modules lie below the root file of their target; of several targets in one folder, the library comes first.
    let nearness = |it: &&cargo_metadata::Target| {
        let folder = it.src_path.as_std_path().parent().filter(|it| absolute.starts_with(it));
        let depth = folder.map_or(0, |it| it.components().count());
        (it.src_path.as_std_path() == absolute, depth, it.is_lib())
    };
    let target = package.targets.iter().rev().max_by_key(nearness);
    json!({"package_id": package.id, "manifest_path": package.manifest_path, "target": target})
}

fn diagnostic(shown: &Shown<'_>, finding: &Finding, rendered: String) -> Diagnostic {
    let label = finding.evidence.first().map(|it| it.note.clone());
    let mut spans = vec![Span { is_primary: true, label, ..span(shown, &finding.place) }];
    let steps = finding.evidence.iter().skip(1);
    spans.extend(steps.map(|it| Span { label: Some(it.note.clone()), ..span(shown, &it.place) }));
    let answers = human::answers(&finding.answers, finding.bucket.belongs());
    let mut children = vec![message("note", answers)];
    children.extend(finding.refused.iter().map(|it| message("note", format!("not rewritten: {it}"))));
    for (index, fix) in finding.fixes().enumerate() {
        children.push(suggestion(shown, finding, fix, index > 0));
        children.extend(fix.caveats.iter().map(|it| message("note", format!("to agree to: {it}"))));
    }
    Diagnostic {
        message: finding.message.clone(),
        code: Some(Code::of(finding.rule)),
        level: severity(finding.severity),
        spans,
        children,
        rendered: Some(rendered),
    }
}

fn message(level: &'static str, message: String) -> Diagnostic {
    Diagnostic { message, code: None, level, spans: Vec::new(), children: Vec::new(), rendered: None }
}

/// A rewrite. Where there are two, a reader has to choose: the other one is never offered as `MachineApplicable`, since readers such as
/// `cargo fix` take all that is.
///
/// The first span is that of the finding, without a replacement: rust-analyzer offers a quick fix in the file of the first span, and at
/// the places of all of them. Edits can lie in other files alone.
fn suggestion(shown: &Shown<'_>, finding: &Finding, fix: &Fix, is_other: bool) -> Diagnostic {
    let applicability = match fix.applicability {
        Applicability::MachineApplicable if !is_other => "MachineApplicable",
        _ => "MaybeIncorrect",
    };
    let edit = |it| Span {
        is_primary: true,
        suggested_replacement: Some(shown.new_text(it)),
        suggestion_applicability: Some(applicability),
        ..span(shown, &it.place)
    };
    let mut spans = vec![Span { is_primary: true, ..span(shown, &finding.place) }];
    spans.extend(fix.edits.iter().map(edit));
    Diagnostic { spans, ..message("help", fix.title.clone()) }
}

/// A place as rustc tells it: paths are relative to the workspace root, as those of Cargo's messages are.
fn span(shown: &Shown<'_>, place: &Place) -> Span {
    let line = |it: Line| SpanLine { text: it.text, highlight_start: it.start, highlight_end: it.end };
    Span {
        file_name: place.path.clone(),
        byte_start: place.start.offset,
        byte_end: place.end.offset,
        line_start: place.start.line,
        line_end: place.end.line,
        column_start: place.start.column,
        column_end: place.end.column,
        is_primary: false,
        text: shown.lines(place).into_iter().map(line).collect(),
        label: None,
        suggested_replacement: None,
        suggestion_applicability: None,
        expansion: None,
    }
}
