//! What `fix` keeps and takes back, with how many runs of the compiler.

use super::fix::{AWAITS, BLOCKS};
use super::sandbox::{Sandbox, WITH_TOKIO, stderr};

const GOOD: usize = 200;

/// A library of many rewrites in twenty modules, and a future of the stub that cannot be sent between threads.
fn many(more: &[(String, String)]) -> Sandbox {
    let modules = GOOD / 10;
    let mut library: String = (0..modules).map(|it| format!("pub mod m{it};\n")).collect();
    library.extend(more.iter().map(|(name, _)| format!("pub mod {name};\n")));
    let sandbox = Sandbox::app(&library);
    for module in 0..modules {
        let functions = (0..10).map(|it| format!("{}\n", BLOCKS.replace("fn f", &format!("fn f{it}"))));
        sandbox.write(&format!("src/m{module}.rs"), functions.collect::<String>());
    }
    for (name, text) in more {
        sandbox.write(&format!("src/{name}.rs"), text);
    }
    cannot_be_sent(&sandbox);
    sandbox
}

/// Makes the future of the stub's `sleep` one that cannot be sent between threads.
fn cannot_be_sent(sandbox: &Sandbox) {
    let local = "{ let local = std::rc::Rc::new(()); std::future::ready(()).await; drop(local); }";
    let asleep = "pub async fn sleep(_duration: Duration) {}";
    let stub = sandbox.read("../tokio/src/lib.rs");
    assert!(stub.contains(asleep));
    sandbox.write("../tokio/src/lib.rs", stub.replace(asleep, &asleep.replace("{}", local)));
}

/// Runs `fix`; gives what it says and the highest number of a compiler run.
#[track_caller]
fn fix(sandbox: &Sandbox, args: &str, code: i32) -> (String, usize) {
    let output = sandbox.output(&format!("fix --allow-no-vcs {args}"));
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(code), "{said}");
    let runs = said.lines().filter_map(|it| it.split_once("(run ")?.1.split(' ').next()?.parse().ok());
    let runs = runs.max().unwrap_or_default();
    (said, runs)
}

fn kept(sandbox: &Sandbox) -> usize {
    let texts = (0..GOOD / 10).map(|it| sandbox.read(&format!("src/m{it}.rs")));
    texts.map(|it| it.matches("tokio::time::sleep").count()).sum()
}

/// A rewrite that the compiler does not take: its future has to be sent.
fn bad(function: &str) -> String {
    format!(
        "{}\npub fn start_{function}() {{\n    tokio::spawn({function}());\n}}\n",
        BLOCKS.replace("fn f", &format!("fn {function}"))
    )
}

#[test]
fn one_bad_rewrite_among_many_good_ones_is_taken_back_alone() {
    let sandbox = many(&[("odd".to_owned(), bad("f"))]);
    let (said, runs) = fix(&sandbox, "", 4);
    assert_eq!(kept(&sandbox), GOOD, "{said}");
    assert_eq!(sandbox.read("src/odd.rs"), bad("f"));
    let named = said.lines().filter(|it| it.starts_with("retask: taken back: ")).count();
    assert_eq!(named, 1, "{said}");
    assert!(said.contains("retask: taken back: src/odd.rs:2: "), "{said}");
    assert!(runs <= 10, "{runs} runs: {said}");
}

#[test]
fn ten_bad_rewrites_in_the_midst_of_good_ones_are_taken_back_alone() {
    let sandbox = many(&[]);
    for module in 0..10 {
        let path = format!("src/m{module}.rs");
        let good = sandbox.read(&path);
        sandbox.write(&path, good.replacen(&BLOCKS.replace("fn f", "fn f5"), &bad("f5"), 1));
    }
    let (said, runs) = fix(&sandbox, "", 4);
    assert_eq!(kept(&sandbox), GOOD - 10, "{said}");
    assert!(sandbox.read("src/m3.rs").contains(&bad("f5")));
    assert!(runs <= 10, "{runs} runs: {said}");
}

#[test]
fn a_feature_that_came_into_the_manifest_stays_when_another_rewrite_is_taken_back() {
    let sandbox = Sandbox::app(&format!("pub mod odd;\n{BLOCKS}"));
    sandbox.write("src/odd.rs", bad("f"));
    let manifest = WITH_TOKIO.replace("\"full\"", "\"rt\"");
    sandbox.write("Cargo.toml", &manifest);
    cannot_be_sent(&sandbox);
    let stub = sandbox.read("../tokio/src/lib.rs");
    sandbox.write(
        "../tokio/src/lib.rs",
        stub.replace("pub mod time {", "#[cfg(feature = \"time\")]\npub mod time {"),
    );
    let (said, _) = fix(&sandbox, "", 4);
    assert_eq!(sandbox.read("src/lib.rs"), format!("pub mod odd;\n{AWAITS}"), "{said}");
    assert_eq!(sandbox.read("src/odd.rs"), bad("f"), "{said}");
    assert_eq!(sandbox.read("Cargo.toml"), manifest.replace("[\"rt\"]", "[\"rt\", \"time\"]"), "{said}");
}

#[test]
fn a_failure_that_points_nowhere_is_searched_for_by_halves() {
    let sandbox = many(&[]);
    let script = "fn main() {\n    println!(\"cargo::rerun-if-changed=src\");\n    let text = std::fs::read_to_string(\"src/m7.rs\").unwrap();\n    assert!(!text.contains(\"pub async fn f3() {\\n    tokio\"), \"a build script that wants it as it was\");\n}\n";
    sandbox.write("build.rs", script);
    let (said, runs) = fix(&sandbox, "", 4);
    assert_eq!(kept(&sandbox), GOOD - 1, "{said}");
    assert!(said.contains("retask: taken back: src/m7.rs:14: "), "{said}");
    assert!(runs <= 12, "{runs} runs: {said}");
}

#[test]
fn a_new_warning_counts_against_a_rewrite_and_an_old_one_does_not() {
    let warns = "#[deprecated]\npub fn old() {}\n\npub fn uses() {\n    old();\n}\n";
    let sandbox = Sandbox::app(&format!("{warns}{BLOCKS}"));
    let stub = sandbox.read("../tokio/src/lib.rs");
    fix(&sandbox, "", 0);
    assert!(sandbox.read("src/lib.rs").ends_with(AWAITS));

    let sandbox = Sandbox::app(&format!("{warns}{BLOCKS}"));
    sandbox.write(
        "../tokio/src/lib.rs",
        stub.replace("pub async fn sleep(", "#[deprecated(note = \"ours\")]\npub async fn sleep("),
    );
    let (said, _) = fix(&sandbox, "", 4);
    assert!(
        said.contains("it brings a new warning: use of deprecated function `tokio::time::sleep`: ours"),
        "{said}"
    );
    assert!(sandbox.read("src/lib.rs").ends_with(BLOCKS));
}

#[test]
fn errors_from_before_are_not_blamed_on_rewrites() {
    let sandbox = Sandbox::app(&format!("pub fn broken() -> u8 {{\n    \"\"\n}}\n{BLOCKS}"));
    let (said, _) = fix(&sandbox, "", 0);
    assert!(said.contains("retask: 1 error before any change: what these hide cannot be verified"), "{said}");
    assert!(sandbox.read("src/lib.rs").ends_with(AWAITS));
}

#[test]
fn a_package_that_depends_on_a_rewritten_one_is_compiled_too() {
    let sandbox = many(&[]);
    sandbox.write("Cargo.toml", "[workspace]\nmembers = [\"low\", \"high\"]\n");
    let tokio = "tokio = { path = \"../../tokio\", features = [\"full\"] }\n";
    let manifest = |name: &str, more: &str| {
        format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n{tokio}{more}"
        )
    };
    sandbox.write("low/Cargo.toml", manifest("low", ""));
    sandbox.write("low/src/lib.rs", BLOCKS);
    sandbox.write("high/Cargo.toml", manifest("high", "low = { path = \"../low\" }\n"));
    sandbox.write("high/src/lib.rs", "pub fn start() {\n    tokio::spawn(low::f());\n}\n");
    let (said, _) = fix(&sandbox, "", 4);
    assert!(said.contains("retask: taken back: low/src/lib.rs:2: "), "{said}");
    assert_eq!(sandbox.read("low/src/lib.rs"), BLOCKS);
}

#[test]
fn without_verification_nothing_is_compiled() {
    let sandbox = Sandbox::app(BLOCKS);
    sandbox.write("build.rs", "fn main() { panic!(\"this is not run\") }\n");
    let (said, _) = fix(&sandbox, "--verify none", 0);
    assert!(!said.contains("compil"), "{said}");
    assert_eq!(sandbox.read("src/lib.rs"), AWAITS);
}

#[test]
fn with_tests_a_rewrite_that_a_test_does_not_take_is_taken_back() {
    let test = "\n#[test]\nfn sleeps() {\n    assert!(include_str!(\"lib.rs\").contains(concat!(\"std::thread\", \"::sleep(\")));\n}\n\n#[test]\nfn fails() {\n    panic!();\n}\n";
    let text = format!("{BLOCKS}{test}");
    let sandbox = Sandbox::app(&text);
    let (said, _) = fix(&sandbox, "--verify test", 4);
    assert!(said.contains("the test `sleeps` fails"), "{said}");
    assert!(!said.contains("the test `fails` fails"), "{said}");
    assert_eq!(sandbox.read("src/lib.rs"), text);
    let (_, runs) = fix(&sandbox, "", 0);
    assert_eq!(runs, 2, "`cargo check` takes it");
}

#[test]
fn a_file_outside_any_package_is_only_written_without_verification() {
    let sandbox = Sandbox::new(&[("loose.rs", BLOCKS)]);
    let output = sandbox.output("fix --allow-no-vcs loose.rs");
    assert_eq!(output.status.code(), Some(1), "std alone has no async sleep: {}", stderr(&output));
}
