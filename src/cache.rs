//! What earlier runs found, kept under the target directory: a workspace that did not change is answered without types.
//!
//! An answer is kept under a hash of all that it depends on: the texts, the packages and their features, the sources of dependencies,
//! the compiler, what was asked, and this program itself. Nothing is lost where an entry is gone or damaged: it is worked out again.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use borsh::BorshDeserialize;
use retask_engine::Workspace;
use retask_engine::workspace::SourceFile;

use crate::commands::Analysed;
use crate::load::{Store, stamp};

/// How many answers are kept for a workspace: some for each way that it is asked in.
const KEPT: usize = 12;

/// Where an answer is kept: a file that goes by the hash of all that the answer depends on.
pub struct Slot(PathBuf);

impl Slot {
    /// The slot for an answer, in the folder of a workspace; `None` where this program cannot tell itself from another build.
    pub fn of(folder: &Path, asked: &str, workspace: &Workspace, store: &Store) -> Option<Slot> {
        let mut hasher = blake3::Hasher::new();
        let mut add = |part: &str| {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        };
        add(&format!("{} {:?}", env!("CARGO_PKG_VERSION"), stamp(&std::env::current_exe().ok()?)?));
        add(asked);
        add(&store.fingerprint());
        let Workspace { root, packages, files, skipped, guards, include, outside, may_change_api } =
            workspace;
        add(&format!(
            "{root:?} {packages:?} {skipped:?} {guards:?} {include:?} {outside:?} {may_change_api:?}"
        ));
        for SourceFile { path, text, bom, edition, package, selected } in files {
            add(&format!("{path:?} {bom} {edition:?} {package} {selected}"));
            add(text);
        }
        Some(Slot(folder.join(hasher.finalize().to_hex().as_str())))
    }

    /// What is kept.
    pub fn get(&self) -> Option<Analysed> {
        let kept = fs::read(&self.0).ok()?;
        let (hash, kept) = kept.split_first_chunk::<{ blake3::OUT_LEN }>()?;
        let is_whole = blake3::hash(kept).as_bytes() == hash;
        is_whole.then(|| Analysed::try_from_slice(kept).ok())?
    }

    /// Keeps an answer. Where that fails, the next run works it out again.
    pub fn put(&self, analysed: &Analysed) {
        let (Some(folder), Ok(bytes)) = (self.0.parent(), borsh::to_vec(analysed)) else { return };
        let written = fs::create_dir_all(folder)
            .and_then(|()| tempfile::NamedTempFile::new_in(folder))
            .and_then(|mut file| {
                file.write_all(blake3::hash(&bytes).as_bytes())?;
                file.write_all(&bytes)?;
                Ok(file.persist(&self.0)?)
            });
        if written.is_ok() {
            forget_old(folder);
        }
    }
}

/// Removes the answers that were written longest ago, but for some.
fn forget_old(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let written =
        |it: &fs::DirEntry| it.metadata().and_then(|it| it.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    let mut kept: Vec<(SystemTime, PathBuf)> = entries.map(|it| (written(&it), it.path())).collect();
    kept.sort();
    let old = kept.len().saturating_sub(KEPT);
    kept.iter().take(old).for_each(|(_, path)| drop(fs::remove_file(path)));
}
