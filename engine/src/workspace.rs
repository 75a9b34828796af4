//! The workspace as the engine sees it: packages, their files with their text, and what was left out.
//!
//! The program fills these values; the engine never reads a file.

use std::collections::{BTreeMap, BTreeSet};

use borsh::{BorshDeserialize, BorshSerialize};
use ra_ap_ide_db::RootDatabase;
use ra_ap_parser::LexedStr;
use ra_ap_syntax::{Edition, SyntaxKind};
use ra_ap_vfs::FileId;
use rustc_hash::FxHashSet;

use crate::catalogue::{self, Entry};

/// Crates that run futures on threads where no Tokio runs: what needs one panics there, `tokio::fs` and `spawn_blocking` with it.
/// Source: docs.rs of each, and docs.rs/tokio runtime.
const OTHER_RUNTIMES: &[&str] =
    &["async-executor", "async-std", "compio", "embassy-executor", "glommio", "gpui", "monoio", "smol"];

/// A Cargo workspace, a package, or a single file.
#[derive(Clone, Debug, Default)]
pub struct Workspace {
    /// The absolute path of the workspace root, with `/`.
    pub root: String,
    pub packages: Vec<Package>,
    /// The files of the packages, sorted by path.
    pub files: Vec<SourceFile>,
    /// What could not be read or resolved; raises exit code 3.
    pub skipped: Vec<Skipped>,
    /// Files and manifests that must not be changed, by path, each with the reason in words that follow its name.
    pub guards: BTreeMap<String, String>,
    /// What the user asked to include on top of the library and the binaries.
    pub include: Include,
    /// Files of targets that are left out: what they name may not change its signature.
    pub outside: Vec<Outside>,
    /// Whether the public API of libraries may change.
    pub may_change_api: bool,
    pub settings: Settings,
}

/// A file that is not analysed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outside {
    /// Relative to the workspace root, with `/`.
    pub path: String,
    /// The names in it that are called.
    pub words: BTreeSet<String>,
}

/// Targets that are left out unless named by `--include`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Include {
    pub tests: bool,
    pub benches: bool,
    pub examples: bool,
    pub build: bool,
}

/// What a team has settled for its workspace.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The limits that rewrites bring, by the names of their constants in lower case with `-`.
    pub limits: BTreeMap<String, usize>,
    /// Whether calls of a sync HTTP client keep that client, on the blocking pool, where the async one could take its place.
    pub keeps_http_client: bool,
    /// Whether calls of a sync database driver become those of its async side, where it has one, and not work of the blocking pool.
    pub async_database: bool,
    /// Entries of the team's own, which stand over those of the catalogue.
    pub entries: Vec<&'static Entry>,
}

/// A member of the workspace.
#[derive(Clone, Debug, Default)]
pub struct Package {
    pub name: String,
    /// The path of its `Cargo.toml`, relative to the workspace root; empty for a file outside any package.
    pub manifest: String,
    /// Whether findings are reported in it (`-p`, or a PATH inside one package). Facts are taken from all.
    pub selected: bool,
    /// The dependencies that code of the library and binaries can name, by the name that code uses (`tokio`, `futures_util`).
    pub dependencies: BTreeMap<String, Dependency>,
    /// The root file of a library that others can depend on; `None` where the package has none, or is never published.
    pub library: Option<String>,
    /// The least minor version of Rust 1 that the package promises to build with; `None` where it promises nothing.
    pub least_rust: Option<u64>,
}

/// Dependencies to load, by their names on the registry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Those whose items the catalogue knows.
    pub named: BTreeSet<String>,
    /// Those that files in question name: their types stand between what is asked, and are worth loading where that is cheap.
    pub if_small: BTreeSet<String>,
}

impl Workspace {
    /// The catalogue, with the team's own entries before it: of two entries for one item the first counts.
    pub(crate) fn entries(&self) -> impl Iterator<Item = &'static Entry> {
        self.settings.entries.clone().into_iter().chain(catalogue::entries())
    }

    /// Whether a member's library or program has this name.
    pub(crate) fn has_crate(&self, name: &str) -> bool {
        self.packages.iter().any(|it| it.name.replace('-', "_") == name)
    }

    /// Whether findings in a file are reported.
    pub fn is_selected(&self, file: u32) -> bool {
        let file = &self.files[file as usize];
        file.selected && self.packages[file.package].selected
    }

    /// A runtime beside Tokio that may run the code of a package, after the member that depends on it: the package itself, or one that
    /// depends on the package.
    pub fn other_runtime(&self, package: usize) -> Option<(&str, &str)> {
        let other_of = |it: &Package| {
            OTHER_RUNTIMES
                .iter()
                .copied()
                .find(|other| it.dependencies.values().any(|it| it.package == *other))
        };
        // As in most workspaces: nobody has to be followed.
        if !self.packages.iter().any(|it| other_of(it).is_some()) {
            return None;
        }
        let mut reached = BTreeSet::from([package]);
        let mut open = vec![package];
        while let Some(package) = open.pop().map(|it| &self.packages[it]) {
            if let Some(other) = other_of(package) {
                return Some((&package.name, other));
            }
            let depends = |it: &Package| it.dependencies.values().any(|it| it.package == package.name);
            let users = (0..self.packages.len()).filter(|it| depends(&self.packages[*it]));
            open.extend(users.filter(|it| reached.insert(*it)));
        }
        None
    }
}

impl SourceFile {
    /// All names that stand in it.
    pub(crate) fn names(&self) -> FxHashSet<&str> {
        let lexed = LexedStr::new(self.edition, &self.text);
        let names = (0..lexed.len()).filter(|it| lexed.kind(*it) == SyntaxKind::IDENT);
        names.map(|it| &self.text[lexed.text_range(it)]).collect()
    }
}

impl Package {
    /// The registry name of the direct dependency whose crate has this name, be it called so here or not.
    pub(crate) fn depends_on(&self, krate: &str) -> Option<String> {
        let of_crate = |it: &&Dependency| it.package.replace('-', "_") == krate;
        let found = self.dependencies.get(krate).or_else(|| self.dependencies.values().find(of_crate));
        found.map(|it| it.package.clone())
    }
}

/// A direct dependency of a package.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dependency {
    /// The name on the registry, such as `futures-util`.
    pub package: String,
    /// The version that the lockfile holds; empty where there is none.
    pub version: String,
    /// The features that the manifest asks for, with those that they imply.
    pub features: Vec<String>,
}

/// A Rust file of a package.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Relative to the workspace root, with `/`.
    pub path: String,
    /// The text without a byte order mark.
    pub text: String,
    /// Whether the file begins with a byte order mark: its three bytes are not in `text`.
    pub bom: bool,
    /// The edition of its package.
    pub edition: Edition,
    /// Index into [`Workspace::packages`].
    pub package: usize,
    /// Whether findings are reported in it (a PATH can name one file or folder).
    pub selected: bool,
}

/// A file or package that could not be analysed, with the reason in words.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, BorshSerialize, BorshDeserialize,
)]
pub struct Skipped {
    /// Relative to the workspace root, or a package's name.
    pub path: String,
    pub reason: String,
}

/// rust-analyzer's database, loaded with the crates that the index asked for. A clone gives another thread the same answers.
#[derive(Clone)]
pub struct Database {
    pub db: RootDatabase,
    /// The database's file for each of [`Workspace::files`].
    pub files: Vec<FileId>,
    /// Dependencies by their name on the registry that were asked for and could not be loaded.
    pub missing: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::{Dependency, Package, Workspace};

    #[test]
    fn another_runtime_is_found_in_what_depends_on_a_package() {
        let package = |name: &str, dependencies: &[&str]| {
            let named = |it: &&str| {
                let dependency = Dependency { package: (*it).to_owned(), ..Dependency::default() };
                (it.replace('-', "_"), dependency)
            };
            let dependencies = dependencies.iter().map(named).collect();
            Package { name: name.to_owned(), dependencies, ..Package::default() }
        };
        let packages = vec![
            package("server", &["common", "compio", "tokio"]),
            package("common", &["tokio"]),
            package("client", &["common", "tokio"]),
        ];
        let workspace = Workspace { packages, ..Workspace::default() };
        assert_eq!(workspace.other_runtime(0), Some(("server", "compio")));
        assert_eq!(workspace.other_runtime(1), Some(("server", "compio")));
        assert_eq!(workspace.other_runtime(2), None);
    }
}
