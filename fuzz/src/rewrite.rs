//! Parse, plan, apply: whatever a file holds, nothing panics, no rewrite brings a new syntax error, and a second run finds nothing to do.
#![no_main]

use std::cell::RefCell;
use std::sync::Once;

use libfuzzer_sys::{Corpus, fuzz_mutator, fuzz_target, fuzzer_mutate};
use ra_ap_syntax::{Edition, SourceFile as Syntax};
use retask::load::{Source, too_deep};
use retask::patch::{Level, Patch, Written, diff, rounds};
use retask::{Analysed, Beside, analyse};
use retask_engine::crates::update;
use retask_engine::workspace::{Database, Wanted};
use retask_engine::{Index, Memo, Workspace};

#[allow(dead_code)]
#[path = "../../tests/fixtures.rs"]
mod fixtures;

/// Larger inputs are slower, and find no more.
const LARGEST: usize = 16 << 10;

fuzz_target!(|data: &[u8]| -> Corpus {
    let Ok(text) = std::str::from_utf8(data) else { return Corpus::Reject };
    if text.len() > LARGEST || text.starts_with('\u{feff}') || too_deep(text).is_some() {
        return Corpus::Reject;
    }
    if is_of_rust_analyzer(|| check(text)) {
        DATABASE.take();
        return Corpus::Reject;
    }
    Corpus::Keep
});

/// Runs something; tells whether it panicked inside rust-analyzer, which the program survives by leaving the file out. Any other panic
/// ends the run.
fn is_of_rust_analyzer(run: impl FnOnce()) -> bool {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let of_libfuzzer = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let file = info.location().map(|it| it.file().to_owned()).unwrap_or_default();
            let is_foreign = file.contains("/ra_ap_") || file.contains("/salsa-");
            if !is_foreign {
                of_libfuzzer(info);
            }
        }));
    });
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).is_err()
}

fn check(text: &str) {
    let workspace = workspace(text);
    let patch = rewritten(&workspace);
    let _ = diff::unified(&patch.files, &workspace);
    let Some(change) = patch.files.values().next() else { return };
    let errors = |text: &str| Syntax::parse(text, Edition::CURRENT).errors().len();
    assert!(errors(&change.after) <= errors(text), "a new syntax error:\n{}", change.after);
    let again = rewritten(&self::workspace(&change.after));
    assert!(again.files.is_empty(), "a second run has something to do:\n{}", change.after);
}

fn rewritten(workspace: &Workspace) -> Patch {
    rounds(workspace, Level::All, analysed)
}

fn workspace(text: &str) -> Workspace {
    let case = fixtures::Case {
        rule: "fuzz".to_owned(),
        name: "input".to_owned(),
        fires: true,
        text: text.to_owned(),
        marked: Vec::new(),
    };
    fixtures::workspace(&[case])
}

fn analysed(workspace: &Workspace, written: &Written) -> Analysed {
    let rules: Vec<_> = retask_transforms::rules().iter().collect();
    analyse(workspace, &Index::build(workspace), written, &rules, Beside::Nothing, &Kept)
}

/// One database for all runs: std is loaded once, and the input is replaced.
struct Kept;

thread_local! {
    static DATABASE: RefCell<Option<Database>> = const { RefCell::new(None) };
}

impl Source for Kept {
    fn database(&self, workspace: &Workspace, _: &Wanted) -> Database {
        match DATABASE.take() {
            Some(mut database) => {
                let text = workspace.files[0].text.clone();
                update(&mut database.db, vec![(database.files[0], text)]);
                database
            }
            None => fixtures::database(workspace),
        }
    }

    fn keep(&self, _: &Workspace, database: Database, _: Memo) {
        DATABASE.replace(Some(database));
    }
}

// Most changes of bytes give no Rust. Every other change takes lines of a fixture instead.
fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let text = std::str::from_utf8(&data[..size]).ok().filter(|_| seed.is_multiple_of(2));
    let Some(text) = text else { return fuzzer_mutate(data, size, max_size) };
    let new = spliced(text, seed / 2);
    let length = new.floor_char_boundary(max_size.min(new.len()));
    data[..length].copy_from_slice(&new.as_bytes()[..length]);
    length
});

thread_local! {
    static LINES: Vec<String> = fixtures::cases().iter().flat_map(|it| it.text.lines().map(|it| format!("{it}\n"))).collect();
}

/// Puts some lines of the fixtures in the place of some lines of a text.
fn spliced(text: &str, seed: u32) -> String {
    let seed = seed as usize;
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let at = seed % (lines.len() + 1);
    let end = (at + (seed >> 3) % 4).min(lines.len());
    LINES.with(|known| {
        let from = seed.wrapping_mul(2_654_435_761) % known.len();
        let to = (from + 1 + (seed >> 7) % 8).min(known.len());
        let new = known[from..to].iter().map(String::as_str);
        lines[..at].iter().copied().chain(new).chain(lines[end..].iter().copied()).collect()
    })
}
