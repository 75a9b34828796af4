//! `diff --split-by`: patches for several reviewers, as git takes them.

use std::collections::BTreeMap;
use std::fs;

use super::sandbox::{SLEEPS, Sandbox, stderr, stdout};

/// Two rules in one file, of which one makes room for the other: the task that is awaited at once sleeps.
const TWO_RULES: &str = "use std::time::Duration;

pub async fn read() -> usize {
    std::fs::read(\"ä\").unwrap().len()
}

pub async fn both(second: Duration) -> u8 {
    tokio::spawn(async move { std::thread::sleep(second); 1 }).await.unwrap()
}
";
/// A rewrite over two packages.
const CALLS: &str = "pub async fn call() {\n    store::save();\n}\n";
const SAVES: &str = "pub fn save() {\n    std::fs::write(\"a\", \"b\").unwrap();\n}\n";

fn manifest(name: &str, tokio: &str, more: &str) -> String {
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n\
         tokio = {{ path = \"../../tokio\", features = [\"{tokio}\"] }}\n{more}"
    )
}

/// Packages of which two cannot be parted, and one needs a feature of its manifest.
fn workspace() -> Sandbox {
    let sandbox = Sandbox::new(&[
        ("Cargo.toml", "[workspace]\nmembers = [\"api\", \"mix\", \"slow\", \"store\"]\nresolver = \"3\"\n"),
        ("api/Cargo.toml", &manifest("api", "full", "store = { path = \"../store\" }\n")),
        ("api/src/lib.rs", CALLS),
        ("mix/Cargo.toml", &manifest("mix", "full", "")),
        ("mix/src/lib.rs", TWO_RULES),
        ("slow/Cargo.toml", &manifest("slow", "rt", "")),
        ("slow/src/lib.rs", SLEEPS),
        ("store/Cargo.toml", &manifest("store", "full", "")),
        ("store/src/lib.rs", SAVES),
    ]);
    sandbox.commit();
    sandbox
}

const DIFF: &str = "diff --fixes all --prefer async --public";

/// The patches that a run writes, by name, as it lists them.
#[track_caller]
fn split(sandbox: &Sandbox, args: &str) -> Vec<(String, String)> {
    let output = sandbox.output(&format!("{DIFF} --out-dir ../patches {args}"));
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let read = |path: &str| {
        let name = path.strip_prefix("../patches/").expect("it lies in the folder");
        (name.to_owned(), sandbox.read(path))
    };
    let listed: Vec<(String, String)> = stdout(&output).lines().map(read).collect();
    let there = fs::read_dir(sandbox.root().join("../patches")).expect("the folder is there");
    assert_eq!(there.count(), listed.len());
    listed
}

fn names(patches: &[(String, String)]) -> Vec<&str> {
    patches.iter().map(|it| it.0.as_str()).collect()
}

/// What some patches of the folder make of the tree, as git shows it; the tree is then as before.
#[track_caller]
fn applied(sandbox: &Sandbox, patches: &[&str], check: bool) -> String {
    for patch in patches {
        sandbox.git(&["apply", "--whitespace=nowarn", &format!("../patches/{patch}")]);
    }
    if check {
        let compiled = sandbox.shell("cargo check --quiet --workspace");
        assert!(compiled.status.success(), "{patches:?}: {}", stderr(&compiled));
    }
    let diff = sandbox.git(&["diff"]);
    sandbox.git(&["checkout", "--quiet", "--", "."]);
    diff
}

/// What the diff that is not split makes of the tree.
fn whole(sandbox: &Sandbox, args: &str) -> String {
    sandbox.write("../patches/whole", stdout(&sandbox.output(&format!("{DIFF} {args}"))));
    let diff = applied(sandbox, &["whole"], false);
    fs::remove_file(sandbox.root().join("../patches/whole")).expect("it is there");
    diff
}

#[test]
fn patches_of_packages_apply_alone_and_together_are_the_whole() {
    let sandbox = workspace();
    let patches = split(&sandbox, "--split-by package");
    assert_eq!(names(&patches), ["0001-mix.patch", "0002-slow.patch", "0003-api+store.patch"]);
    for (name, text) in &patches {
        applied(&sandbox, &[name], true);
        assert!(text.contains(". It applies by itself.\n"), "{text}");
    }
    // The feature that the rewrite of `slow` needs comes with it.
    assert!(patches[1].1.contains("+++ b/slow/Cargo.toml\n"), "{}", patches[1].1);
    assert!(
        patches[2].1.contains("+++ b/api/src/lib.rs\n") && patches[2].1.contains("+++ b/store/src/lib.rs\n")
    );
    let mut order = names(&patches);
    let expected = whole(&sandbox, "");
    assert_eq!(applied(&sandbox, &order, false), expected);
    order.reverse();
    assert_eq!(applied(&sandbox, &order, true), expected, "they need no order");
    assert_eq!(
        split(&sandbox, "--split-by package"),
        patches,
        "the same each time, also into the same folder"
    );
}

#[test]
fn patches_of_owners_are_named_after_all_who_own_a_file_of_theirs() {
    let sandbox = workspace();
    let owners = "* @org/all-of-it # who is left\n/mix/ @ann b@c.example\nstore @org/db\n/slow\n";
    sandbox.write("docs/CODEOWNERS", "* @not-this-one\n");
    sandbox.write(".github/CODEOWNERS", owners);
    let patches = split(&sandbox, "--split-by owner");
    let expected = ["0001-unowned.patch", "0002-ann+b-c.example.patch", "0003-org-all-of-it+org-db.patch"];
    assert_eq!(names(&patches), expected);
    assert!(patches[0].1.contains("b/slow/Cargo.toml\n") && !patches[0].1.contains("\nOwners:"));
    assert!(patches[1].1.contains("\nOwners: @ann, b@c.example\n---\n"), "{}", patches[1].1);
    assert!(patches[2].1.contains("b/api/src/lib.rs\n") && patches[2].1.contains("b/store/src/lib.rs\n"));
    let expected = whole(&sandbox, "");
    assert_eq!(applied(&sandbox, &names(&patches), false), expected);
}

#[test]
fn patches_of_rules_apply_in_the_order_of_their_numbers() {
    let sandbox = workspace();
    let patches = split(&sandbox, "--split-by rule");
    assert_eq!(names(&patches).len(), 3, "{:?}", names(&patches));
    for rule in ["blocking-io", "blocking-sleep", "spawn-then-await"] {
        assert!(names(&patches).iter().any(|it| it[5..] == format!("{rule}.patch")), "{:?}", names(&patches));
    }
    for up_to in 1..=patches.len() {
        applied(&sandbox, &names(&patches)[..up_to], true);
    }
    let expected = whole(&sandbox, "");
    assert_eq!(applied(&sandbox, &names(&patches), false), expected);
    assert!(patches[0].1.contains(". It applies by itself.\n"), "{}", patches[0].1);
    assert!(patches[1].1.contains(". It applies on top of the patches with lower numbers.\n"));
    // Each holds the rewrites of its rule alone.
    for (name, text) in &patches {
        let items: Vec<&str> = text.lines().filter(|it| it.starts_with("* ")).collect();
        let rule = name[5..].trim_end_matches(".patch");
        assert!(!items.is_empty() && items.iter().all(|it| it.ends_with(&format!("[{rule}]"))), "{items:?}");
    }
}

#[test]
fn git_am_makes_a_commit_of_each() {
    let sandbox = workspace();
    let patches = split(&sandbox, "--split-by package");
    let head = "From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001\nFrom: retask <retask@localhost>\n\
                Subject: [PATCH 1/3] Move work to where it belongs: mix\n";
    assert!(patches[0].1.starts_with(head), "{}", patches[0].1);
    for (name, _) in &patches {
        sandbox.git(&["am", "--quiet", &format!("../patches/{name}")]);
    }
    let log = sandbox.git(&["log", "--reverse", "--format=%an %s", "HEAD~3.."]);
    let expected = "retask Move work to where it belongs: mix\nretask Move work to where it belongs: slow\n\
                    retask Move work to where it belongs: api, store\n";
    assert_eq!(log, expected);
    let body = sandbox.git(&["log", "-1", "--format=%b", "HEAD~1"]);
    let expected = "1 rewrite in 2 files. It applies by itself.\n\n* slow/src/lib.rs:1: ";
    assert!(body.starts_with(expected) && body.trim_end().ends_with("[blocking-sleep]"), "{body}");
    assert_eq!(stdout(&sandbox.output(DIFF)), "", "nothing is left");
}

#[test]
fn a_workspace_below_the_top_has_paths_and_owners_from_there() {
    let sandbox = Sandbox::new(&[]);
    sandbox.write("sub/Cargo.toml", manifest("app", "full", ""));
    sandbox.write("sub/src/lib.rs", SLEEPS);
    sandbox.write("CODEOWNERS", "/src/ @no\n/sub/src/ @yes\na[b].rs @odd\n!sub/src/lib.rs\n");
    sandbox.commit();
    let output = sandbox.output("diff sub --split-by owner -o ../patches");
    assert_eq!(stdout(&output), "../patches/0001-yes.patch\n", "{}", stderr(&output));
    let patch = sandbox.read("../patches/0001-yes.patch");
    assert!(patch.contains("* sub/src/lib.rs:1: ") && patch.contains("+++ b/sub/src/lib.rs\n"), "{patch}");
    let odd = "`CODEOWNERS`, line 4: GitHub knows no pattern such as `!sub/src/lib.rs`; the line is left out";
    assert!(stderr(&output).contains(odd), "{}", stderr(&output));
}

#[test]
fn owners_that_no_file_names_are_an_error_with_the_places() {
    let sandbox = workspace();
    let output = sandbox.output("diff --split-by owner --out-dir ../patches");
    assert_eq!(output.status.code(), Some(2));
    let places =
        "looked for `.github/CODEOWNERS`, `CODEOWNERS`, `docs/CODEOWNERS`, `.gitlab/CODEOWNERS`; add one";
    assert!(stderr(&output).contains(places), "{}", stderr(&output));
    assert!(!sandbox.root().join("../patches").exists());
    sandbox.write("CODEOWNERS", b"\xff");
    let output = sandbox.output("diff --split-by owner --out-dir ../patches");
    assert!(stderr(&output).contains("`CODEOWNERS` cannot be read: it is not UTF-8"), "{}", stderr(&output));
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn patches_of_an_earlier_run_stay_and_are_named() {
    let sandbox = workspace();
    sandbox.write("../patches/0009-old.patch", "mine\n");
    sandbox.write("../patches/notes.txt", "mine\n");
    let run = |args: &str| sandbox.output(&format!("diff --split-by package {args}"));
    let output = run("--out-dir ../patches");
    assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(2), ""));
    let said = "holds patches that are not of this run, such as `0009-old.patch`: remove them, or name another folder";
    assert!(stderr(&output).contains(said), "{}", stderr(&output));
    assert_eq!(fs::read_dir(sandbox.root().join("../patches")).expect("it is there").count(), 2);
    // Nothing to do is no reason to leave what would be taken for this run's.
    assert_eq!(
        run("--skip blocking-sleep --rule blocking-sleep --out-dir ../patches").status.code(),
        Some(2)
    );
    let empty = run("--skip blocking-sleep --rule blocking-sleep --out-dir ../none");
    assert_eq!((empty.status.code(), stdout(&empty).as_str()), (Some(0), ""), "{}", stderr(&empty));
    assert!(!sandbox.root().join("../none").exists());
    let file = run("--out-dir ../patches/notes.txt");
    assert_eq!(file.status.code(), Some(2));
    assert!(
        stderr(&file).contains("cannot be made: ")
            && stderr(&file).contains("; name another one by `--out-dir`")
    );
}

#[test]
fn the_flags_belong_together_and_go_with_others() {
    let sandbox = workspace();
    for (args, said) in [
        ("--split-by package", "--out-dir <DIR>"),
        ("--out-dir ../patches", "--split-by <KIND>"),
        ("--split-by team --out-dir ../patches", "package, owner, rule"),
        ("--split-by rule --out-dir ../patches --shard 0/2", "--shard"),
    ] {
        let output = sandbox.output(&format!("diff {args}"));
        assert_eq!(output.status.code(), Some(2), "{args}");
        assert!(stderr(&output).contains(said), "{args}: {}", stderr(&output));
    }
    let json = sandbox.json(&format!("{DIFF} --split-by package -o ../json --output human=../whole.diff"), 1);
    assert!(json["findings"].as_array().is_some_and(|it| !it.is_empty()));
    assert!(sandbox.read("../whole.diff").starts_with("diff --git a/"), "the whole diff");
    assert!(
        sandbox.read("../json/0001-mix.patch").starts_with("From 0"),
        "the patches are there all the same"
    );
    sandbox.write("slow/src/lib.rs", format!("// One.\n{SLEEPS}").replace("from_secs(1)", "from_secs(2)"));
    let since = sandbox.output("diff --since HEAD --split-by package --out-dir ../since");
    assert_eq!(stdout(&since), "../since/0001-slow.patch\n", "{}", stderr(&since));
    sandbox.git(&["checkout", "--quiet", "--", "."]);
    let allow = sandbox.retask("diff --split-by rule --out-dir ../allow --add-allow").arg("in a hurry");
    let allow = allow.output().expect("the program runs");
    let patches: BTreeMap<String, String> =
        stdout(&allow).lines().map(|it| (it.to_owned(), sandbox.read(it))).collect();
    assert_eq!(patches.len(), 3, "{}", stderr(&allow));
    for text in patches.values() {
        assert!(text.contains("] Say why findings stay: ") && text.contains(" in a hurry\n"), "{text}");
    }
}
