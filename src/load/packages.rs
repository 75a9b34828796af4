//! The members as packages of the workspace, and which of them findings are reported in.

use std::collections::BTreeMap;
use std::path::Path;

use retask_engine::Workspace;
use retask_engine::workspace::{Dependency, Package};

use super::graph::is_lib;
use super::metadata::Resolved;
use super::{LoadError, Options, relative, slashes};
use crate::explain::nearest;

/// The workspace with its members and no files yet.
pub fn workspace(root: &Path, resolved: &Resolved, options: &Options) -> Workspace {
    let packages = resolved.members.iter().map(|it| package(root, resolved, it)).collect();
    Workspace {
        root: slashes(root),
        packages,
        include: options.include,
        may_change_api: options.may_change_api,
        ..Workspace::default()
    }
}

/// The workspace of files outside any package.
pub fn loose(root: &Path, options: &Options) -> Workspace {
    let package = Package { name: "file".to_owned(), selected: true, ..Package::default() };
    Workspace {
        root: slashes(root),
        packages: vec![package],
        include: options.include,
        ..Workspace::default()
    }
}

fn package(root: &Path, resolved: &Resolved, member: &cargo_metadata::Package) -> Package {
    let mut dependencies = BTreeMap::new();
    if let Some(index) = resolved.graph.by_id.get(&member.id) {
        for (name, to) in &resolved.graph.nodes[*index].dependencies {
            let node = &resolved.graph.nodes[*to];
            let declared = member
                .dependencies
                .iter()
                .filter(|it| it.name == node.name && it.kind == cargo_metadata::DependencyKind::Normal);
            let mut asked: Vec<String> = Vec::new();
            let mut is_normal = false;
            for it in declared {
                is_normal = true;
                asked.extend(it.features.iter().cloned());
                asked.extend(it.uses_default_features.then(|| "default".to_owned()));
            }
            if is_normal {
                let features = resolved.graph.with_implied(*to, &asked);
                let dependency =
                    Dependency { package: node.name.clone(), version: node.version.clone(), features };
                dependencies.insert(name.clone(), dependency);
            }
        }
    }
    Package {
        name: member.name.to_string(),
        manifest: relative(member.manifest_path.as_std_path(), root),
        selected: false,
        dependencies,
        library: library(root, member),
        least_rust: member.rust_version.as_ref().map(|it| it.minor),
    }
}

/// The root file of the library that others can depend on.
fn library(root: &Path, member: &cargo_metadata::Package) -> Option<String> {
    let is_published = member.publish.as_ref().is_none_or(|it| !it.is_empty());
    let target = member.targets.iter().find(|it| is_lib(it) && is_published)?;
    Some(relative(target.src_path.as_std_path(), root))
}

/// Marks what findings are reported in: the packages of `-p`, else what PATH names.
pub fn select(
    workspace: &mut Workspace,
    path: &Path,
    root: &Path,
    manifest: &Path,
    options: &Options,
) -> Result<(), LoadError> {
    for name in &options.packages {
        if !workspace.packages.iter().any(|it| it.name == *name) {
            let known: Vec<&str> = workspace.packages.iter().map(|it| it.name.as_str()).collect();
            return Err(LoadError::Usage(format!(
                "no package `{name}` in the workspace `{}`{}; its packages are {}",
                root.display(),
                nearest(name, &known),
                known.join(", ")
            )));
        }
    }
    let named = path.is_file() && path.file_name().is_some_and(|it| it == "Cargo.toml");
    let inside = if named { path.parent().unwrap_or(path) } else { path };
    let whole = inside == root;
    let manifest = relative(manifest, root);
    for package in &mut workspace.packages {
        package.selected = match options.packages.is_empty() {
            true => {
                whole || package.manifest == manifest || inside_of(&package.manifest, &relative(inside, root))
            }
            false => options.packages.contains(&package.name),
        };
    }
    let folder = relative(inside, root);
    for file in &mut workspace.files {
        file.selected = whole || inside_of(&file.path, &folder);
    }
    let is_read =
        workspace.files.iter().any(|it| it.selected) || workspace.skipped.iter().any(|it| it.path == folder);
    if inside.is_file() && !is_read {
        return Err(LoadError::Usage(format!(
            "`{}` belongs to no target of the workspace `{}`: name a file that a library or program includes",
            path.display(),
            root.display()
        )));
    }
    Ok(())
}

fn inside_of(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        || folder.is_empty()
}
