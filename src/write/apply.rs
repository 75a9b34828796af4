//! `retask apply`: the changes of a plan, written and compiled as those of `fix` are.

use std::path::Path;

use super::fix::{How, carry_out};
use crate::args::Report;
use crate::exit::{code, fail};
use crate::patch::{Applied, Change, Choice, Patch, Rewrite, Round};
use crate::plan::{Plan, Refusal};
use crate::session::Session;

/// All rewrites of a plan are one: it stays or goes as a whole.
const GROUP: &str = "plan";

/// Applies a plan; gives the exit code. The caller holds the lock.
pub fn apply(session: &Session<'_>, path: &Path, report: &Report, how: How) -> u8 {
    let plan = match Plan::read(path) {
        Ok(plan) => plan,
        Err(message) => return fail(&message, code::USAGE),
    };
    let changes = match plan.changes(&session.workspace) {
        Ok(changes) => changes,
        Err(Refusal::Wrong(message)) => return fail(&message, code::USAGE),
        Err(Refusal::Changed(paths)) => {
            let list: String = paths.iter().map(|it| format!("\n  * {it}")).collect();
            let message = format!(
                "files are not what the plan was made of, and nothing was written; make it anew:{list}"
            );
            return fail(&message, code::CONFLICT);
        }
    };
    let first = plan.rewrites.first();
    let rewrite = Rewrite {
        group: GROUP.to_owned(),
        rule: GROUP,
        title: format!("the plan `{}`", path.display()),
        path: first.map_or(String::new(), |it| it.path.clone()),
        line: first.map_or(1, |it| it.line),
        findings: Vec::new(),
    };
    let needs_manifest = changes.keys().any(|it| it.ends_with("Cargo.toml"));
    let packages = packages(session, &plan, &changes);
    let paths = changes.keys().cloned().collect();
    let applied = Applied { rewrite, packages, paths, needs_manifest, round: 0, lines: Vec::new() };
    let taken = |choice: &Choice<'_>| match choice.takes(GROUP) && !changes.is_empty() {
        true => Patch {
            files: changes.clone(),
            applied: vec![applied.clone()],
            rounds: vec![Round::default()],
            ..Patch::default()
        },
        false => Patch::default(),
    };
    carry_out(session, report, how, taken).unwrap_or_else(|code| code)
}

/// The packages to compile: those that the files belong to, whatever the plan says.
fn packages(
    session: &Session<'_>,
    plan: &Plan,
    changes: &std::collections::BTreeMap<String, Change>,
) -> Vec<String> {
    let workspace = &session.workspace;
    let of_files = workspace.files.iter().filter(|it| changes.contains_key(&it.path)).map(|it| it.package);
    let of_manifests =
        (0..workspace.packages.len()).filter(|it| changes.contains_key(&workspace.packages[*it].manifest));
    let touched = of_files.chain(of_manifests).map(|it| workspace.packages[it].name.clone());
    let known = |name: &&String| workspace.packages.iter().any(|it| it.name == **name);
    let mut packages: Vec<String> = touched.chain(plan.packages.iter().filter(known).cloned()).collect();
    packages.sort();
    packages.dedup();
    packages
}
