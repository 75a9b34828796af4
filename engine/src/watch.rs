//! Tells an observer which file the analysis is at, so that one file that cannot be analysed can be named.
//!
//! The engine itself does nothing with it: the program keeps a record, which outlives a crash.

use std::sync::OnceLock;

use crate::workspace::Workspace;

/// What happens to the file that a thread is at.
pub enum Event<'e> {
    /// The work on a file begins; its path.
    Begin(&'e str),
    /// The work that began last on this thread ends.
    End,
}

type Observer = Box<dyn Fn(Event<'_>) + Send + Sync>;

static OBSERVER: OnceLock<Observer> = OnceLock::new();

/// Sets the observer of this process. Only the first one counts.
pub fn observe(observer: impl Fn(Event<'_>) + Send + Sync + 'static) {
    let _ = OBSERVER.set(Box::new(observer));
}

/// Does some work on a file. The observer is not told of the end of work that panics.
pub fn at<T>(path: &str, work: impl FnOnce() -> T) -> T {
    let Some(observer) = OBSERVER.get() else { return work() };
    observer(Event::Begin(path));
    let done = work();
    observer(Event::End);
    done
}

impl Workspace {
    /// Does some work on one of the files.
    pub fn at<T>(&self, file: u32, work: impl FnOnce() -> T) -> T {
        at(&self.files[file as usize].path, work)
    }
}
