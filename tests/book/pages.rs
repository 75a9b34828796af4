//! The pages of the rules: the first example of each fires its rule, and becomes what the page says.
//!
//! Lines of an example that begin with `# ` are compiled and not shown, as rustdoc and mdBook have it.

use std::fmt::Write as _;

use retask::patch::{Level, rounds};
use retask_transforms::Rule;

use super::super::fixtures::{Case, analysed, workspace};

#[test]
fn the_example_of_each_rule_fires_it_and_becomes_what_its_page_says() {
    let rules = retask_transforms::rules();
    let examples: Vec<(Case, String)> = rules.iter().map(example).collect();
    let cases: Vec<Case> = examples.iter().map(|(case, _)| case.clone()).collect();
    let workspace = workspace(&cases);
    let patch = rounds(&workspace, Level::Design, analysed);
    let mut wrong = String::new();
    for (case, expected) in &examples {
        let mut findings = patch.first.findings.iter().filter(|it| it.place.path == case.path());
        if !findings.any(|it| it.rule == case.rule) {
            let _ = writeln!(wrong, "{}: the example does not fire its rule\n{}", case.rule, case.text);
        }
        let became = patch.files.get(&case.path()).map_or(case.text.as_str(), |it| &it.after);
        if bare(became) != bare(expected) {
            let _ = writeln!(
                wrong,
                "{}: the example becomes\n{became}\nand its page says\n{expected}",
                case.rule
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn pages_are_shown_without_the_lines_that_their_examples_hide() {
    for rule in retask_transforms::rules() {
        let page = rule.page();
        let (_, example) = page.split_once("## Example").expect("a page has an example");
        assert!(!example.lines().any(|it| it == "#" || it.starts_with("# ")), "{page}");
        let shown = rule.explanation.lines().filter(|it| page.contains(it)).count();
        assert!(shown * 2 > rule.explanation.lines().count(), "{page}");
    }
}

/// The first example of a page and what it becomes, as a crate sees them.
fn example(rule: &Rule) -> (Case, String) {
    let (_, rest) = rule.explanation.split_once("## Example\n").expect("a page has an example");
    let (before, rest) = block(rest);
    let (between, _) = rest.split_once("```").expect("a second block follows");
    assert!(between.trim_start().starts_with("becomes"), "{}: {between}", rule.name);
    let (after, _) = block(rest);
    let case = Case {
        rule: rule.name.to_owned(),
        name: "page".to_owned(),
        fires: true,
        text: before,
        marked: Vec::new(),
    };
    (case, after)
}

/// The next block of Rust with its hidden lines, and what follows.
fn block(text: &str) -> (String, &str) {
    let (_, rest) = text.split_once("```rust\n").expect("a block of Rust follows");
    let (code, rest) = rest.split_once("```").expect("the block ends");
    let line = |it: &str| match it {
        "#" => "\n".to_owned(),
        it => format!("{}\n", it.strip_prefix("# ").unwrap_or(it)),
    };
    (code.lines().map(line).collect(), rest)
}

/// A text without what a layout adds: blanks, and the comma before what closes.
fn bare(text: &str) -> String {
    let text: String = text.split_whitespace().collect();
    text.replace(",)", ")").replace(",}", "}").replace(",]", "]")
}
