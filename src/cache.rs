//! What earlier runs found, kept under the target directory: a workspace that did not change is answered without types.
//!
//! An answer is kept under a hash of all that it depends on: the texts, the packages and their features, the sources of dependencies,
//! the compiler, what was asked, and this program itself. Beside the answers stands what calls were resolved to: where a file changed,
//! only calls in what the change reaches are resolved again. And an answer is kept with what it rests on: where a change touches none of
//! that, it stands. Nothing is lost where an entry is gone or damaged: it is worked out again.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use borsh::{BorshDeserialize, BorshSerialize};
use retask_engine::Workspace;
use retask_engine::workspace::SourceFile;

use crate::load::{Store, stamp};

/// How many answers are kept for a workspace, some for each way that it is asked in; and as many times the calls.
const KEPT: usize = 12;

/// Where something is kept: a file that goes by the hash of all that it depends on.
pub struct Slot(PathBuf);

impl Slot {
    /// The slot for an answer, in the folder of a workspace; `None` where this program cannot tell itself from another build.
    pub fn of_answer(folder: &Path, asked: &str, workspace: &Workspace, store: &Store) -> Option<Slot> {
        let mut key = Key::of_files(asked, workspace, store)?;
        workspace.files.iter().for_each(|it| key.add(&it.text));
        Some(key.slot(folder, "answer"))
    }

    /// The slot for an answer with what it rests on, which knows itself which texts that holds for; `None` as above.
    pub fn of_basis(folder: &Path, asked: &str, workspace: &Workspace, store: &Store) -> Option<Slot> {
        Some(Key::of_files(asked, workspace, store)?.slot(folder, "basis"))
    }

    /// The slot for what calls were resolved to, which knows itself which texts that holds for; `None` as above.
    pub fn of_calls(folder: &Path, workspace: &Workspace, store: &Store) -> Option<Slot> {
        Some(Key::of(workspace, store)?.slot(folder, "calls"))
    }

    /// The slot for what Cargo said of the packages, which knows itself how long that holds.
    pub fn of_packages(folder: &Path, asked: &str) -> Slot {
        let mut key = Key(blake3::Hasher::new());
        key.add(asked);
        key.slot(folder, "packages")
    }

    /// What is kept.
    pub fn get<T: BorshDeserialize>(&self) -> Option<T> {
        let kept = fs::read(&self.0).ok()?;
        let (hash, kept) = kept.split_first_chunk::<{ blake3::OUT_LEN }>()?;
        let is_whole = blake3::hash(kept).as_bytes() == hash;
        is_whole.then(|| T::try_from_slice(kept).ok())?
    }

    /// Keeps it. Where that fails, the next run works it out again.
    pub fn put(&self, it: &impl BorshSerialize) {
        let (Some(folder), Ok(bytes)) = (self.0.parent(), borsh::to_vec(it)) else { return };
        let bytes = [blake3::hash(&bytes).as_bytes().as_slice(), &bytes].concat();
        if fs::create_dir_all(folder).and_then(|()| replace(&self.0, &bytes)).is_ok() {
            forget_old(folder, self.0.extension());
        }
    }
}

/// Writes a file as a whole or not at all: who reads it meanwhile sees the old one.
pub fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    // As any new file: temporary ones are for their owner alone, and a baseline is for the team.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.persist(path)?;
    Ok(())
}

/// The hash of what something depends on.
struct Key(blake3::Hasher);

impl Key {
    /// What all of a workspace depends on: this program, the compiler, the packages and the sources of dependencies.
    fn of(workspace: &Workspace, store: &Store) -> Option<Key> {
        let mut key = Key(blake3::Hasher::new());
        key.add(&format!("{} {:?}", env!("CARGO_PKG_VERSION"), stamp(&std::env::current_exe().ok()?)?));
        key.add(store.fingerprint());
        let Workspace { root, packages, include, settings, .. } = workspace;
        key.add(&format!("{root:?} {packages:?} {include:?} {settings:?}"));
        Some(key)
    }

    /// The same, with what was asked and all that is known of the files but for their texts.
    fn of_files(asked: &str, workspace: &Workspace, store: &Store) -> Option<Key> {
        let mut key = Key::of(workspace, store)?;
        key.add(asked);
        let Workspace {
            root: _,
            packages: _,
            files,
            skipped,
            guards,
            include: _,
            outside,
            may_change_api,
            settings: _,
        } = workspace;
        key.add(&format!("{skipped:?} {guards:?} {outside:?} {may_change_api:?}"));
        for SourceFile { path, text: _, bom, edition, package, selected } in files {
            key.add(&format!("{path:?} {bom} {edition:?} {package} {selected}"));
        }
        Some(key)
    }

    fn add(&mut self, part: &str) {
        self.0.update(&(part.len() as u64).to_le_bytes());
        self.0.update(part.as_bytes());
    }

    fn slot(&self, folder: &Path, kind: &str) -> Slot {
        Slot(folder.join(format!("{}.{kind}", self.0.finalize().to_hex())))
    }
}

/// Removes what was written longest ago of one kind, but for some.
fn forget_old(folder: &Path, kind: Option<&OsStr>) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let entries = entries.filter(|it| it.path().extension() == kind);
    let written =
        |it: &fs::DirEntry| it.metadata().and_then(|it| it.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    let mut kept: Vec<(SystemTime, PathBuf)> = entries.map(|it| (written(&it), it.path())).collect();
    kept.sort();
    let old = kept.len().saturating_sub(KEPT);
    kept.iter().take(old).for_each(|(_, path)| drop(fs::remove_file(path)));
}
