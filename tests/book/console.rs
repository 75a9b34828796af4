//! The console examples of the chapters are run anew, and each page must show what they print.
//!
//! A page names the workspace that its examples run in: `<!-- runs in fixtures/workspaces/parcel -->`. They run in a copy of it, one
//! after the other. A line that begins with `$ ` is given to the shell; what follows is its output, errors included.
//! `UPDATE_EXPECT=1` writes the output into the page.
#![cfg(unix)]

use std::path::{Path, PathBuf};
use std::process::Command;

use expect_test::expect_file;
use rayon::prelude::*;

use super::super::workspaces::{copy_of, fresh_folder, repository, target};
use super::{chapters, texts};

/// What opens a block of examples.
const OPEN: &str = "```console";

#[test]
fn console_examples_of_the_book_print_what_the_book_shows() {
    let with_examples = |it: &(String, String)| it.1.contains(OPEN);
    let pages: Vec<(String, String)> = texts().into_iter().filter(with_examples).collect();
    let examples = pages.iter().flat_map(|(_, text)| text.lines()).filter(|it| it.starts_with("$ ")).count();
    assert!(examples >= 20, "{examples} examples");
    // Each page has a copy of its own.
    let run: Vec<String> = pages.par_iter().map(|(name, text)| run_anew(name, text)).collect();
    for ((name, _), text) in pages.iter().zip(run) {
        expect_file![chapters().join(name)].assert_eq(&text);
    }
}

/// A page with the output of its examples as it is now.
fn run_anew(name: &str, text: &str) -> String {
    let mut shell = Shell::of(name, text);
    let mut page = String::new();
    let mut is_console = false;
    for line in text.split_inclusive('\n') {
        let is_fence = line.starts_with("```");
        if is_fence {
            is_console = !is_console && line.trim_end() == OPEN;
        }
        let command = line.strip_prefix("$ ").filter(|_| is_console);
        // Inside of a block, what is neither a command nor the end is the output of before.
        if is_fence || !is_console || command.is_some() {
            page.push_str(line);
        }
        if let Some(command) = command {
            page.push_str(&shell.run(command.trim_end()));
        }
    }
    page
}

/// A workspace, and what is kept from one command to the next.
struct Shell {
    folder: PathBuf,
    /// The exit code of the command before, for `echo $?`.
    code: i32,
}

impl Shell {
    fn of(name: &str, text: &str) -> Shell {
        let named = text.split_once("<!-- runs in ").and_then(|(_, rest)| rest.split_once(" -->"));
        let (workspace, _) = named.unwrap_or_else(|| panic!("{name} does not name where its examples run"));
        let workspace = repository().join(workspace);
        let last = workspace.file_name().expect("a workspace has a name");
        let to = fresh_folder(&format!("book-{}", name.replace(['/', '.'], "-"))).join(last);
        Shell { folder: copy_of(&workspace, &to), code: 0 }
    }

    /// Runs a command; gives all that it prints, the one and the other output in their order.
    fn run(&mut self, command: &str) -> String {
        let program = Path::new(env!("CARGO_BIN_EXE_retask")).parent().expect("it lies in a folder");
        let path = std::env::var("PATH").expect("there is a path");
        let script = format!("exec 2>&1; (exit {}); {command}\n", self.code);
        let output = Command::new("sh")
            .args(["-c", &script])
            .current_dir(&self.folder)
            .env("PATH", format!("{}:{path}", program.display()))
            .env("CARGO_TARGET_DIR", target())
            .envs([("GIT_AUTHOR_NAME", "You"), ("GIT_COMMITTER_NAME", "You")])
            .envs([("GIT_AUTHOR_EMAIL", "you@example.org"), ("GIT_COMMITTER_EMAIL", "you@example.org")])
            .envs([("LC_ALL", "C"), ("GIT_CONFIG_GLOBAL", "/dev/null")])
            .env_remove("COLUMNS")
            .output()
            .expect("there is a shell");
        self.code = output.status.code().expect("the command ends by itself");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let last = self.folder.file_name().expect("it has a name").to_string_lossy();
        let said = said.replace(&*self.folder.to_string_lossy(), &format!("~/{last}"));
        // Blanks at the end of a line show nowhere, and editors take them away.
        said.lines().map(|it| format!("{}\n", it.trim_end())).collect()
    }
}

#[test]
fn the_page_of_the_command_line_has_the_help_of_each_command() {
    let (_, page) = texts().into_iter().find(|(name, _)| name == "command-line.md").expect("there is one");
    let output = Command::new(env!("CARGO_BIN_EXE_retask")).arg("--help").output().expect("it runs");
    let help = String::from_utf8_lossy(&output.stdout).into_owned();
    let (_, list) = help.split_once("Commands:\n").expect("the help lists commands");
    let names = list.lines().take_while(|it| !it.is_empty()).filter_map(|it| it.split_whitespace().next());
    for name in names.filter(|it| *it != "help") {
        let is_there = ["--help", "-h"].map(|it| page.contains(&format!("\n$ retask {name} {it}\n")));
        assert!(is_there.contains(&true), "{name} is not in the page");
    }
}
