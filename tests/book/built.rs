//! `mdbook build`, where there is an mdBook.

use std::path::Path;
use std::process::Command;

use super::super::workspaces::{fresh_folder, repository};

#[test]
fn mdbook_builds_the_book_without_a_warning() {
    if Command::new("mdbook").arg("--version").output().is_err() {
        eprintln!("skipped `book::built`: mdbook is not installed");
        return;
    }
    let copy = fresh_folder("mdbook");
    for folder in ["book", "transforms/src"] {
        copy_pages(&repository().join(folder), &copy.join(folder));
    }
    let output = Command::new("mdbook").args(["build", "book"]).current_dir(&copy).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    assert!(!said.contains("WARN") && !said.contains("ERROR"), "{said}");
    for rule in retask_transforms::rules() {
        let page = copy.join(format!("book/book/rules/{}.html", rule.name));
        let text = std::fs::read_to_string(&page).expect("each rule has a page");
        assert!(text.contains("How to silence it"), "{}", page.display());
    }
}

/// Copies what mdBook reads: chapters and its configuration, and no book that was built.
fn copy_pages(from: &Path, to: &Path) {
    let is_built = |it: &walkdir::DirEntry| it.path() == from.join("book");
    let files = walkdir::WalkDir::new(from).into_iter().filter_entry(|it| !is_built(it));
    for file in files.map(|it| it.expect("the pages can be read")) {
        let is_read = file.path().extension().is_some_and(|it| it == "md" || it == "toml" || it == "css");
        if is_read && file.file_type().is_file() {
            let path = to.join(file.path().strip_prefix(from).expect("it lies below"));
            std::fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("the folder is made");
            std::fs::copy(file.path(), path).expect("the page is copied");
        }
    }
}
