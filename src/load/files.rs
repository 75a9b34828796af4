//! Reading the files of the members: those of the module trees, and why one is left out.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use cargo_metadata::{Target, TargetKind};
use ra_ap_syntax::Edition;
use rayon::prelude::*;
use retask_engine::Workspace;
use retask_engine::watch;
use retask_engine::workspace::{Include, Outside, Skipped, SourceFile};

use super::ahead::Known;
use super::depth::Depth;
use super::metadata::Resolved;
use super::modules::{Declares, children};
use super::tokens::raw;
use super::{Options, graph, relative};
use crate::supervise;

/// The size from which a file is taken for generated data.
const TOO_LARGE: u64 = 4 << 20;

/// Reads the module trees of all members; some of their files may be known.
pub fn read_members(
    workspace: &mut Workspace,
    resolved: &Resolved,
    options: &Options,
    root: &Path,
    mut known: Known,
    skipped: &mut Vec<Skipped>,
) {
    let mut found: BTreeMap<PathBuf, (usize, Read)> = BTreeMap::new();
    for (package, member) in resolved.members.iter().enumerate() {
        let targets = member.targets.iter().filter(|it| is_wanted(it, options.include));
        let roots: BTreeSet<PathBuf> = targets.map(|it| it.src_path.clone().into_std_path_buf()).collect();
        for (path, read) in module_tree(roots, options.include.tests, &mut known) {
            match found.entry(path) {
                Entry::Vacant(entry) => drop(entry.insert((package, read))),
                Entry::Occupied(entry) => {
                    let reason =
                        "belongs to more than one package, and a rewrite is only shown to be right in one";
                    workspace.guards.insert(relative(entry.key(), root), reason.to_owned());
                }
            }
        }
    }
    let editions: Vec<Edition> = resolved
        .members
        .iter()
        .map(|it| it.edition.to_string().parse().unwrap_or(Edition::CURRENT))
        .collect();
    workspace.outside = outside(resolved, options, root, &found, &mut known);
    take(workspace, found, &editions, root, skipped);
}

/// The names that targets call which are left out.
fn outside(
    resolved: &Resolved,
    options: &Options,
    root: &Path,
    found: &BTreeMap<PathBuf, (usize, Read)>,
    known: &mut Known,
) -> Vec<Outside> {
    let targets = resolved.members.iter().flat_map(|it| &it.targets);
    let left_out = targets.filter(|it| !is_wanted(it, options.include) && !it.is_proc_macro());
    let roots: BTreeSet<PathBuf> = left_out.map(|it| it.src_path.clone().into_std_path_buf()).collect();
    let files = module_tree(roots, true, known).into_iter().filter(|(path, _)| !found.contains_key(path));
    let read = files.filter_map(|(path, read)| Some((path, read.ok()?.text)));
    read.map(|(path, text)| Outside { path: relative(&path, root), words: called_words(&text) }).collect()
}

/// The words of a text that stand before a parenthesis.
fn called_words(text: &str) -> BTreeSet<String> {
    let ends = text.match_indices('(').map(|(at, _)| &text[..at]);
    let is_part = |it: char| it.is_alphanumeric() || it == '_';
    let words = ends.map(|it| &it[it.trim_end_matches(is_part).len()..]);
    words.filter(|it| !it.is_empty()).map(str::to_owned).collect()
}

/// Reads a file, or the files of a folder, that belong to no package.
pub fn read_loose(workspace: &mut Workspace, path: &Path, root: &Path, skipped: &mut Vec<Skipped>) {
    let files: BTreeSet<PathBuf> = match path.is_file() {
        true => BTreeSet::from([path.to_path_buf()]),
        false => walkdir::WalkDir::new(path)
            .into_iter()
            .filter_entry(|it| it.depth() == 0 || !is_hidden(it) && is_wanted_name(it, workspace.include))
            .flatten()
            .filter(|it| it.file_type().is_file() && it.path().extension().is_some_and(|it| it == "rs"))
            .map(|it| it.into_path())
            .collect(),
    };
    let found = module_tree(files, workspace.include.tests, &mut Known::new())
        .into_iter()
        .map(|(path, read)| (path, (0, read)))
        .collect();
    take(workspace, found, &[Edition::Edition2024], root, skipped);
    for file in &mut workspace.files {
        file.selected = true;
    }
}

/// Whether a folder or file outside any package is analysed: those that Cargo takes for tests and their kin are where they are asked for.
fn is_wanted_name(entry: &walkdir::DirEntry, include: Include) -> bool {
    match entry.file_name().to_str() {
        Some("target") | None => false,
        Some("tests") => include.tests,
        Some("benches") => include.benches,
        Some("examples") => include.examples,
        Some("build.rs") => include.build,
        Some(_) => true,
    }
}

pub fn is_hidden(entry: &walkdir::DirEntry) -> bool {
    entry.file_name().to_str().is_some_and(|it| it.starts_with('.'))
}

fn take(
    workspace: &mut Workspace,
    found: BTreeMap<PathBuf, (usize, Read)>,
    editions: &[Edition],
    root: &Path,
    skipped: &mut Vec<Skipped>,
) {
    let left_out = supervise::left_out();
    for (path, (package, read)) in found {
        let read = match path.to_str() {
            Some(_) => read,
            None => Err("has a name that is not UTF-8".to_owned()),
        };
        let path = relative(&path, root);
        let left_out = left_out.iter().find(|it| it.path == path);
        match left_out.map_or(read, |it| Err(it.reason.clone())) {
            Ok(read) => workspace.files.push(SourceFile {
                path,
                text: read.text,
                bom: read.bom,
                edition: editions[package],
                package,
                selected: false,
            }),
            Err(reason) => skipped.push(Skipped { path, reason }),
        }
    }
    workspace.files.sort_by(|a, b| a.path.cmp(&b.path));
}

/// Whether a target's code is analysed.
pub fn is_wanted(target: &Target, include: Include) -> bool {
    graph::is_lib(target)
        || target.kind.iter().any(|it| match it {
            TargetKind::Bin => true,
            TargetKind::Test => include.tests,
            TargetKind::Bench => include.benches,
            TargetKind::Example => include.examples,
            TargetKind::CustomBuild => include.build,
            _ => false,
        })
}

/// What is read of a file, or why it is left out.
pub type Read = Result<Text, String>;

/// The text of a file.
#[derive(Debug, PartialEq, Eq)]
pub struct Text {
    /// Without the byte order mark.
    text: String,
    /// Whether it had one.
    bom: bool,
    /// Whether it may include other files.
    may_have_children: bool,
}

/// The files that some roots include, level by level. What is known of a file is taken.
fn module_tree(roots: BTreeSet<PathBuf>, with_tests: bool, known: &mut Known) -> BTreeMap<PathBuf, Read> {
    let mut found = BTreeMap::new();
    let mut level: BTreeMap<PathBuf, bool> = roots.into_iter().map(|it| (it, true)).collect();
    while !level.is_empty() {
        let level_known: Vec<_> =
            level.into_iter().map(|(path, owns_folder)| (known.remove(&path), path, owns_folder)).collect();
        let read: Vec<_> = level_known
            .into_par_iter()
            .filter_map(|(known, path, owns_folder)| {
                let read = known.unwrap_or_else(|| read(&path))?;
                let below = match &read {
                    Ok(it) if it.may_have_children => watch::at(&path.to_string_lossy(), 0, || {
                        children(&path, owns_folder, &it.text, with_tests)
                    }),
                    _ => Vec::new(),
                };
                Some((path, read, below))
            })
            .collect();
        level = BTreeMap::new();
        for (path, read, below) in read {
            found.insert(path, read);
            level.extend(below.into_iter().map(|it| (it.path, it.owns_folder)));
        }
        level.retain(|path, _| !found.contains_key(path));
    }
    found
}

/// `None` where there is no such file: a module may stand in one of two places, and a missing one is for rustc to report.
pub fn read(path: &Path) -> Option<Read> {
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => return None,
        Err(error) => return Some(Err(format!("cannot be read: {error}"))),
    };
    // A pipe would never end, nor would some devices.
    if !metadata.is_file() {
        return Some(Err("is a folder or a device, not a file of text".to_owned()));
    }
    if metadata.len() > TOO_LARGE {
        return Some(Err("is larger than 4 MiB and taken for data; split it to have it read".to_owned()));
    }
    if let Some(left_out) = supervise::left_out().iter().find(|it| path.to_str() == Some(&it.path)) {
        return Some(Err(left_out.reason.clone()));
    }
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => return Some(Err(format!("cannot be read: {error}"))),
    };
    let Ok(text) = String::from_utf8(bytes) else {
        return Some(Err("is not UTF-8; save it as UTF-8".to_owned()));
    };
    let (text, bom) = match text.strip_prefix('\u{feff}') {
        Some(rest) => (rest.to_owned(), true),
        None => (text, false),
    };
    let (mut depth, mut declares) = (Depth::default(), Declares::default());
    for (kind, word) in raw(&text) {
        if let Some(reason) = depth.too_deep(kind, word) {
            return Some(Err(reason));
        }
        declares.token(kind, word);
    }
    Some(Ok(Text { text, bom, may_have_children: declares.may_have_children }))
}

#[cfg(test)]
mod tests {
    use super::{Text, read};

    #[test]
    fn files_that_cannot_be_analysed_say_why() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let check = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).expect("the file is written");
            read(&path).expect("the file is there")
        };
        assert!(check("latin1.rs", b"// \xe9").unwrap_err().contains("not UTF-8"));
        assert!(check("large.rs", &vec![b' '; (4 << 20) + 1]).unwrap_err().contains("4 MiB"));
        assert!(check("deep.rs", "(".repeat(10_000).as_bytes()).unwrap_err().contains("nests"));
        let marked = Text { text: "fn f() {}".to_owned(), bom: true, may_have_children: false };
        assert_eq!(check("bom.rs", b"\xef\xbb\xbffn f() {}"), Ok(marked));
        assert!(read(&folder.path().join("none.rs")).is_none());
        assert!(read(folder.path()).expect("it is there").unwrap_err().contains("not a file of text"));
    }
}
