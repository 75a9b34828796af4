//! The files and crates of a database: std first, so that it can be read before the others are known.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use ra_ap_syntax::Edition;
use rayon::prelude::*;
use retask_engine::Workspace;
use retask_engine::crates::{CrateSource, FileSource, Loaded, Origin};
use retask_engine::workspace::Database;

use super::cfgs::Cfgs;
use super::reached::reached;
use super::{Toolchain, outline, slashes, stand_in};

/// The folder of the workspace in the database: deep, so that modules above it have a place as well.
const FOLDER: &str = "/1/2/3/4/5/6/7/8/workspace";

/// The path of a workspace file in the database, without steps up, as rust-analyzer looks for modules.
fn in_memory(path: &str) -> String {
    let (mut folder, mut rest) = (FOLDER, path);
    while let Some(above) = rest.strip_prefix("../") {
        folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
        rest = above;
    }
    format!("{folder}/{rest}")
}

/// The files and crates to load: std, then the files of a workspace, then what is added.
pub struct Sources {
    files: Vec<FileSource>,
    pub crates: Vec<CrateSource>,
    next_folder: u32,
    /// Where the files of the workspace begin.
    members: usize,
    /// What is in a database already.
    loaded: Loaded,
}

impl Sources {
    /// std, in full or as an outline.
    pub fn of_std(toolchain: &Toolchain, is_full: bool) -> Sources {
        let mut sources = Sources {
            files: Vec::new(),
            crates: Vec::new(),
            next_folder: 0,
            members: 0,
            loaded: Loaded::default(),
        };
        if let Some(library) = &toolchain.library {
            sources.add_std(library, &toolchain.cfgs, is_full);
        }
        sources
    }

    /// The same in a database, with the names of std asked for until it is told to stop.
    pub fn loaded(mut self, stop: &AtomicBool) -> Sources {
        self.loaded = Loaded::ahead(&self.files, &self.crates, stop);
        self.files.iter_mut().for_each(|it| it.text = String::new());
        self
    }

    /// Adds the files of a workspace, in its order and still without crates.
    pub fn with(mut self, workspace: &Workspace) -> Sources {
        self.members = self.files.len();
        let folder = self.next_folder;
        self.next_folder += 1;
        self.files.extend(workspace.files.iter().map(|it| FileSource {
            path: in_memory(&it.path),
            text: it.text.clone(),
            folder,
        }));
        self
    }

    /// The root of a crate of the workspace, from the index of its file there.
    pub fn member_root(&self, file: usize) -> usize {
        self.members + file
    }

    /// The database of all that was added; `missing` are the dependencies that could not be.
    pub fn into_database(mut self, workspace: &Workspace, missing: Vec<String>) -> Database {
        let files = self.loaded.add(&self.files, &self.crates);
        let files = files.into_iter().skip(self.members).take(workspace.files.len()).collect();
        Database { db: self.loaded.db, files, missing }
    }

    /// `core`, `alloc` and `std`. `core_arch` is tens of thousands of lines that no question here needs.
    fn add_std(&mut self, library: &Path, cfgs: &[String], is_full: bool) {
        let crates = [("core", Origin::Core), ("alloc", Origin::Alloc), ("std", Origin::Std)];
        for (name, origin) in crates {
            let root = library.join(name).join("src/lib.rs");
            let mut cfgs = cfgs.to_vec();
            cfgs.push("feature=\"std\"".to_owned());
            let mut read =
                if is_full { texts(&library.join(name).join("src")) } else { outlines(&root, &cfgs) };
            if name == "core" {
                read.push((library.join("stdarch/crates/core_arch/src/mod.rs"), String::new()));
            }
            self.add_library(name, "2024", origin, &root, read, cfgs);
        }
        let std = self.crates.len() - 1;
        let root = library.join("hashbrown/src/lib.rs");
        let read = vec![(root.clone(), stand_in::HASHBROWN.to_owned())];
        let hashbrown = self.add_library("hashbrown", "2024", Origin::Library, &root, read, Vec::new());
        self.crates[std].dependencies.extend(hashbrown.map(|it| ("hashbrown".to_owned(), it)));
    }

    /// Adds a crate with its files, by path; gives its index, or `None` where its root is not among them.
    pub fn add_library(
        &mut self,
        name: &str,
        edition: &str,
        origin: Origin,
        root: &Path,
        read: Vec<(PathBuf, String)>,
        cfgs: Vec<String>,
    ) -> Option<usize> {
        let folder = self.next_folder;
        self.next_folder += 1;
        let first = self.files.len();
        let at = read.iter().position(|(path, _)| path == root)?;
        self.files.extend(read.into_iter().map(|(path, text)| FileSource {
            path: slashes(&path),
            text,
            folder,
        }));
        self.crates.push(CrateSource {
            name: name.to_owned(),
            edition: edition_of(edition),
            origin,
            root: first + at,
            cfgs,
            dependencies: Vec::new(),
        });
        Some(self.crates.len() - 1)
    }
}

pub fn edition_of(edition: &str) -> Edition {
    edition.parse().unwrap_or(Edition::Edition2024)
}

/// The Rust files that a library's root leads to, by path, as far as questions about a build need them.
pub fn outlines(root: &Path, cfgs: &[String]) -> Vec<(PathBuf, String)> {
    let files = root.parent().map(rust_files).unwrap_or_default();
    let known = Cfgs::of(cfgs);
    let is_read = |it: &Path| !is_for_another_system(it, cfgs);
    let read = |it: &Path| Some(outline::of(&std::fs::read_to_string(it).ok()?, &known));
    reached(root, files.into_iter().filter(|it| is_read(it)).collect(), read)
}

/// The Rust files of a folder, by path; what cannot be read as text is left out.
pub fn texts(folder: &Path) -> Vec<(PathBuf, String)> {
    let read = |it: PathBuf| Some((it.clone(), std::fs::read_to_string(&it).ok()?));
    rust_files(folder).into_par_iter().filter_map(read).collect()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = walkdir::WalkDir::new(folder)
        .into_iter()
        .filter_entry(|it| it.file_name() != "tests" && it.file_name() != "benches")
        .flatten()
        .map(|it| it.into_path())
        .filter(|it| it.extension().is_some_and(|it| it == "rs"))
        .collect();
    paths.sort();
    paths
}

/// Whether a file of std is for a system that the configuration is none of, by the folder that it stands in. std chooses among them in
/// macros, which lead to all.
fn is_for_another_system(path: &Path, cfgs: &[String]) -> bool {
    const SYSTEMS: &[&str] = &[
        "cygwin", "hermit", "itron", "motor", "psp", "sgx", "solid", "teeos", "trusty", "uefi", "vexos",
        "wasi", "wasip1", "wasip2", "wasm", "windows", "xous", "zkvm",
    ];
    let path = slashes(path);
    let is_known = cfgs.iter().any(|it| it == "unix" || it == "windows");
    let mut parts = path.split(['/', '.']).filter(|it| SYSTEMS.contains(it));
    is_known && path.contains("/std/src/") && parts.any(|it| !cfgs.iter().any(|cfg| cfg.contains(it)))
}
