//! The crates to load beside std: the members, and the dependencies that the analysis asks for.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use ra_ap_syntax::Edition;
use rayon::prelude::*;
use retask_engine::Workspace;
use retask_engine::crates::{CrateSource, Origin};
use retask_engine::workspace::{Database, Wanted};

use super::graph::Node;
use super::sources::{Sources, edition_of, outlines, texts};
use super::{Loader, files, relative, stand_in};

/// Loads the crates into a database.
pub fn load(loader: &Loader, workspace: &Workspace, wanted: &Wanted) -> Database {
    let mut sources = loader.std().with(workspace);
    let missing = match &loader.resolved {
        Some(_) => sources.add_packages(loader, workspace, wanted),
        None => {
            sources.add_loose(workspace, &loader.toolchain.cfgs);
            Vec::new()
        }
    };
    sources.into_database(workspace, missing)
}

impl Sources {
    /// Each file that is not a module of another is a crate.
    fn add_loose(&mut self, workspace: &Workspace, cfgs: &[String]) {
        for (index, file) in workspace.files.iter().enumerate() {
            let name = Path::new(&file.path).file_stem().map(|it| it.to_string_lossy().replace('-', "_"));
            self.crates.push(CrateSource {
                name: name.unwrap_or_default(),
                edition: Edition::Edition2024,
                origin: Origin::Member,
                root: self.member_root(index),
                cfgs: cfgs.to_vec(),
                dependencies: Vec::new(),
            });
        }
    }

    /// The members and the dependencies that are wanted; gives the names of those whose sources are not there.
    fn add_packages(&mut self, loader: &Loader, workspace: &Workspace, wanted: &Wanted) -> Vec<String> {
        let Some(resolved) = &loader.resolved else { return Vec::new() };
        let graph = &resolved.graph;
        let members = resolved.member_nodes();
        let is_full = loader.all_dependencies;
        let chosen = if is_full { all(graph, &members) } else { choose(graph, &members, wanted) };
        let features = chosen.iter().map(|it| &graph.nodes[*it].features);
        let cfgs: Vec<_> = features.map(|it| with_features(&loader.toolchain.cfgs, it)).collect();
        let read = |index: &usize, cfgs: &[String]| {
            let node = &graph.nodes[*index];
            match stand_in_of(node) {
                _ if is_full => node.lib.as_deref().and_then(Path::parent).map(texts).unwrap_or_default(),
                Some(text) => vec![(root_of(node), text.to_owned())],
                None => node.lib.as_deref().map(|it| outlines(it, cfgs)).unwrap_or_default(),
            }
        };
        let with_stand_ins = |(index, cfgs): (&usize, &Vec<String>)| {
            let mut read = read(index, cfgs);
            for (path, text) in &mut read {
                if let Some(instead) = stand_in::of_file(&graph.nodes[*index].name, path) {
                    *text = instead.to_owned();
                }
            }
            read
        };
        let read: Vec<_> = chosen.par_iter().zip(&cfgs).map(with_stand_ins).collect();
        let mut added: HashMap<usize, usize> = HashMap::new();
        let mut missing = Vec::new();
        for ((index, read), cfgs) in chosen.iter().zip(read).zip(cfgs) {
            let node = &graph.nodes[*index];
            let root = root_of(node);
            match self.add_library(&node.lib_name, &node.edition, Origin::Library, &root, read, cfgs) {
                Some(krate) => {
                    added.insert(*index, krate);
                }
                None => missing.push(node.name.clone()),
            }
        }
        self.add_members(loader, workspace, &members, &mut added);
        for (index, krate) in &added {
            let named = graph.nodes[*index].dependencies.iter();
            let known = named.filter_map(|(name, to)| Some((name.clone(), *added.get(to)?)));
            self.crates[*krate].dependencies.extend(known);
        }
        for krate in &mut self.crates {
            krate.dependencies.sort();
            krate.dependencies.dedup();
        }
        missing
    }

    /// One crate for each target: the library first, which the others depend on.
    fn add_members(
        &mut self,
        loader: &Loader,
        workspace: &Workspace,
        members: &BTreeSet<usize>,
        added: &mut HashMap<usize, usize>,
    ) {
        let Some(resolved) = &loader.resolved else { return };
        let by_path: BTreeMap<&str, usize> =
            workspace.files.iter().enumerate().map(|(index, it)| (it.path.as_str(), index)).collect();
        let mut programs: Vec<(usize, usize)> = Vec::new();
        for member in &resolved.members {
            let Some(node) = resolved.graph.by_id.get(&member.id).copied().filter(|it| members.contains(it))
            else {
                continue;
            };
            let mut cfgs = with_features(&loader.toolchain.cfgs, &resolved.graph.nodes[node].features);
            cfgs.push("debug_assertions".to_owned());
            if workspace.include.tests {
                cfgs.push("test".to_owned());
            }
            for target in member.targets.iter().filter(|it| files::is_wanted(it, workspace.include)) {
                let Some(root) = by_path.get(relative(target.src_path.as_std_path(), &loader.root).as_str())
                else {
                    continue;
                };
                self.crates.push(CrateSource {
                    name: target.name.replace('-', "_"),
                    edition: edition_of(&target.edition.to_string()),
                    origin: Origin::Member,
                    root: self.member_root(*root),
                    cfgs: cfgs.clone(),
                    dependencies: Vec::new(),
                });
                let krate = self.crates.len() - 1;
                if super::graph::is_lib(target) {
                    added.insert(node, krate);
                } else {
                    programs.push((krate, node));
                }
            }
        }
        for (krate, node) in programs {
            let node_of = &resolved.graph.nodes[node];
            let own = added.get(&node).map(|it| (node_of.lib_name.clone(), *it));
            let named =
                node_of.dependencies.iter().filter_map(|(name, to)| Some((name.clone(), *added.get(to)?)));
            self.crates[krate].dependencies.extend(named.chain(own));
        }
    }
}

/// The size of a dependency's sources up to which it is loaded for its types alone, in bytes.
const SMALL: u64 = 1200 << 10;

/// Whether the members depend on a library of this name on the registry that costs little to load.
pub fn is_small(loader: &Loader, name: &str) -> bool {
    let mut nodes = loader.resolved.iter().flat_map(|it| &it.graph.nodes).filter(|it| it.name == name);
    nodes.any(is_small_node)
}

fn is_small_node(node: &Node) -> bool {
    let Some(folder) = node.lib.as_deref().and_then(Path::parent) else { return false };
    let files = walkdir::WalkDir::new(folder).into_iter().flatten();
    files.filter_map(|it| Some(it.metadata().ok()?.len())).sum::<u64>() <= SMALL
}

/// The wanted packages, and of those that the catalogue names the ones that carry their types: dependencies of the same family.
fn choose(graph: &super::graph::Graph, members: &BTreeSet<usize>, wanted: &Wanted) -> Vec<usize> {
    let reachable: BTreeSet<usize> =
        members.iter().flat_map(|it| graph.nodes[*it].dependencies.iter().map(|(_, to)| *to)).collect();
    let named = |it: &usize| wanted.named.contains(&graph.nodes[*it].name);
    let has_stand_in = |it: &usize| stand_in_of(&graph.nodes[*it]).is_some();
    let small = reachable.iter().filter(|it| wanted.if_small.contains(&graph.nodes[**it].name) && !named(it));
    let small: BTreeSet<usize> = small.copied().collect();
    // What such a library gives can be another one's: `hyper::Response` is that of `http`.
    let below = small.iter().flat_map(|it| passed_on(graph, &graph.nodes[*it]));
    let mut chosen: BTreeSet<usize> = small.iter().copied().chain(below).collect();
    let mut next: Vec<usize> = reachable.iter().copied().filter(named).collect();
    while let Some(index) = next.pop() {
        if !members.contains(&index) && !has_stand_in(&index) && chosen.insert(index) {
            let node = &graph.nodes[index];
            let below = node.dependencies.iter().map(|(_, to)| *to);
            next.extend(below.filter(|to| named(to) || carries_types(&node.name, &graph.nodes[*to].name)));
        }
    }
    let below = |it: &usize| graph.nodes[*it].dependencies.iter().map(|(_, to)| *to);
    let is_common = |it: &usize| has_stand_in(it) || VOCABULARY.contains(&graph.nodes[*it].name.as_str());
    let common: Vec<usize> = chosen.iter().flat_map(below).chain(reachable).filter(is_common).collect();
    let carriers = |it: &usize| {
        let package = &graph.nodes[*it].name;
        below(it).filter(move |to| is_carrier(package, &graph.nodes[*to].name))
    };
    let carried: Vec<usize> = common.iter().flat_map(carriers).collect();
    chosen.extend(common);
    chosen.extend(carried);
    chosen.retain(|it| !members.contains(it) && (has_stand_in(it) || graph.nodes[*it].lib.is_some()));
    chosen.into_iter().collect()
}

/// All packages that the members reach.
fn all(graph: &super::graph::Graph, members: &BTreeSet<usize>) -> Vec<usize> {
    let mut reached = members.clone();
    let mut next: Vec<usize> = members.iter().copied().collect();
    while let Some(index) = next.pop() {
        next.extend(graph.nodes[index].dependencies.iter().map(|it| it.1).filter(|it| reached.insert(*it)));
    }
    reached.into_iter().filter(|it| !members.contains(it) && graph.nodes[*it].lib.is_some()).collect()
}

/// The small dependencies that a library gives on as its own, by a `pub use` of its root.
fn passed_on(graph: &super::graph::Graph, node: &Node) -> Vec<usize> {
    let text = node.lib.as_deref().and_then(|it| std::fs::read_to_string(it).ok()).unwrap_or_default();
    let is_named = |name: &str| {
        ["pub use ", "pub use ::", "pub extern crate "].iter().any(|it| {
            let start = format!("{it}{name}");
            text.match_indices(&start).any(|(at, _)| text[at + start.len()..].starts_with([':', ';', ' ']))
        })
    };
    let named = node.dependencies.iter().filter(|(name, _)| is_named(name)).map(|(_, to)| *to);
    named.filter(|it| is_small_node(&graph.nodes[*it])).collect()
}

fn stand_in_of(node: &Node) -> Option<&'static str> {
    stand_in::of(&node.name, node.from_registry.then_some(node.version.as_str()))
}

/// The root file of a library; one that is not there has a path all the same.
fn root_of(node: &Node) -> PathBuf {
    node.lib.clone().unwrap_or_else(|| PathBuf::from(format!("/{}/src/lib.rs", node.name)))
}

/// Libraries of some hundred lines whose traits many others implement, or in whose macro they declare what they give.
const VOCABULARY: &[&str] = &["futures-core", "futures-sink", "futures-io", "cfg-if"];

/// Packages whose types are those of another.
const CARRIERS: &[(&str, &str)] = &[
    ("parking_lot", "lock_api"),
    ("dashmap", "lock_api"),
    ("argon2", "password-hash"),
    ("scrypt", "password-hash"),
    ("pbkdf2", "password-hash"),
    ("sha-crypt", "password-hash"),
    ("diesel", "r2d2"),
    // Whether a document can be sent to another thread is up to its texts.
    ("scraper", "tendril"),
    ("scraper", "ego-tree"),
];

/// Packages of one family whose types the other one keeps to itself: nobody else has one in hand.
const KEPT_INSIDE: &[(&str, &str)] = &[("regex", "regex-automata"), ("regex", "regex-syntax")];

/// Whether a dependency belongs to a package's family, as `futures-util` to `futures`, or carries its types.
fn carries_types(package: &str, dependency: &str) -> bool {
    let family = |name: &str| name.split(['-', '_']).next().unwrap_or_default().to_owned();
    let is_of_family = family(package) == family(dependency) && !KEPT_INSIDE.contains(&(package, dependency));
    is_of_family || is_carrier(package, dependency)
}

fn is_carrier(package: &str, dependency: &str) -> bool {
    CARRIERS.contains(&(package, dependency))
}

fn with_features(cfgs: &[String], features: &[String]) -> Vec<String> {
    cfgs.iter().cloned().chain(features.iter().map(|it| format!("feature=\"{it}\""))).collect()
}

#[cfg(test)]
mod tests {
    use super::super::graph::{Graph, Node};
    use super::{SMALL, carries_types, passed_on};

    /// Libraries in a folder, each with its text; the first depends on all others.
    fn passed(root: &std::path::Path, libraries: &[(&str, String)]) -> Vec<String> {
        let mut graph = Graph::default();
        for (index, (name, text)) in libraries.iter().enumerate() {
            let lib = root.join(name).join("lib.rs");
            std::fs::create_dir_all(root.join(name)).expect("the folder is made");
            std::fs::write(&lib, text).expect("the file is written");
            let others = libraries.iter().enumerate().skip(1).filter(|_| index == 0);
            graph.nodes.push(Node {
                name: (*name).to_owned(),
                version: "1.0.0".to_owned(),
                from_registry: true,
                lib_name: (*name).to_owned(),
                edition: "2024".to_owned(),
                lib: Some(lib),
                features: Vec::new(),
                dependencies: others.map(|(to, (name, _))| ((*name).to_owned(), to)).collect(),
                implied: Default::default(),
            });
        }
        passed_on(&graph, &graph.nodes[0]).into_iter().map(|it| graph.nodes[it].name.clone()).collect()
    }

    #[test]
    fn a_family_comes_along_but_for_what_it_keeps_inside() {
        assert!(carries_types("futures", "futures-util") && carries_types("tokio", "tokio_stream"));
        assert!(carries_types("dashmap", "lock_api"));
        assert!(!carries_types("regex", "regex-automata") && !carries_types("regex", "memchr"));
    }

    #[test]
    fn what_a_library_gives_on_as_its_own_comes_along_where_it_is_small() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let text = "pub use report::Report;\npub use ::http;\npub use large::Large;\nuse quiet::Quiet;\npub use reporter_x::X;\n";
        let libraries = [
            ("top", text.to_owned()),
            ("report", String::new()),
            ("http", String::new()),
            ("large", " ".repeat(SMALL as usize + 1)),
            ("quiet", String::new()),
            ("reporter", String::new()),
        ];
        assert_eq!(passed(folder.path(), &libraries), ["report", "http"]);
    }
}
