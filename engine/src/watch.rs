//! Tells an observer where the analysis is: at which stage, and at which place of which file, so that one file that cannot be analysed
//! can be named, and so can those that cost most.
//!
//! The engine itself does nothing with it: the program keeps a record, which outlives a crash, and a clock.

use std::sync::OnceLock;

use crate::index::Site;
use crate::workspace::Workspace;

/// What happens to the file that a thread is at.
pub enum Event<'e> {
    /// The work on a file begins.
    Begin {
        path: &'e str,
        /// The place in it, in bytes; 0 where it is the whole file.
        offset: u32,
    },
    /// The work that began last on this thread ends.
    End,
    /// A stage of the analysis begins, and the one before is over.
    Stage(&'e str),
}

type Observer = Box<dyn Fn(Event<'_>) + Send + Sync>;

static OBSERVER: OnceLock<Observer> = OnceLock::new();

/// Sets the observer of this process. Only the first one counts.
pub fn observe(observer: impl Fn(Event<'_>) + Send + Sync + 'static) {
    let _ = OBSERVER.set(Box::new(observer));
}

/// A stage of the analysis begins.
pub fn stage(name: &str) {
    if let Some(observer) = OBSERVER.get() {
        observer(Event::Stage(name));
    }
}

/// Does some work on a file, at a place. The observer is not told of the end of work that panics.
pub fn at<T>(path: &str, offset: u32, work: impl FnOnce() -> T) -> T {
    let Some(observer) = OBSERVER.get() else { return work() };
    observer(Event::Begin { path, offset });
    let done = work();
    observer(Event::End);
    done
}

impl Workspace {
    /// Does some work at a place of one of the files.
    pub fn at<T>(&self, site: Site, work: impl FnOnce() -> T) -> T {
        at(&self.files[site.file as usize].path, site.offset, work)
    }
}
