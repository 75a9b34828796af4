//! What shells and `man` read: completions and manual pages, made from the command line itself.

use std::io;
use std::path::Path;

use clap::{Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use crate::args::Cli;
use crate::exit::{code, fail};
use crate::report::terminal;

/// The program that is no subcommand of Cargo.
const PLAIN: &str = "retask";

/// The name that this program was called by: Cargo's own completions ask for those of `cargo-retask`.
pub fn program() -> &'static str {
    let called = std::env::args_os().next().unwrap_or_default();
    match Path::new(&called).file_stem().is_some_and(|it| it == "cargo-retask") {
        true => "cargo-retask",
        false => PLAIN,
    }
}

/// Prints the completions of a shell for a program; gives the exit code.
pub fn completions(shell: Shell, program: &str) -> u8 {
    let mut script = Vec::new();
    // For bash, clap_complete names the commands of a program with a dash in two ways that do not meet.
    let name = if shell == Shell::Bash { PLAIN } else { program };
    clap_complete::generate(shell, &mut Cli::command(), name, &mut script);
    let script = String::from_utf8_lossy(&script);
    match shell {
        Shell::Bash => terminal::raw(&registered_for(&script, program)),
        _ => terminal::raw(&script),
    }
    0
}

/// A script for bash, whose function takes the words of any program, registered for another program.
fn registered_for(script: &str, program: &str) -> String {
    let line = |line: &str| match line.strip_suffix(PLAIN).filter(|it| it.contains("complete -F ")) {
        Some(registers) => format!("{registers}{program}\n"),
        None => format!("{line}\n"),
    };
    script.lines().map(line).collect()
}

/// Writes a page for each command into a folder; gives the exit code.
pub fn man(folder: &Path) -> u8 {
    match write_pages(folder) {
        Ok(()) => 0,
        Err(error) => fail(
            &format!("manual pages cannot be written into `{}`: {error}; name a folder", folder.display()),
            code::USAGE,
        ),
    }
}

fn write_pages(folder: &Path) -> io::Result<()> {
    let mut cli = Cli::command().disable_help_subcommand(true);
    cli.build();
    std::fs::create_dir_all(folder)?;
    for command in cli.get_subcommands().chain([&cli]) {
        let man = Man::new(command.clone()).source(format!("retask {}", env!("CARGO_PKG_VERSION")));
        std::fs::write(folder.join(man.get_filename()), page(&man, command)?)?;
    }
    Ok(())
}

/// A page. What the help ends with gets a section of its own, in which lines stay as they are.
fn page(man: &Man, command: &Command) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    let end = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let (title, lines) = match end.strip_prefix("Examples:\n") {
        Some(examples) => ("EXAMPLES", examples),
        None => ("EXIT STATUS", end.as_str()),
    };
    let mut roff = Roff::new();
    roff.control("SH", [title]).control("nf", []);
    for line in lines.lines() {
        roff.text([roman(line)]);
    }
    roff.control("fi", []).to_writer(&mut page)?;
    Ok(page)
}
