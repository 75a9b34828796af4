//! The packages that the members can reach, as Cargo resolves them, or as the lockfile alone tells.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, Metadata, Package, PackageId, Target, TargetKind};
use retask_engine::workspace::Include;

/// A package with its library, be it a member or a dependency.
#[derive(Debug)]
pub struct Node {
    /// The name on the registry.
    pub name: String,
    pub version: String,
    /// Whether it comes from a registry, and not from a folder or a git repository.
    pub from_registry: bool,
    /// The name that code uses for its library, where nothing renames it.
    pub lib_name: String,
    pub edition: String,
    /// The root file of its library; `None` for programs and procedural macros.
    pub lib: Option<PathBuf>,
    pub features: Vec<String>,
    /// The names that code uses, as indices into the packages.
    pub dependencies: Vec<(String, usize)>,
    /// Features of the package by name, with what each implies.
    pub implied: HashMap<String, Vec<String>>,
}

/// All packages; members first to last as Cargo lists them, then the rest.
#[derive(Debug, Default)]
pub struct Graph {
    pub nodes: Vec<Node>,
    pub by_id: HashMap<PackageId, usize>,
}

impl Graph {
    /// As Cargo resolved them, with what the code that is analysed can depend on: dev-dependencies are for tests, benches and examples alone.
    pub fn of(metadata: &Metadata, include: Include) -> Graph {
        let mut graph = Graph::default();
        for (index, package) in metadata.packages.iter().enumerate() {
            graph.by_id.insert(package.id.clone(), index);
            graph.nodes.push(node(package));
        }
        for resolved in metadata.resolve.iter().flat_map(|it| &it.nodes) {
            let Some(from) = graph.by_id.get(&resolved.id).copied() else { continue };
            graph.nodes[from].features = resolved.features.iter().map(|it| it.to_string()).collect();
            for dependency in &resolved.deps {
                let is_used = |it: &cargo_metadata::DepKindInfo| match it.kind {
                    DependencyKind::Development => include.tests || include.benches || include.examples,
                    DependencyKind::Build => include.build,
                    _ => true,
                };
                let Some(to) = graph.by_id.get(&dependency.pkg).copied() else { continue };
                if dependency.dep_kinds.iter().any(is_used) {
                    graph.nodes[from].dependencies.push((dependency.name.clone(), to));
                }
            }
        }
        graph
    }

    /// The features that are on when some are asked for.
    pub fn with_implied(&self, node: usize, asked: &[String]) -> Vec<String> {
        let mut all: BTreeSet<String> = BTreeSet::new();
        let mut next: Vec<String> = asked.to_vec();
        while let Some(feature) = next.pop() {
            if all.insert(feature.clone()) {
                next.extend(self.nodes[node].implied.get(&feature).into_iter().flatten().cloned());
            }
        }
        all.into_iter().filter(|it| !it.contains([':', '/'])).collect()
    }
}

fn node(package: &Package) -> Node {
    let lib = package.targets.iter().find(|it| is_lib(it));
    let fallback = package.name.replace('-', "_");
    Node {
        name: package.name.to_string(),
        version: package.version.to_string(),
        from_registry: package.source.as_ref().is_some_and(|it| is_registry(&it.repr)),
        lib_name: lib.map_or(fallback, |it| it.name.replace('-', "_")),
        edition: lib.map_or(package.edition, |it| it.edition).to_string(),
        lib: lib.map(|it| it.src_path.clone().into_std_path_buf()),
        features: package.features.keys().cloned().collect(),
        dependencies: Vec::new(),
        implied: package.features.iter().map(|(name, implied)| (name.clone(), implied.clone())).collect(),
    }
}

/// Whether the source of a package, as a lockfile writes it, is a registry.
pub fn is_registry(source: &str) -> bool {
    source.starts_with("registry+") || source.starts_with("sparse+")
}

/// Whether a target is a library that code can depend on.
pub fn is_lib(target: &Target) -> bool {
    use TargetKind::{CDyLib, DyLib, Lib, RLib, StaticLib};
    target.kind.iter().any(|it| matches!(it, Lib | RLib | DyLib | CDyLib | StaticLib))
}

/// Where Cargo keeps the sources of a registry's package.
pub fn registry_source(name: &str, version: &str) -> Option<PathBuf> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")))?;
    let registries = std::fs::read_dir(home.join("registry/src")).ok()?;
    let mut found: Vec<PathBuf> = registries
        .flatten()
        .map(|it| it.path().join(format!("{name}-{version}")))
        .filter(|it| it.join("Cargo.toml").is_file())
        .collect();
    found.sort();
    found.into_iter().next()
}

/// A package of the registry as its own manifest describes it, for where Cargo does not resolve.
pub fn from_source(name: &str, version: &str, folder: &Path) -> Option<Node> {
    let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).ok()?;
    let manifest = manifest.parse::<toml_edit::DocumentMut>().ok()?;
    let text = |table: &str, key: &str| manifest.get(table)?.get(key)?.as_str().map(str::to_owned);
    let lib = folder.join(text("lib", "path").unwrap_or_else(|| "src/lib.rs".to_owned()));
    let is_macro =
        manifest.get("lib").and_then(|it| it.get("proc-macro")).and_then(|it| it.as_bool()).unwrap_or(false);
    let features = manifest.get("features").and_then(|it| it.as_table_like());
    let features =
        features.map(|it| it.iter().map(|(name, _)| name.to_owned()).collect()).unwrap_or_default();
    Some(Node {
        name: name.to_owned(),
        version: version.to_owned(),
        from_registry: true,
        lib_name: text("lib", "name").unwrap_or_else(|| name.replace('-', "_")),
        edition: text("package", "edition").unwrap_or_else(|| "2015".to_owned()),
        lib: (lib.is_file() && !is_macro).then_some(lib),
        features,
        dependencies: Vec::new(),
        implied: HashMap::new(),
    })
}

/// A package of a registry of which only name and version are known.
pub fn without_source(name: &str, version: &str) -> Node {
    Node {
        name: name.to_owned(),
        version: version.to_owned(),
        from_registry: true,
        lib_name: name.replace('-', "_"),
        edition: "2021".to_owned(),
        lib: None,
        features: Vec::new(),
        dependencies: Vec::new(),
        implied: HashMap::new(),
    }
}
