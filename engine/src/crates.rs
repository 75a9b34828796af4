//! From the sources of crates to rust-analyzer's database.
//!
//! The crate graph is written down directly: the caller says which crates there are and how they depend on one another, so that
//! only what a question needs is loaded. Nothing is read from disk here.

use std::collections::HashSet;
use std::sync::atomic::AtomicBool;

use ra_ap_base_db::target::{Arch, TargetData};
use ra_ap_base_db::{
    CrateBuilderId, CrateDisplayName, CrateGraphBuilder, CrateName, CrateOrigin, CrateWorkspaceData,
    DependencyBuilder, Env, FileChange, LangCrateOrigin, SourceDatabase, SourceRoot, SourceRootId, Version,
};
use ra_ap_cfg::CfgOptions;
use ra_ap_hir::Symbol;
use ra_ap_ide_db::RootDatabase;
use ra_ap_paths::AbsPathBuf;
use ra_ap_syntax::Edition;
use ra_ap_vfs::{FileId, VfsPath, file_set::FileSet};
use salsa::Durability;
use triomphe::Arc;

use crate::prime::prime;

/// What a crate is to the workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    Core,
    Alloc,
    Std,
    /// A dependency.
    Library,
    /// A member of the workspace.
    Member,
}

/// One crate to load.
#[derive(Clone, Debug)]
pub struct CrateSource {
    /// As code names it.
    pub name: String,
    pub edition: Edition,
    pub origin: Origin,
    /// Index into the files: the crate's root module.
    pub root: usize,
    /// `unix`, or `feature="fs"`.
    pub cfgs: Vec<String>,
    /// The names that its code uses for other crates, as indices into the crates. Those of std need not be listed.
    pub dependencies: Vec<(String, usize)>,
}

/// One file to load.
#[derive(Clone, Debug)]
pub struct FileSource {
    /// Absolute, with `/`.
    pub path: String,
    pub text: String,
    /// The folder of files in which modules are looked for, as an index: one for each package.
    pub folder: u32,
}

/// A database to which crates are added: those that others stand on first, while the others are not known yet.
pub struct Loaded {
    pub db: RootDatabase,
    /// How many files and folders are there.
    files: usize,
    folders: usize,
}

impl Default for Loaded {
    fn default() -> Loaded {
        Loaded { db: RootDatabase::new(None), files: 0, folders: 0 }
    }
}

impl Loaded {
    /// Loads crates ahead of others, and asks for what every question needs of them, until it is told to stop. That stays answered: what is added later is put
    /// beside it, and rust-analyzer forgets with a change what it parsed and expanded, not what it found there.
    pub fn ahead(files: &[FileSource], crates: &[CrateSource], stop: &AtomicBool) -> Loaded {
        let mut loaded = Loaded::default();
        loaded.add(files, crates);
        prime(&loaded.db, stop);
        loaded
    }

    /// Adds files and crates to those that are there already, which the lists begin with. Gives the file of the database for each.
    pub fn add(&mut self, files: &[FileSource], crates: &[CrateSource]) -> Vec<FileId> {
        let ids: Vec<FileId> = (0..files.len()).map(|it| FileId::from_raw(it as u32)).collect();
        let new = files.iter().zip(&ids).skip(self.files);
        let folders = files.iter().map(|it| it.folder as usize + 1).max().unwrap_or(0);
        let mut sets = vec![FileSet::default(); folders.saturating_sub(self.folders)];
        for (file, id) in new.clone() {
            sets[file.folder as usize - self.folders]
                .insert(*id, VfsPath::new_virtual_path(file.path.clone()));
        }
        let members = crates.iter().filter(|it| it.origin == Origin::Member);
        let local: HashSet<usize> = members.map(|it| files[it.root].folder as usize).collect();
        for (folder, set) in (self.folders..).zip(sets) {
            self.add_root(folder, set, local.contains(&folder));
        }
        for (file, id) in new {
            let is_local = local.contains(&(file.folder as usize));
            let durability = if is_local { Durability::LOW } else { Durability::HIGH };
            self.db.set_file_text_with_durability(*id, &file.text, durability);
        }
        graph(crates, &ids).set_in_db(&mut self.db);
        (self.files, self.folders) = (files.len(), folders);
        ids
    }

    /// One source root for each folder; the members' are local. Files are as durable as rust-analyzer's own changes make them.
    fn add_root(&mut self, folder: usize, set: FileSet, is_local: bool) {
        let id = SourceRootId(folder as u32);
        let (root, durability) = match is_local {
            true => (SourceRoot::new_local(set), Durability::LOW),
            false => (SourceRoot::new_library(set), Durability::MEDIUM),
        };
        for file in root.iter() {
            self.db.set_file_source_root_with_durability(file, id, durability);
        }
        self.db.set_source_root_with_durability(id, Arc::new(root), durability);
    }
}

/// Gives files new texts. What does not depend on them stays answered.
pub fn update(db: &mut RootDatabase, texts: Vec<(FileId, String)>) {
    let mut change = FileChange::default();
    for (file, text) in texts {
        change.change_file(file, Some(text));
    }
    change.apply(db);
}

fn graph(crates: &[CrateSource], ids: &[FileId]) -> CrateGraphBuilder {
    let mut graph = CrateGraphBuilder::default();
    let target = TargetData { data_layout: DATA_LAYOUT.into(), arch: Arch::Other };
    let toolchain = Version::parse("1.95.0").ok();
    let workspace = Arc::new(CrateWorkspaceData { target: Ok(target), toolchain });
    let folder = Arc::new(AbsPathBuf::assert_utf8(std::path::PathBuf::from("/")));
    let added: Vec<CrateBuilderId> = crates
        .iter()
        .map(|it| {
            let cfgs = cfg_options(&it.cfgs);
            graph.add_crate_root(
                ids[it.root],
                it.edition,
                Some(CrateDisplayName::from_canonical_name(&it.name)),
                None,
                cfgs,
                None,
                Env::default(),
                origin(it),
                Vec::new(),
                false,
                folder.clone(),
                workspace.clone(),
            )
        })
        .collect();
    let lang: Vec<(usize, &CrateSource)> = crates.iter().enumerate().filter(|(_, it)| is_lang(it)).collect();
    for (from, krate) in crates.iter().enumerate() {
        let named = krate.dependencies.iter().map(|(name, to)| (name.as_str(), *to, false));
        let below = lang.iter().filter(|(to, _)| !is_lang(krate) || *to < from);
        let below = below.map(|(to, it)| (it.name.as_str(), *to, true));
        for (name, to, sysroot) in named.chain(below) {
            let prelude = !sysroot || name != "alloc";
            let dependency = DependencyBuilder::with_prelude(
                CrateName::normalize_dashes(name),
                added[to],
                prelude,
                sysroot,
            );
            // Packages may depend on one another in a cycle through their tests: the edge that would close it is left out.
            let _ = graph.add_dep(added[from], dependency);
        }
    }
    graph
}

fn is_lang(krate: &CrateSource) -> bool {
    matches!(krate.origin, Origin::Core | Origin::Alloc | Origin::Std)
}

fn origin(krate: &CrateSource) -> CrateOrigin {
    match krate.origin {
        Origin::Core => CrateOrigin::Lang(LangCrateOrigin::Core),
        Origin::Alloc => CrateOrigin::Lang(LangCrateOrigin::Alloc),
        Origin::Std => CrateOrigin::Lang(LangCrateOrigin::Std),
        Origin::Library => CrateOrigin::Library { repo: None, name: Symbol::intern(&krate.name) },
        Origin::Member => CrateOrigin::Local { repo: None, name: Some(Symbol::intern(&krate.name)) },
    }
}

fn cfg_options(cfgs: &[String]) -> CfgOptions {
    let mut options = CfgOptions::default();
    for cfg in cfgs {
        match cfg.split_once('=') {
            Some((key, value)) => {
                options.insert_key_value(Symbol::intern(key), Symbol::intern(value.trim_matches('"')));
            }
            None => options.insert_atom(Symbol::intern(cfg)),
        }
    }
    options
}

/// That of 64-bit Linux. Layouts decide nothing that is asked of the database.
const DATA_LAYOUT: &str = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128";
