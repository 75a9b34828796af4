//! `fix`: what it refuses, writes, compiles and takes back.

use std::fs::File;

use super::sandbox::{Sandbox, WITH_TOKIO, stderr, stdout};

pub const BLOCKS: &str =
    "pub async fn f() {\n    std::thread::sleep(std::time::Duration::from_secs(1));\n}\n";
pub const AWAITS: &str =
    "pub async fn f() {\n    tokio::time::sleep(std::time::Duration::from_secs(1)).await;\n}\n";

/// Runs `fix` and gives what it says.
#[track_caller]
fn check(sandbox: &Sandbox, args: &str, code: i32, library: &str) -> String {
    let output = sandbox.output(&format!("fix {args}"));
    assert_eq!(output.status.code(), Some(code), "{}", stderr(&output));
    assert_eq!(sandbox.read("src/lib.rs"), library, "{}", stderr(&output));
    stderr(&output)
}

#[test]
fn nothing_is_written_without_version_control_unless_allowed() {
    let sandbox = Sandbox::app(BLOCKS);
    let said = check(&sandbox, "", 2, BLOCKS);
    assert!(said.contains("error: no git work tree around `") && said.contains("`--allow-no-vcs`"), "{said}");
    let said = check(&sandbox, "--allow-no-vcs", 0, AWAITS);
    assert!(said.contains("retask: wrote `src/lib.rs`\n"), "{said}");
}

#[test]
fn nothing_is_written_over_changes_that_are_not_committed_unless_allowed() {
    let sandbox = Sandbox::app("");
    sandbox.commit();
    sandbox.write("src/lib.rs", BLOCKS);
    sandbox.write("new file.rs", "");
    let said = check(&sandbox, "", 2, BLOCKS);
    assert!(said.contains("or pass `--allow-dirty`:\n  * src/lib.rs\n  * new file.rs\n"), "{said}");
    check(&sandbox, "--allow-dirty", 0, AWAITS);
}

#[test]
fn nothing_is_written_over_changes_that_are_staged_unless_allowed() {
    let sandbox = Sandbox::app("");
    sandbox.commit();
    sandbox.write("src/lib.rs", BLOCKS);
    sandbox.git(&["add", "--all"]);
    let said = check(&sandbox, "", 2, BLOCKS);
    assert!(
        said.contains("changes are staged; commit them, or pass `--allow-staged`:\n  * src/lib.rs\n"),
        "{said}"
    );
    check(&sandbox, "--allow-staged", 0, AWAITS);
}

#[test]
fn a_committed_workspace_is_rewritten_byte_by_byte_compiled_and_then_clean() {
    let as_on_windows = |text: &str| format!("\u{feff}{}", text.replace('\n', "\r\n"));
    let (blocks, awaits) = (as_on_windows(BLOCKS), as_on_windows(AWAITS));
    let sandbox = Sandbox::app(&blocks);
    sandbox.commit();
    // What was built is not in the way, ignored by git or not.
    sandbox.write(".gitignore", "/Cargo.lock\n");
    sandbox.git(&["commit", "--quiet", "--all", "--message", "Ignore less"]);
    sandbox.write("target/made", "");
    check(&sandbox, "--quiet", 0, &awaits);
    let changed = sandbox.git(&["status", "--porcelain", "--", ".", ":!target"]);
    assert_eq!(changed, " M src/lib.rs\n");
    assert_eq!(
        check(&sandbox, "--quiet", 0, &awaits),
        "",
        "a second run has nothing to do, so that nothing is in its way"
    );
}

#[test]
fn a_finding_that_stays_is_code_1_and_json_tells_it() {
    let sandbox = Sandbox::app(&format!(
        "{BLOCKS}\npub async fn g() {{\n    println!(\"{{:?}}\", std::fs::read_to_string(\"a\"));\n}}\n"
    ));
    let output = sandbox.output("fix --allow-no-vcs --format json");
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(sandbox.read("src/lib.rs").starts_with(AWAITS));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    let rules: Vec<&serde_json::Value> =
        json["findings"].as_array().expect("a list").iter().map(|it| &it["rule"]).collect();
    assert_eq!(rules, ["blocking-io"]);
}

#[test]
fn a_rewrite_that_does_not_compile_is_taken_back_and_the_others_stay() {
    let sandbox = Sandbox::app(&format!("mod other;\n{BLOCKS}"));
    let blocks = format!("{BLOCKS}\npub fn start() {{\n    tokio::spawn(f());\n}}\n");
    sandbox.write("src/other.rs", &blocks);
    // A future that cannot be spawned, for a reason that only the compiler sees.
    let local = "{ let local = std::rc::Rc::new(()); std::future::ready(()).await; drop(local); }";
    let stub = sandbox.read("../tokio/src/lib.rs");
    let asleep = "pub async fn sleep(_duration: Duration) {}";
    sandbox.write("../tokio/src/lib.rs", stub.replace(asleep, &asleep.replace("{}", local)));
    let said = check(&sandbox, "--allow-no-vcs", 4, &format!("mod other;\n{AWAITS}"));
    let why = "[blocking-sleep]: it does not compile: `Rc<()>` cannot be sent between threads safely";
    assert!(said.contains("retask: taken back: src/other.rs:2: ") && said.contains(why), "{said}");
    assert_eq!(sandbox.read("src/other.rs"), blocks);
}

#[test]
fn a_workspace_that_cargo_cannot_compile_is_left_as_it_is() {
    let sandbox = Sandbox::app(BLOCKS);
    sandbox.write("build.rs", "fn main() { panic!(\"no compiler of C is there\") }\n");
    let said = check(&sandbox, "--allow-no-vcs", 3, BLOCKS);
    assert!(said.contains("cargo cannot compile the workspace as it is, nothing was written:"), "{said}");
    assert!(said.contains("no compiler of C is there"), "{said}");
}

#[test]
fn another_run_that_holds_the_lock_is_code_5() {
    let sandbox = Sandbox::app(BLOCKS);
    check(&sandbox, "--allow-no-vcs", 0, AWAITS);
    sandbox.write("src/lib.rs", BLOCKS);
    let mut locks = sandbox.files().into_keys().filter(|it| it.ends_with("lock"));
    let lock = File::open(locks.next().expect("the lock is there")).expect("it can be read");
    lock.lock().expect("the lock is free");
    let said = check(&sandbox, "--allow-no-vcs", 5, BLOCKS);
    assert!(said.contains("error: another run of retask is at work on this workspace"), "{said}");

    let neighbour = Sandbox::app(BLOCKS);
    let mut fix = neighbour.process("fix --allow-no-vcs");
    let output = fix.env("CARGO_TARGET_DIR", sandbox.root().join("target")).output().expect("it runs");
    assert_eq!(output.status.code(), Some(0), "another workspace is free: {}", stderr(&output));
}

#[test]
fn a_file_that_changes_meanwhile_is_code_5() {
    let sandbox = Sandbox::app(BLOCKS);
    sandbox.write(
        "build.rs",
        "fn main() { std::fs::write(\"src/lib.rs\", \"// Changed.\\n\").expect(\"it can be written\") }\n",
    );
    let said = check(&sandbox, "--allow-no-vcs", 5, "// Changed.\n");
    let why = "error: files changed meanwhile:\n  * src/lib.rs\nnothing was written: run retask again\n";
    assert!(said.contains(why), "{said}");
}

#[test]
fn a_feature_that_a_rewrite_needs_comes_into_the_manifest() {
    let sandbox = Sandbox::app(BLOCKS);
    sandbox.write("Cargo.toml", WITH_TOKIO.replace("\"full\"", "\"rt\""));
    let diff = stdout(&sandbox.output("diff"));
    assert!(diff.contains("+tokio = { path = \"../tokio\", features = [\"rt\", \"time\"] }"), "{diff}");
}

#[test]
fn a_closure_of_an_old_edition_takes_no_field_without_its_variable() {
    let library = "\
pub struct Settings {
    pub size: u64,
    pub name: String,
    pub path: std::path::PathBuf,
}

fn store(size: u64) -> u64 {
    std::fs::metadata(\"/etc/hostname\").map_or(0, |it| it.len() + size)
}

pub async fn save(settings: Settings) -> (u64, String) {
    (store(settings.size), settings.name)
}

fn keep(path: std::path::PathBuf) -> u64 {
    std::fs::metadata(path).map_or(0, |it| it.len())
}

pub async fn last(settings: Settings) -> (String, u64) {
    let name = settings.name;
    (name, keep(settings.path))
}

pub struct Busy {
    pub path: std::path::PathBuf,
}

impl Drop for Busy {
    fn drop(&mut self) {}
}

pub async fn of_a_type_that_is_dropped(busy: Busy) -> u64 {
    keep(busy.path.clone())
}

fn touch(path: &std::path::Path) -> u64 {
    std::fs::metadata(path).map_or(0, |it| it.len())
}

pub async fn lent_by_a_type_that_is_dropped(busy: Busy) -> u64 {
    touch(&busy.path)
}
";
    let check = |edition: &str, expected: [&str; 2]| {
        let manifest = WITH_TOKIO.replace("\"2024\"", &format!("\"{edition}\""));
        let sandbox = Sandbox::new(&[("Cargo.toml", &manifest), ("src/lib.rs", library)]);
        sandbox.retask("fix --prefer offload --allow-no-vcs").assert().code(0);
        let fixed = sandbox.read("src/lib.rs");
        assert!(expected.iter().all(|it| fixed.contains(it)), "{fixed}");
    };
    check("2018", ["let size = settings.size;", "let path = settings.path;"]);
    check("2021", ["move || store(settings.size)", "move || keep(settings.path)"]);
}
