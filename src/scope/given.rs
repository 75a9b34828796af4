//! A diff that the user gives: read, parsed, and held against the files that it is about.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use retask_engine::Workspace;

use super::lines::Lines;
use super::names::without_first;
use super::unified::{self, FileDiff};
use crate::patch::diff::{prefix, resolve};

/// More than any diff that a person reads.
const LARGEST: u64 = 256 << 20;

/// The changed lines of the files of a workspace, by their paths in it.
pub fn changed(
    path: &Path,
    input: Option<&Path>,
    workspace: &Workspace,
) -> Result<BTreeMap<String, Lines>, String> {
    let is_input = path == Path::new("-");
    let name = if is_input { "standard input".to_owned() } else { format!("`{}`", path.display()) };
    let text = read(input.filter(|_| is_input).unwrap_or(path), &name)?;
    let diffs = unified::parse(&text).map_err(|it| {
        format!(
            "the diff in {name} does not parse: line {}: {}; make it anew, as `git diff --output=FILE` does",
            it.line, it.reason
        )
    })?;
    let root = PathBuf::from(&workspace.root);
    let prefix = prefix(&root);
    let named = named(&diffs, &root, &prefix).ok_or_else(|| {
        format!(
            "the diff in {name} names `{}`, and no file that it names is there: paths count from the top of the git work tree or from the workspace root `{}`",
            diffs.first().map_or("", |it| it.path.as_str()),
            root.display()
        )
    })?;
    let mut by_path: BTreeMap<&str, Vec<&FileDiff>> = BTreeMap::new();
    named.iter().for_each(|(path, it)| by_path.entry(path).or_default().push(it));
    let mut changed: BTreeMap<String, Lines> = BTreeMap::new();
    for file in &workspace.files {
        for diff in by_path.get(resolve(&prefix, &file.path).as_str()).into_iter().flatten() {
            if let Some(line) = misfit(diff, &file.text) {
                return Err(format!(
                    "the diff in {name} does not fit `{}`: line {line} of the file is not what the diff shows; make the diff anew of the files as they are, all commits in one (`git diff BASE`)",
                    file.path
                ));
            }
            changed.entry(file.path.clone()).or_default().extend(&diff.changed);
        }
    }
    Ok(changed)
}

fn read(path: &Path, name: &str) -> Result<String, String> {
    let mut bytes = Vec::new();
    let read = std::fs::File::open(path).and_then(|it| it.take(LARGEST + 1).read_to_end(&mut bytes));
    let next = "name a file with a unified diff, or `-` for standard input";
    match read {
        Err(error) => Err(format!("the diff in {name} cannot be read: {error}; {next}")),
        Ok(size) if size as u64 > LARGEST => {
            Err(format!("the diff in {name} is larger than 256 MiB; {next}"))
        }
        Ok(_) if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") => Err(format!(
            "the diff in {name} is UTF-16, as PowerShell's `>` writes it; `git diff --output=FILE` writes UTF-8"
        )),
        Ok(_) => {
            Ok(String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes)).into_owned())
        }
    }
}

/// The diffs with the paths of their files from the top of the work tree.
///
/// Whether paths have a prefix, and where they count from, a diff does not say: that way is taken by which it fits most files, else by
/// which most are there. `None` where there are none.
fn named<'d>(diffs: &'d [FileDiff], root: &Path, prefix: &str) -> Option<Vec<(String, &'d FileDiff)>> {
    let depth = prefix.split('/').filter(|it| !it.is_empty()).count();
    let top = root.ancestors().nth(depth).unwrap_or(root);
    let mut best: ((usize, usize), Vec<(String, &FileDiff)>) = ((0, 0), Vec::new());
    for (base, has_prefix) in [("", true), (prefix, true), ("", false), (prefix, false)] {
        let path = |it: &FileDiff| match has_prefix {
            true => resolve(base, without_first(&it.path)),
            false => resolve(base, &it.path),
        };
        let paths: Vec<(String, &FileDiff)> = diffs.iter().map(|it| (path(it), it)).collect();
        let there = paths.iter().filter_map(|(path, it)| Some((file(top, path)?, *it)));
        let fits = there.map(|(text, it)| misfit(it, &String::from_utf8_lossy(&text)).is_none());
        let fits: Vec<bool> = fits.collect();
        let score = (fits.iter().filter(|it| **it).count(), fits.len());
        if score > best.0 {
            best = (score, paths);
        }
    }
    (best.0.1 > 0 || diffs.is_empty()).then_some(best.1)
}

/// The bytes of a file below a folder. A diff may name anything: a device or a pipe would never end.
fn file(top: &Path, path: &str) -> Option<Vec<u8>> {
    let is_inside = Path::new(path).components().all(|it| matches!(it, Component::Normal(_)));
    let path = is_inside.then(|| top.join(path))?;
    let is_readable = path.metadata().is_ok_and(|it| it.is_file() && it.len() <= LARGEST);
    is_readable.then(|| std::fs::read(path).ok())?
}

/// The first line that the diff shows and the file does not have there.
fn misfit(diff: &FileDiff, text: &str) -> Option<u32> {
    let lines: Vec<&str> = text.lines().collect();
    let plain = |it: &str| it.trim_start_matches('\u{feff}').trim_end_matches('\r').to_owned();
    let has = |number: u32, shown: &str| {
        let at = (number as usize).checked_sub(1).and_then(|it| lines.get(it));
        at.is_some_and(|it| plain(it) == plain(shown))
    };
    diff.shown.iter().find(|(number, shown)| !has(*number, shown)).map(|(number, _)| *number)
}
