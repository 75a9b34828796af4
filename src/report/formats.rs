//! The formats by name, for standard output and for files.

use std::io::ErrorKind;
use std::path::PathBuf;

use super::shown::Shown;
use super::terminal::visible;
use super::{cargo, github, gitlab, human, json, junit, sarif, summary};
use crate::args::{Format, Output};
use crate::exit::{code, fail, worst};

/// The findings in a format.
pub fn text(format: Format, shown: &Shown<'_>) -> String {
    match format {
        Format::Human => human::text(shown.workspace, shown.analysed, shown.with_notes),
        Format::Json => json::findings(shown.workspace, shown.analysed) + "\n",
        Format::Cargo => cargo::messages(shown),
        Format::Sarif => sarif::log(shown),
        Format::Github => github::commands(shown),
        Format::Gitlab => gitlab::issues(shown),
        // These escape no character that turns the direction of text.
        Format::Junit => visible(&junit::report(shown)),
        Format::Markdown => visible(&summary::summary(shown)),
    }
}

/// Whether a command that has no findings of the files as they are can print a format; else what to do instead.
pub fn refusal(command: &str, format: Format) -> Option<String> {
    let why = match command {
        "map" => "shows units of work and no findings",
        _ => "changes the files that the findings stand in",
    };
    (!matches!(format, Format::Human | Format::Json)).then(|| {
        format!(
            "`retask {command}` {why}: it knows `--format human` and `--format json` alone; for `--format {}` take `retask check`",
            format.name()
        )
    })
}

/// Writes each output to its file; gives the exit code. One that cannot be written does not keep the others from it.
pub fn write(outputs: &[Output], text: impl Fn(Format) -> String) -> u8 {
    let codes = outputs.iter().map(|it| match std::fs::write(&it.path, text(it.format)) {
        Ok(()) => 0,
        Err(error) => {
            let then = match error.kind() {
                ErrorKind::NotFound => "make its folder first",
                _ => "name a file that can be written",
            };
            let (format, path) = (it.format.name(), it.path.display());
            fail(&format!("the {format} output `{path}` cannot be written: {error}; {then}"), code::USAGE)
        }
    });
    worst(codes)
}

/// Two outputs for one file: the second would take the first one's place.
pub fn twice(outputs: &[Output]) -> Option<String> {
    let paths: Vec<&PathBuf> = outputs.iter().map(|it| &it.path).collect();
    let twice = paths.iter().enumerate().find(|(index, it)| paths[..*index].contains(it))?;
    Some(format!("two outputs go to `{}`: give each `--output` a file of its own", twice.1.display()))
}
