//! `explain`, `--help`, `--version`, and the name under Cargo: nothing of a workspace is read.

use snapbox::str;

use super::sandbox::{Sandbox, stderr, stdout};

#[test]
fn explain_prints_the_page_of_every_rule() {
    let sandbox = Sandbox::new(&[]);
    sandbox.write("notes.txt", "");
    for rule in retask_transforms::rules() {
        let output = sandbox.output(&format!("explain {}", rule.name));
        assert_eq!(stdout(&output), rule.page());
        assert_eq!(output.status.code(), Some(0));
    }
}

#[test]
fn explain_prints_a_bucket_by_number_and_by_name() {
    let sandbox = Sandbox::new(&[("notes.txt", "")]);
    let page = str![[r#"
# Bucket 4: endless blocking loop

Belongs on a named `std::thread`.

It never ends, and it blocks while it waits.

| runs on | verdict |
|---|---|
| `async` | breaks `endless-loop` |
| `spawn` | breaks `endless-loop` |
| `spawn_blocking` | breaks `endless-loop` |
| `block_in_place` | breaks `endless-loop` |
| `thread` | fits |
| `rayon` | breaks `endless-loop` |

"#]];
    for name in ["4", "bucket-4", "endless-blocking-loop"] {
        sandbox.retask(&format!("explain {name}")).assert().code(0).stdout_eq(page.clone());
    }
}

#[test]
fn explain_offers_the_nearest_name_for_one_that_is_unknown() {
    let sandbox = Sandbox::new(&[("notes.txt", "")]);
    let check = |name: &str, expected: &str| {
        let output = sandbox.output(&format!("explain {name}"));
        assert!(stderr(&output).starts_with(expected), "{}", stderr(&output));
        assert!(stderr(&output).contains("the buckets 1 to 5"));
        assert_eq!(output.status.code(), Some(2));
    };
    check(
        "blocking-slep",
        "error: no rule or bucket is named `blocking-slep`; did you mean `blocking-sleep`?",
    );
    check("7", "error: no rule or bucket is named `7`; the rules are ");
}

#[test]
fn the_version_is_that_of_the_package() {
    let sandbox = Sandbox::new(&[("notes.txt", "")]);
    let version = format!("retask {}\n", env!("CARGO_PKG_VERSION"));
    sandbox.retask("--version").assert().code(0).stdout_eq(&version);
    sandbox.cargo_retask("retask --version").assert().code(0).stdout_eq(&version);
}

#[test]
fn help_names_the_commands_and_their_flags() {
    let sandbox = Sandbox::new(&[("notes.txt", "")]);
    let help = stdout(&sandbox.output("--help"));
    for command in ["check", "diff", "fix", "map", "explain"] {
        assert!(help.contains(&format!("\n  {command} ")), "{command}: {help}");
        assert_eq!(sandbox.output(&format!("{command} --help")).status.code(), Some(0));
    }
    let flags = stdout(&sandbox.output("fix --help"));
    let named = "--rule --skip --package --format --fixes --include --features --all-features --no-default-features \
                 --target --locked --offline --color --quiet --verbose --allow-dirty --allow-staged --allow-no-vcs";
    for flag in named.split_whitespace() {
        assert!(flags.contains(flag), "{flag}: {flags}");
    }
}

#[test]
fn a_command_line_that_is_wrong_is_code_2_with_the_usage() {
    let sandbox = Sandbox::bare("");
    for args in ["", "frob", "check --frob", "check --format xml", "check --fixes some", "check a b"] {
        let output = sandbox.output(args);
        assert_eq!(output.status.code(), Some(2), "{args}");
        assert!(
            stderr(&output).contains("--help") || stderr(&output).contains("Usage"),
            "{}",
            stderr(&output)
        );
        assert_eq!(stdout(&output), "");
    }
}

#[test]
fn cargo_retask_takes_the_name_of_the_subcommand_or_not() {
    let sandbox = Sandbox::bare("pub fn f() {}\n");
    for args in ["retask check", "check"] {
        let summary = str![[r#"
retask: analysing 1 file
retask: 0 errors, 0 warnings, 0 notes in 1 file; 0 with a rewrite (`retask diff --fixes all` shows them)

"#]];
        sandbox.cargo_retask(args).assert().code(0).stdout_eq("").stderr_eq(summary);
    }
}
