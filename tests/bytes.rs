//! Rewrites keep every byte around them: line ends, tabs, what is no ASCII, what is at the end of a file.

use similar::{DiffTag, TextDiff};

use super::fixtures::{Case, analysed, cases, workspace};
use retask::patch::{Level, rounds};

/// How a text is written in another way, with the same meaning.
type Variant = (&'static str, fn(&str) -> String);

const VARIANTS: [Variant; 5] = [
    ("crlf", |text| text.replace('\n', "\r\n")),
    ("lone_cr", |text| with_comment(text, "// a carriage\rreturn")),
    ("not_ascii", |text| with_comment(text, "/* \u{e4} \u{1f980} */ // \u{feff}\u{200d}")),
    ("no_end", |text| text.trim_end().to_owned()),
    ("plain", |text| text.to_owned()),
];

/// Adds a comment after the first line, which says what a fixture is about.
fn with_comment(text: &str, comment: &str) -> String {
    match text.split_once('\n') {
        Some((first, rest)) => format!("{first}\n{comment}\n{rest}"),
        None => text.to_owned(),
    }
}

/// Every second line ends as on Windows.
fn mixed(text: &str) -> String {
    let lines = text.split_inclusive('\n').enumerate();
    lines.map(|(at, it)| if at % 2 == 0 { it.replace('\n', "\r\n") } else { it.to_owned() }).collect()
}

/// Some firing fixtures of each rule.
fn sources() -> Vec<Case> {
    let mut sources: Vec<Case> = Vec::new();
    for case in cases().into_iter().filter(|it| it.fires && it.is_rewritten()) {
        if sources.iter().filter(|it| it.rule == case.rule).count() < 4 {
            sources.push(case);
        }
    }
    sources
}

#[test]
fn the_bytes_around_a_rewrite_stay_as_they_are() {
    let sources = sources();
    let in_another_way = |case: &Case, name: &str, text: String| Case {
        rule: format!("{name}/{}", case.rule),
        text,
        ..case.clone()
    };
    let mut all: Vec<Case> = Vec::new();
    for (name, write) in VARIANTS {
        all.extend(sources.iter().map(|it| in_another_way(it, name, write(&it.text))));
    }
    all.extend(sources.iter().map(|it| in_another_way(it, "mixed", mixed(&it.text))));
    all.sort_by_key(Case::path);
    let patch = rounds(&workspace(&all), Level::All, analysed);
    let rewritten = |case: &Case, name: &str| {
        let path = in_another_way(case, name, String::new()).path();
        patch.files.get(&path).unwrap_or_else(|| panic!("{path} is not rewritten")).after.clone()
    };
    for case in &sources {
        let plain = rewritten(case, "plain");
        for (name, write) in VARIANTS {
            assert_eq!(rewritten(case, name), write(&plain), "{name}: {}", case.path());
        }
        let after = rewritten(case, "mixed");
        assert_eq!(after.replace("\r\n", "\n"), plain, "mixed: {}", case.path());
        check_lines_that_stay(&case.text, &mixed(&case.text), &plain, &after);
    }
}

/// Lines that a rewrite leaves alone end as they did.
fn check_lines_that_stay(before: &str, raw: &str, plain: &str, after: &str) {
    let (raw, after): (Vec<&str>, Vec<&str>) =
        (raw.split_inclusive('\n').collect(), after.split_inclusive('\n').collect());
    let diff = TextDiff::from_lines(before, plain);
    for op in diff.ops().iter().filter(|it| it.tag() == DiffTag::Equal) {
        for (old, new) in op.old_range().zip(op.new_range()) {
            assert_eq!(raw[old].trim_end(), after[new].trim_end());
        }
    }
    let kept = |lines: &[&str]| lines.iter().filter(|it| it.ends_with("\r\n")).count();
    let changed = diff.ops().iter().filter(|it| it.tag() != DiffTag::Equal).map(|it| it.old_range().len());
    assert!(kept(&after) + changed.sum::<usize>() >= kept(&raw));
}
