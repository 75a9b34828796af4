//! The book in `book/`, and the pages that `retask explain` prints: what they show is run.

mod built;
mod config;
mod console;
mod links;
mod pages;
mod review;

use std::path::PathBuf;

use super::workspaces::repository;

/// The folder of the chapters.
fn chapters() -> PathBuf {
    repository().join("book/src")
}

/// All chapters that are there, with their paths relative to that folder, in the order of paths.
fn texts() -> Vec<(String, String)> {
    let files = walkdir::WalkDir::new(chapters()).sort_by_file_name();
    let paths = files.into_iter().map(|it| it.expect("the chapters can be read").into_path());
    let texts = paths.filter(|it| it.extension().is_some_and(|it| it == "md")).map(|path| {
        let name = path.strip_prefix(chapters()).expect("it lies in the folder");
        let text = std::fs::read_to_string(&path).expect("a chapter is text");
        (name.to_string_lossy().replace('\\', "/"), text)
    });
    texts.collect()
}
