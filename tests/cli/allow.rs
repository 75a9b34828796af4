//! `// retask: allow(rule) reason`: findings that comments silence, and comments that silence none.

use serde_json::Value;

use super::formats::valid;
use super::sandbox::{Sandbox, WITH_TOKIO, stderr, stdout};

const TWO: &str = "use std::time::Duration;\n\npub async fn nap() {\n    // retask: allow(blocking-sleep) once a day\n    \
    std::thread::sleep(Duration::from_secs(1));\n    std::thread::sleep(Duration::from_secs(2));\n}\n";

fn lines(json: &Value) -> Vec<u64> {
    let findings = json["findings"].as_array().expect("an array");
    findings.iter().map(|it| it["start"]["line"].as_u64().expect("a line")).collect()
}

/// The lines with findings of a library, and what each comment silences or what is wrong with it.
#[track_caller]
fn check(library: &str, found: &[u64], comments: &[&str]) {
    let sandbox = Sandbox::app(library);
    let json = sandbox.json("check", i32::from(!found.is_empty()));
    assert_eq!(lines(&json), found, "{json:#}");
    let allows = json["allows"].as_array().cloned().unwrap_or_default();
    let shown = |it: &Value| match it["problem"].as_str() {
        Some(it) => it.to_owned(),
        None => format!("{} silenced", it["silences"]),
    };
    assert_eq!(allows.iter().map(shown).collect::<Vec<_>>(), comments);
}

#[test]
fn a_comment_silences_what_it_stands_on_and_no_more() {
    check(TWO, &[6], &["1 silenced"]);
    check(
        &TWO.replace("blocking-sleep", "blocking-io, blocking-sleep"),
        &[6],
        &["there is no finding of `blocking-io` here to silence"],
    );
    check(
        &format!("// retask: allow(blocking-sleep) all of it\n\n{TWO}"),
        &[],
        &["2 silenced", "there is no finding of `blocking-sleep` here to silence"],
    );
}

#[test]
fn a_comment_at_the_call_that_blocks_silences_all_who_lead_to_it() {
    let chain = "pub async fn a() {\n    save();\n}\n\npub async fn b() {\n    save();\n}\n\nfn save() {\n    \
        std::fs::write(\"a\", \"b\").unwrap(); // retask: allow(blocking-io) a tiny file\n}\n";
    check(chain, &[], &["2 silenced"]);
    check(
        &chain.replace("blocking-io", "blocking-db"),
        &[2, 6],
        &["there is no finding of `blocking-db` here to silence"],
    );
}

#[test]
fn a_comment_that_does_nothing_is_told() {
    check(
        "// retask: allow(blocking-slep)\npub fn a() {}\n",
        &[],
        &["no rule is named `blocking-slep`; did you mean `blocking-sleep`?"],
    );
    check(
        "// retask: alow(blocking-sleep)\npub fn a() {}\n",
        &[],
        &["it is not of the form `retask: allow(rule) reason`"],
    );
    // What tests do is not read, and so not judged.
    check(
        "#[cfg(test)]\nmod tests {\n    // retask: allow(blocking-sleep)\n    async fn a() {}\n}\n",
        &[],
        &["0 silenced"],
    );
    let sandbox = Sandbox::app("// retask: allow(blocking-sleep)\npub fn a() {}\n");
    assert!(
        !stdout(&sandbox.output("check --rule blocking-io")).contains("silences nothing"),
        "its rule was not asked"
    );
}

#[test]
fn what_is_said_of_comments() {
    let sandbox =
        Sandbox::app(&TWO.replace("once a day\n", "once a day\n    // retask: allow(blocking-io)\n"));
    let output = sandbox.output("check");
    assert_eq!(output.status.code(), Some(1));
    snapbox::assert_data_eq!(
        stdout(&output),
        snapbox::str![[r#"
warning[blocking-sleep]: `std::thread::sleep` puts an async worker to sleep: bucket 1 (async I/O), since an async API exists for it
 --> src/lib.rs:7:18
  |
7 |     std::thread::sleep(Duration::from_secs(2));
  |                  ^^^^^ `std::thread::sleep` blocks the worker here
  |
  = note: it waits (I/O-bound), it ends, an async API exists, its size is bounded: it belongs on a plain async task
  = help: await `tokio::time::sleep(..).await` instead: `retask fix`

warning[unused-allow]: a comment silences nothing
 --> src/lib.rs:5:5
  |
5 |     // retask: allow(blocking-io)
  |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ there is no finding of `blocking-io` here to silence


"#]]
    );
    snapbox::assert_data_eq!(
        stderr(&output),
        snapbox::str![[r#"
retask: analysing 1 file
retask: 0 errors, 1 warning, 0 notes in 1 file; 1 with a rewrite (`retask diff --fixes all` shows them); 1 silenced by comments

"#]]
    );
    let idle = Sandbox::app("// retask: allow(blocking-sleep)\npub fn a() {}\n");
    assert_eq!(idle.output("check").status.code(), Some(0), "a comment is no finding");
    let told = "a comment silences nothing: there is no finding of `blocking-sleep` here to silence";
    for (format, expected) in [
        ("cargo", r#""code":{"code":"retask::unused-allow","explanation":null}"#),
        ("sarif", r#""id": "unused-allow""#),
        ("gitlab", r#""check_name": "unused-allow""#),
        ("markdown", "- `src/lib.rs:1`: "),
    ] {
        let text = stdout(&idle.output(&format!("check --format {format}")));
        assert!(text.contains(expected) && text.contains(told), "{format}: {text}");
        if let "sarif" | "gitlab" = format {
            valid(&format!("{format}.json"), &serde_json::from_str(&text).expect("it is JSON"));
        }
    }
    let twice = Sandbox::app(
        "// retask: allow(blocking-sleep)\npub fn a() {}\n\n// retask: allow(blocking-sleep)\npub fn b() {}\n",
    );
    let issues: serde_json::Value =
        serde_json::from_str(&stdout(&twice.output("check --format gitlab"))).expect("it is JSON");
    assert_ne!(
        issues[0]["fingerprint"], issues[1]["fingerprint"],
        "GitLab takes equal ones for one: {issues}"
    );
    assert_eq!(
        stdout(&idle.output("check --format github")),
        "::warning file=src/lib.rs,line=1,endLine=1,col=1,endColumn=33,title=unused-allow::a comment silences nothing: \
         there is no finding of `blocking-sleep` here to silence\n"
    );
}

#[test]
fn what_is_silenced_is_not_rewritten() {
    let sandbox = Sandbox::app(TWO);
    let diff = stdout(&sandbox.output("diff --fixes all"));
    assert!(diff.contains("-    std::thread::sleep(Duration::from_secs(2));"), "{diff}");
    assert!(!diff.contains("-    std::thread::sleep(Duration::from_secs(1));"), "{diff}");
    let all = Sandbox::app(&format!("// retask: allow(blocking-sleep)\n\n{TWO}"));
    assert_eq!(all.output("diff --fixes all").status.code(), Some(0));
}

#[test]
fn a_rewrite_that_would_change_what_is_silenced_is_refused() {
    // Both calls of the helper become async, or none.
    let library = "pub async fn a() {\n    // retask: allow(blocking-io) at night\n    save();\n}\n\npub async fn b() {\n    save();\n}\n\n\
        fn save() {\n    std::fs::write(\"a\", \"b\").unwrap();\n}\n";
    let sandbox = Sandbox::app(library);
    let json = sandbox.json("check --prefer async", 1);
    assert_eq!(lines(&json), [7]);
    for fix in json["findings"][0]["alternatives"]
        .as_array()
        .into_iter()
        .flatten()
        .chain([&json["findings"][0]["fix"]])
    {
        for edit in fix["edits"].as_array().into_iter().flatten() {
            assert!(edit["start"]["line"].as_u64() > Some(3), "{fix:#}");
        }
    }
    let diff = stdout(&sandbox.output("diff --fixes all --prefer async"));
    assert!(!diff.contains("-    save();\n+    save().await;\n }\n\n pub async fn b"), "{diff}");
}

#[test]
fn the_map_shows_work_that_is_silenced_without_a_rule() {
    let sandbox = Sandbox::app(TWO);
    let units = sandbox.json("map", 0)["units"].clone();
    let rules: Vec<&Value> = units.as_array().expect("an array").iter().map(|it| &it["rule"]).collect();
    assert_eq!(rules, [&Value::Null, &Value::from("blocking-sleep")], "{units:#}");
}

#[test]
fn a_comment_that_comes_or_goes_counts_at_once() {
    let sandbox = Sandbox::new(&[("Cargo.toml", WITH_TOKIO), ("src/lib.rs", TWO)]);
    assert_eq!(lines(&sandbox.json("check", 1)), [6]);
    sandbox.write("src/lib.rs", TWO.replace("    // retask: allow(blocking-sleep) once a day\n", ""));
    assert_eq!(lines(&sandbox.json("check", 1)), [4, 5]);
    sandbox.write("src/lib.rs", TWO);
    assert_eq!(lines(&sandbox.json("check", 1)), [6]);
}

const MANY: &str = "use std::time::Duration;\n\npub async fn nap(is_long: bool, names: Vec<String>) {\n    \
    let seconds = if is_long { std::thread::sleep(Duration::from_secs(1)); 2 } else { 1 };\n    for name in names {\n        \
    let text = std::fs::read_to_string(name)\n            .unwrap_or_default();\n        match text.len() {\n            \
    0 => std::thread::sleep(Duration::from_secs(seconds)),\n            _ => tokio::select! {\n                \
    _ = tokio::task::yield_now() => std::thread::sleep(Duration::from_secs(3)),\n            },\n        }\n    }\n}\n";

#[test]
fn comments_are_written_in_the_place_of_rewrites() {
    let sandbox = Sandbox::app(MANY);
    let diff = sandbox
        .retask("diff")
        .args(["--add-allow", "until the new queue is there"])
        .output()
        .expect("it runs");
    snapbox::assert_data_eq!(
        stdout(&diff),
        snapbox::str![[r#"
diff --git a/src/lib.rs b/src/lib.rs
--- a/src/lib.rs
+++ b/src/lib.rs
@@ -1,12 +1,16 @@
 use std::time::Duration;
 
 pub async fn nap(is_long: bool, names: Vec<String>) {
+    // retask: allow(blocking-sleep) until the new queue is there
     let seconds = if is_long { std::thread::sleep(Duration::from_secs(1)); 2 } else { 1 };
     for name in names {
+        // retask: allow(blocking-io) until the new queue is there
         let text = std::fs::read_to_string(name)
             .unwrap_or_default();
         match text.len() {
+            // retask: allow(blocking-sleep) until the new queue is there
             0 => std::thread::sleep(Duration::from_secs(seconds)),
+            // retask: allow(blocking-sleep) until the new queue is there
             _ => tokio::select! {
                 _ = tokio::task::yield_now() => std::thread::sleep(Duration::from_secs(3)),
             },

"#]]
    );
    assert_eq!(diff.status.code(), Some(1));
}

#[test]
fn comments_that_are_written_silence_all_and_can_be_taken_back() {
    for text in [MANY.to_owned(), MANY.replace('\n', "\r\n"), format!("\u{feff}{MANY}")] {
        let sandbox = Sandbox::app(&text);
        assert_eq!(sandbox.output("check").status.code(), Some(1));
        let fix = ["--add-allow", "why", "--allow-no-vcs", "--verify", "none"];
        let output = sandbox.retask("fix").args(fix).output().expect("it runs");
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        assert_eq!(sandbox.output("check").status.code(), Some(0), "{}", sandbox.read("src/lib.rs"));
        assert!(!stdout(&sandbox.output("check")).contains("silences nothing"));
        assert!(!sandbox.read("src/lib.rs").replace("\r\n", "").contains(if text.contains('\r') {
            "\n"
        } else {
            "\r"
        }));
        assert_eq!(sandbox.output("undo").status.code(), Some(0));
        assert_eq!(sandbox.read("src/lib.rs"), text);
    }
}

#[test]
fn a_reason_stands_in_one_line() {
    let sandbox = Sandbox::app(TWO);
    for (reason, said) in [("", "the reason is empty"), ("a\nb", "the reason has more than one line")] {
        let output = sandbox.retask("fix").args(["--add-allow", reason]).output().expect("it runs");
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains(said), "{}", stderr(&output));
    }
}
