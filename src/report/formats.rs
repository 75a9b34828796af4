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
        // No findings are shown as a page: that is refused before.
        Format::Human | Format::Html => human::text(shown.workspace, shown.analysed, shown.with_notes),
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

/// Why a command cannot print a format, with what to do instead; nothing where it can.
pub fn refusal(command: &str, format: Format) -> Option<String> {
    let (why, instead) = match (command, format) {
        (_, Format::Human | Format::Json) | ("map", Format::Html) => return None,
        ("map", _) => ("shows units of work and no findings", "check"),
        (_, Format::Html) => ("draws no page", "map"),
        ("fix", _) => ("changes the files that the findings stand in", "check"),
        _ => return None,
    };
    let name = format.name();
    Some(format!("`retask {command}` {why}: for `--format {name}` take `retask {instead}`"))
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
