//! Files that are reported on and never written.

use std::fs;
use std::os::unix::fs::symlink;

use super::fix::{AWAITS, BLOCKS};
use super::sandbox::{Sandbox, WITH_TOKIO, stderr, stdout, text};

/// The library of a workspace is rewritten, another file is not, for a reason.
#[track_caller]
fn check(sandbox: &Sandbox, path: &str, reason: &str) {
    let guarded = sandbox.read(path);
    let json = sandbox.json("check", 1);
    let findings = json["findings"].as_array().expect("a list");
    let found = findings.iter().find(|it| text(&it["path"]) == path).expect("it is reported");
    assert!(found["fix"].is_null(), "{found}");
    assert_eq!(text(&found["refused"]), format!("`{path}` {reason}"));
    let diff = stdout(&sandbox.output("diff"));
    assert!(diff.contains("+++ b/src/lib.rs\n") && diff.matches("+++ ").count() == 1, "{diff}");
    let output = sandbox.output("fix --allow-no-vcs --verify none");
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(sandbox.read("src/lib.rs").ends_with(AWAITS));
    assert_eq!(sandbox.read(path), guarded);
}

fn with(declaration: &str) -> Sandbox {
    Sandbox::app(&format!("{declaration}\n{BLOCKS}"))
}

#[test]
fn a_symlink_is_not_replaced_and_what_it_leads_to_is_not_written() {
    let sandbox = with("mod linked;");
    sandbox.write("../elsewhere.rs", BLOCKS);
    symlink("../../elsewhere.rs", sandbox.root().join("src/linked.rs")).expect("the link is made");
    check(&sandbox, "src/linked.rs", "is a symlink, which is never replaced: run retask where it points to");
    let linked = fs::symlink_metadata(sandbox.root().join("src/linked.rs")).expect("it is there");
    assert!(linked.is_symlink());
}

#[test]
fn a_path_that_leads_out_of_the_workspace_is_not_written() {
    let outside = "lies outside the workspace: run retask there";
    let sandbox = with("#[path = \"../../elsewhere.rs\"]\nmod outside;");
    sandbox.write("../elsewhere.rs", BLOCKS);
    check(&sandbox, "../elsewhere.rs", outside);

    let sandbox = with("#[path = \"folder/inside.rs\"]\nmod linked;");
    sandbox.write("../folder/inside.rs", BLOCKS);
    symlink("../../folder", sandbox.root().join("src/folder")).expect("the link is made");
    check(&sandbox, "src/folder/inside.rs", outside);

    let hostile = with("#[path = \"../../../../../../../../etc/passwd\"]\nmod hostile;");
    let output = hostile.output("fix --allow-no-vcs --verify none");
    assert_eq!(output.status.code(), Some(3), "it does not parse: {}", stderr(&output));
    assert!(hostile.read("src/lib.rs").ends_with(AWAITS));
}

#[test]
fn generated_and_vendored_code_is_not_written() {
    let sandbox = with("mod made;");
    sandbox.write("src/made.rs", format!("// @generated\n{BLOCKS}"));
    check(&sandbox, "src/made.rs", "is generated: change what generates it");

    let sandbox = with("#[path = \"../vendor/a/lib.rs\"]\nmod vendored;");
    sandbox.write("vendor/a/lib.rs", BLOCKS);
    sandbox.write("vendor/a/.cargo-checksum.json", "{}");
    check(&sandbox, "vendor/a/lib.rs", "is vendored: change it where it comes from");

    let sandbox = with("#[path = \"../target/made.rs\"]\nmod built;");
    sandbox.write("target/made.rs", BLOCKS);
    check(&sandbox, "target/made.rs", "lies in Cargo's target directory: what builds it is to be changed");
}

#[test]
fn a_read_only_file_stays_read_only() {
    let sandbox = with("mod fixed;");
    sandbox.write("src/fixed.rs", BLOCKS);
    let path = sandbox.root().join("src/fixed.rs");
    let mut permissions = fs::metadata(&path).expect("it is there").permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).expect("it is ours");
    check(&sandbox, "src/fixed.rs", "is read-only");
    assert!(fs::metadata(&path).expect("it is there").permissions().readonly());
}

#[test]
fn a_file_of_two_packages_is_not_written() {
    let sandbox = with("#[path = \"../shared.rs\"]\nmod shared;");
    sandbox.write("Cargo.toml", format!("{WITH_TOKIO}\n[workspace]\nmembers = [\"other\"]\n"));
    let other = WITH_TOKIO.replace("\"app\"", "\"other\"").replace("../tokio", "../../tokio");
    sandbox.write("other/Cargo.toml", other);
    sandbox.write("other/src/lib.rs", "#[path = \"../../shared.rs\"]\nmod shared;\n");
    sandbox.write("shared.rs", BLOCKS);
    let reason = "belongs to more than one package, and a rewrite is only shown to be right in one";
    check(&sandbox, "shared.rs", reason);
}

#[test]
fn permissions_of_a_rewritten_file_stay() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = with("");
    let path = sandbox.root().join("src/lib.rs");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o754)).expect("it is ours");
    sandbox.output("fix --allow-no-vcs --verify none");
    assert!(sandbox.read("src/lib.rs").ends_with(AWAITS));
    let mode = fs::metadata(&path).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o7777, 0o754);
}

#[test]
fn a_file_that_does_not_parse_is_reported_and_not_written() {
    let sandbox = with("mod broken;");
    let broken = format!("{BLOCKS}fn half( {{\n");
    sandbox.write("src/broken.rs", &broken);
    let json = sandbox.json("check", 3);
    let findings = json["findings"].as_array().expect("a list");
    let refused: Vec<&str> = findings
        .iter()
        .filter(|it| text(&it["path"]) == "src/broken.rs")
        .map(|it| text(&it["refused"]))
        .collect();
    assert_eq!(refused, ["`src/broken.rs` does not parse, so that no rewrite of it can be checked"]);
    let output = sandbox.output("fix --allow-no-vcs --verify none");
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert!(sandbox.read("src/lib.rs").ends_with(AWAITS));
    assert_eq!(sandbox.read("src/broken.rs"), broken);
}
