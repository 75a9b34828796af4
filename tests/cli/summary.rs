//! `--format markdown`: the summary for pull requests.

use super::formats::{findings, golden, printed};
use super::sandbox::{SLEEPS, Sandbox, stdout};

#[test]
fn the_summary_counts_links_and_escapes() {
    for (args, file) in [("--format markdown", "summary.md"), ("--format markdown -v", "summary-verbose.md")]
    {
        let text = printed(args);
        golden(file, &text);
        let rows = text.lines().filter(|it| it.starts_with("| ["));
        let bars = |row: &str| row.replace("\\|", "").matches('|').count();
        let shown = findings().iter().filter(|it| args.ends_with("-v") || it["severity"] != "note").count();
        assert_eq!(rows.clone().count(), shown);
        rows.for_each(|it| assert_eq!(bars(it), 4, "{it}"));
    }
}

#[test]
fn a_long_summary_is_cut_and_tells_how_much() {
    let sleep = "    std::thread::sleep(std::time::Duration::from_secs(1));\n";
    let sandbox = Sandbox::app(&format!("pub async fn naps() {{\n{}}}\n", sleep.repeat(57)));
    let text = stdout(&sandbox.output("check --format markdown"));
    assert_eq!(text.lines().filter(|it| it.starts_with("| [")).count(), 50);
    assert!(text.ends_with("\nAnd 7 more: `retask check` prints them.\n"), "{text}");
    assert!(text.contains("\n| blocking-sleep | 0 | 57 | 0 | 57 |\n"), "{text}");
}

#[test]
fn links_lead_to_the_commit_that_a_runner_names() {
    let sandbox = Sandbox::app(SLEEPS);
    let github = sandbox.retask("check --format markdown").envs([
        ("GITHUB_SERVER_URL", "https://example.com"),
        ("GITHUB_REPOSITORY", "some/one"),
        ("GITHUB_SHA", "c0ffee"),
    ]);
    let text = stdout(&github.output().expect("the program runs"));
    assert!(text.contains("](https://example.com/some/one/blob/c0ffee/src/lib.rs#L1)"), "{text}");
}

#[test]
fn a_summary_names_what_was_skipped_and_says_where_nothing_was_found() {
    let sandbox = Sandbox::bare("mod odd;\n");
    sandbox.write("src/odd.rs", b"\xff");
    let text = stdout(&sandbox.output("check --format markdown"));
    assert!(
        text.starts_with(
            "## retask: 0 errors, 0 warnings, 0 notes\n\nNothing found.\n\nSkipped:\n\n- `src/odd.rs`: "
        ),
        "{text}"
    );
}
