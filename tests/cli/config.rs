//! `retask.toml` and `[workspace.metadata.retask]`: each key does what it says, and a wrong one is told with its place.

use serde_json::Value;

use super::sandbox::{SLEEPS, Sandbox, WITH_TOKIO, stderr, stdout};

const READS: &str =
    "pub async fn read() {\n    drop(std::fs::read(\"a\"));\n    drop(std::fs::read(\"b\"));\n}\n";

/// The findings as `severity rule`, sorted.
fn found(sandbox: &Sandbox, args: &str) -> Vec<String> {
    let output = sandbox.output(&format!("{args} --format json"));
    let json: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", stderr(&output)));
    let text = |it: &Value| it.as_str().expect("a text").to_owned();
    let findings = json["findings"].as_array().expect("an array");
    let mut found: Vec<String> =
        findings.iter().map(|it| format!("{} {}", text(&it["severity"]), text(&it["rule"]))).collect();
    found.sort();
    found.dedup();
    found
}

fn with(config: &str, library: &str) -> Sandbox {
    let sandbox = Sandbox::app(library);
    sandbox.write("retask.toml", config);
    sandbox
}

#[test]
fn a_rule_is_on_or_off_or_has_one_severity() {
    let library = format!("{SLEEPS}{READS}");
    let check = |level: &str, expected: &[&str]| {
        let sandbox = with(&format!("[rules]\nblocking-sleep = \"{level}\"\n"), &library);
        assert_eq!(found(&sandbox, "check"), expected, "{level}");
        sandbox
    };
    check("on", &["warning blocking-io", "warning blocking-sleep"]);
    check("note", &["note blocking-sleep", "warning blocking-io"]);
    check("warning", &["warning blocking-io", "warning blocking-sleep"]);
    check("error", &["error blocking-sleep", "warning blocking-io"]);
    let sandbox = check("off", &["warning blocking-io"]);
    assert!(!stdout(&sandbox.output("diff --fixes all")).contains("tokio::time"));
    assert_eq!(
        found(&sandbox, "check --rule blocking-sleep"),
        ["warning blocking-sleep"],
        "flags stand over all"
    );
    assert_eq!(found(&sandbox, "check --no-config"), ["warning blocking-io", "warning blocking-sleep"]);
    sandbox.write("other.toml", "[rules]\nblocking-io = \"off\"\n");
    assert_eq!(found(&sandbox, "check --config other.toml"), ["warning blocking-sleep"]);
    let notes = with("[rules]\nblocking-sleep = \"note\"\n", SLEEPS);
    assert_eq!(notes.output("check").status.code(), Some(0), "a note fails nothing");
}

#[test]
fn a_package_stands_over_its_workspace() {
    let member = |name: &str, more: &str| {
        format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n{more}")
    };
    let sandbox = Sandbox::new(&[
        (
            "Cargo.toml",
            "[workspace]\nmembers = [\"a\", \"b\"]\nresolver = \"3\"\n\n[workspace.metadata.retask.rules]\nblocking-sleep = \"off\"\n",
        ),
        ("a/Cargo.toml", &member("a", "[package.metadata.retask.rules]\nblocking-sleep = \"error\"\n")),
        ("a/src/lib.rs", SLEEPS),
        ("b/Cargo.toml", &member("b", "")),
        ("b/src/lib.rs", SLEEPS),
    ]);
    assert_eq!(found(&sandbox, "check"), ["error blocking-sleep"]);
    assert_eq!(found(&sandbox, "check -p b"), [""; 0]);
    assert_eq!(found(&sandbox, "check -p b --rule blocking-sleep"), ["warning blocking-sleep"]);
    assert_eq!(found(&sandbox, "check -p b --no-config"), ["warning blocking-sleep"]);
}

#[test]
fn limits_are_the_values_of_constants() {
    let library = "pub async fn all(jobs: Vec<u32>) {\n    for job in jobs {\n        tokio::spawn(async move {\n            \
        tokio::time::sleep(std::time::Duration::from_secs(job.into())).await;\n        });\n    }\n}\n\n\
        pub async fn pass() {\n    let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel::<u32>();\n    \
        tokio::spawn(async move { while let Some(it) = receiver.recv().await { drop(it); } });\n    \
        for it in 0..100 {\n        sender.send(it).unwrap();\n    }\n}\n";
    let plain = stdout(&Sandbox::app(library).output("diff --fixes all"));
    assert!(
        plain.contains("MAX_TASKS: usize = 64;") && plain.contains("CHANNEL_CAPACITY: usize = 1024;"),
        "{plain}"
    );
    let settled = with("[limits]\nmax-tasks = 7\nchannel-capacity = 99\n", library);
    let settled = stdout(&settled.output("diff --fixes all"));
    assert!(
        settled.contains("MAX_TASKS: usize = 7;") && settled.contains("CHANNEL_CAPACITY: usize = 99;"),
        "{settled}"
    );
}

#[test]
fn a_sync_http_client_can_be_kept() {
    let library = "pub async fn fetch(url: &str) -> Option<String> {\n    reqwest::blocking::get(url).ok()?.text().ok()\n}\n";
    let manifest = format!("{WITH_TOKIO}reqwest = {{ path = \"../reqwest\" }}\n");
    let sandbox = Sandbox::new(&[("Cargo.toml", &manifest), ("src/lib.rs", library)]);
    sandbox.write(
        "../reqwest/Cargo.toml",
        "[package]\nname = \"reqwest\"\nversion = \"0.12.0\"\nedition = \"2024\"\n\n[features]\nblocking = []\njson = []\n",
    );
    sandbox.write("../reqwest/src/lib.rs", include_str!("../../fixtures/stubs/reqwest.rs"));
    let becomes = |client: &str| {
        sandbox.write("retask.toml", format!("http-client = \"{client}\"\n"));
        stdout(&sandbox.output("diff --fixes all"))
    };
    let carried = becomes("reqwest");
    assert!(carried.contains("reqwest::get(url).await"), "{carried}");
    let kept = becomes("same");
    assert!(
        kept.contains("spawn_blocking") && kept.contains("+        Some(reqwest::blocking::get("),
        "{kept}"
    );
    let by_helper = library.replace("pub async fn fetch", "fn load")
        + "\npub async fn fetch(url: &str) -> Option<String> {\n    load(url)\n}\n";
    sandbox.write("src/lib.rs", by_helper);
    assert!(becomes("reqwest").contains("+async fn load("));
    let kept = becomes("same");
    assert!(kept.contains("load(&url)") && !kept.contains("+async fn load("), "{kept}");
    let said = stdout(&sandbox.output("check"));
    assert!(said.contains("the helpers stay sync: the configuration keeps the sync HTTP client"), "{said}");
}

#[test]
fn paths_that_are_left_out_have_no_findings_and_are_not_rewritten() {
    let sandbox = with(
        "exclude = [\"src/old/**\"]\n",
        &format!("pub mod old;\n{}", "pub async fn a() { old::deep::save(); }\n"),
    );
    sandbox.write("src/old/mod.rs", format!("pub mod deep;\n{SLEEPS}"));
    sandbox.write("src/old/deep.rs", "pub fn save() {\n    std::fs::write(\"a\", \"b\").unwrap();\n}\n");
    assert_eq!(found(&sandbox, "check"), ["warning blocking-io"], "the call in it is entered from outside");
    assert_eq!(found(&sandbox, "check --no-config"), ["warning blocking-io", "warning blocking-sleep"]);
    let diff = stdout(&sandbox.output("diff --fixes all --prefer async"));
    assert!(diff.contains("spawn_blocking") && !diff.contains("src/old"), "{diff}");
}

#[test]
fn a_reason_can_be_required() {
    let library = format!("// retask: allow(blocking-sleep)\n{SLEEPS}");
    assert_eq!(found(&with("require-reason = false\n", &library), "check"), [""; 0]);
    let sandbox = with("require-reason = true\n", &library);
    assert_eq!(found(&sandbox, "check"), ["warning blocking-sleep"]);
    assert!(
        stdout(&sandbox.output("check")).contains("it gives no reason, and the configuration asks for one")
    );
    sandbox.write("src/lib.rs", library.replace("sleep)", "sleep) at night"));
    assert_eq!(found(&sandbox, "check"), [""; 0]);
}

#[test]
fn the_baseline_can_be_named_once() {
    let sandbox = with("baseline = \"old.json\"\n", SLEEPS);
    assert_eq!(sandbox.output("check --update-baseline").status.code(), Some(0));
    assert!(sandbox.read("old.json").contains("blocking-sleep"));
    assert_eq!(sandbox.output("check").status.code(), Some(0));
    sandbox.write("src/lib.rs", format!("{SLEEPS}{}", SLEEPS.replace("nap", "doze")));
    assert_eq!(sandbox.output("check").status.code(), Some(1));
    let unnamed = Sandbox::app(SLEEPS).output("check --update-baseline");
    assert_eq!(unnamed.status.code(), Some(2));
    assert!(stderr(&unnamed).contains("no baseline is named"));
}

/// A workspace whose library uses a crate `store`, with a type, a helper and two ways to hand work over.
fn with_store(catalogue: &str) -> Sandbox {
    let manifest = format!("{WITH_TOKIO}store = {{ path = \"../store\" }}\n");
    let library = "use store::Client;\n\npub struct Own;\nimpl Own {\n    pub fn query(&self, _: &str) -> u32 {\n        1\n    }\n}\n\n\
        pub async fn ask(client: &Client) -> u32 {\n    client.query(\"a\")\n}\n\npub async fn own(own: &Own) -> u32 {\n    \
        own.query(\"a\")\n}\n\npub async fn save() {\n    store::quick();\n    store::pooled(|| std::thread::sleep(std::time::Duration::from_secs(1)));\n}\n\n\
        pub async fn count() -> u32 {\n    slow()\n}\n\nfn slow() -> u32 {\n    2\n}\n";
    let store = "pub struct Client;\nimpl Client {\n    pub fn query(&self, _: &str) -> u32 {\n        1\n    }\n    \
        pub async fn query_async(&self, _: &str) -> u32 {\n        1\n    }\n}\n\npub fn quick() {}\n\n\
        pub fn pooled<F: FnOnce() + Send + 'static>(_: F) {}\n";
    let sandbox = Sandbox::new(&[
        ("Cargo.toml", &manifest),
        ("src/lib.rs", library),
        ("../store/Cargo.toml", "[package]\nname = \"store\"\nversion = \"0.1.0\"\nedition = \"2024\"\n"),
        ("../store/src/lib.rs", store),
    ]);
    sandbox.write("retask.toml", catalogue);
    sandbox
}

/// The lines with findings, each with its rule.
fn lines(sandbox: &Sandbox, code: i32) -> Vec<String> {
    let json = sandbox.json("check", code);
    let findings = json["findings"].as_array().expect("an array");
    findings
        .iter()
        .map(|it| {
            format!("{} {} {}", it["start"]["line"], it["rule"].as_str().unwrap_or_default(), it["bucket"])
        })
        .collect()
}

#[test]
fn a_team_names_functions_that_block() {
    let blocks =
        "[[catalogue]]\npath = \"store::Client::query\"\ndoes = \"blocks\"\nrule = \"blocking-db\"\n";
    let sandbox = with_store(blocks);
    assert_eq!(lines(&sandbox, 1), ["11 blocking-db 3"], "`Own::query` is another function");
    let with_twin = format!("{blocks}bucket = 1\ntwin = \"{{recv}}.query_async({{args}}).await\"\n");
    sandbox.write("retask.toml", &with_twin);
    assert_eq!(lines(&sandbox, 1), ["11 blocking-db 1"]);
    let diff = stdout(&sandbox.output("diff --rule blocking-db"));
    assert!(diff.contains("+    client.query_async(\"a\").await"), "{diff}");
    let own = "[[catalogue]]\npath = \"app::slow\"\ndoes = \"blocks\"\nrule = \"heavy-cpu\"\nbucket = 5\n";
    sandbox.write("retask.toml", own);
    assert_eq!(lines(&sandbox, 1), ["24 heavy-cpu 5"]);
    sandbox.write("retask.toml", blocks.replace("rule", "cheap = true\nrule"));
    assert!(found(&sandbox, "check").contains(&"note blocking-db".to_owned()));
}

#[test]
fn a_team_names_what_never_ends() {
    let sandbox = with_store(
        "[[catalogue]]\npath = \"store::Client::query\"\ndoes = \"blocks\"\nrule = \"blocking-wait\"\nbucket = 4\n",
    );
    let library = "pub struct Own;\nimpl Own {\n    pub fn query(&self, _: &str) -> u32 {\n        1\n    }\n}\n\n\
        pub async fn serve(client: store::Client, own: Own) {\n    \
        tokio::task::spawn_blocking(move || client.query(\"a\"));\n    \
        tokio::task::spawn_blocking(move || own.query(\"a\"));\n}\n";
    sandbox.write("src/lib.rs", library);
    let found = lines(&sandbox, 1);
    assert!(found.contains(&"9 endless-loop 4".to_owned()), "{found:?}");
    assert!(
        !found.iter().any(|it| it.contains("10 endless-loop")),
        "`Own::query` is another function: {found:?}"
    );
}

#[test]
fn a_team_names_what_offloads_and_what_is_fine() {
    let primitive = |pool: &str| {
        let sandbox =
            with_store(&format!("[[catalogue]]\npath = \"store::pooled\"\ndoes = \"offloads\"\n{pool}"));
        let units = sandbox.json("map", 0)["units"].clone();
        let units = units.as_array().expect("an array").iter().filter(|it| it["start"]["line"] == 20);
        units.map(|it| it["primitive"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(primitive(""), ["spawn_blocking"]);
    assert_eq!(primitive("pool = \"thread\"\n"), ["thread"]);
    assert_eq!(primitive("pool = \"cpu\"\n"), ["rayon"]);
    let fine = with("[[catalogue]]\npath = \"std::thread::sleep\"\ndoes = \"fine\"\n", SLEEPS);
    assert_eq!(found(&fine, "check"), [""; 0], "it stands over what is built in");
    assert_eq!(found(&fine, "check --no-config"), ["warning blocking-sleep"]);
}

#[test]
fn what_is_wrong_is_told_with_its_place_and_the_nearest_right_word() {
    let check = |config: &str, said: &str| {
        let sandbox = with(config, SLEEPS);
        let output = sandbox.output("check");
        assert_eq!(output.status.code(), Some(2), "{config}");
        assert!(stderr(&output).contains(&format!("retask.toml:{said}")), "{config}: {}", stderr(&output));
    };
    check("\nexclud = []\n", "2:1: no such key: `exclud`; did you mean `exclude`?");
    check("xyz = 1\n", "1:1: no such key: `xyz`; there are `baseline`, `catalogue`");
    check(
        "[rules]\nblocking-slep = \"off\"\n",
        "2:1: no rule is named `blocking-slep`; did you mean `blocking-sleep`?",
    );
    check("[rules]\nblocking-sleep = \"of\"\n", "2:18: `of` is none of the values here; did you mean `off`?");
    check("[rules]\nblocking-sleep = true\n", "2:18: a text belongs here");
    check("rules = 3\n", "1:9: a table belongs here");
    check("database = \"asink\"\n", "1:12: `asink` is none of the values here; did you mean `async`?");
    check("[limits]\nmax-task = 3\n", "2:1: no limit is named `max-task`; did you mean `max-tasks`?");
    check("[limits]\nmax-tasks = 0\n", "2:13: a whole number from 1 belongs here");
    check("exclude = \"a\"\n", "1:11: an array belongs here");
    check("exclude = [\"a\", \"[\"]\n", "1:17: ");
    check("require-reason = \"yes\"\n", "1:18: `true` or `false` belongs here");
    check("[rules\n", "1:7: ");
    check("catalogue = 1\n", "1:13: tables belong here");
    let entry = |more: &str| format!("[[catalogue]]\npath = \"a::b\"\n{more}");
    check(&entry("do = \"blocks\"\n"), "3:1: no such key: `do`; did you mean `does`?");
    check(&entry("does = \"block\"\n"), "3:8: `block` is none of the values here; did you mean `blocks`?");
    check(&entry(""), "2:1: the key `does` is missing");
    check(&entry("does = \"blocks\"\n"), "2:1: the key `rule` is missing");
    check(&entry("does = \"fine\"\ncheap = true\n"), "4:9: `cheap` is for what blocks");
    check(&entry("does = \"fine\"\npool = \"cpu\"\n"), "4:8: `pool` is for what offloads");
    check(
        &entry("does = \"blocks\"\nrule = \"blocking-io\"\nbucket = 5\n"),
        "5:10: what blocks is of bucket 1",
    );
    check(
        &entry("does = \"blocks\"\nrule = \"blocking-io\"\nbucket = 4\n"),
        "5:10: what never ends is of the rule",
    );
    check(
        &entry("does = \"blocks\"\nrule = \"blocking-io\"\ntwin = \"{arg}.await\"\n"),
        "5:8: a template knows",
    );
    check(
        &entry("does = \"blocks\"\nrule = \"blocking-io\"\ntwin = \"b()\"\n"),
        "5:8: the async form ends in `.await`",
    );
    check(
        "[[catalogue]]\npath = \"crate::b\"\ndoes = \"fine\"\n",
        "2:8: the path begins with the crate's name",
    );
    check("[[catalogue]]\npath = \"b\"\ndoes = \"fine\"\n", "2:8: a path from the crate on belongs here");
}

#[test]
fn a_configuration_has_one_place() {
    let sandbox = with("", SLEEPS);
    sandbox
        .write("Cargo.toml", format!("{WITH_TOKIO}\n[workspace.metadata.retask]\nrequire-reason = true\n"));
    let output = sandbox.output("check");
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("keep one"), "{}", stderr(&output));
    assert_eq!(sandbox.output("check --no-config").status.code(), Some(1));
    let output = sandbox.output("check --config none.toml");
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("the configuration `none.toml` cannot be read"));
    sandbox.write("Cargo.toml", format!("{WITH_TOKIO}\n[package.metadata.retask]\nexclude = []\n"));
    let output = sandbox.output("check");
    assert!(stderr(&output).contains("a package settles its rules alone: `exclude`"), "{}", stderr(&output));
}

#[test]
fn the_schema_takes_what_the_program_takes() {
    let schema: Value = serde_json::from_str(include_str!("../../schema/config.json")).expect("it is JSON");
    let validator = jsonschema::validator_for(&schema).expect("it is a schema");
    let takes = |config: &str, json: Value, expected: bool| {
        assert_eq!(validator.is_valid(&json), expected, "{json}");
        let code = with(config, SLEEPS).output("check").status.code();
        assert_eq!(code != Some(2), expected, "{config}");
    };
    takes(
        "exclude = [\"a/**\"]\nrequire-reason = true\n",
        serde_json::json!({"exclude": ["a/**"], "require-reason": true}),
        true,
    );
    takes("http-client = \"same\"\n", serde_json::json!({"http-client": "same"}), true);
    takes("http-client = \"curl\"\n", serde_json::json!({"http-client": "curl"}), false);
    takes("database = \"async\"\n", serde_json::json!({"database": "async"}), true);
    takes("database = \"spawn_blocking\"\n", serde_json::json!({"database": "spawn_blocking"}), true);
    takes("database = \"sync\"\n", serde_json::json!({"database": "sync"}), false);
    takes("exclude = 1\n", serde_json::json!({"exclude": 1}), false);
    takes("other = 1\n", serde_json::json!({"other": 1}), false);
    let names = retask_transforms::rules().iter().map(|it| it.name);
    let lines: String = names.clone().map(|it| format!("{it} = \"note\"\n")).collect();
    let rules: Value =
        names.map(|it| (it.to_owned(), Value::from("note"))).collect::<serde_json::Map<_, _>>().into();
    takes(&format!("[rules]\n{lines}"), serde_json::json!({ "rules": rules }), true);
    takes("[rules]\nno-rule = \"note\"\n", serde_json::json!({"rules": {"no-rule": "note"}}), false);
    takes(
        "[limits]\nchannel-capacity = 2\nmax-concurrent = 2\nmax-jobs = 2\nmax-tasks = 2\n",
        serde_json::json!({"limits": {"channel-capacity": 2, "max-concurrent": 2, "max-jobs": 2, "max-tasks": 2}}),
        true,
    );
    takes("[limits]\nmax = 2\n", serde_json::json!({"limits": {"max": 2}}), false);
    let entry = serde_json::json!({"path": "a::B::c", "does": "blocks", "rule": "blocking-io", "bucket": 1, "cheap": true,
        "twin": "{recv}.d().await", "crate": "a", "feature": "e"});
    let text = "[[catalogue]]\npath = \"a::B::c\"\ndoes = \"blocks\"\nrule = \"blocking-io\"\nbucket = 1\ncheap = true\n\
        twin = \"{recv}.d().await\"\ncrate = \"a\"\nfeature = \"e\"\n";
    takes(text, serde_json::json!({"catalogue": [entry]}), true);
}
