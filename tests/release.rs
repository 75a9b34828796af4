//! The archives of a release: where `cargo binstall` looks for binaries is where CONTRIBUTING.md puts them.

use std::path::Path;

use super::workspaces::repository;

/// A template of binstall, with the values of a release.
fn filled(template: &str, target: &str, bin: &str) -> String {
    let (ending, suffix) = if target.contains("windows") { (".exe", ".zip") } else { ("", ".tgz") };
    let values = [
        ("repo", "https://example.org/retask"),
        ("name", "retask"),
        ("version", "1.2.3"),
        ("target", target),
        ("bin", bin),
        ("binary-ext", ending),
        ("archive-suffix", suffix),
    ];
    let filled = values
        .iter()
        .fold(template.to_owned(), |text, (name, value)| text.replace(&format!("{{ {name} }}"), value));
    assert!(!filled.contains(['{', '}']), "{filled} has a value that binstall does not know");
    filled
}

/// The programs that `cargo install` installs.
fn programs() -> Vec<String> {
    let folder = std::fs::read_dir(repository().join("src/bin")).expect("there are programs");
    let paths = folder.map(|it| it.expect("the folder can be read").path());
    let stem = |it: &Path| it.file_stem().expect("a program has a name").to_string_lossy().into_owned();
    let mut programs: Vec<String> = paths.map(|it| stem(&it)).collect();
    programs.push("retask".to_owned());
    programs
}

#[test]
fn binstall_looks_for_each_program_where_a_release_has_it() {
    let manifest = std::fs::read_to_string(repository().join("Cargo.toml")).expect("there is a manifest");
    let manifest: toml_edit::DocumentMut = manifest.parse().expect("the manifest is TOML");
    let binstall = &manifest["package"]["metadata"]["binstall"];
    let text = |key: &str| binstall[key].as_str().expect("it is a text").to_owned();
    let pages = std::fs::read_to_string(repository().join("CONTRIBUTING.md")).expect("there is a page");
    let targets = [
        ("x86_64-unknown-linux-gnu", "tgz"),
        ("aarch64-apple-darwin", "tgz"),
        ("x86_64-pc-windows-msvc", "zip"),
    ];
    for (target, format) in targets {
        let own = binstall["overrides"].get(target).and_then(|it| it["pkg-fmt"].as_str());
        assert_eq!(own.unwrap_or(&text("pkg-fmt")), format, "{target}");
        let url = filled(&text("pkg-url"), target, "retask");
        assert_eq!(
            url,
            format!("https://example.org/retask/releases/download/v1.2.3/retask-1.2.3-{target}.{format}")
        );
        for program in programs() {
            let place = filled(&text("bin-dir"), target, &program);
            let described =
                place.replace("1.2.3", "<version>").replace(target, "<target>").replace(".exe", "");
            assert!(pages.contains(&format!("\n{described}\n")), "{described} is not described");
        }
    }
}
