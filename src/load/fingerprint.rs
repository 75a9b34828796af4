//! What an answer depends on besides the workspace itself.

use std::fmt::Write;
use std::path::Path;

use super::Loader;
use super::graph::Node;

/// A text that changes with the compiler, with the packages and their features, and with sources that can change under the same version.
pub fn of(loader: &Loader) -> String {
    let toolchain = &loader.toolchain;
    let mut text =
        format!("{:?} {:?} {:?} {}", toolchain.sysroot, toolchain.library, toolchain.cfgs, toolchain.target);
    let _ = write!(text, " {:?} {}", stamp(&toolchain.rustc), loader.all_dependencies);
    let Some(resolved) = &loader.resolved else { return text };
    // The texts of members are a part of the workspace.
    let members = resolved.member_nodes();
    for (index, node) in resolved.graph.nodes.iter().enumerate() {
        let Node { name, version, from_registry, lib_name, edition, lib, features, dependencies, implied: _ } =
            node;
        let _ = write!(
            text,
            "\n{name} {version} {from_registry} {lib_name} {edition} {lib:?} {features:?} {dependencies:?}"
        );
        if let Some(lib) = lib.as_ref().filter(|_| !members.contains(&index)) {
            let _ = match is_of_registry(lib) {
                true => write!(text, " {}", lib.exists()),
                false => write!(text, " {}", contents(lib.parent().unwrap_or(lib))),
            };
        }
    }
    text
}

/// Whether sources lie where Cargo keeps those of registries: these never change under one version, as vendored ones can.
fn is_of_registry(lib: &Path) -> bool {
    let parts: Vec<_> = lib.components().map(|it| it.as_os_str()).collect();
    parts.windows(2).any(|it| it[0] == "registry" && it[1] == "src")
}

/// A hash of the Rust files in a folder.
fn contents(folder: &Path) -> String {
    let mut hasher = blake3::Hasher::new();
    let files = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().flatten();
    let is_text = |it: &walkdir::DirEntry| {
        it.path().extension().is_some_and(|it| it == "rs")
            && it.path().metadata().is_ok_and(|it| it.is_file())
    };
    for file in files.filter(is_text) {
        hasher.update(file.path().to_string_lossy().as_bytes());
        hasher.update(&std::fs::read(file.path()).unwrap_or_default());
    }
    hasher.finalize().to_hex().to_string()
}

/// Tells one version of a file from another without reading it: its length and when it was written.
pub fn stamp(file: &Path) -> Option<(u64, std::time::SystemTime)> {
    let metadata = std::fs::metadata(file).ok()?;
    Some((metadata.len(), metadata.modified().ok()?))
}
