//! `retask fix`: guards, writing, compiling, and taking back what does not compile.

mod cargo;
mod files;
mod git;

use std::collections::BTreeSet;
use std::path::Path;

use crate::args::{Allow, Format};
use crate::commands::{Analysed, Session, exit, found, incomplete, worst};
use crate::patch::{Applied, Patch};
use crate::report;

/// How often rewrites are taken back before all of them are.
const TRIES: usize = 8;

/// Applies the rewrites; gives the exit code.
pub fn fix(session: &Session<'_>, allow: Allow) -> u8 {
    let root = Path::new(&session.workspace.root);
    let mut patch = session.patch(&[]);
    session.report_patch(&patch);
    if patch.files.is_empty() {
        return finish(session, &patch, &[]);
    }
    let target_dir = session.store.target_dir();
    let _lock = match files::Lock::take(target_dir) {
        Ok(lock) => lock,
        Err(message) => return refuse(&message, exit::CONFLICT),
    };
    let allowed = git::guard(root, target_dir, allow).and_then(|()| files::check_writable(root, &patch));
    if let Err(message) = allowed {
        return refuse(&message, exit::USAGE);
    }
    let flags = session.shared.cargo_flags();
    let packages = touched(&patch);
    session.progress(
        "compiling before and after: this runs build scripts and procedural macros of the workspace",
    );
    let baseline = cargo::check(root, &packages, &flags);
    if let Some(error) = baseline.iter().find(|it| it.path.is_none()) {
        let message = "cargo cannot compile the workspace as it is, nothing was written";
        return refuse(&format!("{message}:\n{}", error.message), exit::INCOMPLETE);
    }
    let mut taken_back: Vec<Applied> = Vec::new();
    for _ in 0..TRIES {
        if let Err(failure) = files::write(root, &patch) {
            return refuse(&failure, exit::CONFLICT);
        }
        let errors = cargo::new_errors(&baseline, &cargo::check(root, &packages, &flags));
        if errors.is_empty() {
            return finish(session, &patch, &taken_back);
        }
        if let Err(message) = files::restore(root, &patch) {
            return refuse(&message, exit::CONFLICT);
        }
        let bad = culprits(&patch.applied, &errors);
        taken_back.extend(patch.applied.iter().filter(|it| bad.contains(&it.group)).cloned());
        let without: Vec<String> = taken_back.iter().map(|it| it.group.clone()).collect();
        for error in errors.iter().take(3) {
            anstream::eprintln!("retask: does not compile: {}", error.message);
        }
        patch = session.patch(&without);
        if patch.files.is_empty() {
            return finish(session, &patch, &taken_back);
        }
    }
    taken_back.append(&mut patch.applied);
    finish(session, &Patch { last: patch.first.clone(), first: patch.first, ..Patch::default() }, &taken_back)
}

fn refuse(message: &str, code: u8) -> u8 {
    anstream::eprintln!("error: {message}");
    code
}

/// Says what was written and what was taken back; JSON tells what is left.
fn finish(session: &Session<'_>, patch: &Patch, taken_back: &[Applied]) -> u8 {
    if session.shared.format == Format::Json {
        let skipped = patch.first.skipped.clone();
        let left = Analysed { skipped, unknown: patch.first.unknown, ..patch.last.clone() };
        report::json::print_findings(&session.workspace, &left);
    }
    for rewrite in taken_back {
        anstream::eprintln!(
            "retask: taken back, since it does not compile: {}:{}: {} [{}]",
            rewrite.path,
            rewrite.line,
            rewrite.title,
            rewrite.rule
        );
    }
    for path in patch.files.keys() {
        session.progress(&format!("wrote `{path}`"));
    }
    let back = if taken_back.is_empty() { 0 } else { exit::TAKEN_BACK };
    worst([found(&patch.last.findings), incomplete(&patch.first), back])
}

fn touched(patch: &Patch) -> Vec<String> {
    let names: BTreeSet<String> = patch.applied.iter().flat_map(|it| it.packages.iter().cloned()).collect();
    names.into_iter().collect()
}

/// The groups that new errors point to: the nearest rewrite in the file of each error; all of them where an error points nowhere.
fn culprits(applied: &[Applied], errors: &[cargo::Error]) -> BTreeSet<String> {
    let mut bad = BTreeSet::new();
    for error in errors {
        let here = applied.iter().filter(|it| Some(&it.path) == error.path.as_ref());
        let nearest = here.min_by_key(|it| it.line.abs_diff(error.line));
        match nearest {
            Some(group) => {
                bad.insert(group.group.clone());
            }
            None => return applied.iter().map(|it| it.group.clone()).collect(),
        }
    }
    bad
}

#[cfg(test)]
mod tests {
    use super::{cargo::Error, culprits};
    use crate::patch::Applied;

    fn applied(group: &str, path: &str, line: u32) -> Applied {
        Applied {
            group: group.to_owned(),
            rule: "blocking-io",
            title: String::new(),
            path: path.to_owned(),
            line,
            packages: Vec::new(),
        }
    }

    #[test]
    fn the_nearest_rewrite_of_the_file_is_taken_back() {
        let all = [applied("a", "src/a.rs", 3), applied("b", "src/a.rs", 30), applied("c", "src/c.rs", 30)];
        let error =
            |path: Option<&str>| Error { message: String::new(), path: path.map(str::to_owned), line: 28 };
        assert!(culprits(&all, &[error(Some("src/a.rs"))]).into_iter().eq(["b"]));
        assert_eq!(culprits(&all, &[error(None)]).len(), 3);
    }
}
