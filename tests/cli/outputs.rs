//! `--output FORMAT=FILE`, and which command knows which format.

use super::sandbox::{SLEEPS, Sandbox, stderr, stdout};

#[test]
fn each_output_is_what_the_format_prints() {
    let sandbox = Sandbox::app(SLEEPS);
    let formats = ["human", "json", "cargo", "sarif", "github", "gitlab", "junit", "markdown"];
    for command in ["check", "diff"] {
        let outputs: Vec<String> =
            formats.iter().map(|it| format!("--output {it}=../{command}.{it}")).collect();
        let output = sandbox.output(&format!("{command} --format json {}", outputs.join(" ")));
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        assert_eq!(stdout(&output), sandbox.read(&format!("../{command}.json")), "standard output stays");
    }
    for format in formats {
        let written = sandbox.read(&format!("../check.{format}"));
        let printed = stdout(&sandbox.output(&format!("check --color never --format {format}")));
        assert!(!written.is_empty() && written == printed, "{format}: {written}");
        match format {
            "human" => assert_eq!(sandbox.read("../diff.human"), stdout(&sandbox.output("diff"))),
            _ => assert_eq!(sandbox.read(&format!("../diff.{format}")), written, "{format}"),
        }
    }
    assert!(sandbox.read("../diff.human").starts_with("diff --git "));
    assert_eq!(stdout(&sandbox.output("diff --format github")), sandbox.read("../diff.github"));
}

#[test]
fn an_output_that_cannot_be_written_is_named_and_keeps_no_other_from_it() {
    let sandbox = Sandbox::app(SLEEPS);
    let output =
        sandbox.output("check --output sarif=nowhere/a.sarif --output gitlab=src --output junit=../a.xml");
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(
        said.contains("error: the sarif output `nowhere/a.sarif` cannot be written: No such file"),
        "{said}"
    );
    assert!(said.contains("; make its folder first\n"), "{said}");
    assert!(said.contains("error: the gitlab output `src` cannot be written: "), "{said}");
    assert!(sandbox.read("../a.xml").contains("<testsuite name=\"app\""));
    assert!(!output.stdout.is_empty(), "the findings are printed all the same");
}

#[test]
fn outputs_that_mean_nothing_are_wrong_usage() {
    let sandbox = Sandbox::app(SLEEPS);
    for (args, expected) in [
        (
            "check --output sarif",
            "name a format and a file, as in `sarif=retask.sarif`; the formats are human, json,",
        ),
        ("check --output sarif=", "name a format and a file"),
        ("diff --output yaml=a", "no format is named `yaml`; the formats are human, json, cargo, sarif,"),
        (
            "check --output sarif=a --output json=a",
            "two outputs go to `a`: give each `--output` a file of its own",
        ),
        ("map --output sarif=a", "`retask map` shows units of work and no findings: for `--format sarif`"),
        ("map --format sarif", "for `--format sarif` take `retask check`"),
        ("map --output json=a --output html=a", "two outputs go to `a`"),
        ("fix --format cargo --allow-no-vcs", "for `--format cargo` take `retask check`"),
    ] {
        let output = sandbox.output(args);
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{args}: {said}");
        assert!(said.contains(expected), "{args}: {said}");
    }
    assert_eq!(sandbox.read("src/lib.rs"), SLEEPS, "nothing is rewritten");
    assert!(!sandbox.root().join("a").exists());
}

#[test]
fn paths_are_those_of_the_repository() {
    let sandbox = Sandbox::new(&[]);
    sandbox.write("deep/app/Cargo.toml", super::sandbox::BARE);
    sandbox.write("deep/app/src/lib.rs", SLEEPS);
    sandbox.commit();
    let printed = |format: &str| stdout(&sandbox.output(&format!("check --format {format} deep/app")));
    for (format, path) in [
        ("github", "file=deep/app/src/lib.rs,"),
        ("gitlab", "\"path\": \"deep/app/src/lib.rs\""),
        ("sarif", "\"uri\": \"deep/app/src/lib.rs\""),
        ("markdown", "](deep/app/src/lib.rs#L1)"),
        ("cargo", "\"file_name\":\"src/lib.rs\""),
        ("junit", "file=\"src/lib.rs\""),
    ] {
        let text = printed(format);
        assert!(text.contains(path), "{format}: {text}");
    }
    sandbox.write("deep/app/src/lib.rs", "// retask: allow(blocking-sleep)\npub fn a() {}\n");
    let text = printed("markdown");
    assert!(text.contains("- `deep/app/src/lib.rs:1`: a comment silences nothing"), "{text}");
}
