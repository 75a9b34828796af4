//! The arguments of the comparison.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

/// Measures retask beside what a user would run instead.
#[derive(Debug, Parser)]
#[command(name = "compare")]
pub struct Options {
    /// An existing workspace (repeatable); one of its files is changed for a moment
    #[arg(long = "path", value_name = "DIR")]
    pub paths: Vec<PathBuf>,
    /// Generated workspaces of about so many lines [default: 10000,100000,1000000, or none beside --path]
    #[arg(long, value_name = "N", value_delimiter = ',')]
    pub lines: Vec<usize>,
    /// Hazards in each generated workspace
    #[arg(long, value_name = "N", default_value_t = 40)]
    pub hazards: usize,
    /// How often each program runs
    #[arg(long, value_name = "K", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    pub runs: u32,
    /// How often Clippy runs, which takes minutes; 0 leaves it out
    #[arg(long, value_name = "K", default_value_t = 1)]
    pub clippy_runs: u32,
    /// How often rust-analyzer runs; 0 leaves it out
    #[arg(long, value_name = "K", default_value_t = 1)]
    pub rust_analyzer_runs: u32,
    /// Only this comparison (repeatable)
    #[arg(long, value_enum, value_name = "NAME")]
    pub only: Vec<Comparison>,
    /// The retask to measure [default: the one that Cargo built]
    #[arg(long, value_name = "PATH")]
    pub retask: Option<PathBuf>,
    /// The ast-grep to measure [default: `ast-grep` or `sg`]
    #[arg(long, value_name = "PATH")]
    pub ast_grep: Option<PathBuf>,
    /// The ripgrep to measure [default: `rg`]
    #[arg(long, value_name = "PATH")]
    pub rg: Option<PathBuf>,
    /// The rust-analyzer to measure [default: `rust-analyzer`]
    #[arg(long, value_name = "PATH")]
    pub rust_analyzer: Option<PathBuf>,
    /// What `cargo bench` adds
    #[arg(long, hide = true)]
    bench: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Comparison {
    /// Reading and indexing, beside ast-grep and ripgrep
    Syntax,
    /// All of `check`, beside Clippy and rust-analyzer
    Whole,
    /// `check` on generated workspaces of several sizes
    Growth,
}

impl Options {
    pub fn wants(&self, comparison: Comparison) -> bool {
        self.only.is_empty() || self.only.contains(&comparison)
    }

    /// The sizes of generated workspaces, the smallest first.
    pub fn sizes(&self) -> Vec<usize> {
        let mut sizes = match self.lines.as_slice() {
            [] if self.paths.is_empty() => vec![10_000, 100_000, 1_000_000],
            lines => lines.to_vec(),
        };
        sizes.sort_unstable();
        sizes.dedup();
        sizes
    }
}
