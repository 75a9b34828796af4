//! The compiler and the sources of std.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{LoadError, Options};

/// What is there to read code with. A `rust-toolchain.toml` of the analysed workspace is not obeyed: it may name a toolchain that
/// is not installed, and no code is compiled here.
#[derive(Clone)]
pub struct Toolchain {
    pub cargo: PathBuf,
    pub rustc: PathBuf,
    pub sysroot: PathBuf,
    /// The `library` folder with the sources of std.
    pub library: Option<PathBuf>,
    /// What `rustc --print cfg` says of the target.
    pub cfgs: Vec<String>,
    /// The target triple that dependencies are chosen for.
    pub target: String,
}

impl Toolchain {
    /// Asks the `rustc` on the path, from a folder that no workspace configures.
    pub fn find(options: &Options) -> Result<Toolchain, LoadError> {
        let target = options.target.as_deref();
        let of_target = target.into_iter().flat_map(|it| ["--target", it]);
        let asked: Vec<&str> =
            ["--print", "sysroot", "--print", "cfg"].into_iter().chain(of_target).collect();
        // On a thread of its own: those of the pool read files.
        let version = std::thread::spawn(|| ask(&["-vV"]));
        let (told, version) = (ask(&asked), version.join().ok().flatten());
        // Without the conditions, where the target is not known.
        let told = told.or_else(|| ask(&["--print", "sysroot"])).ok_or_else(|| {
            LoadError::Unreadable(
                "cannot run `rustc`: install Rust from https://rustup.rs, or put it on the PATH".to_owned(),
            )
        })?;
        let mut lines = told.lines();
        let sysroot = PathBuf::from(lines.next().unwrap_or_default());
        let cfgs: Vec<String> = lines.map(str::to_owned).collect();
        if let (true, Some(unknown)) = (cfgs.is_empty(), target) {
            return Err(LoadError::Usage(format!(
                "rustc knows no target `{unknown}`: `rustc --print target-list` prints all"
            )));
        }
        let version = version.unwrap_or_default();
        let host = version.lines().find_map(|it| it.strip_prefix("host: "));
        let target = target.or(host).unwrap_or("x86_64-unknown-linux-gnu").to_owned();
        let at_hand = |name: &str| {
            Some(sysroot.join("bin").join(name)).filter(|it| it.exists()).unwrap_or_else(|| name.into())
        };
        let (rustc, cargo) = (at_hand("rustc"), at_hand("cargo"));
        let library = library(&sysroot, options);
        Ok(Toolchain { cargo, rustc, sysroot, library, cfgs, target })
    }
}

/// What the `rustc` on the path answers.
fn ask(args: &[&str]) -> Option<String> {
    // std is built with conditions that a stable compiler does not tell otherwise, such as `target_has_atomic_load_store`.
    let output =
        Command::new("rustc").args(args).current_dir("/").env("RUSTC_BOOTSTRAP", "1").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// The sources of std: those of the toolchain, those that `RUST_SRC_PATH` names, those of Debian, or those that rustup installs.
fn library(sysroot: &Path, options: &Options) -> Option<PathBuf> {
    let of_toolchain = sysroot.join("lib/rustlib/src/rust/library");
    let named = std::env::var_os("RUST_SRC_PATH").map(PathBuf::from);
    let found = named.into_iter().chain([of_toolchain.clone()]).chain(of_debian()).find(|it| is_library(it));
    if found.is_some() || options.offline || std::env::var_os("RETASK_NO_RUSTUP").is_some() {
        return found;
    }
    eprintln!("retask: the sources of std are missing: running `rustup component add rust-src`");
    let toolchain = sysroot.file_name()?;
    let added = Command::new("rustup")
        .args(["component", "add", "rust-src", "--toolchain"])
        .arg(toolchain)
        .current_dir("/")
        .output();
    added.is_ok_and(|it| it.status.success()).then_some(of_toolchain).filter(|it| is_library(it))
}

fn is_library(path: &Path) -> bool {
    path.join("std/src/lib.rs").is_file()
}

/// Debian's packages `rust-src` and `rust-web-src` put the sources under `/usr/src/rustc-<version>`, newest last.
fn of_debian() -> Vec<PathBuf> {
    let versions = std::fs::read_dir("/usr/src").into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = versions
        .filter(|it| it.file_name().to_string_lossy().starts_with("rustc-"))
        .map(|it| it.path().join("library"))
        .collect();
    found.sort();
    found.reverse();
    found
}
