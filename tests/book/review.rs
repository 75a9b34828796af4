//! The walk shows a part of a review: what it quotes is what is said at a terminal.
#![cfg(unix)]

use anstream::adapter::strip_str;

use super::super::cli::review::review;
use super::super::cli::sandbox::{Sandbox, WITH_TOKIO};
use super::super::workspaces::repository;
use super::texts;

#[test]
fn the_review_of_the_walk_is_one_that_retask_holds() {
    let (_, page) = texts().into_iter().find(|(name, _)| name == "getting-started.md").expect("it is there");
    let (_, rest) = page.split_once("`retask fix --review --fixes all`").expect("the walk reviews");
    let (_, rest) = rest.split_once("```text\n").expect("it shows how");
    let (quoted, _) = rest.split_once("```").expect("the block ends");
    let file = |path: &str| {
        let path = repository().join("fixtures/workspaces/parcel").join(path);
        std::fs::read_to_string(path).expect("the file is there")
    };
    let sandbox = Sandbox::new(&[
        ("Cargo.toml", WITH_TOKIO),
        ("src/main.rs", &file("src/main.rs")),
        ("src/depot.rs", &file("src/depot.rs")),
        ("src/notify.rs", &file("src/notify.rs")),
    ]);
    let Some(said) = review(&sandbox, "n\ny\nq\n") else { return };
    let said = strip_str(&said).to_string();
    let mut rest = said.as_str();
    for line in quoted.lines().filter(|it| !it.is_empty() && *it != "...") {
        // Behind the question stands what is typed.
        let line = line.rsplit_once("] ").filter(|_| line.starts_with("rewrite?")).map_or(line, |(it, _)| it);
        let (_, after) = rest.split_once(line).unwrap_or_else(|| panic!("`{line}` is not said in\n{said}"));
        rest = after;
    }
}
