//! The hooks of pre-commit and the action of GitHub, run as these would run them.

use std::path::Path;
use std::process::{Command, Output};

use saphyr::{LoadableYamlNode, Yaml};

use super::sandbox::{SLEEPS, Sandbox, stderr, stdout};

const AWAITS: &str = "tokio::time::sleep(std::time::Duration::from_secs(1)).await;";

/// A document as YAML.
pub fn yaml(text: &'static str) -> Yaml<'static> {
    let mut documents = Yaml::load_from_str(text).expect("it is YAML");
    assert_eq!(documents.len(), 1);
    documents.remove(0)
}

fn hooks() -> Yaml<'static> {
    yaml(include_str!("../../.pre-commit-hooks.yaml"))
}

fn action() -> Yaml<'static> {
    yaml(include_str!("../../action.yml"))
}

#[track_caller]
pub fn string<'y>(node: &'y Yaml<'_>, key: &str) -> &'y str {
    let value = node.as_mapping_get(key).and_then(|it| it.as_str());
    value.unwrap_or_else(|| panic!("`{key}` is no string"))
}

fn steps<'y>(action: &'y Yaml<'static>) -> &'y [Yaml<'static>] {
    let steps = action.as_mapping_get("runs").and_then(|it| it.as_mapping_get("steps"));
    steps.and_then(|it| it.as_sequence()).expect("the action has steps")
}

/// A hook's command line in a workspace: its entry, the arguments of the user, and no names of files.
fn run_hook(sandbox: &Sandbox, id: &str, args: &[&str]) -> Output {
    let hooks = hooks();
    let hook = hooks
        .as_sequence()
        .expect("a list")
        .iter()
        .find(|it| string(it, "id") == id)
        .expect("the hook is there");
    let names_files = hook.as_mapping_get("pass_filenames").and_then(|it| it.as_bool());
    assert_eq!((names_files, string(hook, "language")), (Some(false), "rust"));
    let entry =
        string(hook, "entry").strip_prefix("retask ").expect("the entry is the program that is installed");
    let command = args.iter().fold(sandbox.retask(entry), |it, arg| it.arg(arg));
    command.output().expect("the program runs")
}

#[test]
fn there_is_a_hook_that_checks_and_one_that_fixes() {
    let hooks = hooks();
    let ids: Vec<&str> = hooks.as_sequence().expect("a list").iter().map(|it| string(it, "id")).collect();
    assert_eq!(ids, ["retask-check", "retask-fix"]);
}

#[test]
fn the_check_hook_fails_where_something_is_found_and_can_look_at_what_is_staged_alone() {
    let sandbox = Sandbox::bare(SLEEPS);
    sandbox.commit();
    sandbox.write("src/main.rs", "fn main() {}\n");
    sandbox.git(&["add", "--all"]);
    let whole = run_hook(&sandbox, "retask-check", &[]);
    assert_eq!(whole.status.code(), Some(1), "{}", stderr(&whole));
    assert!(stdout(&whole).contains("warning[blocking-sleep]"), "{}", stdout(&whole));
    let staged = run_hook(&sandbox, "retask-check", &["--since", "HEAD"]);
    assert_eq!(staged.status.code(), Some(0), "{}", stderr(&staged));
    sandbox.write("src/main.rs", format!("fn main() {{}}\n{SLEEPS}"));
    sandbox.git(&["add", "--all"]);
    assert_eq!(run_hook(&sandbox, "retask-check", &["--since", "HEAD"]).status.code(), Some(1));
}

#[test]
fn the_fix_hook_writes_over_what_is_staged() {
    let sandbox = Sandbox::app("");
    sandbox.commit();
    sandbox.write("src/lib.rs", SLEEPS);
    sandbox.git(&["add", "--all"]);
    let fixed = run_hook(&sandbox, "retask-fix", &[]);
    assert_eq!(fixed.status.code(), Some(0), "{}", stderr(&fixed));
    assert!(sandbox.read("src/lib.rs").contains(AWAITS), "{}", sandbox.read("src/lib.rs"));
}

#[test]
fn the_action_has_the_inputs_that_its_steps_read() {
    let action = action();
    let inputs = action.as_mapping_get("inputs").and_then(|it| it.as_mapping()).expect("there are inputs");
    let mut names: Vec<&str> = inputs.keys().filter_map(|it| it.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["args", "format", "version"]);
    let text = include_str!("../../action.yml");
    for name in names {
        assert!(text.contains(&format!("${{{{ inputs.{name} }}}}")), "no step reads `{name}`");
    }
    for step in steps(&action) {
        assert_eq!(string(step, "shell"), "bash");
        assert!(!string(step, "run").contains("${{"), "a script holds nothing that a user passes");
    }
}

/// A step of the action in a workspace, with the environment that its inputs make, as the runner calls bash.
#[cfg(unix)]
fn run_step(sandbox: &Sandbox, name: &str, env: &[(&str, &str)], programs: &Path) -> Output {
    let action = action();
    let step = steps(&action).iter().find(|it| string(it, "name") == name).expect("the step is there");
    let declared = step.as_mapping_get("env").and_then(|it| it.as_mapping()).expect("it has an environment");
    for (key, _) in env {
        assert!(declared.keys().any(|it| it.as_str() == Some(key)), "{key} is not passed");
    }
    sandbox.write("../step.sh", string(step, "run"));
    let path = std::env::var("PATH").expect("there is a path");
    Command::new("bash")
        .args(["--noprofile", "--norc", "-eo", "pipefail", "../step.sh"])
        .current_dir(sandbox.root())
        .envs(env.iter().copied())
        .env("PATH", format!("{}:{path}", programs.display()))
        .env("CARGO_NET_OFFLINE", "true")
        .env("CARGO_TARGET_DIR", sandbox.root().join("target"))
        .output()
        .expect("bash runs")
}

#[test]
#[cfg(unix)]
fn the_action_checks_with_its_format_and_its_arguments() {
    let sandbox = Sandbox::bare(SLEEPS);
    let programs = Path::new(env!("CARGO_BIN_EXE_retask")).parent().expect("it lies in a folder");
    let run = |args: &str, format: &str| {
        run_step(&sandbox, "Run retask", &[("RETASK_ARGS", args), ("RETASK_FORMAT", format)], programs)
    };
    let human = run("", "human");
    assert_eq!(human.status.code(), Some(1), "{}", stderr(&human));
    assert!(stdout(&human).starts_with("warning[blocking-sleep]"), "{}", stdout(&human));
    let json = run("--quiet\n--skip  blocking-sleep", "json");
    assert_eq!((json.status.code(), stderr(&json).as_str()), (Some(0), ""));
    assert!(stdout(&json).contains("\"findings\": [],"), "{}", stdout(&json));
    let odd = run("--quiet $(touch made) ; touch made", "json");
    assert_eq!(odd.status.code(), Some(2), "what a user passes is no script: {}", stderr(&odd));
    assert!(!sandbox.root().join("made").exists());
}

#[test]
#[cfg(unix)]
fn the_action_installs_what_comes_with_it_or_the_release_that_is_named() {
    let sandbox = Sandbox::bare("");
    sandbox.write("../bin/cargo", "#!/bin/sh\nprintf '[%s]' \"$@\"\n");
    sandbox.shell("chmod +x ../bin/cargo");
    let programs = sandbox.root().join("../bin");
    let run = |version: &str| {
        let env = [
            ("RETASK_VERSION", version),
            ("ACTION_PATH", "/the action"),
            ("ACTION_REPOSITORY", "https://example.org/o/retask"),
        ];
        let output = run_step(&sandbox, "Install retask", &env, &programs);
        assert!(output.status.success(), "{}", stderr(&output));
        stdout(&output)
    };
    assert_eq!(run(""), "[install][--locked][--path][/the action]");
    let release = "[install][--locked][--git][https://example.org/o/retask][--tag][v0.1.0][retask]";
    assert_eq!([run("0.1.0"), run("v0.1.0")], [release, release]);
}
