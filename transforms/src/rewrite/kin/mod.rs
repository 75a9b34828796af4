//! State of a simple kind has a better answer than a task that owns it: a `watch` channel for a value that is looked at and replaced,
//! an `mpsc` channel for a queue that one task polls.

mod carry;
mod change;
mod look;
mod poll;
mod queue;
mod shape;
mod start;
mod watch;

use std::collections::BTreeSet;

use ra_ap_syntax::{AstNode, SyntaxNode};
use retask_engine::Analysis;
use retask_engine::resolve::Sema;
use retask_engine::shared::State;

use super::layout::words;
use super::owner::receiver::{cloned, receiver};
use super::runtime::tokio_of;

pub(crate) use queue::rewrite as queue;
pub(crate) use watch::rewrite as watch;

const MACRO: &str = "a macro writes a critical section";
const AWAY: &str = "the guard of the lock is given away: it is stored, returned or passed on";

/// The packages whose code names the state.
fn packages(sema: &Sema<'_>, analysis: &Analysis<'_>, state: &State) -> BTreeSet<usize> {
    let found = &state.found;
    let holders = found.holders.iter().filter_map(|it| it.ty()).map(|it| it.syntax().clone());
    let made = found.made.iter().map(|it| it.syntax().clone());
    let nodes: Vec<SyntaxNode> = holders.chain(made).collect();
    let named = nodes.iter().filter_map(|it| sema.source_range(it)).map(|it| it.0);
    let taken = state.sections.iter().map(|it| it.site.file);
    named.chain(taken).map(|it| analysis.workspace.files[it as usize].package).collect()
}

/// Refuses a package whose Tokio is older than 1.`minor`, which brought `what`.
fn has_tokio(analysis: &Analysis<'_>, package: usize, minor: u32, what: &str) -> Result<(), String> {
    tokio_of(analysis, package)?;
    let dependencies = analysis.workspace.packages[package].dependencies.values();
    let version = dependencies.filter(|it| it.package == "tokio").map(|it| it.version.as_str()).next();
    let version = version.unwrap_or_default();
    let is_older =
        version.split('.').nth(1).and_then(|it| it.parse::<u32>().ok()).is_some_and(|it| it < minor);
    if is_older {
        return Err(format!("tokio {version} is resolved, and {what} came with 1.{minor}"));
    }
    Ok(())
}
