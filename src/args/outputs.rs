//! The formats, and the files that they go to.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// How findings are written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people: findings as rustc shows them, or a diff
    Human,
    /// One object with all there is to know
    Json,
    /// Cargo's JSON messages, as rust-analyzer reads them
    Cargo,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Workflow commands of GitHub, for annotations
    Github,
    /// The Code Quality report of GitLab
    Gitlab,
    /// JUnit's XML
    Junit,
    /// A summary for pull requests
    Markdown,
    /// A page with a drawing of the workspace, from `map`
    Html,
}

impl Format {
    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Format::Human => "human",
            Format::Json => "json",
            Format::Cargo => "cargo",
            Format::Sarif => "sarif",
            Format::Github => "github",
            Format::Gitlab => "gitlab",
            Format::Junit => "junit",
            Format::Markdown => "markdown",
            Format::Html => "html",
        }
    }
}

/// Outputs beside standard output.
#[derive(Clone, Debug, Default, Args)]
pub struct Outputs {
    /// Write a format to a file as well, such as `sarif=retask.sarif` (repeatable)
    #[arg(long = "output", value_name = "FORMAT=FILE", value_parser = output)]
    pub outputs: Vec<Output>,
}

/// A format and the file that it goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    pub format: Format,
    /// As the shell means it: relative to the current folder.
    pub path: PathBuf,
}

/// Reads `FORMAT=FILE`.
fn output(text: &str) -> Result<Output, String> {
    let formats = Format::value_variants().iter().map(|it| it.name()).collect::<Vec<_>>().join(", ");
    let Some((name, path)) = text.split_once('=').filter(|(_, path)| !path.is_empty()) else {
        return Err(format!(
            "name a format and a file, as in `sarif=retask.sarif`; the formats are {formats}"
        ));
    };
    let format = Format::value_variants().iter().find(|it| it.name() == name);
    let format = format.ok_or_else(|| format!("no format is named `{name}`; the formats are {formats}"))?;
    Ok(Output { format: *format, path: PathBuf::from(path) })
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::Format;

    #[test]
    fn formats_are_called_what_clap_calls_them() {
        for format in Format::value_variants() {
            let value = format.to_possible_value().expect("none is hidden");
            assert_eq!(value.get_name(), format.name());
        }
    }
}
