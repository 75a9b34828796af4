//! The way back: `undo`, runs that were cut off, full disks.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::fix::{AWAITS, BLOCKS};
use super::sandbox::{Sandbox, WITH_TOKIO, stderr};

#[track_caller]
fn check(sandbox: &Sandbox, args: &str, code: i32) -> String {
    let output = sandbox.output(args);
    assert_eq!(output.status.code(), Some(code), "{}", stderr(&output));
    stderr(&output)
}

/// A workspace whose build script waits where the rewrite is in place, until it may go on.
fn waits() -> Sandbox {
    let sandbox = Sandbox::app(BLOCKS);
    let script = r#"
fn main() {
    println!("cargo::rerun-if-changed=src");
    if std::fs::read_to_string("src/lib.rs").unwrap().contains("tokio::time") {
        std::fs::write("../waits", "").unwrap();
        for _ in 0..600 {
            if std::path::Path::new("../go").exists() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    }
}
"#;
    sandbox.write("build.rs", script);
    sandbox.commit();
    sandbox
}

fn wait_for(path: &Path) {
    let start = Instant::now();
    while !path.exists() {
        assert!(start.elapsed() < Duration::from_secs(60), "`{}` did not come", path.display());
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn undo_brings_every_byte_back_and_refuses_where_a_file_changed_since() {
    let blocks = format!("\u{feff}{}", BLOCKS.replace('\n', "\r\n"));
    let sandbox = Sandbox::app(&blocks);
    sandbox.commit();
    let before = sandbox.files();
    let said = check(&sandbox, "undo", 2);
    assert!(said.contains("error: there is no `retask fix` to take back in `"), "{said}");
    check(&sandbox, "fix", 0);
    let rewritten = sandbox.read("src/lib.rs");
    assert_ne!(rewritten, blocks);

    sandbox.write("src/lib.rs", format!("{rewritten}// Mine.\n"));
    let said = check(&sandbox, "undo", 5);
    assert!(
        said.contains("error: files changed meanwhile:\n  * src/lib.rs\nnothing was brought back"),
        "{said}"
    );
    assert!(sandbox.read("src/lib.rs").ends_with("// Mine.\n"));

    sandbox.write("src/lib.rs", &rewritten);
    let said = check(&sandbox, "undo src", 0);
    assert!(said.contains("retask: brought back `src/lib.rs`\n"), "{said}");
    let built = sandbox.root().join("target");
    let is_source = |path: &Path| !path.starts_with(&built);
    let after = sandbox.files().into_iter().filter(|(path, _)| is_source(path));
    // Cargo.lock came with the run, and goes with it.
    assert!(after.eq(before.into_iter().filter(|(path, _)| is_source(path))));
    check(&sandbox, "undo", 2);
}

#[test]
fn a_lockfile_that_cargo_changed_in_the_run_comes_back() {
    let sandbox = Sandbox::new(&[
        ("Cargo.toml", &WITH_TOKIO.replace("[\"full\"]", "[\"rt\"]")),
        ("src/lib.rs", BLOCKS),
        ("../helper/Cargo.toml", "[package]\nname = \"helper\"\nversion = \"1.0.0\"\n"),
        ("../helper/src/lib.rs", ""),
    ]);
    // The feature of the rewrite brings a package into the lockfile.
    let tokio = sandbox.read("../tokio/Cargo.toml").replace("time = []", "time = [\"dep:helper\"]");
    let helper = "\n[dependencies]\nhelper = { path = \"../helper\", optional = true }\n";
    sandbox.write("../tokio/Cargo.toml", format!("{tokio}{helper}"));
    let locked = Command::new(env!("CARGO"))
        .args(["generate-lockfile", "--offline"])
        .current_dir(sandbox.root())
        .status();
    assert!(locked.expect("cargo runs").success());
    let before = sandbox.read("Cargo.lock");
    check(&sandbox, "fix --allow-no-vcs", 0);
    assert_eq!(sandbox.read("src/lib.rs"), AWAITS);
    check(&sandbox, "undo", 0);
    assert_eq!(sandbox.read("Cargo.lock"), before);
    assert_eq!(sandbox.read("src/lib.rs"), BLOCKS);
}

#[test]
fn a_run_that_is_killed_while_it_compiles_is_told_of_and_taken_back() {
    let sandbox = waits();
    let mut run = sandbox.process("fix").spawn().expect("the program runs");
    wait_for(&sandbox.root().join("../waits"));
    assert_eq!(sandbox.read("src/lib.rs"), AWAITS, "the rewrite is in place while it is compiled");
    run.kill().expect("it runs");
    run.wait().expect("it is dead");
    sandbox.write("../go", "");

    let said = check(&sandbox, "check", 0);
    assert!(said.contains("retask: a `retask fix` was cut off"), "{said}");
    assert_eq!(sandbox.read("src/lib.rs"), AWAITS, "check writes nothing");
    let said = check(&sandbox, "fix", 0);
    assert!(said.contains("an earlier run was cut off; 1 file as before the run"), "{said}");
    assert_eq!(sandbox.read("src/lib.rs"), AWAITS, "and rewritten again");
    check(&sandbox, "undo", 0);
    assert_eq!(sandbox.read("src/lib.rs"), BLOCKS);
}

#[test]
fn of_two_runs_at_once_one_is_code_5() {
    let sandbox = waits();
    let first = sandbox.process("fix").spawn().expect("the program runs");
    wait_for(&sandbox.root().join("../waits"));
    for args in ["fix", "undo"] {
        let said = check(&sandbox, args, 5);
        assert!(said.contains("error: another run of retask is at work on this workspace"), "{said}");
    }
    sandbox.write("../go", "");
    let output = first.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(sandbox.read("src/lib.rs"), AWAITS);
}

/// A library of some kilobytes, so that it meets limits.
fn large() -> String {
    format!("{BLOCKS}{}", "// A line that fills the disk, and nothing else.\n".repeat(800))
}

#[test]
#[cfg(unix)]
fn a_limit_of_file_sizes_leaves_every_file_whole() {
    let sandbox = Sandbox::app(&large());
    for (ignored, ends_by_signal) in [("trap '' XFSZ; ", false), ("", true)] {
        let program = env!("CARGO_BIN_EXE_retask");
        let script = format!("{ignored}ulimit -f 16; '{program}' fix --allow-no-vcs --verify none");
        let output = sandbox.shell(&script);
        assert_eq!(sandbox.read("src/lib.rs"), large(), "{}", stderr(&output));
        if !ends_by_signal {
            assert!(stderr(&output).contains("cannot be written: File too large"), "{}", stderr(&output));
            assert_eq!(output.status.code(), Some(2));
        }
    }
    check(&sandbox, "fix --allow-no-vcs --verify none --quiet", 0);
    assert!(sandbox.read("src/lib.rs").starts_with(AWAITS));
}

/// A file system of 96 KiB, where the system lets one be mounted.
#[cfg(target_os = "linux")]
struct Small(std::path::PathBuf);

#[cfg(target_os = "linux")]
impl Small {
    fn mount(at: &Path) -> Option<Small> {
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=96k", "tmpfs"])
            .arg(at)
            .stderr(Stdio::null())
            .status();
        mount.is_ok_and(|it| it.success()).then(|| Small(at.to_path_buf()))
    }
}

#[cfg(target_os = "linux")]
impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_leaves_every_file_whole() {
    let sandbox = Sandbox::app("");
    let Some(_small) = Small::mount(sandbox.root()) else {
        // The crash matrix in `src/write` has full disks without a mount.
        return;
    };
    sandbox.write("Cargo.toml", WITH_TOKIO);
    sandbox.write("src/lib.rs", large());
    // Room for the half of a second copy.
    sandbox.write("filler", vec![b' '; 34 << 10]);
    let target = sandbox.root().join("../built");
    let run = |args: &str| {
        sandbox.retask(args).env("CARGO_TARGET_DIR", &target).output().expect("the program runs")
    };
    let output = run("fix --allow-no-vcs --verify none");
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(stderr(&output).contains("No space left on device"), "{}", stderr(&output));
    assert_eq!(sandbox.read("src/lib.rs"), large());
    std::fs::remove_file(sandbox.root().join("filler")).expect("it is there");
    assert_eq!(run("fix --allow-no-vcs --verify none").status.code(), Some(0));
    assert!(sandbox.read("src/lib.rs").starts_with(AWAITS));
}
