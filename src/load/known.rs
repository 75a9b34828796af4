//! What Cargo said of the packages before, and what that depended on. To ask again takes the most part of a second in a large
//! workspace, and is all that an unchanged one costs.
//!
//! An answer counts as long as each of its witnesses is what it was: the manifests, the lockfile, Cargo's configuration, the folders
//! in which Cargo looks for targets and members, and the sources of dependencies. What cannot be witnessed is not kept.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use borsh::{BorshDeserialize, BorshSerialize};
use cargo_metadata::Metadata;

use super::fingerprint::stamp;
use super::toolchain::Toolchain;
use super::{Options, slashes};
use crate::cache::Slot;
use crate::write::Folders;

/// The folders of a package in which Cargo looks for targets.
const TARGETS: &[&str] = &["src", "src/bin", "tests", "benches", "examples"];

/// An answer of Cargo, as JSON, with what it depends on.
#[derive(BorshSerialize, BorshDeserialize)]
struct Known {
    witnesses: Vec<(Witness, String)>,
    answer: Vec<u8>,
}

/// Something that an answer depends on, by its path.
#[derive(BorshSerialize, BorshDeserialize, PartialEq, Eq, PartialOrd, Ord)]
enum Witness {
    /// The content of a file.
    Text(String),
    /// Whether it is there.
    Presence(String),
    /// The names in a folder, and whether each has a `main.rs` or a manifest.
    Names(String),
}

impl Witness {
    /// What can be seen of it now.
    fn look(&self) -> String {
        match self {
            Witness::Text(path) => {
                fs::read(path).map(|it| blake3::hash(&it).to_hex().to_string()).unwrap_or_default()
            }
            Witness::Presence(path) => Path::new(path).exists().to_string(),
            Witness::Names(path) => names(Path::new(path)),
        }
    }
}

fn names(folder: &Path) -> String {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let entry = |it: fs::DirEntry| {
        let path = it.path();
        let matters = path.extension().is_some_and(|it| it == "rs")
            || path.join("main.rs").exists()
            || path.join("Cargo.toml").exists();
        matters.then(|| it.file_name().to_string_lossy().into_owned())
    };
    let names: BTreeSet<String> = entries.filter_map(entry).collect();
    format!("{names:?}")
}

/// A question to Cargo, as far as its answer is kept.
pub struct Question<'q> {
    manifest: &'q Path,
    /// The command line, the environment and the program that is asked.
    asked: String,
}

impl<'q> Question<'q> {
    pub fn new(manifest: &'q Path, options: &Options, toolchain: &Toolchain) -> Question<'q> {
        let is_read = |(name, _): &(std::ffi::OsString, _)| {
            ["CARGO", "RUST"].iter().any(|it| name.to_string_lossy().starts_with(it))
        };
        let mut environment: Vec<_> = std::env::vars_os().filter(is_read).collect();
        environment.sort();
        let Options { features, all_features, no_default_features, .. } = options;
        let asked = format!(
            "{} {manifest:?} {features:?} {all_features} {no_default_features} {:?} {:?} {:?} {:?} {} {environment:?}",
            env!("CARGO_PKG_VERSION"),
            toolchain.cargo,
            stamp(&toolchain.cargo),
            toolchain.rustc,
            stamp(&toolchain.rustc),
            toolchain.target,
        );
        Question { manifest, asked }
    }

    /// What Cargo answered, where nothing changed since.
    pub fn recall(&self) -> Option<Metadata> {
        let mut slots = self.folders().map(|(root, target)| self.slot(&root, &target));
        let known: Known = slots.find_map(|it| it.get())?;
        let is_same = known.witnesses.iter().all(|(witness, seen)| witness.look() == *seen);
        is_same.then(|| serde_json::from_slice(&known.answer).ok())?
    }

    /// Keeps an answer, where all that it depends on can be seen.
    pub fn keep(&self, answer: &[u8], metadata: &Metadata) {
        let root = metadata.workspace_root.as_std_path();
        let target = metadata.target_directory.as_std_path();
        let is_found = self.folders().any(|it| it.0 == root && it.1 == target);
        let Some(witnesses) = self.witnesses(metadata).filter(|_| is_found) else { return };
        let witnesses = witnesses.into_iter().map(|it| (it.look(), it)).map(|(seen, it)| (it, seen));
        self.slot(root, target).put(&Known { witnesses: witnesses.collect(), answer: answer.to_vec() });
    }

    /// Where the workspace and its target directory can be, before Cargo is asked.
    fn folders(&self) -> impl Iterator<Item = (PathBuf, PathBuf)> + use<'_> {
        // Cargo runs in the folder of the manifest.
        let named = std::env::var_os("CARGO_TARGET_DIR").map(|it| self.manifest.with_file_name(it));
        let above = self.manifest.ancestors().skip(1).filter(|it| it.join("Cargo.toml").is_file());
        above.map(move |it| (it.to_path_buf(), named.clone().unwrap_or_else(|| it.join("target"))))
    }

    fn slot(&self, root: &Path, target: &Path) -> Slot {
        Slot::of_packages(&Folders::new(target, root).cache, &self.asked)
    }

    /// All that an answer depends on; `None` where that cannot be told.
    fn witnesses(&self, metadata: &Metadata) -> Option<BTreeSet<Witness>> {
        let root = metadata.workspace_root.as_std_path();
        let text = |it: PathBuf| Witness::Text(slashes(&it));
        let mut found = BTreeSet::from([text(root.join("Cargo.lock")), text(root.join("Cargo.toml"))]);
        for folder in self.manifest.ancestors().skip(1) {
            found.insert(text(folder.join("Cargo.toml")));
            found.extend([".cargo/config", ".cargo/config.toml"].map(|it| text(folder.join(it))));
        }
        let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
        let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo")))?;
        found.extend(["config", "config.toml"].map(|it| text(home.join(it))));
        // One configuration can take in another.
        let includes = |it: &Witness| {
            let Witness::Text(path) = it else { return false };
            path.contains("/config") && fs::read_to_string(path).is_ok_and(|it| it.contains("include"))
        };
        if found.iter().any(includes) {
            return None;
        }
        for package in &metadata.packages {
            let manifest = package.manifest_path.as_std_path();
            if package.source.is_some() {
                found.insert(Witness::Presence(slashes(manifest)));
                continue;
            }
            let folder = manifest.parent()?;
            found.insert(text(manifest.to_path_buf()));
            found.insert(Witness::Presence(slashes(&folder.join("build.rs"))));
            found.extend(TARGETS.iter().map(|it| Witness::Names(slashes(&folder.join(it)))));
            // Patterns of members look into these.
            let above = folder.ancestors().skip(1).take_while(|it| it.starts_with(root));
            found.extend(above.map(|it| Witness::Names(slashes(it))));
        }
        found.extend(patterns(root)?.iter().map(|it| Witness::Names(slashes(it))));
        Some(found)
    }
}

/// The folders that the members' patterns look into; `None` where there is one that looks deeper.
fn patterns(root: &Path) -> Option<Vec<PathBuf>> {
    let manifest =
        fs::read_to_string(root.join("Cargo.toml")).ok()?.parse::<toml_edit::DocumentMut>().ok()?;
    let members = manifest.get("workspace").and_then(|it| it.get("members")).and_then(|it| it.as_array());
    let patterns = members.into_iter().flatten().filter_map(|it| it.as_str());
    let patterns = patterns.filter(|it| it.contains(['*', '?', '[']));
    let folder = |it: &str| {
        let (above, _) = it.trim_end_matches('/').rsplit_once('/').unwrap_or((".", it));
        (!above.contains(['*', '?', '['])).then(|| root.join(above))
    };
    patterns.map(folder).collect()
}
