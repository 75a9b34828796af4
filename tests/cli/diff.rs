//! `diff`: what `git apply` makes of it.

use super::sandbox::{Sandbox, WITH_TOKIO, stderr, stdout};

const LIBRARY: &str = "pub mod bom;\npub mod crlf;\npub mod open_end;\npub mod tabs;\n";
const BLOCKS: &str = "std::thread::sleep(std::time::Duration::from_secs(1));";
const AWAITS: &str = "tokio::time::sleep(std::time::Duration::from_secs(1)).await;";

/// A loop of which a reader must say whether it may end.
const LASTS: &str = r#"
pub fn start(jobs: std::sync::mpsc::Receiver<u8>) {
    tokio::task::spawn_blocking(move || {
        while let Ok(job) = jobs.recv() {
            println!("{job}");
        }
    });
}
"#;

/// Files with everything that a diff can lose, by path.
fn odd_files() -> Vec<(&'static str, String)> {
    vec![
        ("bom.rs", format!("\u{feff}pub async fn f() {{\n    {BLOCKS}\n}}\n")),
        ("crlf.rs", format!("// Größe\r\npub async fn f() {{\r\n    {BLOCKS}\r\n}}\r\n")),
        ("open_end.rs", format!("pub async fn f() {{ {BLOCKS} }}")),
        ("tabs.rs", format!("pub async fn f() {{\n\tlet _é = \"\\t\t漢字\"; {BLOCKS} // ↯\n}}\n")),
    ]
}

#[test]
fn git_apply_takes_the_diff_of_a_workspace_below_its_top_byte_by_byte() {
    let sandbox = Sandbox::new(&[]);
    let manifest = WITH_TOKIO.replace("../tokio", "../../tokio");
    sandbox.write("sub föl der/Cargo.toml", manifest);
    sandbox.write("sub föl der/src/lib.rs", LIBRARY);
    for (name, text) in odd_files() {
        sandbox.write(&format!("sub föl der/src/{name}"), text);
    }
    sandbox.commit();
    let diff = || sandbox.retask("diff").arg("sub föl der").output().expect("the program runs");
    let output = diff();
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(stdout(&output).contains("--- \"a/sub f\\303\\266l der/src/crlf.rs\"\n"), "{}", stdout(&output));
    sandbox.write("../all.patch", &output.stdout);
    sandbox.git(&["apply", "--whitespace=nowarn", "../all.patch"]);
    for (name, text) in odd_files() {
        assert_eq!(sandbox.read(&format!("sub föl der/src/{name}")), text.replace(BLOCKS, AWAITS), "{name}");
    }
    let again = diff();
    assert_eq!((stdout(&again).as_str(), again.status.code()), ("", Some(0)));
}

#[test]
fn rewrites_that_need_a_reader_come_with_fixes_all_alone() {
    let sandbox = Sandbox::app(&format!("pub async fn f() {{ {BLOCKS} }}\n{LASTS}"));
    let before = sandbox.files();
    let safe = sandbox.output("diff");
    assert!(stdout(&safe).contains(AWAITS) && !stdout(&safe).contains("Builder"), "{}", stdout(&safe));
    assert_eq!(safe.status.code(), Some(1));
    let all = sandbox.output("diff --fixes all");
    assert!(stdout(&all).contains(AWAITS) && stdout(&all).contains("thread::Builder"), "{}", stdout(&all));
    assert!(stderr(&all).contains("2 rewrites in 1 file"), "{}", stderr(&all));
    let quiet = sandbox.output("diff --quiet --format json --fixes safe --rule endless-loop");
    assert!(stdout(&quiet).starts_with("{\n  \"schema\": 1"), "{}", stdout(&quiet));
    assert_eq!((stderr(&quiet).as_str(), quiet.status.code()), ("", Some(0)));
    assert_eq!(sandbox.files(), before, "a diff writes nothing");
}

#[test]
fn a_task_that_takes_in_the_code_of_another_rewrite_comes_before_it() {
    // What `read` gives is not `Clone`: `fill` can move with it, and not after it.
    let library = "\
pub struct Config {
    pub secret: Option<String>,
}

fn read(path: &str) -> std::io::Result<Config> {
    Ok(Config { secret: Some(std::io::read_to_string(std::fs::File::open(path)?)?) })
}

fn fill(secret: &mut Option<String>, known: &Option<String>) -> std::io::Result<()> {
    *secret = Some(std::io::read_to_string(std::fs::File::open(known.as_deref().unwrap_or_default())?)?);
    Ok(())
}

pub async fn run(path: String) -> std::io::Result<(Option<String>, bool)> {
    let config = Some(read(&path)?);
    let mut secret = None;
    fill(&mut secret, &config.as_ref().and_then(|it| it.secret.clone()))?;
    Ok((secret, config.is_some()))
}
";
    let output = Sandbox::app(library).output("diff");
    let (diff, said) = (stdout(&output), stderr(&output));
    assert!(
        diff.contains("+    let (config, secret) = tokio::task::spawn_blocking(")
            && said.contains("retask: 1 rewrite in 1 file"),
        "{diff}{said}"
    );
    assert!(said.contains("blocking-io      2          2        0           0        0"), "{said}");
}
