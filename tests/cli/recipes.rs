//! The recipes of the book for many machines and many repositories, run as the engines would run them.

use std::path::Path;
use std::process::{Command, Output};

use saphyr::Yaml;

use super::ecosystem::{string, yaml};
use super::sandbox::{SLEEPS, Sandbox, WITH_TOKIO, stderr, stdout};

const MACHINES: &str = include_str!("../../book/src/many-machines.md");
const REPOSITORIES: &str = include_str!("../../book/src/many-repositories.md");
const AWAITS: &str = "tokio::time::sleep(std::time::Duration::from_secs(1)).await;";

/// The fenced blocks of a page, each with its language.
fn blocks(page: &'static str) -> Vec<(&'static str, &'static str)> {
    let fenced = page.split("\n```").skip(1).step_by(2);
    fenced.map(|it| it.split_once('\n').expect("a language stands alone in its line")).collect()
}

/// The only block of a page that holds some words.
#[track_caller]
fn block(page: &'static str, words: &str) -> &'static str {
    let blocks: Vec<&str> = blocks(page).into_iter().map(|it| it.1).filter(|it| it.contains(words)).collect();
    assert_eq!(blocks.len(), 1, "{words}");
    blocks[0]
}

/// A part of a YAML document.
#[track_caller]
fn part<'y>(node: &'y Yaml<'static>, keys: &[&str]) -> &'y Yaml<'static> {
    let step = |node: &'y Yaml<'static>, key: &&str| match key.parse::<usize>() {
        Ok(index) => node.as_sequence().and_then(|it| it.get(index)),
        Err(_) => node.as_mapping_get(key),
    };
    keys.iter().fold(node, |node, key| step(node, key).unwrap_or_else(|| panic!("no `{key}` in {keys:?}")))
}

/// The step of a name in a job of a workflow.
#[track_caller]
fn step<'y>(workflow: &'y Yaml<'static>, job: &str, name: &str) -> &'y Yaml<'static> {
    let steps = part(workflow, &["jobs", job, "steps"]).as_sequence().expect("a list");
    let named = |it: &&Yaml<'static>| it.as_mapping_get("name").and_then(|it| it.as_str()) == Some(name);
    steps.iter().find(named).expect("the step is there")
}

/// A workspace with a few findings, one of which has no rewrite that is safe, in a clone with an origin.
fn workspace() -> Sandbox {
    let sandbox = Sandbox::new(&[
        ("Cargo.toml", WITH_TOKIO),
        ("src/lib.rs", "pub mod a;\npub mod b;\npub mod c;\n"),
        ("src/a.rs", SLEEPS),
        ("src/b.rs", SLEEPS),
        ("src/c.rs", "pub async fn read() -> usize {\n    std::fs::read(\"ä\").unwrap().len()\n}\n"),
        ("CODEOWNERS", "* @org/all\n/src/a.rs @ann\n"),
        // A program that only notes what it is asked.
        ("../bin/gh", "#!/bin/sh\necho \"$@\" >> ../gh.log\n"),
    ]);
    sandbox.commit();
    let script = "chmod +x ../bin/gh && git clone --quiet --bare . ../origin.git && git remote add origin ../origin.git";
    assert!(sandbox.shell(script).status.success());
    sandbox
}

/// Runs a script with bash in a folder, as `flags` say, with retask first on the path.
fn bash(sandbox: &Sandbox, folder: &str, flags: &str, script: &str, env: &[(&str, &str)]) -> Output {
    let retask = Path::new(env!("CARGO_BIN_EXE_retask")).parent().expect("it lies in a folder");
    let path = std::env::var("PATH").expect("there is a path");
    let stubs = sandbox.root().join("../bin");
    Command::new("bash")
        .args(["--noprofile", "--norc", flags, script])
        .current_dir(sandbox.root().join(folder))
        .env("PATH", format!("{}:{}:{path}", retask.display(), stubs.display()))
        .env("CARGO_NET_OFFLINE", "true")
        .env("GIT_CEILING_DIRECTORIES", sandbox.root().join(".."))
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .envs([("GIT_COMMITTER_NAME", "A"), ("GIT_COMMITTER_EMAIL", "a@example.com")])
        .env_remove("CARGO_TARGET_DIR")
        .envs(env.iter().copied())
        .output()
        .expect("bash runs")
}

#[track_caller]
fn succeed(output: &Output) {
    assert!(output.status.success(), "{}{}", stdout(output), stderr(output));
}

/// What `plan` and `apply` make of the workspace without shares.
fn unshared() -> String {
    let sandbox = workspace();
    sandbox.write("../plan.json", stdout(&sandbox.output("plan --fixes all")));
    assert_eq!(sandbox.output("apply ../plan.json --verify none").status.code(), Some(0));
    let diff = sandbox.git(&["diff"]);
    assert!(diff.contains("a/src/a.rs") && diff.contains("a/src/c.rs"), "{diff}");
    diff
}

#[test]
fn these_are_the_blocks_and_what_is_not_run_of_them() {
    let first = |page| {
        let lines = blocks(page).into_iter().map(|(language, text)| (language, text.lines().next()));
        lines.map(|(language, line)| (language, line.expect("a line"))).collect::<Vec<_>>()
    };
    let machines = [
        // Not run: the actions that check out and carry artifacts, and the step that installs.
        ("yaml", "name: retask"),
        // Not run: what carries the artifacts.
        ("yaml", "stages: [plan, merge]"),
        ("yaml", "apiVersion: batch/v1"),
        ("sh", "retask merge \"$PLANS\"/*.json > target/plan.json"),
    ];
    assert_eq!(first(MACHINES), machines);
    let repositories = [
        ("sh", "#!/usr/bin/env bash"),
        // Not run: multi-gitter itself, which needs a code host.
        ("sh", "chmod +x retask.sh"),
        // Not run: the search for repositories and the changesets.
        ("yaml", "version: 2"),
        ("sh", "set -e"),
    ];
    assert_eq!(first(REPOSITORIES), repositories);
}

#[test]
fn the_matrix_of_github_makes_what_one_machine_makes_and_opens_a_pull_request() {
    let sandbox = workspace();
    let workflow = yaml(block(MACHINES, "workflow_dispatch"));
    let plan = step(&workflow, "plan", "Plan a share");
    let shares = part(&workflow, &["jobs", "plan", "strategy", "matrix", "share"]);
    let total = shares.as_sequence().expect("a list").len();
    for index in 0..total {
        let (index, total) = (index.to_string(), total.to_string());
        let value = |key| match string(part(plan, &["env"]), key) {
            "${{ strategy.job-index }}" => index.as_str(),
            "${{ strategy.job-total }}" => total.as_str(),
            other => panic!("{other}"),
        };
        let env = [("INDEX", value("INDEX")), ("TOTAL", value("TOTAL"))];
        succeed(&bash(&sandbox, ".", "-ec", string(plan, "run"), &env));
    }
    let upload = part(&workflow, &["jobs", "plan", "steps", "3", "with"]);
    let download = part(&workflow, &["jobs", "merge", "steps", "2", "with"]);
    assert_eq!(string(upload, "path"), format!("{}/*.json", string(download, "path")));
    assert!(string(upload, "name").starts_with(string(download, "pattern").trim_end_matches('*')));
    let merge = string(step(&workflow, "merge", "Merge and apply"), "run");
    succeed(&bash(&sandbox, ".", "-ec", merge, &[]));
    assert_eq!(sandbox.git(&["diff"]), unshared());
    let open = string(step(&workflow, "merge", "Open a pull request"), "run");
    succeed(&bash(&sandbox, ".", "-ec", open, &[]));
    assert_eq!(sandbox.read("../gh.log"), "pr create --fill --head retask\n");
    assert_eq!(sandbox.git(&["diff", "origin/retask"]), "", "it is pushed");
    assert_eq!(sandbox.git(&["diff", "HEAD~1"]), unshared());
}

#[test]
fn no_pull_request_is_opened_where_nothing_changes() {
    let sandbox = workspace();
    let workflow = yaml(block(MACHINES, "workflow_dispatch"));
    let open = string(step(&workflow, "merge", "Open a pull request"), "run");
    succeed(&bash(&sandbox, ".", "-ec", open, &[]));
    assert!(!sandbox.root().join("../gh.log").exists());
}

/// The lines of a job's script, as GitLab's runner puts them together.
fn script(job: &Yaml<'static>) -> String {
    let lines = part(job, &["script"]).as_sequence().expect("a list");
    lines.iter().map(|it| format!("{}\n", it.as_str().expect("a line"))).collect()
}

#[test]
fn parallel_jobs_of_gitlab_make_what_one_machine_makes() {
    let sandbox = workspace();
    let pipeline = yaml(block(MACHINES, "stages:"));
    let (plan, merge) = (part(&pipeline, &["plan"]), part(&pipeline, &["merge"]));
    let total = part(plan, &["parallel"]).as_integer().expect("a number");
    for index in 1..=total {
        let (index, total) = (index.to_string(), total.to_string());
        let env = [("CI_NODE_INDEX", index.as_str()), ("CI_NODE_TOTAL", total.as_str())];
        succeed(&bash(&sandbox, ".", "-ec", &script(plan), &env));
    }
    succeed(&bash(&sandbox, ".", "-ec", &script(merge), &[]));
    assert_eq!(sandbox.read("target/retask.patch"), unshared());
}

#[test]
fn pods_of_an_indexed_job_make_what_one_machine_makes_and_the_same_once_more() {
    let sandbox = workspace();
    sandbox.write("../plans/keep", "");
    let job = yaml(block(MACHINES, "apiVersion"));
    let container = part(&job, &["spec", "template", "spec", "containers", "0"]);
    let command = part(container, &["command"]).as_sequence().expect("a list");
    assert_eq!(command.iter().map(|it| it.as_str().expect("a word")).collect::<Vec<_>>(), ["bash", "-ec"]);
    let shares = string(part(container, &["env", "0"]), "value");
    let completions = part(&job, &["spec", "completions"]).as_integer().expect("a number");
    assert_eq!(completions.to_string(), shares);
    let run = |index: i64| {
        let index = index.to_string();
        let env = [
            ("JOB_COMPLETION_INDEX", index.as_str()),
            ("SHARES", shares),
            ("REPOSITORY", "origin.git"),
            ("COMMIT", "HEAD"),
            ("PLANS", "../plans"),
        ];
        let args = part(container, &["args", "0"]).as_str().expect("a script");
        succeed(&bash(&sandbox, "..", "-ec", args, &env));
        std::fs::remove_dir_all(sandbox.root().join("../source")).expect("the clone is there");
        sandbox.read(&format!("../plans/{index}.json"))
    };
    let plans: Vec<String> = (0..completions).map(run).collect();
    assert_eq!(run(1), plans[1], "a pod in the place of one that failed");
    sandbox.write("target/keep", "");
    succeed(&bash(
        &sandbox,
        ".",
        "-ec",
        block(MACHINES, "retask merge \"$PLANS\""),
        &[("PLANS", "../plans")],
    ));
    assert_eq!(sandbox.git(&["diff"]), unshared());
}

#[test]
fn the_script_for_multi_gitter_ends_with_0_where_there_is_nothing_to_look_at() {
    let script = block(REPOSITORIES, "#!/usr/bin/env bash");
    let run = |sandbox: &Sandbox| {
        let output = bash(sandbox, ".", "-c", script, &[("REPOSITORY", "my-org/app")]);
        (output.status.code(), sandbox.git(&["status", "--porcelain"]))
    };
    // A finding without a rewrite remains, and the others are gone.
    let sandbox = workspace();
    assert_eq!(run(&sandbox), (Some(0), " M src/a.rs\n M src/b.rs\n M src/c.rs\n".to_owned()));
    assert!(sandbox.read("src/a.rs").contains(AWAITS));
    let nothing = Sandbox::app("pub fn f() {}\n");
    nothing.commit();
    assert_eq!(run(&nothing), (Some(0), String::new()));
    let other = Sandbox::new(&[("package.json", "{}")]);
    other.commit();
    assert_eq!(run(&other), (Some(0), String::new()));
    let broken = Sandbox::new(&[("Cargo.toml", "[package\n"), ("src/lib.rs", SLEEPS)]);
    broken.commit();
    let (code, changed) = run(&broken);
    assert!(code.is_some_and(|it| it > 1) && changed.is_empty(), "{code:?} {changed}");
}

#[test]
fn the_step_of_a_batch_spec_works_at_the_root_of_a_workspace_alone() {
    let sandbox = Sandbox::new(&[
        ("Cargo.toml", "[workspace]\nmembers = [\"one\"]\nresolver = \"3\"\n"),
        ("one/Cargo.toml", &WITH_TOKIO.replace("../tokio", "../../tokio")),
        ("one/src/lib.rs", SLEEPS),
    ]);
    let spec = yaml(block(REPOSITORIES, "changesetTemplate"));
    assert_eq!(string(part(&spec, &["workspaces", "0"]), "rootAtLocationOf"), "Cargo.toml");
    let target = sandbox.root().join("../target");
    let run = string(part(&spec, &["steps", "0"]), "run").replace("/tmp/target", &target.to_string_lossy());
    let before = sandbox.files();
    succeed(&bash(&sandbox, "one", "-c", &run, &[]));
    assert_eq!(sandbox.files(), before, "a member is no root");
    succeed(&bash(&sandbox, ".", "-c", &run, &[]));
    assert!(sandbox.read("one/src/lib.rs").contains(AWAITS));
    assert!(!sandbox.root().join("target").exists());
    sandbox.write("Cargo.toml", "[workspace\n");
    assert!(!bash(&sandbox, ".", "-c", &run, &[]).status.success());
}

#[test]
fn each_owner_gets_a_pull_request_with_one_commit() {
    let sandbox = workspace();
    let base = sandbox.git(&["rev-parse", "HEAD"]);
    succeed(&bash(&sandbox, ".", "-c", block(REPOSITORIES, "--split-by owner --out-dir"), &[]));
    let expected = "pr create --fill --head retask/0001-ann\npr create --fill --head retask/0002-org-all\n";
    assert_eq!(sandbox.read("../gh.log"), expected);
    assert_eq!(sandbox.git(&["rev-parse", "HEAD"]), base);
    for (branch, files) in
        [("retask/0001-ann", "src/a.rs\n"), ("retask/0002-org-all", "src/b.rs\nsrc/c.rs\n")]
    {
        let branch = format!("origin/{branch}");
        assert_eq!(sandbox.git(&["rev-parse", &format!("{branch}~1")]), base);
        assert_eq!(sandbox.git(&["diff", "--name-only", "HEAD", &branch]), files);
    }
}
