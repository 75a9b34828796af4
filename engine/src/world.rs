//! The catalogue met with the loaded crates: which function or type is which entry.
//!
//! Entries are found by resolving their import path, so that re-exports and aliases lead to the item itself, and a
//! local item of the same name is never taken for it.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use ra_ap_hir::{
    Adt, AsAssocItem, AssocItem, Crate, Function, Impl, ItemInNs, Macro, ModuleDef, Name, Symbol, Trait,
    Type, attach_db,
};
use ra_ap_ide_db::RootDatabase;
use ra_ap_syntax::SmolStr;
use ra_ap_vfs::FileId;
use rayon::prelude::*;

use crate::basis::Asked;
use crate::catalogue::{Effect, Entry, Mark};
use crate::index::{Index, Site};
use crate::target::Target;
use crate::workspace::{Database, Workspace};

/// What the loaded crates say about the catalogue, shared by all threads.
pub struct World {
    functions: HashMap<Function, &'static Entry>,
    /// Those whose module the workspace names by one of its paths.
    near: HashSet<Function>,
    handles: HashMap<Adt, &'static Entry>,
    /// Types whose iteration by a `for` is an entry.
    iterated: HashMap<Adt, &'static Entry>,
    macros: HashMap<Macro, &'static Entry>,
    /// Names under which items are imported that have others.
    pub(crate) renamed: HashSet<SmolStr>,
    /// The names of the calls that macros write, by the sites where these are invoked, once they are known.
    written: OnceLock<HashMap<Site, String>>,
    pub(crate) files: Vec<FileId>,
    by_file: HashMap<FileId, u32>,
    members: Vec<Crate>,
    /// What was asked of the workspace so far.
    pub(crate) asked: Arc<Asked>,
    /// `core::marker::Send` and `Sync`, `core::clone::Clone`.
    pub(crate) send: Option<Trait>,
    pub(crate) sync: Option<Trait>,
    pub(crate) clone: Option<Trait>,
    /// `core::ops::Drop`.
    pub(crate) drop: Option<Trait>,
    /// `core::iter::Iterator`.
    pub(crate) iterator: Option<Trait>,
}

impl World {
    /// Resolves those entries whose name is used in the workspace.
    pub fn new(workspace: &Workspace, index: &Index, database: &Database) -> World {
        let by_name = attach_db(&database.db, || crates_by_name(&database.db, &Crate::all(&database.db)));
        let used: Vec<(&Entry, bool)> = used(workspace, index).collect();
        // On all threads, each of which has a database of its own attached.
        let meant = used.into_par_iter().map_with(database.db.clone(), |db, (entry, near)| {
            let db = &*db;
            attach_db(db, || Meant::of(db, &by_name, entry, near))
        });
        let meant: Vec<Meant> = meant.collect();
        attach_db(&database.db, || World::of(index, database, &by_name, meant))
    }

    fn of(
        index: &Index,
        database: &Database,
        by_name: &HashMap<String, Vec<Crate>>,
        meant: Vec<Meant>,
    ) -> World {
        let db = &database.db;
        let by_file: HashMap<FileId, u32> =
            database.files.iter().enumerate().map(|(index, file)| (*file, index as u32)).collect();
        let crates = Crate::all(db);
        let members = crates.iter().copied().filter(|it| by_file.contains_key(&it.root_file(db))).collect();
        let mut world = World {
            functions: HashMap::new(),
            near: HashSet::new(),
            handles: HashMap::new(),
            iterated: HashMap::new(),
            macros: HashMap::new(),
            renamed: index.names().renamed.iter().map(|(_, it)| it.clone()).collect(),
            written: OnceLock::new(),
            files: database.files.clone(),
            by_file,
            members,
            asked: index.asked().clone(),
            send: None,
            sync: None,
            clone: None,
            drop: None,
            iterator: None,
        };
        world.send = find_trait(db, by_name, "core::marker::Send");
        world.sync = find_trait(db, by_name, "core::marker::Sync");
        world.iterator = find_trait(db, by_name, "core::iter::Iterator");
        world.clone = find_trait(db, by_name, "core::clone::Clone");
        world.drop = find_trait(db, by_name, "core::ops::Drop");
        meant.into_iter().for_each(|it| world.add(db, it));
        world
    }

    /// The functions that were found, where a call of them decides something by itself and the workspace names their module.
    pub(crate) fn targets(&self, db: &RootDatabase) -> HashSet<Target> {
        let decides = |it: &'static Entry| {
            // Locks are found by the types of their guards, reads where they stand in a row: most calls of `read` are not worth
            // resolving.
            let asks = !matches!(
                it.effect,
                Effect::Leave
                    | Effect::CallsInPlace
                    | Effect::CallsInPoll
                    | Effect::Marks(Mark::Lock | Mark::AsyncLock | Mark::Read)
            );
            asks && !is_handle(it)
        };
        let wanted = self.functions.iter().filter(|(it, entry)| decides(entry) && self.near.contains(it));
        let functions = wanted.map(|(function, entry)| Target::of_entry(db, *function, entry));
        functions.chain(self.macros.values().map(|it| Target::macro_named(it.name()))).collect()
    }

    /// The entry of what a `for` does with a value of a type.
    pub(crate) fn iterated(&self, ty: &Type<'_>) -> Option<&'static Entry> {
        self.iterated.get(&ty.strip_references().as_adt()?).copied()
    }

    /// Notes the names of the calls that macros write.
    pub(crate) fn note_written(&self, calls: HashMap<Site, String>) {
        // They are noted once.
        let _ = self.written.set(calls);
    }

    /// The name of the call that the macro at a site writes, of those that were resolved.
    pub(crate) fn written(&self, site: Site) -> Option<&str> {
        self.written.get()?.get(&site).map(String::as_str)
    }

    /// The entry of a macro.
    pub(crate) fn macro_entry(&self, it: Macro) -> Option<&'static Entry> {
        self.macros.get(&it).copied()
    }

    /// The entry of a function, be it the function itself or the trait method that it implements.
    pub fn entry(&self, db: &RootDatabase, function: Function) -> Option<&'static Entry> {
        if let Some(entry) = self.functions.get(&function) {
            return Some(entry);
        }
        let method = trait_method(db, function)?;
        self.functions.get(&method).copied()
    }

    /// Whether reads and writes on a type block: the type itself is a blocking handle, or wraps one.
    pub fn is_blocking_handle(&self, ty: &Type<'_>) -> bool {
        let ty = ty.strip_references();
        match ty.as_adt_with_args() {
            Some((adt, _))
                if self.handles.get(&adt).is_some_and(|it| it.effect == Effect::BlockingHandle) =>
            {
                true
            }
            Some((_, args)) => args.iter().flatten().any(|it| self.is_blocking_handle(it)),
            None => false,
        }
    }

    /// The entry of a type whose reads and writes compute: the type itself, or what it wraps.
    pub fn computing_handle(&self, ty: &Type<'_>) -> Option<&'static Entry> {
        let (adt, args) = ty.strip_references().as_adt_with_args()?;
        let own = self.handles.get(&adt).copied().filter(|it| it.effect == Effect::ComputingHandle);
        own.or_else(|| args.iter().flatten().find_map(|it| self.computing_handle(it)))
    }

    /// The workspace file of a database file.
    pub fn file(&self, file: FileId) -> Option<u32> {
        self.by_file.get(&file).copied()
    }

    /// The crates of the workspace's own packages.
    pub(crate) fn members(&self) -> &[Crate] {
        &self.members
    }

    /// Whether a crate is a member of the workspace.
    pub fn is_member(&self, krate: Crate) -> bool {
        self.members.contains(&krate)
    }

    fn add(&mut self, db: &RootDatabase, meant: Meant) {
        let Meant { entry, near, items, owners, methods } = meant;
        for def in items {
            match def {
                // Every crate has the macros of std in scope: `fs_err::write` is none of them.
                ModuleDef::Macro(it) if it.module(db).krate(db).is_builtin(db) => {}
                ModuleDef::Macro(it) => {
                    self.macros.insert(it, entry);
                }
                ModuleDef::Function(function) => self.add_function(function, entry, near),
                ModuleDef::Adt(adt) if is_handle(entry) => {
                    self.handles.insert(adt, entry);
                }
                ModuleDef::TypeAlias(alias) if is_handle(entry) => {
                    if let Some(adt) = alias.ty(db).as_adt() {
                        self.handles.insert(adt, entry);
                    }
                }
                _ => {}
            }
        }
        methods.into_iter().for_each(|it| self.add_function(it, entry, near));
        if entry.name() == "into_iter" {
            let adts =
                owners.into_iter().filter_map(|it| if let ModuleDef::Adt(it) = it { Some(it) } else { None });
            self.iterated.extend(adts.map(|it| (it, entry)));
        }
    }

    /// Of two entries for one function the first counts.
    fn add_function(&mut self, function: Function, entry: &'static Entry, near: bool) {
        self.functions.entry(function).or_insert(entry);
        if near {
            self.near.insert(function);
        }
    }
}

/// What an entry is in the loaded crates.
struct Meant {
    entry: &'static Entry,
    near: bool,
    /// What its path leads to.
    items: Vec<ModuleDef>,
    /// What the path before its last name leads to, and the methods of that name there.
    owners: Vec<ModuleDef>,
    methods: Vec<Function>,
}

impl Meant {
    fn of(
        db: &RootDatabase,
        by_name: &HashMap<String, Vec<Crate>>,
        entry: &'static Entry,
        near: bool,
    ) -> Meant {
        let (owner, method) = entry.path.rsplit_once("::").unwrap_or_default();
        let owners = resolve(db, by_name, owner);
        let methods = owners.iter().flat_map(|it| methods_named(db, *it, method)).collect();
        Meant { entry, near, items: resolve(db, by_name, entry.path), owners, methods }
    }
}

/// The entries whose names the workspace uses, each with whether it names their module by one of its paths.
pub(crate) fn used<'w>(
    workspace: &'w Workspace,
    index: &'w Index,
) -> impl Iterator<Item = (&'static Entry, bool)> + 'w {
    let is_used = |it: &&Entry| is_handle(it) || !index.calls_of(it.name()).is_empty();
    let names = index.names();
    workspace.entries().filter(is_used).map(move |entry| {
        let near = entry.is_configured()
            || names.may_reach(&module_of(entry.path))
            || names.may_reach(&[entry.krate(), "prelude"])
            || is_renamed(workspace, entry.krate());
        (entry, near)
    })
}

fn is_handle(entry: &Entry) -> bool {
    matches!(entry.effect, Effect::BlockingHandle | Effect::ComputingHandle)
}

/// The path of the module of an item: up to the first name that is written as a type's, else up to the item.
fn module_of(path: &str) -> Vec<&str> {
    let segments: Vec<&str> = path.split("::").collect();
    let owners = &segments[..segments.len().saturating_sub(1)];
    let is_module = |it: &&&str| it.starts_with(|c: char| c.is_ascii_lowercase());
    owners.iter().take_while(is_module).copied().collect()
}

/// Whether a member calls a crate by a name of its own.
fn is_renamed(workspace: &Workspace, krate: &str) -> bool {
    let mut dependencies = workspace.packages.iter().flat_map(|it| &it.dependencies);
    dependencies.any(|(name, it)| name != krate && it.package.replace('-', "_") == krate)
}

fn crates_by_name(db: &RootDatabase, crates: &[Crate]) -> HashMap<String, Vec<Crate>> {
    let mut by_name: HashMap<String, Vec<Crate>> = HashMap::new();
    for krate in crates {
        if let Some(name) = krate.display_name(db) {
            let name = name.canonical_name().as_str().replace('-', "_");
            by_name.entry(name).or_default().push(*krate);
        }
    }
    by_name
}

fn find_trait(db: &RootDatabase, by_name: &HashMap<String, Vec<Crate>>, path: &str) -> Option<Trait> {
    resolve(db, by_name, path).into_iter().find_map(|def| match def {
        ModuleDef::Trait(it) => Some(it),
        _ => None,
    })
}

/// The items that an import path leads to, in every loaded version of its crate.
fn resolve(db: &RootDatabase, by_name: &HashMap<String, Vec<Crate>>, path: &str) -> Vec<ModuleDef> {
    let mut segments = path.split("::");
    let krate = segments.next().unwrap_or_default();
    let names: Vec<Name> = segments.map(|it| Name::new_symbol_root(Symbol::intern(it))).collect();
    if names.is_empty() {
        return Vec::new();
    }
    let crates = by_name.get(krate).map_or(&[] as &[Crate], Vec::as_slice);
    let mut found = Vec::new();
    for krate in crates {
        let root = krate.root_module(db);
        let Some(items) = root.resolve_mod_path(db, names.clone()) else { continue };
        found.extend(items.map(|item| match item {
            ItemInNs::Types(def) | ItemInNs::Values(def) => def,
            ItemInNs::Macros(it) => ModuleDef::Macro(it),
        }));
    }
    found
}

pub(crate) fn methods_named(db: &RootDatabase, container: ModuleDef, name: &str) -> Vec<Function> {
    let named = |item: AssocItem| match item {
        AssocItem::Function(function) if function.name(db).as_str() == name => Some(function),
        _ => None,
    };
    let ty = match container {
        ModuleDef::Trait(it) => return it.items(db).into_iter().filter_map(named).collect(),
        ModuleDef::Adt(it) => it.ty(db),
        ModuleDef::TypeAlias(it) => it.ty(db),
        ModuleDef::BuiltinType(it) => it.ty(db),
        _ => return Vec::new(),
    };
    let mut found = Vec::new();
    ty.iterate_assoc_items(db, |item| {
        found.extend(named(item));
        None::<()>
    });
    if found.is_empty() {
        let impls = Impl::all_for_type(db, ty);
        found.extend(impls.into_iter().flat_map(|it| it.items(db)).filter_map(named));
    }
    found
}

/// The trait method that a function of an `impl Trait for Type` implements.
pub fn trait_method(db: &RootDatabase, function: Function) -> Option<Function> {
    let item = function.as_assoc_item(db)?;
    let implemented = item.implemented_trait(db)?;
    implemented.function(db, function.name(db))
}
