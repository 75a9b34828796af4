//! What Cargo says of the workspace, asked in ways that run and write nothing.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use cargo_metadata::Metadata;
use retask_engine::workspace::Skipped;

use super::graph::Graph;
use super::known::Question;
use super::toolchain::Toolchain;
use super::{LoadError, Options, lockfile};

/// The workspace as Cargo resolves it.
pub struct Resolved {
    pub metadata: Metadata,
    /// The members, in the order of their names.
    pub members: Vec<cargo_metadata::Package>,
    pub graph: Graph,
}

impl Resolved {
    /// The members, as indices into the packages.
    pub fn member_nodes(&self) -> BTreeSet<usize> {
        self.members.iter().filter_map(|it| self.graph.by_id.get(&it.id).copied()).collect()
    }

    fn new(metadata: Metadata, options: &Options) -> Resolved {
        let mut members: Vec<cargo_metadata::Package> =
            metadata.workspace_packages().into_iter().cloned().collect();
        members.sort_by(|a, b| a.manifest_path.cmp(&b.manifest_path));
        let graph = Graph::of(&metadata, options.include);
        Resolved { metadata, members, graph }
    }
}

/// Asks Cargo, from the most careful way to the least: with the lockfile and without the network; with the network; with a lockfile of
/// its own where the workspace has none; and last without the dependencies. `meanwhile` begins what can be done until it answers.
pub fn resolve(
    manifest: &Path,
    options: &Options,
    toolchain: &Toolchain,
    skipped: &mut Vec<Skipped>,
    meanwhile: impl FnOnce(),
) -> Result<Resolved, LoadError> {
    let query = Query { manifest, options, toolchain };
    let question = options.is_kept.then(|| Question::new(manifest, options, toolchain));
    if let Some(known) = question.as_ref().and_then(Question::recall) {
        return Ok(Resolved::new(known, options));
    }
    meanwhile();
    let first = match query.answer(&["--locked", "--offline"]) {
        Ok((answer, metadata)) => {
            question.iter().for_each(|it| it.keep(&answer, &metadata));
            return Ok(Resolved::new(metadata, options));
        }
        Err(error) => error,
    };
    let mut last = first;
    if !options.offline {
        match query.run(&["--locked"]) {
            Ok(metadata) => return Ok(Resolved::new(metadata, options)),
            Err(error) => last = error,
        }
    }
    if !options.locked {
        match lockfile::with_own(|lock| query.run_with_lock(lock, options.offline), &query.root()) {
            Some(Ok(metadata)) => return Ok(Resolved::new(metadata, options)),
            Some(Err(error)) => last = error,
            None => {}
        }
    }
    let alone = Resolved::new(without_dependencies(&query)?, options);
    if alone.members.is_empty() {
        return Ok(alone);
    }
    // Cargo ends so for a feature that no package has.
    if last.contains("this feature") || last.contains("these features") {
        return Err(LoadError::Usage(format!("cargo: {}", last.trim().trim_start_matches("error: "))));
    }
    skipped.push(Skipped {
        path: "dependencies".to_owned(),
        reason: format!("cargo cannot resolve them: {}", summary(&last)),
    });
    let mut resolved = alone;
    lockfile::fill_in(&mut resolved.graph, &resolved.metadata, skipped);
    Ok(resolved)
}

/// What the manifests alone say.
pub fn alone(manifest: &Path, toolchain: &Toolchain) -> Result<Metadata, LoadError> {
    without_dependencies(&Query { manifest, options: &Options::default(), toolchain })
}

fn without_dependencies(query: &Query<'_>) -> Result<Metadata, LoadError> {
    query.run(&["--no-deps", "--offline"]).map_err(|error| {
        let manifest = query.manifest.display();
        LoadError::Unreadable(format!("cargo cannot read `{manifest}`:\n{}", error.trim_end()))
    })
}

/// The line of Cargo's message that names the cause, and what was tried.
fn summary(error: &str) -> String {
    let lines: Vec<&str> = error.lines().map(str::trim).filter(|it| !it.is_empty()).collect();
    let head = lines.iter().find(|it| it.starts_with("error")).copied().unwrap_or("error");
    let cause = lines.iter().skip_while(|it| !it.starts_with("Caused by")).nth(1).copied();
    let head = head.trim_start_matches("error: ").to_owned();
    match cause {
        Some(cause) => format!("{head} ({cause}); make `cargo metadata` work for full results"),
        None => format!("{head}; make `cargo metadata` work for full results"),
    }
}

struct Query<'q> {
    manifest: &'q Path,
    options: &'q Options,
    toolchain: &'q Toolchain,
}

impl Query<'_> {
    fn root(&self) -> std::path::PathBuf {
        self.manifest.parent().unwrap_or(self.manifest).to_path_buf()
    }

    fn run(&self, args: &[&str]) -> Result<Metadata, String> {
        Ok(self.answer(args)?.1)
    }

    /// The answer as Cargo gave it, and what it says.
    fn answer(&self, args: &[&str]) -> Result<(Vec<u8>, Metadata), String> {
        let mut command = self.command();
        command.args(args);
        finish(command)
    }

    /// With a lockfile at another place than the workspace's, so that this one is not written.
    fn run_with_lock(&self, lock: &Path, offline: bool) -> Result<Metadata, String> {
        let mut command = self.command();
        let place = format!("resolver.lockfile-path={:?}", lock.to_string_lossy());
        command.env("RUSTC_BOOTSTRAP", "1").args(["-Zlockfile-path", "--config", &place]);
        if offline {
            command.arg("--offline");
        }
        Ok(finish(command)?.1)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.toolchain.cargo);
        command
            // Quiet: what another cargo keeps it waiting for is no part of an error.
            .args(["metadata", "--quiet", "--format-version", "1"])
            .args(["--filter-platform", &self.toolchain.target])
            .arg("--manifest-path")
            .arg(self.manifest)
            .current_dir(self.root())
            // The workspace's configuration may name programs to run instead of the compiler.
            .env("RUSTC", &self.toolchain.rustc)
            .env("RUSTC_WRAPPER", "")
            .env("RUSTC_WORKSPACE_WRAPPER", "")
            .env("CARGO_NET_RETRY", "0")
            .env("CARGO_HTTP_TIMEOUT", "10")
            .env("GLIBC_TUNABLES", tunables(std::env::var("GLIBC_TUNABLES").ok()))
            .env_remove("RUSTUP_TOOLCHAIN");
        for feature in &self.options.features {
            command.args(["--features", feature]);
        }
        if self.options.all_features {
            command.arg("--all-features");
        }
        if self.options.no_default_features {
            command.arg("--no-default-features");
        }
        command
    }
}

/// With large pages for the memory of a process, where Linux gives them to who asks. Cargo touches 150 MB for a workspace with 500
/// dependencies, and takes a sixth less time so. See <https://sourceware.org/glibc/manual/latest/html_node/Memory-Allocation-Tunables.html>.
fn tunables(set: Option<String>) -> String {
    const LARGE_PAGES: &str = "glibc.malloc.hugetlb=1";
    match set.filter(|it| !it.is_empty()) {
        Some(it) if it.contains("glibc.malloc.hugetlb") => it,
        Some(it) => format!("{it}:{LARGE_PAGES}"),
        None => LARGE_PAGES.to_owned(),
    }
}

fn finish(mut command: Command) -> Result<(Vec<u8>, Metadata), String> {
    let output = command.output().map_err(|error| format!("error: cannot run cargo: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let metadata = serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("error: cargo's answer is not understood: {error}"))?;
    Ok((output.stdout, metadata))
}

#[cfg(test)]
mod tests {
    use super::tunables;

    #[test]
    fn what_is_set_for_the_allocator_stays() {
        assert_eq!(tunables(None), "glibc.malloc.hugetlb=1");
        assert_eq!(tunables(Some(String::new())), "glibc.malloc.hugetlb=1");
        assert_eq!(
            tunables(Some("glibc.malloc.check=3".to_owned())),
            "glibc.malloc.check=3:glibc.malloc.hugetlb=1"
        );
        assert_eq!(tunables(Some("glibc.malloc.hugetlb=0".to_owned())), "glibc.malloc.hugetlb=0");
    }
}
