//! What carried values take of a package: crates, their versions and features.

use super::Walk;
use super::kin::Kin;
use crate::rewrite::runtime::{may_run_on_tokio, tokio_of};

/// The name that code of a file uses for a crate.
pub(super) fn crate_name(walk: &Walk<'_, '_>, file: u32, krate: &str) -> Result<String, String> {
    if krate == "tokio" {
        let package = walk.analysis.workspace.files[file as usize].package;
        may_run_on_tokio(walk.analysis, package)?;
        return tokio_of(walk.analysis, package);
    }
    let package = walk.package(file);
    let named = package.dependencies.iter().find(|(_, it)| it.package == krate);
    named
        .map(|(name, _)| name.clone())
        .ok_or_else(|| format!("the package `{}` does not depend on `{krate}`", package.name))
}

/// What the async type asks of a package: its crate, in a version and with a feature, and what a reader must agree to. Gives the
/// name of the crate.
pub(super) fn ask(walk: &mut Walk<'_, '_>, file: u32, kin: &Kin) -> Result<String, String> {
    let (krate, feature) = kin.needs;
    let name = crate_name(walk, file, krate)?;
    let version = walk.package(file).dependencies.get(&name).map(|it| it.version.clone()).unwrap_or_default();
    let known = major_and_minor(&version);
    if known.is_some_and(|it| it < kin.least) {
        let (major, minor) = kin.least;
        return Err(format!(
            "the package uses {krate} {version}, and the async side is known from {major}.{minor} on"
        ));
    }
    let package = walk.analysis.workspace.files[file as usize].package;
    if kin.is_database {
        tokio_of(walk.analysis, package)?;
    }
    walk.draft.need(package, krate, feature);
    let (since, since_then) = kin.note_since;
    let is_since = known.is_none_or(|it| it.0 >= since);
    let notes = [kin.note, if is_since { since_then } else { "" }];
    notes.into_iter().filter(|it| !it.is_empty()).for_each(|it| walk.draft.caveat(it));
    Ok(name)
}

/// The first two numbers of a version; `None` where there is none.
fn major_and_minor(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.split('.').map_while(|it| it.parse().ok());
    numbers.next().zip(numbers.next())
}
