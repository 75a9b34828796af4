//! What `benches/compare` counts on: workspaces with a known number of hazards, and medians of what was measured.

// Not all that the bench uses is used here.
#[allow(dead_code)]
#[path = "../benches/compare/generate/mod.rs"]
mod generate;
#[allow(dead_code)]
#[path = "../benches/compare/statistics.rs"]
mod statistics;

use std::collections::BTreeMap;
use std::path::PathBuf;

use generate::{Generated, Plan, generate};
use statistics::Spread;

use super::cli::sandbox::Sandbox;

/// A small workspace on the stub of Tokio, with two hazards of each kind.
fn generated() -> (Sandbox, Generated) {
    let sandbox = Sandbox::new(&[]);
    let tokio = r#"{ path = "../tokio", features = ["full"] }"#;
    let made = generate(sandbox.root(), &Plan { lines: 2000, hazards: 16, tokio }).expect("it is written");
    (sandbox, made)
}

#[test]
fn retask_finds_each_generated_hazard_and_no_other() {
    let (sandbox, made) = generated();
    let (findings, code) = sandbox.findings("--verbose");
    let mut found: Vec<(String, String)> = findings.iter().map(|it| without_line(it)).collect();
    found.sort();
    let mut wanted: Vec<(String, String)> =
        made.hazards.iter().map(|it| (it.path.clone(), it.rule.to_owned())).collect();
    wanted.sort();
    assert_eq!((found, code), (wanted, 1));
    assert_eq!(made.hazards.len(), 16);
}

/// `path:line rule` as path and rule.
fn without_line(finding: &str) -> (String, String) {
    let (place, rule) = finding.split_once(' ').expect("a place and a rule");
    let (path, _) = place.rsplit_once(':').expect("a path and a line");
    (path.to_owned(), rule.to_owned())
}

#[test]
fn a_workspace_is_the_same_each_time_and_as_large_as_it_says() {
    let ((first, made), (second, _)) = (generated(), generated());
    let texts = |sandbox: &Sandbox| -> BTreeMap<PathBuf, Vec<u8>> {
        let files = sandbox.files().into_iter();
        files
            .map(|(path, text)| (path.strip_prefix(sandbox.root()).expect("in it").to_path_buf(), text))
            .collect()
    };
    assert_eq!(texts(&first), texts(&second));
    let rust = first.files().into_iter().filter(|(path, _)| path.extension().is_some_and(|it| it == "rs"));
    let lines: Vec<usize> = rust.map(|(_, text)| String::from_utf8_lossy(&text).lines().count()).collect();
    assert_eq!((lines.len(), lines.iter().sum()), (made.files, made.lines));
    assert!((2000..2100).contains(&made.lines), "{} lines", made.lines);
}

#[test]
fn the_median_is_in_the_middle_and_a_ratio_covers_all_pairs() {
    let [odd, even] = [Spread::of([3.0, 1.0, 2.0]), Spread::of([4.0, 1.0, 2.0, 3.0])];
    assert_eq!(odd, Some(Spread { median: 2.0, min: 1.0, max: 3.0 }));
    assert_eq!(even, Some(Spread { median: 2.5, min: 1.0, max: 4.0 }));
    assert_eq!(Spread::of([]), None);
    let (above, below) =
        (Spread { median: 8.0, min: 6.0, max: 9.0 }, Spread { median: 2.0, min: 1.0, max: 3.0 });
    assert_eq!(above.over(&below), Spread { median: 4.0, min: 2.0, max: 9.0 });
}
