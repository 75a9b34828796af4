//! The fixtures of the rules as a workspace in memory, with std and the stubs of their dependencies.
//!
//! All fixtures are crates of one workspace, so that std is loaded once.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ra_ap_syntax::Edition;
use retask::load::{Options, Source, Sources, Toolchain, stand_in};
use retask::patch::Written;
use retask::{Analysed, Beside, analyse};
use retask_engine::crates::{CrateSource, Origin};
use retask_engine::finding::{Way, prefer};
use retask_engine::workspace::{Database, Dependency, Package, SourceFile, Wanted};
use retask_engine::{Index, Workspace};

/// A fixture: its text without markers, and the findings that they ask for.
#[derive(Clone)]
pub struct Case {
    pub rule: String,
    pub name: String,
    pub fires: bool,
    pub text: String,
    /// `line: severity rule`, sorted.
    pub marked: Vec<String>,
}

impl Case {
    pub fn path(&self) -> String {
        format!("{}/{}/{}.rs", self.rule, if self.fires { "fires" } else { "silent" }, self.name)
    }
}

impl Case {
    /// The newest edition, where the fixture does not ask for 2021.
    fn edition(&self) -> Edition {
        if self.text.contains("// edition: 2021") { Edition::Edition2021 } else { Edition::Edition2024 }
    }

    pub fn is_rewritten(&self) -> bool {
        root().join(format!("{}/fires/{}.fixed.rs", self.rule, self.name)).exists()
    }
}

pub fn root() -> PathBuf {
    folder().join("rules")
}

/// The folder of the fixtures: of this package, or of the one around it.
fn folder() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = package.ancestors().map(|it| it.join("fixtures"));
    folders.find(|it| it.join("rules").is_dir()).expect("the fixtures are there")
}

/// The fixtures, by path.
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for entry in walkdir::WalkDir::new(root()).sort_by_file_name() {
        let path = entry.expect("the fixtures can be read").into_path();
        let relative = path.strip_prefix(root()).expect("it lies below the root").to_string_lossy();
        let parts: Vec<&str> = relative.split('/').collect();
        let [rule, kind, file] = parts.as_slice() else { continue };
        let Some(name) = file.strip_suffix(".rs").filter(|it| !it.ends_with(".fixed")) else { continue };
        let written = std::fs::read_to_string(&path).expect("the fixture is text");
        let (text, marked) = unmarked(&written);
        let fires = *kind == "fires";
        assert!(
            fires != marked.is_empty(),
            "{relative}: marked findings belong in `fires`, others in `silent`"
        );
        cases.push(Case { rule: (*rule).to_owned(), name: name.to_owned(), fires, text, marked });
    }
    cases
}

/// A text without its markers, and what they ask for.
fn unmarked(written: &str) -> (String, Vec<String>) {
    let (mut text, mut marked) = (String::new(), Vec::new());
    for (index, line) in written.lines().enumerate() {
        let (code, markers) =
            line.split_once("//~").map_or((line, ""), |(code, markers)| (code.trim_end(), markers));
        let asked = markers.split(',').map(str::trim).filter(|it| !it.is_empty());
        marked.extend(asked.map(|it| format!("{}: {it}", index + 1)));
        text.push_str(code);
        text.push('\n');
    }
    marked.sort();
    (text, marked)
}

/// One package for each fixture, each of which depends on all stubs.
pub fn workspace(cases: &[Case]) -> Workspace {
    let dependency = |name: &String| {
        let (package, version) = registry_name(name);
        (name.clone(), Dependency { package, version, features: vec!["full".to_owned()] })
    };
    let dependencies: BTreeMap<String, Dependency> =
        stubs().iter().map(|(name, _)| dependency(name)).collect();
    let package = |case: &Case| Package {
        name: case.path(),
        manifest: String::new(),
        selected: true,
        dependencies: dependencies.clone(),
        library: None,
        least_rust: None,
    };
    let file = |(package, case): (usize, &Case)| SourceFile {
        path: case.path(),
        text: case.text.clone(),
        bom: false,
        edition: case.edition(),
        package,
        selected: true,
    };
    Workspace {
        root: "/workspace".to_owned(),
        packages: cases.iter().map(package).collect(),
        files: cases.iter().enumerate().map(file).collect(),
        ..Workspace::default()
    }
}

/// The stub crates: the name that code uses, and the text.
fn stubs() -> Vec<(String, String)> {
    let folder = folder().join("stubs");
    let mut stubs: Vec<(String, String)> = std::fs::read_dir(folder)
        .expect("the stubs are there")
        .map(|entry| {
            let path = entry.expect("the stubs can be read").path();
            let name = path.file_stem().expect("it has a name").to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path).expect("the stub is text");
            let macros = stand_ins(&name);
            (name, text + &macros)
        })
        .collect();
    for (name, package) in [("async_stream", "async-stream"), ("tracing", "tracing")] {
        let text = stand_in::of(package, Some("0.3.0")).expect("it has a stand-in");
        stubs.push((name.to_owned(), text.to_owned()));
    }
    stubs.sort();
    stubs
}

/// The macros that have stand-ins where the library itself is loaded.
fn stand_ins(name: &str) -> String {
    let (package, files): (&str, &[&str]) = match name {
        "tokio" => ("tokio", &["src/macros/select.rs", "src/macros/join.rs", "src/macros/try_join.rs"]),
        "futures" => ("futures-util", &["src/async_await/select_mod.rs", "src/async_await/join_mod.rs"]),
        _ => return String::new(),
    };
    let texts = files.iter().map(|it| stand_in::of_file(package, it.as_ref()).expect("it has a stand-in"));
    texts.collect()
}

fn registry_name(krate: &str) -> (String, String) {
    let kept = ["async_trait", "parking_lot", "async_std", "serde_json", "lock_api"];
    let package = if kept.contains(&krate) && krate != "async_trait" && krate != "async_std" {
        krate.to_owned()
    } else {
        krate.replace('_', "-")
    };
    // A version of Tokio that has what rewrites call.
    let version = if package == "tokio" { "1.50.0" } else { "1.0.0" };
    (package, version.to_owned())
}

pub fn analysed(workspace: &Workspace, written: &Written) -> Analysed {
    let rules: Vec<_> = retask_transforms::rules().iter().collect();
    let mut analysed = analyse(workspace, &Index::build(workspace), written, &rules, Beside::Nothing, &Stubs);
    prefer(&mut analysed.findings, Way::Offload, |finding| {
        let file = workspace.files.iter().find(|it| it.path == finding.place.path);
        file.is_some_and(|it| it.text.contains("// prefer: offload"))
    });
    analysed
}

/// Std and the stubs.
struct Stubs;

impl Source for Stubs {
    fn database(&self, workspace: &Workspace, _: &Wanted) -> Database {
        database(workspace)
    }
}

pub fn database(workspace: &Workspace) -> Database {
    let toolchain = Toolchain::find(&Options::default()).expect("there is a compiler");
    assert!(
        toolchain.library.is_some(),
        "the sources of std are not there: run `rustup component add rust-src`"
    );
    let mut sources = Sources::of_std(&toolchain, false).with(workspace);
    let mut loaded: Vec<(String, usize)> = Vec::new();
    for (name, text) in stubs() {
        let path = PathBuf::from(format!("/stubs/{name}/src/lib.rs"));
        let cfgs = toolchain.cfgs.clone();
        let krate =
            sources.add_library(&name, "2024", Origin::Library, &path, vec![(path.clone(), text)], cfgs);
        loaded.push((name, krate.expect("the stub's root is its only file")));
    }
    // Stubs may name one another in the order of the alphabet, as `reqwest` names `bytes`.
    for at in 0..loaded.len() {
        sources.crates[loaded[at].1].dependencies = loaded[..at].to_vec();
    }
    for (index, file) in workspace.files.iter().enumerate() {
        let root = sources.member_root(index);
        sources.crates.push(CrateSource {
            name: file.path.trim_end_matches(".rs").replace(['/', '-'], "_"),
            edition: file.edition,
            origin: Origin::Member,
            root,
            cfgs: toolchain.cfgs.clone(),
            dependencies: loaded.clone(),
        });
    }
    sources.into_database(workspace, Vec::new())
}
