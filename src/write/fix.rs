//! `retask fix`, from the guards to the summary.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::cargo::{Cargo, Kind, Problem};
use super::disk::RealDisk;
use super::search::search;
use super::trial::{TakenBack, Trials};
use super::writer::Writer;
use super::{Failure, git};
use crate::analysed::Analysed;
use crate::args::{Allow, Format, Report, Verify};
use crate::exit::{code, count, fail, found, incomplete, worst};
use crate::patch::{Choice, Patch};
use crate::report::json;
use crate::review;
use crate::session::Session;

/// How rewrites are applied.
#[derive(Clone, Copy, Debug)]
pub struct How {
    pub allow: Allow,
    pub verify: Verify,
}

/// Applies the rewrites, or those that a review accepts; gives the exit code. The caller holds the lock.
pub fn fix(session: &Session<'_>, report: &Report, how: How, review: bool) -> u8 {
    let root = Path::new(&session.workspace.root);
    let mut planner = session.planner();
    let guarded = || git::guard(root, session.store.target_dir(), how.allow);
    // Nobody answers questions to be refused after the last one.
    let asked = review.then(|| guarded().and_then(|()| review::ask(session, &mut planner))).transpose();
    let accepted = match asked {
        Ok(accepted) => accepted,
        Err(message) => return fail(&message, code::USAGE),
    };
    let plan = |choice: &Choice<'_>| {
        let taken = |it: &&BTreeSet<String>| it.iter().filter(|it| choice.takes(it)).cloned().collect();
        let taken: Option<BTreeSet<String>> = accepted.as_ref().map(|it| taken(&it));
        session.tidy(planner.plan(&taken.as_ref().map_or(*choice, Choice::Only)))
    };
    session.say_outside(planner.outside());
    let carried_out = carry_out(session, report, how, plan);
    // What was accepted and could not be tried is not asked again.
    if review && carried_out.is_ok() {
        review::settle(session);
    }
    carried_out.unwrap_or_else(|code| code)
}

/// Writes what a plan gives and compiles it, and takes back what does not compile; gives the exit code.
///
/// # Errors
///
/// The exit code, where nothing could be tried, so that nothing changed.
pub fn carry_out(
    session: &Session<'_>,
    report: &Report,
    how: How,
    plan: impl Fn(&Choice<'_>) -> Patch,
) -> Result<u8, u8> {
    let How { allow, verify } = how;
    let root = Path::new(&session.workspace.root);
    let patch = plan(&Choice::All);
    if patch.files.is_empty() {
        return Ok(finish(session, report, &patch, &[]));
    }
    if let Err(message) = git::guard(root, session.store.target_dir(), allow) {
        return Err(fail(&message, code::USAGE));
    }
    if verify != Verify::None && session.store.is_loose() {
        let message = "the file belongs to no package, so that cargo cannot compile it: `--verify none` writes all the same, `retask diff` shows the changes";
        return Err(fail(message, code::USAGE));
    }
    let lockfile = std::fs::read(root.join("Cargo.lock")).ok();
    let cargo = cargo(session, root, &patch, verify);
    let baseline = match baseline(session, &cargo, verify) {
        Ok(baseline) => baseline,
        Err(message) => return Err(fail(&message, code::INCOMPLETE)),
    };
    let writer = match Writer::begin(root, session.folders(), &RealDisk, lockfile.as_deref()) {
        Ok(writer) => writer,
        Err(failure) => return Err(refuse(&failure, "nothing was written")),
    };
    let progress = |line: &str| session.progress.step(line);
    let mut trials = Trials {
        plan,
        cargo,
        verify,
        baseline,
        writer,
        patch,
        known: BTreeMap::new(),
        runs: 0,
        progress: &progress,
    };
    let bad = match search(&mut trials) {
        Ok(bad) => bad,
        Err(failure) => return Err(give_up(trials.writer, &failure)),
    };
    let taken_back = trials.taken_back(&bad);
    let kept = match trials.patch.files.is_empty() {
        true => trials.writer.abandon(),
        false => trials.writer.finish(),
    };
    if let Err(failure) = kept {
        return Ok(refuse(&failure, "`retask undo` takes back what was written"));
    }
    Ok(finish(session, report, &trials.patch, &taken_back))
}

/// The way back at once, where it is open.
fn give_up(writer: Writer<'_>, failure: &Failure) -> u8 {
    match writer.abandon() {
        Ok(()) => refuse(failure, "nothing was written: run retask again"),
        Err(second) => refuse(
            failure,
            &format!("and not all could be taken back ({second}); `retask undo` does the rest"),
        ),
    }
}

fn refuse(failure: &Failure, then: &str) -> u8 {
    fail(&format!("{failure}\n{then}"), failure.code())
}

/// What the patch touches, and the members that depend on it: whether a future is `Send` shows in another crate.
fn cargo<'c>(session: &Session<'_>, root: &'c Path, patch: &Patch, verify: Verify) -> Cargo<'c> {
    let mut packages: BTreeSet<&str> =
        patch.applied.iter().flat_map(|it| it.packages.iter().map(String::as_str)).collect();
    loop {
        let depends = |it: &&retask_engine::workspace::Package| {
            it.dependencies.values().any(|it| packages.contains(it.package.as_str()))
        };
        let more: Vec<&str> = session
            .workspace
            .packages
            .iter()
            .filter(|it| !packages.contains(it.name.as_str()))
            .filter(depends)
            .map(|it| it.name.as_str())
            .collect();
        if more.is_empty() {
            break;
        }
        packages.extend(more);
    }
    Cargo {
        root,
        packages: packages.into_iter().map(str::to_owned).collect(),
        flags: session.shared.cargo_flags(),
        targets: session.shared.cargo_targets(),
        with_tests: verify == Verify::Test,
    }
}

/// The problems of the unchanged workspace, which are not ours.
fn baseline(session: &Session<'_>, cargo: &Cargo<'_>, verify: Verify) -> Result<Vec<Problem>, String> {
    if verify == Verify::None {
        return Ok(Vec::new());
    }
    session.progress(
        "compiling before any change: this runs build scripts and procedural macros of the workspace",
    );
    let baseline = cargo.problems();
    if let Some(problem) = baseline.iter().find(|it| it.is_of_cargo()) {
        let message = "cargo cannot compile the workspace as it is, nothing was written";
        return Err(format!("{message}:\n{}", problem.message));
    }
    let errors = baseline.iter().filter(|it| it.kind == Kind::Error).count();
    if errors > 0 {
        session.progress(&format!(
            "{} before any change: what these hide cannot be verified",
            count(errors, "error")
        ));
    }
    Ok(baseline)
}

/// Says what was written and what was taken back; JSON tells what is left.
fn finish(session: &Session<'_>, report: &Report, patch: &Patch, taken_back: &[TakenBack]) -> u8 {
    session.report_patch(patch, taken_back);
    if session.shared.format == Format::Json {
        let skipped = patch.first.skipped.clone();
        let left = Analysed { skipped, unknown: patch.first.unknown, ..patch.last.clone() };
        json::print_findings(&session.workspace, &left);
    }
    for path in patch.files.keys() {
        session.progress(&format!("wrote `{path}`"));
    }
    let back = if taken_back.is_empty() { 0 } else { code::TAKEN_BACK };
    let written = session.report(report, "fix", &patch.first, Some(patch), taken_back);
    worst([found(&patch.last.findings), incomplete(&patch.first), back, written])
}
