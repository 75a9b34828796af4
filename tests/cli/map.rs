//! `map`: every unit of work.

use snapbox::str;

use super::sandbox::{Sandbox, text};

const WORK: &str = r#"use std::time::Duration;

pub async fn retry() {
    std::thread::sleep(Duration::from_millis(250));
}

pub fn start() {
    tokio::spawn(async {});
    tokio::task::spawn_blocking(|| std::fs::read("a"));
    tokio::task::spawn_blocking(|| loop {
        std::thread::sleep(Duration::from_secs(1));
    });
    std::thread::spawn(|| std::fs::read("a"));
}
"#;

#[test]
fn map_lists_units_with_primitive_bucket_answers_and_verdict_and_is_code_0() {
    let sandbox = Sandbox::app(WORK);
    let before = sandbox.files();
    sandbox.retask("map").assert().code(0).stdout_eq(str![[r#"
where             work                         runs on         bucket                   answers                             verdict
src/lib.rs:4:18   std::thread::sleep           async           1 async I/O              io, ends, async api, bounded        blocking-sleep
src/lib.rs:8:12   tokio::spawn                 spawn           1 async I/O              io, ends, async api, bounded        fits
src/lib.rs:9:18   tokio::task::spawn_blocking  spawn_blocking  3 bounded blocking       io, ends, no async api, bounded     fits
src/lib.rs:10:18  tokio::task::spawn_blocking  spawn_blocking  4 endless blocking loop  io, endless, no async api, bounded  endless-loop
src/lib.rs:13:18  std::thread::spawn           thread          3 bounded blocking       io, ends, no async api, bounded     fits

bucket                   async  spawn  spawn_blocking  thread  all  misplaced
1 async I/O                  1      1               0       0    2          1
3 bounded blocking           0      0               1       1    2          0
4 endless blocking loop      0      0               1       0    1          1
all                          1      1               2       1    5          2

"#]]).stderr_eq("retask: analysing 1 file\n");
    assert_eq!(sandbox.files(), before, "a map writes nothing");
}

#[test]
fn map_as_json_has_units_in_place_of_findings() {
    let sandbox = Sandbox::app(WORK);
    sandbox.write("src/lib.rs", format!("{WORK}mod broken;\n"));
    sandbox.write("src/broken.rs", "fn f( {\n");
    let json = sandbox.json("map", 3);
    assert_eq!(json.get("findings"), None);
    let shown = |it: &serde_json::Value| {
        format!("{} {} {} {}", it["start"]["line"], text(&it["primitive"]), it["bucket"], it["rule"])
    };
    let units: Vec<String> = json["units"].as_array().expect("a list").iter().map(shown).collect();
    let expected = [
        "4 async 1 \"blocking-sleep\"",
        "8 spawn 1 null",
        "9 spawn_blocking 3 null",
        "10 spawn_blocking 4 \"endless-loop\"",
        "13 thread 3 null",
    ];
    assert_eq!(units, expected);
    assert_eq!(text(&json["skipped"][0]["path"]), "src/broken.rs");
    let shown = |it: &serde_json::Value| {
        format!("{} {} {} {}", it["bucket"], text(&it["primitive"]), it["units"], it["misplaced"])
    };
    let totals: Vec<String> = json["totals"].as_array().expect("a list").iter().map(shown).collect();
    assert_eq!(
        totals,
        ["1 async 1 1", "1 spawn 1 0", "3 spawn_blocking 1 0", "3 thread 1 0", "4 spawn_blocking 1 1"]
    );
}

/// No worker waits for what a thread alone drives.
#[test]
fn async_code_that_a_thread_drives_stands_on_that_thread() {
    let sandbox = Sandbox::app(
        r#"pub fn keep(handle: tokio::runtime::Handle) {
    std::thread::spawn(move || handle.block_on(rotate()));
}

async fn rotate() {
    let _ = std::fs::rename("journal", "journal.old");
}
"#,
    );
    let json = sandbox.json("map", 0);
    let units = json["units"].as_array().expect("a list");
    let shown: Vec<String> = units.iter().map(|it| format!("{} {}", it["name"], it["primitive"])).collect();
    assert_eq!(shown, [r#""std::thread::spawn" "thread""#, r#""std::fs::rename" "thread""#]);
    sandbox.retask("check").assert().code(0);
}
