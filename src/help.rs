//! What `--help` ends with: examples, and the exit codes.

/// The exit codes of the contract.
pub const CODES: &str = "\
Exit codes, of which the highest counts:
  0  nothing found; or all that was asked for was applied and compiles
  1  findings remain (check, fix), or the diff is not empty (diff); notes do not count
  2  wrong usage; or a refusal or failure to write
  3  a file or package could not be read or resolved, and is named
  4  rewrites were taken back because the workspace no longer compiled
  5  files changed meanwhile, or another run holds the lock

Begin with:
  retask check
  retask diff
  retask explain blocking-sleep";

pub const CHECK: &str = "\
Examples:
  retask check                              all findings of the workspace
  retask check -v --rule blocking-io        one rule, with its notes
  retask check --since main                 only what this branch touches
  retask check --watch                      again whenever a file changes
  retask check --format json crates/server  one package, for a program to read";

pub const DIFF: &str = "\
Examples:
  retask diff                  rewrites that mean the same but for scheduling
  retask diff --fixes all      also those that a reader must agree to
  retask diff --prefer offload src/main.rs
  retask diff --since main     only what this branch touches
  retask diff --split-by owner --out-dir patches  one patch for each team in CODEOWNERS";

pub const FIX: &str = "\
Examples:
  retask fix                             rewrite, compile, keep what compiles
  retask fix --rule blocking-sleep --verify test
  retask fix --review                    ask for each rewrite
  retask fix --fixes all --report retask.md
  retask fix --since HEAD --allow-dirty  only in what is not committed yet";

pub const PLAN: &str = "\
Examples:
  retask plan > plan.json
  retask plan --shard 0/4 --fixes all > plan-0.json";

pub const APPLY: &str = "\
Examples:
  retask apply plan.json
  retask apply plan.json crates/server --verify test";

pub const MERGE: &str = "\
Examples:
  retask merge plan-0.json plan-1.json > plan.json";

pub const UNDO: &str = "\
Examples:
  retask undo
  retask undo crates/server";

pub const MAP: &str = "\
Examples:
  retask map
  retask map -p server --format json
  retask map --format html > map.html  a drawing, for a browser";

pub const EXPLAIN: &str = "\
Examples:
  retask explain blocking-sleep
  retask explain 3";

pub const COMPLETIONS: &str = "\
Examples:
  retask completions bash
  retask completions zsh
  cargo retask completions bash  for `cargo retask`, by way of Cargo's own completions

The output belongs where the shell looks for completions:
  bash        ~/.local/share/bash-completion/completions/retask
  zsh         _retask in a folder of $fpath
  fish        ~/.config/fish/completions/retask.fish
  powershell  $PROFILE, by `retask completions powershell | Out-String | Invoke-Expression`
  elvish      ~/.config/elvish/rc.elv
With `cargo retask`, the name is `cargo-retask` or `_cargo-retask`.";

pub const MAN: &str = "\
Examples:
  retask man ~/.local/share/man/man1";

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use crate::args::Cli;

    /// The examples of all commands: lines that begin with the name of the program, without what is said about them.
    fn examples() -> Vec<String> {
        let cli = Cli::command();
        let helps = cli.get_subcommands().chain([&cli]).map(|it| {
            let help = it.get_after_help();
            help.unwrap_or_else(|| panic!("`{}` has no examples", it.get_name())).to_string()
        });
        let lines = helps.flat_map(|it| it.lines().map(str::to_owned).collect::<Vec<_>>());
        let examples = lines.filter_map(|it| {
            let it = it.strip_prefix("  ")?;
            let it = it.strip_prefix("cargo ").unwrap_or(it);
            let command = it.split("  ").next()?;
            // Where the shell puts the output is not for the program.
            let command = command.split(" > ").next()?;
            command.starts_with("retask ").then(|| command.to_owned())
        });
        examples.collect()
    }

    #[test]
    fn every_example_is_a_command_line_that_holds() {
        let examples = examples();
        assert!(examples.len() > 15, "{examples:?}");
        for example in examples {
            let parsed = Cli::try_parse_from(example.split_whitespace());
            assert!(
                parsed.is_ok(),
                "{example}: {}",
                parsed.err().map(|it| it.to_string()).unwrap_or_default()
            );
        }
    }

    #[test]
    fn lines_of_help_fit_a_terminal() {
        let cli = Cli::command();
        for command in cli.get_subcommands().chain([&cli]) {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            for line in help.lines() {
                assert!(line.chars().count() <= 100, "{}: {line}", command.get_name());
            }
        }
    }
}
