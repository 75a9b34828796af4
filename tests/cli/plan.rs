//! `plan`, `apply` and `merge`: rewrites that travel as a file.

use serde_json::{Value, json};

use super::sandbox::{Sandbox, WITH_TOKIO, stderr, stdout};

const SLEEPS: &str =
    "use std::time::Duration;\n\npub async fn nap() {\n    std::thread::sleep(Duration::from_secs(1));\n}\n";
const READS: &str = "pub async fn read() -> usize {\n    std::fs::read(\"ä\").unwrap().len()\n}\n";
/// A rewrite over two files.
const CALLS: &str = "pub async fn call() {\n    crate::helper::save();\n}\n";
const HELPER: &str = "pub(crate) fn save() {\n    std::fs::write(\"a\", \"b\").unwrap();\n}\n";

fn workspace() -> Sandbox {
    let manifest = WITH_TOKIO.replace("\"full\"", "\"rt\"");
    Sandbox::new(&[
        ("Cargo.toml", &manifest),
        ("src/lib.rs", "pub mod calls;\nmod helper;\npub mod reads;\npub mod sleeps;\npub mod windows;\n"),
        ("src/sleeps.rs", SLEEPS),
        ("src/reads.rs", READS),
        ("src/calls.rs", CALLS),
        ("src/helper.rs", HELPER),
        ("src/windows.rs", &format!("\u{feff}{}", SLEEPS.replace('\n', "\r\n"))),
    ])
}

const PLAN: &str = "plan --fixes all --prefer async";
const APPLY: &str = "apply plan.json --allow-no-vcs --verify none";

fn sources(sandbox: &Sandbox) -> Vec<String> {
    let paths =
        ["Cargo.toml", "src/sleeps.rs", "src/reads.rs", "src/calls.rs", "src/helper.rs", "src/windows.rs"];
    paths.into_iter().map(|it| sandbox.read(it)).collect()
}

#[test]
fn a_plan_of_one_machine_is_applied_on_another() {
    let [made, fixed, other] = [workspace(), workspace(), workspace()];
    let before = sources(&other);
    let plan = made.output(PLAN);
    assert_eq!(plan.status.code(), Some(1), "{}", stderr(&plan));
    assert_eq!(sources(&made), before, "to plan writes nothing");
    let fix = fixed.output("fix --fixes all --prefer async --allow-no-vcs --verify none");
    assert_eq!(fix.status.code(), Some(0), "{}", stderr(&fix));
    other.write("plan.json", stdout(&plan));
    let applied = other.output(APPLY);
    assert_eq!(applied.status.code(), Some(0), "{}", stderr(&applied));
    assert_eq!(sources(&other), sources(&fixed));
    assert!(sources(&other)[5].starts_with("\u{feff}use std::time::Duration;\r\n"));
    assert_eq!(other.output(APPLY).status.code(), Some(5), "it is applied once");
    assert_eq!(other.output("undo").status.code(), Some(0));
    assert_eq!(sources(&other), before);
    let schema: Value = serde_json::from_str(include_str!("../../schema/plan.json")).expect("it is JSON");
    let plan: Value = serde_json::from_slice(&plan.stdout).expect("it is JSON");
    jsonschema::validate(&schema, &plan).expect("the schema describes it");
}

#[test]
fn shares_that_are_merged_are_the_whole() {
    // A feature that the manifest lacks would keep all that need it together.
    let sandbox = workspace();
    let one =
        [sandbox.output(&format!("{PLAN} --shard 0/2")), sandbox.output(&format!("{PLAN} --shard 1/2"))];
    assert!(one.iter().any(|it| !stdout(it).contains("\"edits\"")), "one manifest, one share");
    sandbox.write("Cargo.toml", WITH_TOKIO);
    let whole = stdout(&sandbox.output(PLAN));
    for count in [1, 2, 3, 9] {
        let mut names = Vec::new();
        for index in 0..count {
            let name = format!("shard-{index}.json");
            sandbox.write(&name, stdout(&sandbox.output(&format!("{PLAN} --shard {index}/{count}"))));
            names.push(name);
        }
        let files = |name: &String| -> usize {
            let plan: Value = serde_json::from_str(&sandbox.read(name)).expect("it is JSON");
            plan["files"].as_array().expect("an array").len()
        };
        assert!(count < 3 || names.iter().filter(|it| files(it) > 0).count() > 1, "the work is shared out");
        let merged = sandbox.output(&format!("merge {}", names.join(" ")));
        assert_eq!(merged.status.code(), Some(0), "{}", stderr(&merged));
        assert_eq!(stdout(&merged), whole, "{count} shares");
    }
    for wrong in ["2/2", "3/2", "x"] {
        assert_eq!(sandbox.output(&format!("plan --shard {wrong}")).status.code(), Some(2));
    }
}

/// A plan that changes one file.
fn plan_for(path: &str, before: &str, edits: &Value) -> String {
    let file = json!({"path": path, "before": before, "edits": edits});
    json!({"schema": 1, "tool": {"name": "retask", "version": env!("CARGO_PKG_VERSION")}, "files": [file],
        "rewrites": [], "packages": []})
    .to_string()
}

fn hash(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

#[test]
fn a_hostile_plan_is_refused_and_nothing_is_written() {
    let sandbox = workspace();
    sandbox.write("../outside.rs", "outside\n");
    sandbox.write("src/left.rs", "left\n");
    sandbox.write("target/a.rs", "target\n");
    let refuse = |plan: &str, said: &str| {
        sandbox.write("plan.json", plan);
        let before = sources(&sandbox);
        let output = sandbox.output(APPLY);
        assert_eq!(output.status.code(), Some(2), "{plan}: {}", stderr(&output));
        assert!(stderr(&output).contains(said), "{plan}: {}", stderr(&output));
        assert_eq!(sources(&sandbox), before);
    };
    let insert = json!([{"start": 0, "end": 0, "text": "evil"}]);
    let paths = [
        "/etc/passwd",
        "../outside.rs",
        "src/../src/reads.rs",
        "src/left.rs",
        "target/a.rs",
        ".git/config",
        "",
        "src",
        "./src/reads.rs",
    ];
    for path in paths {
        refuse(
            &plan_for(path, &hash("outside\n"), &insert),
            "is no source file and no manifest of this workspace",
        );
    }
    let reads = hash(READS);
    let at = |start: usize, end: usize| json!([{"start": start, "end": end, "text": "x"}]);
    for edits in [
        at(0, 10_000),
        at(9, 3),
        at(51, 52),
        json!([{"start": 5, "end": 9, "text": ""}, {"start": 7, "end": 8, "text": ""}]),
    ] {
        refuse(&plan_for("src/reads.rs", &reads, &edits), "is not whole");
    }
    refuse("{}", "`plan.json` is no plan");
    refuse("", "`plan.json` is no plan");
    refuse(
        &plan_for("src/reads.rs", &reads, &insert).replace("\"schema\":1", "\"schema\":2"),
        "has format 2",
    );
    refuse(
        &plan_for("src/reads.rs", &reads, &insert)
            .replace("\"packages\":[]", "\"packages\":[],\"run\":\"rm\""),
        "unknown field `run`",
    );
    let twice = plan_for("src/reads.rs", &reads, &insert);
    let file = twice
        [twice.find("{\"before\"").expect("a file")..twice.find("],\"packages\"").expect("its end")]
        .to_owned();
    refuse(&twice.replace(&file, &format!("{file},{file}")), "names `src/reads.rs` twice");
    assert_eq!(sandbox.read("../outside.rs"), "outside\n");
    std::fs::remove_file(sandbox.root().join("plan.json")).expect("it is there");
    assert_eq!(sandbox.output(APPLY).status.code(), Some(2));
}

#[test]
fn files_that_changed_since_are_named() {
    let sandbox = workspace();
    sandbox.write("plan.json", stdout(&sandbox.output(PLAN)));
    sandbox.write("src/reads.rs", format!("// Mine.\n{READS}"));
    let before = sources(&sandbox);
    let output = sandbox.output(APPLY);
    assert_eq!(output.status.code(), Some(5), "{}", stderr(&output));
    assert!(
        stderr(&output).contains("* src/reads.rs") && !stderr(&output).contains("sleeps"),
        "{}",
        stderr(&output)
    );
    assert_eq!(sources(&sandbox), before);
}

#[test]
fn a_plan_that_does_not_compile_is_taken_back() {
    let sandbox = Sandbox::bare(READS);
    let edits = json!([{"start": 0, "end": 0, "text": "fn broken() -> u8 { \"\" }\n"}]);
    sandbox.write("plan.json", plan_for("src/lib.rs", &hash(READS), &edits));
    let output = sandbox.output("apply plan.json --allow-no-vcs");
    assert_eq!(output.status.code(), Some(4), "{}", stderr(&output));
    assert_eq!(sandbox.read("src/lib.rs"), READS);
}

#[test]
fn plans_that_do_not_go_together_are_named() {
    let sandbox = workspace();
    let merge = |a: &str, b: &str| {
        sandbox.write("a.json", a);
        sandbox.write("b.json", b);
        sandbox.output("merge a.json b.json")
    };
    let edit = |start: usize, end: usize, text: &str| json!([{"start": start, "end": end, "text": text}]);
    let plan = |before: &str, edits: &Value| plan_for("src/reads.rs", &hash(before), edits);
    let overlap = merge(&plan("a", &edit(0, 4, "x")), &plan("a", &edit(2, 6, "y")));
    assert_eq!(overlap.status.code(), Some(5));
    assert!(stderr(&overlap).contains("`src/reads.rs`: their edits overlap"), "{}", stderr(&overlap));
    let bases = merge(&plan("a", &edit(0, 4, "x")), &plan("b", &edit(6, 8, "y")));
    assert!(stderr(&bases).contains("made of different texts"), "{}", stderr(&bases));
    let versions = merge(
        &plan("a", &edit(0, 4, "x")),
        &plan("a", &edit(6, 8, "y")).replace(env!("CARGO_PKG_VERSION"), "9.9.9"),
    );
    assert_eq!(versions.status.code(), Some(5));
    assert!(stderr(&versions).contains("make them with one version"), "{}", stderr(&versions));
    let same = merge(&plan("a", &edit(0, 4, "x")), &plan("a", &edit(0, 4, "x")));
    let both: Value = serde_json::from_slice(&same.stdout).expect("it is JSON");
    assert_eq!(both["files"][0]["edits"], edit(0, 4, "x"), "once");
    assert_eq!(merge("{}", "{}").status.code(), Some(2));
    assert_eq!(sandbox.output("merge").status.code(), Some(2));
}
