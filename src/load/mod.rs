//! From a path on the command line to a workspace in memory, and to rust-analyzer's database of it.
//!
//! Nothing of the analysed workspace is run: `cargo metadata` is called with the compiler pinned and the wrappers emptied, build
//! scripts and procedural macros are not. Nothing is written either, `Cargo.lock` included.

mod ahead;
mod cfgs;
mod compact;
mod database;
mod depth;
mod files;
mod fingerprint;
mod graph;
mod guard;
mod known;
mod lockfile;
mod metadata;
mod modules;
mod outline;
mod packages;
mod reached;
mod sources;
pub mod stand_in;
mod store;
mod tokens;
mod toolchain;

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use rayon::prelude::*;
use retask_engine::Workspace;
use retask_engine::workspace::{Include, Skipped};

use ahead::Ahead;
pub use depth::too_deep;
pub use fingerprint::stamp;
use guard::Guards;
use metadata::Resolved;
pub use sources::Sources;
pub use store::{Source, Store};
pub use toolchain::Toolchain;

/// What the command line says of loading, in Cargo's words.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// `-p`: the packages to report on; all of PATH where empty.
    pub packages: Vec<String>,
    pub include: Include,
    /// `--public`: whether the public API of libraries may change.
    pub may_change_api: bool,
    /// `--load full`: whether every dependency is read, as it is.
    pub all_dependencies: bool,
    pub features: Vec<String>,
    pub all_features: bool,
    pub no_default_features: bool,
    pub target: Option<String>,
    pub locked: bool,
    pub offline: bool,
    /// Whether what Cargo said may be kept for later runs, and taken from earlier ones.
    pub is_kept: bool,
}

/// Why nothing can be loaded at all, in words with the file and the next step.
#[derive(Debug)]
pub enum LoadError {
    /// The command line is wrong: exit code 2.
    Usage(String),
    /// A file or package cannot be read: exit code 3.
    Unreadable(String),
}

/// A workspace on disk.
pub struct Loader {
    toolchain: Toolchain,
    /// `None` for files outside any package.
    resolved: Option<Resolved>,
    target_dir: PathBuf,
    root: PathBuf,
    /// Whether every dependency is read, as it is.
    all_dependencies: bool,
    /// The thread that may have read std ahead.
    std: Cell<Option<JoinHandle<Option<Sources>>>>,
}

impl Loader {
    /// Reads the workspace that a path belongs to.
    pub fn open(path: &Path, options: &Options) -> Result<(Loader, Workspace), LoadError> {
        let path = canonical(path)?;
        let Some(manifest) = manifest_above(&path) else {
            return Loader::open_loose(path, options, Toolchain::find(options)?);
        };
        let ahead = Ahead::begin(manifest.parent().unwrap_or(&manifest));
        let toolchain = Toolchain::find(options)?;
        let mut skipped = Vec::new();
        let read_std = || ahead.read_std(&toolchain, options.all_dependencies);
        let resolved = metadata::resolve(&manifest, options, &toolchain, &mut skipped, read_std)?;
        let (known, std) = ahead.stop();
        let root = PathBuf::from(resolved.metadata.workspace_root.as_std_path());
        let target_dir = PathBuf::from(resolved.metadata.target_directory.as_std_path());
        let mut workspace = packages::workspace(&root, &resolved, options);
        files::read_members(&mut workspace, &resolved, options, &root, known, &mut skipped);
        workspace.skipped = skipped;
        guard(&mut workspace, &Guards::new(&root, &target_dir, &toolchain.sysroot));
        packages::select(&mut workspace, &path, &root, &manifest, options)?;
        finish(&mut workspace, &toolchain);
        let all_dependencies = options.all_dependencies;
        let resolved = Some(resolved);
        let std = Cell::new(Some(std));
        Ok((Loader { toolchain, resolved, target_dir, root, all_dependencies, std }, workspace))
    }

    /// Files outside any package: each is a crate of its own.
    fn open_loose(
        path: PathBuf,
        options: &Options,
        toolchain: Toolchain,
    ) -> Result<(Loader, Workspace), LoadError> {
        if let Some(name) = options.packages.first() {
            return Err(LoadError::Usage(format!(
                "no package `{name}`: there is no `Cargo.toml` in `{}` or above it; leave out `-p`",
                path.display()
            )));
        }
        let root = if path.is_dir() { path.clone() } else { path.parent().unwrap_or(&path).to_path_buf() };
        let mut skipped = Vec::new();
        let mut workspace = packages::loose(&root, options);
        files::read_loose(&mut workspace, &path, &root, &mut skipped);
        if workspace.files.is_empty() && skipped.is_empty() {
            return Err(LoadError::Usage(format!(
                "no `Cargo.toml` in `{}` or above it, and no Rust file: name a Cargo workspace, a package, or a `.rs` file",
                path.display()
            )));
        }
        workspace.skipped = skipped;
        let target_dir = root.join("target");
        guard(&mut workspace, &Guards::new(&root, &target_dir, &toolchain.sysroot));
        finish(&mut workspace, &toolchain);
        let all_dependencies = options.all_dependencies;
        let std = Cell::default();
        Ok((Loader { toolchain, resolved: None, target_dir, root, all_dependencies, std }, workspace))
    }

    /// Cargo's target directory.
    pub fn target_dir(&self) -> &Path {
        &self.target_dir
    }

    /// The sources of std, where they were not read ahead.
    fn std(&self) -> Sources {
        let ahead = self.std.take().and_then(|it| it.join().ok().flatten());
        ahead.unwrap_or_else(|| Sources::of_std(&self.toolchain, self.all_dependencies))
    }
}

/// The workspace root and Cargo's target directory of a path, without reading any code.
pub fn locate(path: &Path) -> Result<(PathBuf, PathBuf), LoadError> {
    let path = canonical(path)?;
    let Some(manifest) = manifest_above(&path) else {
        let root = if path.is_dir() { path.clone() } else { path.parent().unwrap_or(&path).to_path_buf() };
        return Ok((root.clone(), root.join("target")));
    };
    let toolchain = Toolchain::find(&Options { offline: true, ..Options::default() })?;
    let metadata = metadata::alone(&manifest, &toolchain)?;
    Ok((metadata.workspace_root.into_std_path_buf(), metadata.target_directory.into_std_path_buf()))
}

fn canonical(path: &Path) -> Result<PathBuf, LoadError> {
    path.canonicalize().map_err(|error| {
        LoadError::Usage(format!(
            "cannot open `{}`: {error}; name a Cargo workspace, a package, or a Rust file",
            path.display()
        ))
    })
}

/// Notes which files must not be changed.
fn guard(workspace: &mut Workspace, guards: &Guards) {
    let root = PathBuf::from(&workspace.root);
    let files = workspace.files.iter().map(|it| (it.path.clone(), it.text.as_str()));
    let manifests = workspace.packages.iter().map(|it| (it.manifest.clone(), ""));
    let named = files.chain(manifests.filter(|(path, _)| !path.is_empty()));
    let named: Vec<(String, &str)> = named.collect();
    let found: Vec<(String, String)> = named
        .into_par_iter()
        .filter_map(|(path, text)| guards.reason(&root.join(&path), text).map(|reason| (path, reason)))
        .collect();
    workspace.guards.extend(found);
}

fn finish(workspace: &mut Workspace, toolchain: &Toolchain) {
    if toolchain.library.is_none() {
        workspace.skipped.push(Skipped {
            path: "std".to_owned(),
            reason: "the sources of std are not there, so that its calls are not known: run `rustup component add rust-src`"
                .to_owned(),
        });
    }
    workspace.skipped.sort();
    workspace.skipped.dedup();
}

/// The manifest of the package or workspace that a path belongs to.
fn manifest_above(path: &Path) -> Option<PathBuf> {
    path.ancestors().map(|it| it.join("Cargo.toml")).find(|it| it.is_file())
}

/// A path with `/`. Where that alone parts names, a backslash is a part of one.
pub fn slashes(path: &Path) -> String {
    let path = path.to_string_lossy();
    if cfg!(windows) { path.replace('\\', "/") } else { path.into_owned() }
}

/// A path relative to another, with `/`.
fn relative(path: &Path, root: &Path) -> String {
    if let Ok(inside) = path.strip_prefix(root) {
        return slashes(inside);
    }
    let shared = path.components().zip(root.components()).take_while(|(a, b)| a == b).count();
    let up = root.components().skip(shared).map(|_| "..".to_owned());
    let down = path.components().skip(shared).map(|it| it.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::relative;

    #[test]
    fn a_path_outside_the_root_goes_up() {
        assert_eq!(relative(Path::new("/w/a/src/lib.rs"), Path::new("/w")), "a/src/lib.rs");
        assert_eq!(relative(Path::new("/b/src/lib.rs"), Path::new("/w/a")), "../../b/src/lib.rs");
    }
}
