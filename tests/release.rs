//! The archives of a release: they hold what CONTRIBUTING.md names, and `cargo binstall` looks for programs where they stand there.

use std::path::Path;
use std::process::Command;

use super::cli::ecosystem::{string, yaml};
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

const TARGET: &str = "x86_64-unknown-linux-gnu";

#[test]
#[cfg(unix)]
fn an_archive_holds_what_the_guide_names() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let binaries = Path::new(env!("CARGO_BIN_EXE_retask")).parent().expect("it lies in a folder");
    let packed = Command::new(repository().join(".ci/archive"))
        .args([Path::new(TARGET), folder.path(), binaries])
        .output()
        .expect("the script runs");
    assert!(packed.status.success(), "{}", String::from_utf8_lossy(&packed.stderr));
    let archive = format!("retask-{}-{TARGET}.tgz", env!("CARGO_PKG_VERSION"));
    assert!(String::from_utf8_lossy(&packed.stdout).ends_with(&format!("/{archive}\n")));
    let listed = Command::new("tar").arg("-tzf").arg(folder.path().join(archive)).output().expect("tar runs");
    assert_eq!(files(&String::from_utf8_lossy(&listed.stdout)), guide(), "CONTRIBUTING.md lists other files");
}

/// Programs in the place of the compiler and of Cargo, which write down what is asked of them.
#[cfg(unix)]
const IN_PLACE: [(&str, &str); 3] = [
    ("rustc", r#"if [ "$1" = -vV ]; then echo "host: here"; else echo "$FOLDER"; fi"#),
    (
        "cargo",
        r#"echo "cargo $1 $CARGO_ENCODED_RUSTFLAGS" >>"$FOLDER/said"
for last; do :; done
mkdir -p "$last/here/release"
printf '#!/bin/sh\necho "retask $1 ${5##*workspaces/}" >>"$FOLDER/said"\nexit 1\n' >"$last/here/release/retask"
chmod +x "$last/here/release/retask""#,
    ),
    ("lib/rustlib/here/bin/llvm-profdata", r#"echo "llvm-profdata $1 $4" >>"$FOLDER/said""#),
];

#[test]
#[cfg(unix)]
fn a_release_is_compiled_with_what_the_workspaces_told() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = folder.path().canonicalize().expect("it is there");
    for (name, script) in IN_PLACE {
        let path = root.join(name);
        std::fs::create_dir_all(path.parent().expect("it has a folder")).expect("the folder is made");
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("the script is written");
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).expect("it can be run");
    }
    let path = format!("{}:{}", root.display(), std::env::var("PATH").expect("there is a path"));
    let built = Command::new(repository().join(".ci/build"))
        .arg("here")
        .env("PATH", path)
        .env("FOLDER", &root)
        .env("CARGO_TARGET_DIR", root.join("target"))
        .output()
        .expect("the script runs");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let place = root.join("target").display().to_string();
    assert_eq!(String::from_utf8_lossy(&built.stdout), format!("{place}/here/release\n"));
    let said = std::fs::read_to_string(root.join("said")).expect("they were run").replace(&place, "TARGET");
    let said: Vec<&str> = said.lines().collect();
    let (first, last) = (said[0], &said[said.len() - 2..]);
    assert_eq!(first, "cargo build -Cprofile-generate=TARGET/profiles", "{said:#?}");
    assert!(said.contains(&"retask diff inbox/"), "{said:#?}");
    let merged = ["llvm-profdata merge TARGET/profiles", "cargo build -Cprofile-use=TARGET/retask.profdata"];
    assert_eq!(last, merged, "{said:#?}");
}

/// The files of an archive; the manual pages as one.
fn files(listed: &str) -> Vec<String> {
    let one = |it: &str| match it.split_once("/man1/") {
        Some((man, _)) => format!("{man}/man1/retask*.1"),
        None => it.to_owned(),
    };
    let mut files: Vec<String> = listed.lines().filter(|it| !it.ends_with('/')).map(one).collect();
    files.sort();
    files.dedup();
    files
}

/// The files under `## Release` of the guide, with each shell.
fn guide() -> Vec<String> {
    let text = std::fs::read_to_string(repository().join("CONTRIBUTING.md")).expect("there is a guide");
    let release = text.split("\n## Release\n").nth(1).expect("the chapter is there");
    let block = release.split("```text\n").nth(1).and_then(|it| it.split("```").next()).expect("a list");
    let name = format!("retask-{}-{TARGET}", env!("CARGO_PKG_VERSION"));
    let lines = block.lines().filter_map(|it| it.split_whitespace().next());
    let paths = lines.map(|it| it.replace("retask-<version>-<target>", &name));
    let with_shells = |it: String| match it.contains("<shell>") {
        true => {
            ["bash", "zsh", "fish", "powershell", "elvish"].map(|shell| it.replace("<shell>", shell)).to_vec()
        }
        false => vec![it],
    };
    let mut paths: Vec<String> = paths.flat_map(with_shells).collect();
    paths.sort();
    paths
}

#[test]
fn a_tag_packs_each_target_with_the_script() {
    let workflow = yaml(include_str!("../.github/workflows/release.yml"));
    let job = workflow.as_mapping_get("jobs").and_then(|it| it.as_mapping_get("archive")).expect("a job");
    let matrix = job.as_mapping_get("strategy").and_then(|it| it.as_mapping_get("matrix"));
    let include = matrix.and_then(|it| it.as_mapping_get("include")).and_then(|it| it.as_sequence());
    let targets: Vec<&str> = include.expect("targets").iter().map(|it| string(it, "target")).collect();
    assert!(targets.contains(&TARGET) && targets.contains(&"x86_64-pc-windows-msvc"), "{targets:?}");
    let steps = job.as_mapping_get("steps").and_then(|it| it.as_sequence()).expect("steps");
    let scripts: Vec<&str> =
        steps.iter().filter_map(|it| it.as_mapping_get("run")).filter_map(|it| it.as_str()).collect();
    assert!(scripts.iter().any(|it| it.starts_with(".ci/archive \"$TARGET\"")), "{scripts:?}");
    assert!(scripts.iter().all(|it| !it.contains("${{")), "a script holds nothing that a user passes");
}
