//! Small workspaces in temporary folders, and the program run on them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command as Process, Output, Stdio};

use retask::load::stand_in;
use snapbox::cmd::Command;
use tempfile::TempDir;

/// A function that a rule fires on.
pub const SLEEPS: &str = "pub async fn nap() { std::thread::sleep(std::time::Duration::from_secs(1)); }\n";

/// A manifest that depends on nothing.
pub const BARE: &str = "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";

/// A manifest that depends on the stub of Tokio.
pub const WITH_TOKIO: &str = r#"[package]
name = "app"
version = "0.1.0"
edition = "2024"

[dependencies]
tokio = { path = "../tokio", features = ["full"] }
"#;

const TOKIO: &str = r#"[package]
name = "tokio"
version = "1.0.0"
edition = "2024"

[features]
full = ["fs", "net", "process", "rt", "sync", "time"]
fs = []
net = []
process = []
rt = []
sync = []
time = []
"#;

/// A temporary folder with a workspace in `ws` and a stub of Tokio beside it.
pub struct Sandbox {
    folder: TempDir,
    root: PathBuf,
}

impl Sandbox {
    /// A workspace of some files, by path.
    pub fn new(files: &[(&str, &str)]) -> Sandbox {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = folder.path().canonicalize().expect("the folder is there").join("ws");
        let sandbox = Sandbox { folder, root };
        sandbox.write("../tokio/Cargo.toml", TOKIO);
        let library = include_str!("../../fixtures/stubs/tokio.rs");
        sandbox.write("../tokio/src/lib.rs", format!("{library}\nmod macros;\n"));
        sandbox.write("../tokio/src/macros/mod.rs", "mod join;\nmod select;\nmod try_join;\n");
        for file in ["src/macros/join.rs", "src/macros/select.rs", "src/macros/try_join.rs"] {
            let text = stand_in::of_file("tokio", Path::new(file)).expect("it has a stand-in");
            sandbox.write(&format!("../tokio/{file}"), text);
        }
        for (path, text) in files {
            sandbox.write(path, text);
        }
        sandbox
    }

    /// The package `app`, which depends on Tokio, with this library.
    pub fn app(library: &str) -> Sandbox {
        Sandbox::new(&[("Cargo.toml", WITH_TOKIO), ("src/lib.rs", library)])
    }

    /// The package `app`, which depends on nothing, with this library.
    pub fn bare(library: &str) -> Sandbox {
        Sandbox::new(&[("Cargo.toml", BARE), ("src/lib.rs", library)])
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.root.join(path);
        std::fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("the folder is made");
        std::fs::write(&path, text).expect("the file is written");
    }

    pub fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.root.join(path)).expect("the file is text")
    }

    /// All files of the workspace, but for those of git and the answers that are kept between runs.
    pub fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let entries =
            walkdir::WalkDir::new(&self.root).into_iter().filter_entry(|it| it.file_name() != ".git");
        let files = entries.flatten().filter(|it| it.file_type().is_file()).map(|it| it.into_path());
        let files = files.filter(|it| it.parent().is_none_or(|it| !it.ends_with("cache")));
        files.map(|path| (path.clone(), std::fs::read(&path).expect("the file can be read"))).collect()
    }

    /// The program in the workspace, with arguments that hold no blanks.
    pub fn retask(&self, args: &str) -> Command {
        self.program(env!("CARGO_BIN_EXE_retask")).args(args.split_whitespace())
    }

    pub fn cargo_retask(&self, args: &str) -> Command {
        self.program(env!("CARGO_BIN_EXE_cargo-retask")).args(args.split_whitespace())
    }

    fn program(&self, program: &str) -> Command {
        Command::new(program)
            .current_dir(&self.root)
            .env("CARGO_NET_OFFLINE", "true")
            .env("GIT_CEILING_DIRECTORIES", self.folder.path())
            .env("CARGO_TARGET_DIR", self.root.join("target"))
            // What a runner says of a commit goes into links.
            .env_remove("GITHUB_SHA")
            .env_remove("CI_COMMIT_SHA")
    }

    /// The program with arguments, to be started and left to itself.
    pub fn process(&self, args: &str) -> Process {
        let mut process = Process::new(env!("CARGO_BIN_EXE_retask"));
        process.args(args.split_whitespace()).stderr(Stdio::piped()).stdout(Stdio::piped());
        self.surround(&mut process);
        process
    }

    /// Runs a script of the shell in the workspace.
    pub fn shell(&self, script: &str) -> Output {
        let mut process = Process::new("sh");
        self.surround(process.args(["-c", script]));
        process.output().expect("there is a shell")
    }

    fn surround(&self, process: &mut Process) {
        process
            .current_dir(&self.root)
            .env("CARGO_NET_OFFLINE", "true")
            .env("GIT_CEILING_DIRECTORIES", self.folder.path())
            .env("CARGO_TARGET_DIR", self.root.join("target"));
    }

    /// Runs the program and gives its output: for what snapshots do not show.
    pub fn output(&self, args: &str) -> Output {
        self.retask(args).output().expect("the program runs")
    }

    /// The JSON of a command, which must end with this code.
    pub fn json(&self, args: &str, code: i32) -> serde_json::Value {
        let output = self.output(&format!("{args} --format json"));
        assert_eq!(output.status.code(), Some(code), "{}", stderr(&output));
        valid(args, &output)
    }

    /// What `check` finds, as `path:line rule`, and the exit code.
    pub fn findings(&self, args: &str) -> (Vec<String>, i32) {
        let output = self.output(&format!("check {args} --format json"));
        let json = valid("check", &output);
        let shown = |it: &serde_json::Value| {
            format!("{}:{} {}", text(&it["path"]), it["start"]["line"], text(&it["rule"]))
        };
        let findings = json["findings"].as_array().expect("a list").iter().map(shown).collect();
        (findings, output.status.code().expect("the program ends by itself"))
    }

    /// Runs git in the workspace; gives what it prints.
    pub fn git(&self, args: &[&str]) -> String {
        let output = Process::new("git")
            .args(["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "core.autocrlf=false"])
            .args(args)
            .current_dir(&self.root)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .output()
            .expect("git runs");
        assert!(output.status.success(), "git {args:?}: {}", stderr(&output));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Commits all files; `target` is ignored.
    pub fn commit(&self) {
        self.write(".gitignore", "/target\n/Cargo.lock\n");
        self.git(&["init", "--quiet"]);
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "All"]);
    }
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The JSON of an output, which the schema of its command allows.
fn valid(command: &str, output: &Output) -> serde_json::Value {
    let schema = match command.starts_with("map") {
        true => include_str!("../../schema/map.json"),
        false => include_str!("../../schema/check.json"),
    };
    let schema = serde_json::from_str(schema).expect("the schema is JSON");
    let json = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", stderr(output)));
    let validator = jsonschema::validator_for(&schema).expect("the schema is one");
    let errors: Vec<String> =
        validator.iter_errors(&json).map(|it| format!("{}: {it}", it.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    json
}

/// A string of JSON.
pub fn text(value: &serde_json::Value) -> &str {
    value.as_str().unwrap_or_default()
}
