//! A diff in several patches.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Patches in the place of one diff.
#[derive(Clone, Debug, Default, Args)]
pub struct Split {
    /// Write numbered patches in the place of one diff, and list them: by package, by owner as CODEOWNERS names them, or by rule
    #[arg(long, value_enum, value_name = "KIND", requires = "out_dir")]
    pub split_by: Option<By>,
    /// The folder of the patches, which is made where there is none
    #[arg(short, long, value_name = "DIR", requires = "split_by")]
    pub out_dir: Option<PathBuf>,
}

/// What each patch is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum By {
    Package,
    Owner,
    Rule,
}
