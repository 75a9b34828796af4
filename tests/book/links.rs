//! What leads from page to page: the table of contents, links and their anchors.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::super::workspaces::repository;
use super::{chapters, texts};

/// The chapters that the table of contents lists.
fn listed() -> Vec<String> {
    let summary = std::fs::read_to_string(chapters().join("SUMMARY.md")).expect("there is a summary");
    links(&summary).into_iter().collect()
}

#[test]
fn the_table_of_contents_lists_the_page_of_every_rule() {
    let listed = listed();
    let index = std::fs::read_to_string(chapters().join("rules.md")).expect("there is an index");
    let index = links(&index);
    for rule in retask_transforms::rules() {
        let page = format!("rules/{}.md", rule.name);
        assert!(listed.contains(&page) && index.contains(&page), "{page} is not listed");
        let text = std::fs::read_to_string(chapters().join(&page)).expect("the page is there");
        let source = format!("transforms/src/{}.md", rule.name.replace('-', "_"));
        assert_eq!(text, format!("{{{{#include ../../../{source}}}}}\n"), "{page} is the explanation alone");
        assert!(repository().join(&source).exists(), "{source} is not there");
    }
}

#[test]
fn every_chapter_is_listed_and_every_listed_one_is_there() {
    let listed: BTreeSet<String> = listed().into_iter().collect();
    let there: BTreeSet<String> = texts().into_iter().map(|(name, _)| name).collect();
    let lost: Vec<&String> = listed.difference(&there).collect();
    let loose: Vec<&String> = there.difference(&listed).filter(|it| *it != "SUMMARY.md").collect();
    assert!(lost.is_empty() && loose.is_empty(), "listed and not there: {lost:?}; not listed: {loose:?}");
}

#[test]
fn links_of_the_book_lead_to_pages_and_headings_that_exist() {
    let pages: BTreeMap<String, String> =
        texts().into_iter().map(|(name, text)| (name.clone(), with_includes(&name, &text))).collect();
    let mut broken = Vec::new();
    for (name, text) in &pages {
        for link in links(text).into_iter().filter(|it| !it.contains("://")) {
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = if file.is_empty() { name.clone() } else { beside(name, file) };
            let is_there = match pages.get(&target) {
                Some(page) => anchor.is_empty() || anchors(page).contains(anchor),
                None => false,
            };
            if !is_there {
                broken.push(format!("{name}: {link}"));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn links_of_the_pages_beside_the_code_lead_to_files() {
    for page in ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "CHANGELOG.md"] {
        let text = std::fs::read_to_string(repository().join(page)).expect("the page is there");
        for link in links(&text).iter().filter(|it| !it.contains("://")) {
            assert!(repository().join(link).exists(), "{page}: {link}");
        }
    }
}

/// The targets of the links of a page, but for what stands in code.
fn links(page: &str) -> BTreeSet<String> {
    let mut links = BTreeSet::new();
    for prose in page.split("\n```").step_by(2) {
        let plain: String = prose.split('`').step_by(2).collect();
        let parts = plain.split("](").skip(1);
        links.extend(parts.filter_map(|it| it.split_once(')')).map(|(link, _)| link.to_owned()));
    }
    links
}

/// A page with the file that it includes.
fn with_includes(name: &str, text: &str) -> String {
    let included = text.strip_prefix("{{#include ").and_then(|it| it.trim_end().strip_suffix("}}"));
    let Some(path) = included else { return text.to_owned() };
    let folder = chapters().join(Path::new(name).parent().unwrap_or(Path::new("")));
    std::fs::read_to_string(folder.join(path)).expect("what a page includes is there")
}

/// A path that a page names, from the folder of the chapters on.
fn beside(page: &str, link: &str) -> String {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The anchors that mdBook makes of headings.
fn anchors(page: &str) -> BTreeSet<String> {
    let headings = page.lines().filter(|it| it.starts_with('#')).map(|it| it.trim_start_matches('#').trim());
    let anchor = |heading: &str| {
        let kept = heading.chars().filter(|it| it.is_alphanumeric() || [' ', '-', '_'].contains(it));
        kept.collect::<String>().to_lowercase().replace(' ', "-")
    };
    headings.map(anchor).collect()
}
