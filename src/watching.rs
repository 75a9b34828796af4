//! `check --watch`: the findings again whenever a file changes, on the database of the answer before.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, SystemTime};

use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher as _};
use retask_engine::Workspace;

use crate::args::{Change, Shared};
use crate::commands::{open, warn_of_interrupted};
use crate::exit::{code, count, fail};
use crate::report::terminal;
use crate::session::Session;
use crate::timings;

/// How long nothing has to change before the files are read: editors and git write several at once.
const QUIET: Duration = Duration::from_millis(50);

/// Runs a command, and again after each change, until the process is ended. Gives an exit code where it cannot begin or go on.
pub fn again_and_again(shared: &Shared, change: &Change, run: impl Fn(&Session<'_>) -> u8) -> u8 {
    let mut watcher = match Watcher::new() {
        Ok(watcher) => watcher,
        Err(message) => return fail(&message, code::INCOMPLETE),
    };
    let say = |line: &str| {
        if !shared.quiet {
            terminal::error(&format!("retask: {line}"))
        }
    };
    let mut last: Option<Session<'_>> = None;
    loop {
        let start = SystemTime::now();
        match open(shared, change) {
            Err(code) if last.is_none() => return code,
            // What is wrong was said, and the next change may mend it.
            Err(_) => {}
            Ok(session) => {
                let folders = folders(&session.workspace, shared.config.as_deref());
                match watcher.follow(folders, session.store.target_dir()) {
                    // Nobody would tell what changed before.
                    Ok(true) if watcher.has_changed_since(start, &session.workspace) => {
                        session.progress.end();
                        continue;
                    }
                    Ok(_) => {}
                    Err(message) => return fail(&message, code::INCOMPLETE),
                }
                if let Some(last) = &last {
                    session.store.go_on(&last.store, &last.workspace, &session.workspace);
                }
                warn_of_interrupted(&session);
                run(&session);
                timings::print(Path::new(&session.workspace.root));
                last = Some(session);
            }
        }
        say("waiting for changes");
        // An answer that was kept took no types.
        last.iter().for_each(Session::load_ahead);
        match watcher.wait() {
            Ok(changed) => {
                let root = last.as_ref().map_or(Path::new(""), |it| Path::new(&it.workspace.root));
                say(&told(&changed, root));
            }
            Err(message) => return fail(&message, code::INCOMPLETE),
        }
    }
}

/// What changed, in words.
fn told(changed: &BTreeSet<PathBuf>, root: &Path) -> String {
    match changed.first() {
        Some(path) if changed.len() == 1 => {
            format!("`{}` changed", path.strip_prefix(root).unwrap_or(path).display())
        }
        _ => format!("{} changed", count(changed.len(), "file")),
    }
}

/// The folders in which a change can change the answer: those of all files, of the manifests and of the configuration, and those just below the files,
/// which new modules are put into.
fn folders(workspace: &Workspace, config: Option<&Path>) -> BTreeSet<PathBuf> {
    let root = Path::new(&workspace.root);
    let above = |path: &str| root.join(path).parent().map(Path::to_path_buf);
    let manifests = workspace.packages.iter().filter_map(|it| above(&it.manifest));
    let manifests: BTreeSet<PathBuf> = manifests.chain([root.to_path_buf()]).collect();
    let files = workspace.files.iter().map(|it| &it.path).chain(workspace.outside.iter().map(|it| &it.path));
    let files: BTreeSet<PathBuf> = files.filter_map(|it| above(it)).collect();
    let with_modules =
        files.difference(&manifests).flat_map(|it| std::fs::read_dir(it).into_iter().flatten());
    let below = with_modules.flatten().map(|it| it.path()).filter(|it| it.is_dir());
    let config = config.and_then(|it| it.canonicalize().ok()?.parent().map(Path::to_path_buf));
    below.chain(config).chain(files.iter().cloned()).chain(manifests.iter().cloned()).collect()
}

/// Tells of changes in folders.
struct Watcher {
    watcher: RecommendedWatcher,
    events: Receiver<notify::Result<Event>>,
    folders: BTreeSet<PathBuf>,
    /// What retask and Cargo write themselves.
    target: PathBuf,
}

impl Watcher {
    fn new() -> Result<Watcher, String> {
        let (send, events) = channel();
        let watcher =
            notify::recommended_watcher(send).map_err(|error| format!("files cannot be watched: {error}"))?;
        Ok(Watcher { watcher, events, folders: BTreeSet::new(), target: PathBuf::new() })
    }

    /// Watches some folders, and those of before no longer; gives whether there are new ones.
    fn follow(&mut self, folders: BTreeSet<PathBuf>, target: &Path) -> Result<bool, String> {
        self.target = target.to_path_buf();
        for gone in self.folders.difference(&folders) {
            // One that is not there any more is watched by nobody.
            let _ = self.watcher.unwatch(gone);
        }
        let mut is_new = false;
        for new in folders.difference(&self.folders).filter(|it| it.is_dir()) {
            let watched = self.watcher.watch(new, RecursiveMode::NonRecursive);
            watched.map_err(|error| format!("`{}` cannot be watched: {error}", new.display()))?;
            is_new = true;
        }
        self.folders = folders;
        Ok(is_new)
    }

    /// Whether a file was written, or came or went in a folder, since some time.
    fn has_changed_since(&self, time: SystemTime, workspace: &Workspace) -> bool {
        let files = workspace.files.iter().map(|it| Path::new(&workspace.root).join(&it.path));
        let written = |it: PathBuf| it.metadata().and_then(|it| it.modified()).ok();
        self.folders.iter().cloned().chain(files).filter_map(written).any(|it| it > time)
    }

    /// Waits until something changed and no more does.
    fn wait(&mut self) -> Result<BTreeSet<PathBuf>, String> {
        let mut changed = BTreeSet::new();
        while changed.is_empty() {
            let first = self.events.recv().map_err(|_| "the system tells of no more changes".to_owned())?;
            let mut next = Some(first);
            while let Some(event) = next {
                let event = event.map_err(|error| format!("the system tells of no more changes: {error}"))?;
                changed.extend(self.of(event));
                next = self.events.recv_timeout(QUIET).ok();
            }
        }
        // One that came again is another one, which nobody watches yet.
        self.folders.retain(|it| !changed.contains(it));
        Ok(changed)
    }

    /// The paths of an event that can change the answer.
    fn of(&self, event: Event) -> impl Iterator<Item = PathBuf> {
        // There were more than the system tells.
        let all: Vec<PathBuf> =
            if event.need_rescan() { self.folders.iter().cloned().collect() } else { Vec::new() };
        let is_change = event.kind.is_create() || event.kind.is_modify() || event.kind.is_remove();
        let told = event.paths.into_iter();
        told.filter(move |it| is_change && matters(it) && !it.starts_with(&self.target)).chain(all)
    }
}

/// Whether a path can be that of a Rust file, of a manifest, of a configuration, or of a folder. What editors put beside a file begins with a dot.
fn matters(path: &Path) -> bool {
    let is_hidden = path.file_name().is_some_and(|it| it.as_encoded_bytes().starts_with(b"."));
    let is_named = match path.extension() {
        Some(it) => ["rs", "toml", "lock"].iter().any(|known| it == *known),
        None => path.is_dir() || !path.exists() || path.ends_with("rust-toolchain"),
    };
    !is_hidden && is_named
}
