//! The workspaces that are measured: existing ones and generated ones.

use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::MetadataCommand;
use walkdir::WalkDir;

use crate::generate::{Plan, generate};
use crate::programs;
use crate::report::grouped;
use crate::touch::Place;

/// The Tokio that generated workspaces depend on.
const TOKIO: &str =
    r#"{ version = "1", features = ["fs", "macros", "process", "rt-multi-thread", "sync", "time"] }"#;

pub struct Workspace {
    pub name: String,
    pub root: PathBuf,
    /// The folders with the code of libraries and programs; at least one, as searches without a folder take another.
    pub sources: Vec<PathBuf>,
    pub lines: usize,
    pub files: usize,
    /// How many findings there must be, where that is known.
    pub hazards: Option<usize>,
    /// Where a function can be changed.
    pub place: Option<Place>,
    /// For what the programs write: the workspace's own target directory may hold the journal that `retask undo` needs.
    pub scratch: PathBuf,
}

/// A workspace of somebody else.
pub fn existing(path: &Path) -> Result<Workspace, String> {
    let metadata = MetadataCommand::new().current_dir(path).no_deps().exec();
    let metadata = metadata.map_err(|error| format!("`{}` is no workspace: {error}", path.display()))?;
    let root = metadata.workspace_root.as_std_path();
    let name = root.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Workspace::read(name, root, &metadata)
}

/// A workspace of about so many lines, written anew.
pub fn generated(lines: usize, hazards: usize) -> Result<Workspace, String> {
    let root = programs::emptied(folder("generated").join(lines.to_string()))?;
    let failed = |error: std::io::Error| format!("`{}` cannot be written: {error}", root.display());
    let made = generate(&root, &Plan { lines, hazards, tokio: TOKIO }).map_err(failed)?;
    let metadata = MetadataCommand::new().current_dir(&root).no_deps().exec();
    let metadata = metadata.map_err(|error| format!("a generated workspace is none: {error}"))?;
    let mut workspace = Workspace::read(format!("generated-{lines}"), &root, &metadata)?;
    if (workspace.lines, workspace.files) != (made.lines, made.files) {
        return Err(format!("{} files were written, and {} are there", made.files, workspace.files));
    }
    workspace.hazards = Some(made.hazards.len());
    Ok(workspace)
}

impl Workspace {
    fn read(name: String, root: &Path, metadata: &cargo_metadata::Metadata) -> Result<Workspace, String> {
        let packages = metadata.workspace_packages();
        let manifests = packages.iter().filter_map(|it| it.manifest_path.parent());
        let mut sources: Vec<PathBuf> =
            manifests.map(|it| it.join("src").into_std_path_buf()).filter(|it| it.is_dir()).collect();
        if sources.is_empty() {
            sources.push(root.to_path_buf());
        }
        let files = rust_files(&sources);
        let lines = files.iter().map(|path| lines(path)).sum();
        programs::fetch(root)?;
        let (scratch, place) = (folder(&name), Place::find(files.iter()));
        Ok(Workspace {
            name,
            root: root.to_path_buf(),
            sources,
            lines,
            files: files.len(),
            hazards: None,
            place,
            scratch,
        })
    }

    pub fn size(&self) -> String {
        let (lines, files, members) = (grouped(self.lines), grouped(self.files), grouped(self.sources.len()));
        format!("{lines} lines in {files} files, members: {members}")
    }
}

/// In an order that does not change.
fn rust_files(folders: &[PathBuf]) -> Vec<PathBuf> {
    let entries = folders.iter().flat_map(|it| WalkDir::new(it).sort_by_file_name()).flatten();
    let is_rust = |path: &Path| path.extension().is_some_and(|it| it == "rs");
    entries.filter(|it| it.file_type().is_file() && is_rust(it.path())).map(|it| it.into_path()).collect()
}

/// This reads each file, so that the first run finds them in the memory of the system as the later ones do.
fn lines(path: &Path) -> usize {
    String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).lines().count()
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("compare").join(name)
}
