//! `completions`, `man` and `--help`: each knows every command and every flag.

use std::collections::BTreeSet;

use super::sandbox::{Sandbox, stderr, stdout};

const COMMANDS: [&str; 11] =
    ["check", "diff", "fix", "plan", "apply", "merge", "undo", "map", "explain", "completions", "man"];
const SHELLS: [&str; 5] = ["bash", "zsh", "fish", "powershell", "elvish"];

/// The long flags of a command, as its help lists them.
fn flags(sandbox: &Sandbox, command: &str) -> BTreeSet<String> {
    let help = stdout(&sandbox.output(&format!("{command} --help")));
    let (options, _) = help.split_once("\nExamples:\n").expect("the help ends with examples");
    let lines = options.lines().filter(|it| it.trim_start().starts_with('-'));
    let flags = lines.flat_map(|it| it.split([' ', ',', '=', '[', ']']).filter(|it| it.starts_with("--")));
    let flags: BTreeSet<String> = flags.map(|it| it.trim_start_matches('-').to_owned()).collect();
    assert!(flags.contains("help"), "{help}");
    flags
}

#[test]
fn completions_of_each_shell_name_every_command_and_flag() {
    let sandbox = Sandbox::new(&[]);
    for shell in SHELLS {
        let output = sandbox.output(&format!("completions {shell}"));
        assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), ""), "{shell}");
        let script = stdout(&output);
        for command in COMMANDS {
            assert!(script.contains(command), "{shell}: {command}");
            for flag in flags(&sandbox, command) {
                let named = if shell == "fish" { format!("-l {flag}") } else { format!("--{flag}") };
                assert!(script.contains(&named), "{shell}: {command} {named}");
            }
        }
    }
    let wrong = sandbox.output("completions tcsh");
    assert!(stderr(&wrong).contains("bash, elvish, fish, powershell, zsh"), "{}", stderr(&wrong));
    assert_eq!(wrong.status.code(), Some(2));
}

#[test]
fn completions_are_for_the_program_that_prints_them() {
    let sandbox = Sandbox::new(&[]);
    for (shell, of_retask, of_cargo) in [
        ("bash", " retask\n", " cargo-retask\n"),
        ("zsh", "#compdef retask\n", "#compdef cargo-retask\n"),
        ("fish", "complete -c retask ", "complete -c cargo-retask "),
        ("powershell", "-CommandName 'retask'", "-CommandName 'cargo-retask'"),
        ("elvish", "arg-completer[retask]", "arg-completer[cargo-retask]"),
    ] {
        let script = stdout(&sandbox.output(&format!("completions {shell}")));
        assert!(script.contains(of_retask) && !script.contains(of_cargo), "{shell}");
        let of_subcommand = sandbox.cargo_retask(&format!("retask completions {shell}")).output();
        let script = stdout(&of_subcommand.expect("the program runs"));
        assert!(script.contains(of_cargo) && !script.contains(of_retask), "{shell}");
    }
}

/// What bash would offer for the words of a command line.
#[cfg(unix)]
fn offered(sandbox: &Sandbox, script: &str, function: &str, words: &str) -> Vec<String> {
    let ask = format!(
        "{script}\nCOMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))\n\
         {function} \"${{COMP_WORDS[0]}}\" \"${{COMP_WORDS[COMP_CWORD]}}\" \"${{COMP_WORDS[COMP_CWORD - 1]}}\"\n\
         printf '%s\\n' \"${{COMPREPLY[@]}}\"\n"
    );
    sandbox.write("../ask.bash", ask);
    let output = sandbox.shell("bash --noprofile --norc ../ask.bash");
    assert!(output.status.success(), "{}", stderr(&output));
    stdout(&output).lines().map(str::to_owned).collect()
}

#[test]
#[cfg(unix)]
fn bash_completes_commands_flags_and_their_values() {
    let sandbox = Sandbox::new(&[("src/lib.rs", "")]);
    let script = stdout(&sandbox.output("completions bash"));
    assert_eq!(offered(&sandbox, &script, "_retask", "retask che"), ["check"]);
    assert_eq!(offered(&sandbox, &script, "_retask", "retask check --sin"), ["--since"]);
    assert_eq!(offered(&sandbox, &script, "_retask", "retask diff --fixes ''"), ["safe", "all"]);
    let output = sandbox.cargo_retask("retask completions bash").output().expect("the program runs");
    let script = stdout(&output);
    // Cargo's own completions call those of `cargo-retask`.
    assert_eq!(
        offered(&sandbox, &script, "_retask", "cargo-retask fix --ver"),
        ["--verbose", "--verify", "--version"]
    );
}

#[test]
fn each_command_has_a_manual_page_that_names_its_flags() {
    let sandbox = Sandbox::new(&[("a file", "")]);
    let output = sandbox.output("man new/man1");
    assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), ""));
    let mut pages: Vec<String> = sandbox
        .files()
        .into_keys()
        .filter(|it| it.extension().is_some_and(|it| it == "1"))
        .filter_map(|it| it.file_name().map(|it| it.to_string_lossy().into_owned()))
        .collect();
    pages.sort();
    let mut expected: Vec<String> = COMMANDS.iter().map(|it| format!("retask-{it}.1")).collect();
    expected.push("retask.1".to_owned());
    expected.sort();
    assert_eq!(pages, expected);
    for command in COMMANDS {
        let page = sandbox.read(&format!("new/man1/retask-{command}.1"));
        for flag in flags(&sandbox, command) {
            let flag = flag.replace('-', "\\-");
            assert!(page.contains(&format!("\\-\\-{flag}")), "{command}: {flag}: {page}");
        }
        assert!(page.contains(&format!(".SH EXAMPLES\n.nf\n  retask {command}")), "{command}: {page}");
    }
    let first = sandbox.read("new/man1/retask.1");
    assert!(first.contains(".SH \"EXIT STATUS\"\n.nf\n") && first.contains("retask\\-check(1)"), "{first}");
    let first = sandbox.read("new/man1/retask-fix.1");
    sandbox.output("man new/man1");
    assert_eq!(sandbox.read("new/man1/retask-fix.1"), first, "the pages hold no date");
    sandbox.write("file", "");
    let refused = sandbox.output("man file");
    assert!(
        stderr(&refused).starts_with("error: manual pages cannot be written into `file`: "),
        "{}",
        stderr(&refused)
    );
    assert_eq!(refused.status.code(), Some(2));
}

#[test]
fn help_ends_with_examples_and_the_exit_codes() {
    let sandbox = Sandbox::new(&[]);
    let help = stdout(&sandbox.output("--help"));
    for code in ["  0  ", "  1  ", "  2  ", "  3  ", "  4  ", "  5  "] {
        assert!(help.contains(code), "{help}");
    }
    for command in COMMANDS {
        let help = stdout(&sandbox.output(&format!("{command} --help")));
        assert!(help.contains(&format!("\nExamples:\n  retask {command}")), "{help}");
    }
}
