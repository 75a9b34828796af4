//! Where the workspace has no usable lockfile, or Cargo cannot resolve it: a lockfile of our own, or what the lockfile tells by itself.

use std::collections::HashMap;
use std::path::Path;

use cargo_metadata::Metadata;
use retask_engine::workspace::Skipped;

use super::graph::{Graph, from_source, is_registry, registry_source, without_source};

/// Runs a query with a lockfile in a folder of its own, which begins as a copy of the workspace's; `None` where no such folder can be
/// made.
pub fn with_own<T>(query: impl FnOnce(&Path) -> T, root: &Path) -> Option<T> {
    let folder = tempfile::tempdir().ok()?;
    let own = folder.path().join("Cargo.lock");
    let theirs = root.ancestors().map(|it| it.join("Cargo.lock")).find(|it| it.is_file());
    if let Some(theirs) = theirs {
        std::fs::copy(theirs, &own).ok()?;
    }
    Some(query(&own))
}

/// Adds the packages that the lockfile pins and whose sources are at hand; what is not is named as skipped.
pub fn fill_in(graph: &mut Graph, metadata: &Metadata, skipped: &mut Vec<Skipped>) {
    let path = metadata.workspace_root.join("Cargo.lock");
    let lock = std::fs::read_to_string(path.as_std_path()).unwrap_or_default();
    let Ok(lock) = lock.parse::<toml_edit::DocumentMut>() else { return };
    let Some(packages) = lock.get("package").and_then(|it| it.as_array_of_tables()) else { return };
    let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
    for (index, node) in graph.nodes.iter().enumerate() {
        by_name.entry(node.name.clone()).or_default().push(index);
    }
    for package in packages {
        let text = |key: &str| package.get(key).and_then(|it| it.as_str()).unwrap_or_default();
        let (name, version, source) = (text("name"), text("version"), text("source"));
        if source.starts_with("git+") {
            let reason = format!("a git dependency that is not there ({source}): run `cargo fetch`");
            skipped.push(Skipped { path: name.to_owned(), reason });
        }
        if !source.is_empty() {
            let found = registry_source(name, version).and_then(|it| from_source(name, version, &it));
            let mut node = found.unwrap_or_else(|| without_source(name, version));
            node.from_registry = is_registry(source);
            by_name.entry(name.to_owned()).or_default().push(graph.nodes.len());
            graph.nodes.push(node);
        }
    }
    for package in packages {
        let text = |key: &str| package.get(key).and_then(|it| it.as_str()).unwrap_or_default();
        let Some(from) = find(graph, &by_name, text("name"), text("version")) else { continue };
        let dependencies = package.get("dependencies").and_then(|it| it.as_array());
        for dependency in dependencies.into_iter().flatten().filter_map(|it| it.as_str()) {
            let mut words = dependency.split(' ');
            let (name, version) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
            if let Some(to) = find(graph, &by_name, name, version) {
                let used = graph.nodes[to].lib_name.clone();
                graph.nodes[from].dependencies.push((used, to));
            }
        }
    }
}

fn find(graph: &Graph, by_name: &HashMap<String, Vec<usize>>, name: &str, version: &str) -> Option<usize> {
    let found = by_name.get(name)?;
    let exact = found.iter().find(|it| graph.nodes[**it].version == version);
    exact.or(found.first().filter(|_| version.is_empty())).copied()
}
