//! `--since` for `diff` and `fix`: what the change touches is rewritten, over all rounds, and nothing else.

use super::sandbox::{Sandbox, stderr, stdout};

const BLOCKS: &str = "    std::thread::sleep(std::time::Duration::from_secs(1));\n";

/// The lines that a diff of what changed since the last commit adds.
#[track_caller]
fn added(sandbox: &Sandbox, args: &str) -> Vec<String> {
    let diff = sandbox.output(&format!("diff --since HEAD {args}"));
    assert_eq!(diff.status.code(), Some(1), "{}", stderr(&diff));
    let lines = stdout(&diff).lines().map(str::to_owned).collect::<Vec<_>>();
    lines.into_iter().filter_map(|it| it.strip_prefix("+    ").map(str::to_owned)).collect()
}

#[test]
fn diff_and_fix_rewrite_what_the_change_touches_and_nothing_else() {
    let two = format!("pub async fn f() {{\n{BLOCKS}}}\n\npub async fn g() {{\n{BLOCKS}}}\n");
    let sandbox = Sandbox::app(&two);
    sandbox.commit();
    let changed = two.replacen("pub async fn f() {\n", "pub async fn f() {\n    // One.\n", 1);
    let changed = changed.replacen("from_secs(1)", "from_secs(3)", 1);
    sandbox.write("src/lib.rs", &changed);
    let awaits = "tokio::time::sleep(std::time::Duration::from_secs(3)).await;";
    assert_eq!(added(&sandbox, ""), [awaits]);
    let fix = sandbox.output("fix --since HEAD --allow-dirty --format json");
    assert_eq!(fix.status.code(), Some(0), "nothing is left in the change: {}", stderr(&fix));
    assert!(stdout(&fix).contains("\"findings\": [],"), "{}", stdout(&fix));
    let expected = changed.replacen("std::thread::sleep(std::time::Duration::from_secs(3));", awaits, 1);
    assert_eq!(sandbox.read("src/lib.rs"), expected);
    let nothing = sandbox.output("diff --since HEAD");
    assert_eq!((stdout(&nothing).as_str(), nothing.status.code()), ("", Some(0)));
}

/// The task is awaited at once, and sleeps: the rewrite of the one overlaps that of the other.
const OVERLAP: &str = "pub async fn f() {
    let second = std::time::Duration::from_secs(1);
    sleep(second);
    tokio::spawn(async move { std::thread::sleep(second); 1 }).await.unwrap();
}

pub async fn g() {
    let second = std::time::Duration::from_secs(1);
    tokio::spawn(async move { std::thread::sleep(second); 1 }).await.unwrap();
}
";

#[test]
fn the_lines_of_the_change_move_along_with_each_round() {
    let library = format!("use std::thread::sleep;\n\n{OVERLAP}");
    let sandbox = Sandbox::app(&library);
    sandbox.commit();
    let changed =
        library.replacen("    sleep(second);\n    tokio", "    sleep(second); // One.\n    tokio", 1);
    sandbox.write("src/lib.rs", changed.replacen("; 1 })", "; 2 })", 1));
    // The first round takes the import away, so that all lines of the second one stand higher.
    let expected = [
        "tokio::time::sleep(second).await; // One.",
        "async move { tokio::time::sleep(second).await; 2 }.await;",
    ];
    assert_eq!(added(&sandbox, "--fixes all"), expected);
}

#[test]
fn a_rewrite_that_is_shared_with_what_did_not_change_is_made_whole() {
    let calls = |note: &str| {
        format!("pub async fn f() {{\n    help();{note}\n}}\n\npub async fn g() {{\n    help();\n}}\n")
    };
    let helper = format!("\nfn help() {{\n{BLOCKS}}}\n");
    let sandbox = Sandbox::app(&format!("{}{helper}", calls("")));
    sandbox.commit();
    sandbox.write("src/lib.rs", format!("{}{helper}", calls(" // One.")));
    assert_eq!(sandbox.findings("--since HEAD").0, ["src/lib.rs:2 blocking-sleep"]);
    let awaits = "tokio::time::sleep(std::time::Duration::from_secs(1)).await;";
    assert_eq!(added(&sandbox, ""), ["help().await; // One.", "help().await;", awaits]);
}
