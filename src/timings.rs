//! `--timings`: where the time of a run goes, by stage, file and function.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use ra_ap_syntax::{AstNode, Edition, SourceFile, TextSize, TokenAtOffset, ast, ast::HasName};
use retask_engine::watch::Event;

use crate::report::terminal;

/// How many files and functions are printed.
const SHOWN: usize = 10;
/// What takes less is not worth a line.
const LEAST: Duration = Duration::from_millis(10);

thread_local! {
    /// The places that this thread is at, each with when it came there.
    static AT: RefCell<Vec<(String, u32, Instant)>> = const { RefCell::new(Vec::new()) };
}

static CLOCK: OnceLock<Mutex<Times>> = OnceLock::new();

struct Times {
    start: Instant,
    /// The stages in the order in which they came first.
    stages: Vec<(String, Duration)>,
    current: Option<(String, Instant)>,
    /// What threads took at places of files, together.
    places: BTreeMap<(String, u32), Duration>,
    bodies: Option<(usize, usize)>,
}

/// Starts the clock of this process, or starts it again.
pub fn start() {
    let clock = CLOCK.get_or_init(|| Mutex::new(Times::new()));
    *clock.lock().unwrap_or_else(PoisonError::into_inner) = Times::new();
}

/// Whether a clock runs.
pub fn is_on() -> bool {
    CLOCK.get().is_some()
}

fn with_times(change: impl FnOnce(&mut Times)) {
    if let Some(clock) = CLOCK.get() {
        change(&mut clock.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// How many bodies types were inferred of, and how many there are.
pub fn bodies(inferred: usize, all: usize) {
    with_times(|it| it.bodies = Some((inferred, all)));
}

/// Takes a time where something begins or ends.
pub fn note(event: &Event<'_>) {
    if !is_on() {
        return;
    }
    let now = Instant::now();
    match event {
        Event::Stage(name) => with_times(|it| it.stage(Some(name), now)),
        Event::Begin { path, offset } => AT.with_borrow_mut(|it| it.push(((*path).to_owned(), *offset, now))),
        Event::End => {
            if let Some((path, offset, since)) = AT.with_borrow_mut(Vec::pop) {
                with_times(|it| *it.places.entry((path, offset)).or_default() += now - since);
            }
        }
    }
}

impl Times {
    fn new() -> Times {
        Times {
            start: Instant::now(),
            stages: Vec::new(),
            current: None,
            places: BTreeMap::new(),
            bodies: None,
        }
    }

    /// Ends the stage that goes on, and begins another.
    fn stage(&mut self, name: Option<&str>, now: Instant) {
        if let Some((name, since)) = self.current.take() {
            match self.stages.iter_mut().find(|it| it.0 == name) {
                Some((_, time)) => *time += now - since,
                None => self.stages.push((name, now - since)),
            }
        }
        self.current = name.map(|it| (it.to_owned(), now));
    }
}

/// Prints what the clock says, on standard error; the files lie in a folder.
pub fn print(root: &Path) {
    let now = Instant::now();
    with_times(|times| {
        times.stage(None, now);
        line(&format!("retask: {} in all", seconds(now - times.start)));
        times.stages.iter().for_each(|(name, time)| line(&format!("  {name:<32} {}", seconds(*time))));
        if let Some((inferred, all)) = times.bodies {
            line(&format!("retask: types inferred of {inferred} bodies; the workspace has {all} functions"));
        }
        let mut files: BTreeMap<String, Duration> = BTreeMap::new();
        for ((path, _), time) in &times.places {
            *files.entry(path.clone()).or_default() += *time;
        }
        table("files that cost most, all threads together", files);
        table("functions that cost most", functions(root, &times.places));
    });
}

fn table(title: &str, times: BTreeMap<String, Duration>) {
    let mut times: Vec<(String, Duration)> = times.into_iter().filter(|it| it.1 >= LEAST).collect();
    times.sort_by_key(|it| std::cmp::Reverse(it.1));
    times.truncate(SHOWN);
    if !times.is_empty() {
        line(&format!("retask: {title}"));
        times.iter().for_each(|(name, time)| line(&format!("  {}  {name}", seconds(*time))));
    }
}

/// The functions around places, each as `path:line name`.
fn functions(root: &Path, places: &BTreeMap<(String, u32), Duration>) -> BTreeMap<String, Duration> {
    let mut found: BTreeMap<String, Duration> = BTreeMap::new();
    let mut read: Option<(String, String, SourceFile)> = None;
    for ((path, offset), time) in places.iter().filter(|it| it.0.1 > 0 && *it.1 >= LEAST) {
        if read.as_ref().is_none_or(|it| it.0 != *path) {
            let text = std::fs::read_to_string(root.join(path)).unwrap_or_default();
            let tree = SourceFile::parse(&text, Edition::CURRENT).tree();
            read = Some((path.clone(), text, tree));
        }
        let around = read.as_ref().and_then(|(_, text, tree)| {
            let name = function_at(tree, (*offset).into())?;
            let start = usize::from(name.syntax().text_range().start());
            let line = 1 + text.get(..start)?.matches('\n').count();
            Some(format!("{path}:{line} {}", name.text()))
        });
        *found.entry(around.unwrap_or_else(|| path.clone())).or_default() += *time;
    }
    found
}

fn function_at(tree: &SourceFile, at: TextSize) -> Option<ast::Name> {
    if !tree.syntax().text_range().contains(at) {
        return None;
    }
    let token = match tree.syntax().token_at_offset(at) {
        TokenAtOffset::None => return None,
        TokenAtOffset::Single(it) | TokenAtOffset::Between(_, it) => it,
    };
    token.parent_ancestors().find_map(ast::Fn::cast)?.name()
}

fn seconds(time: Duration) -> String {
    format!("{:>7.2} s", time.as_secs_f64())
}

fn line(text: &str) {
    terminal::error(text);
}
