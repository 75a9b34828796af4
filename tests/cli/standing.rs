//! Answers that stand after a change: which changes touch nothing that they rest on.

use std::fs;
use std::path::PathBuf;

use super::sandbox::{Sandbox, WITH_TOKIO, stderr, stdout};

const LIBRARY: &str = "pub mod store;\n\npub fn double(x: usize) -> usize {\n    x * 2\n}\n\n// Waits for\n// the disk.\n\
    pub async fn nap() {\n    store::save();\n    store::offload(|| std::thread::sleep(std::time::Duration::from_secs(1)));\n}\n\n\
    pub fn half(x: usize) -> impl Fn() -> usize {\n    move || x / 2\n}\n\n\
    pub struct Shelf(Vec<u8>);\n\nimpl Shelf {\n    pub fn size(&self) -> usize {\n        self.0.len()\n    }\n}\n\n\
    impl Default for Shelf {\n    fn default() -> Shelf {\n        Shelf(Vec::new())\n    }\n}\n";
const STORE: &str = "pub fn save() {\n    std::fs::write(\"a\", \"b\").unwrap();\n}\n\n\
    pub fn offload<F: FnOnce() + Send + 'static>(work: F) {\n    std::thread::spawn(work);\n}\n\n\
    pub fn join(a: &str, b: &str) -> String {\n    format!(\"{a}{b}\")\n}\n\n\
    pub async fn first(jobs: &std::sync::mpsc::Receiver<u8>) {\n    drop(jobs.recv());\n}\n";

const ARGS: &str = "check -v --fixes all --format json";

/// A workspace with an answer that is kept.
struct Kept {
    sandbox: Sandbox,
    files: Vec<(PathBuf, Vec<u8>)>,
}

impl Kept {
    fn new() -> Kept {
        let texts = [("Cargo.toml", WITH_TOKIO), ("src/lib.rs", LIBRARY), ("src/store.rs", STORE)];
        let sandbox = Sandbox::new(&texts);
        sandbox.output(ARGS);
        let entries = walkdir::WalkDir::new(sandbox.root().join("target/retask")).into_iter().flatten();
        let files = entries.map(|it| it.into_path()).filter(|it| it.is_file());
        let files = files.map(|it| (it.clone(), fs::read(it).expect("it can be read"))).collect();
        Kept { sandbox, files }
    }

    /// Whether the answer stands after a change of a text, which is taken back. Either way it is what it is without a cache.
    #[track_caller]
    fn check(&self, path: &str, (old, new): (&str, &str), stands: bool) {
        let before = self.sandbox.read(path);
        assert!(before.contains(old), "{old}");
        self.sandbox.write(path, before.replace(old, new));
        let output = self.sandbox.output(&format!("{ARGS} --timings"));
        let afresh = self.sandbox.output(&format!("{ARGS} --no-cache"));
        assert_eq!(stdout(&output), stdout(&afresh), "after {new}");
        assert_eq!(output.status.code(), afresh.status.code());
        assert_eq!(!stderr(&output).contains("  names "), stands, "after {new}: {}", stderr(&output));
        self.sandbox.write(path, before);
        for (path, bytes) in &self.files {
            fs::write(path, bytes).expect("it can be written");
        }
    }
}

#[test]
fn an_answer_stands_where_a_change_touches_nothing_that_it_rests_on() {
    let kept = Kept::new();
    let library = "src/lib.rs";
    kept.check(library, ("x * 2", "let y = x.max(1);\n\n    y.pow(2) - y"), true);
    kept.check(library, ("pub fn double", "/// Doubles.\npub fn double"), true);
    kept.check(library, ("x * 2", "x * 2 // By two."), true);
    kept.check(library, ("pub async fn nap", "// Mine.\npub async fn nap"), true);
    kept.check("src/store.rs", ("format!(\"{a}{b}\")", "[a, b].concat()"), true);
    kept.check("src/store.rs", ("pub fn join", "\n\n\npub fn join"), true);
}

#[test]
fn an_answer_stands_where_functions_come_and_go_that_nothing_names() {
    let kept = Kept::new();
    let (library, store) = ("src/lib.rs", "src/store.rs");
    kept.check(store, ("pub fn join", "pub fn other() {}\n\npub fn join"), true);
    kept.check(
        library,
        ("pub mod store;\n", "pub mod store;\n\n/// Adds.\n#[inline]\nfn add() -> u8 {\n    3\n}\n"),
        true,
    );
    kept.check(
        library,
        ("x / 2\n}\n", "x / 2\n}\n\nasync fn after(x: u8) {\n    drop(double(x.into()));\n}\n"),
        true,
    );
    kept.check(
        library,
        ("impl Shelf {\n", "impl Shelf {\n    fn first(&self) -> u8 {\n        self.0[0]\n    }\n\n"),
        true,
    );
    kept.check(library, ("double(x: usize)", "double(x: usize, y: usize)"), true);
    kept.check(library, ("fn double", "fn twice"), true);
    // A comment names it, and no code does.
    kept.check(library, ("fn double", "fn disk"), true);
    kept.check(library, ("pub fn double(x: usize) -> usize {\n    x * 2\n}\n", ""), true);
}

#[test]
fn an_answer_falls_where_a_function_may_be_met_without_its_name_or_by_it() {
    let kept = Kept::new();
    let (library, store) = ("src/lib.rs", "src/store.rs");
    let before_join =
        |new: &str, stands| kept.check(store, ("pub fn join", &format!("{new}\n\npub fn join")), stands);
    before_join("pub fn other() {\n    save();\n}", false);
    before_join(
        "pub fn other(jobs: &std::sync::mpsc::Receiver<u8>) -> usize {\n    jobs.iter().count()\n}",
        false,
    );
    before_join("pub fn other() -> impl Fn() {\n    || ()\n}", false);
    before_join("#[test]\nfn other() {}", false);
    before_join("pub extern \"C\" fn other() {}", false);
    before_join("pub const fn other() {}", false);
    before_join("pub struct Other;", false);
    before_join("use std::fs::write;", false);
    before_join("pub fn spawn() {}", false);
    before_join("fn drop(_: Result<u8, std::sync::mpsc::RecvError>) {}", false);
    kept.check(
        library,
        (
            "impl Default for Shelf {\n",
            "impl Drop for Shelf {\n    fn drop(&mut self) {}\n}\n\nimpl Default for Shelf {\n",
        ),
        false,
    );
    kept.check(library, ("pub async fn nap", "pub fn nap"), false);
    kept.check(store, ("pub fn save", "pub fn keep"), false);
}

#[test]
fn a_diff_begins_with_an_answer_that_stands() {
    let kept = Kept::new();
    let diff = |args: &str| {
        let output = kept.sandbox.output(&format!("diff --fixes all --public {args}"));
        (output.status.code(), stdout(&output), stderr(&output))
    };
    diff("");
    kept.sandbox.write("src/lib.rs", LIBRARY.replace("x * 2", "let y = x;\n    y + y"));
    let (code, text, said) = diff("");
    assert!(text.contains("-    store::save();\n+    store::save().await;"), "{text}");
    assert_eq!((code, text, said), diff("--no-cache"));
}

#[test]
fn an_answer_falls_where_a_change_may_touch_what_it_rests_on() {
    let kept = Kept::new();
    let library = "src/lib.rs";
    kept.check(library, ("x * 2", "std::thread::sleep(std::time::Duration::MAX);\n    x * 2"), false);
    kept.check(library, ("x * 2", "store::save();\n    x * 2"), false);
    kept.check(library, ("x * 2", "use store::save as two;\n    x * 2"), false);
    kept.check(library, ("x * 2", "let by = store::offload::<fn()>;\n    by(|| ());\n    x * 2"), false);
    kept.check(library, ("x / 2", "x / 3"), false);
    kept.check("src/store.rs", ("std::thread::spawn(work);", "work();"), false);
    kept.check("src/store.rs", ("std::thread::spawn(work);", "std::thread::spawn(work); // Later."), false);
    kept.check("src/store.rs", ("format!(\"{a}{b}\")", "use a as b;\n    format!(\"{a}{b}\")"), false);
}
