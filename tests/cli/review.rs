//! `fix --review`: a conversation at a real pseudo-terminal, which `script` of util-linux makes.
#![cfg(unix)]

use std::io::Write;
use std::process::{Command, Stdio};

use super::sandbox::{Sandbox, stderr};

/// Five rewrites of two rules in two files.
fn five() -> Sandbox {
    let sandbox = Sandbox::app(
        "pub mod more;\n\nuse std::time::Duration;\n\npub async fn one() {\n    std::thread::sleep(Duration::from_secs(1));\n}\n\n\
         pub async fn two() {\n    drop(std::fs::read(\"2\"));\n}\n\npub async fn three() {\n    std::thread::sleep(Duration::from_secs(3));\n}\n",
    );
    sandbox.write(
        "src/more.rs",
        "use std::time::Duration;\n\npub async fn four() {\n    std::thread::sleep(Duration::from_secs(4));\n}\n\n\
         pub async fn five() {\n    std::thread::sleep(Duration::from_secs(5));\n}\n",
    );
    sandbox
}

/// What is said at a terminal where these lines are typed; `None` where there is no `script` to make one.
pub fn review(sandbox: &Sandbox, typed: &str) -> Option<String> {
    review_and(sandbox, typed, "none")
}

/// The same, with what becomes of the rewrites then.
fn review_and(sandbox: &Sandbox, typed: &str, verify: &str) -> Option<String> {
    let command = format!(
        "stty cols 80 rows 24; '{}' fix --review --fixes all --allow-no-vcs --verify {verify}",
        env!("CARGO_BIN_EXE_retask")
    );
    let mut script = Command::new("script");
    script.args(["-q", "-e", "-c", &command, "/dev/null"]);
    script.current_dir(sandbox.root()).env("CARGO_NET_OFFLINE", "true").env("SHELL", "/bin/sh");
    script.env("CARGO_TARGET_DIR", sandbox.root().join("target")).env("TERM", "xterm").env_remove("VISUAL");
    script.env("EDITOR", sandbox.root().join("edit.sh"));
    let spawned = script.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let Ok(mut running) = spawned else {
        eprintln!("skipped `cli::review`: there is no `script`, which makes a pseudo-terminal");
        return None;
    };
    let mut keys = running.stdin.take().expect("it is piped");
    keys.write_all(typed.as_bytes()).expect("it reads");
    // Kept open: the end of the input would end the conversation.
    let output = std::thread::scope(|scope| scope.spawn(|| running.wait_with_output()).join());
    drop(keys);
    Some(String::from_utf8_lossy(&output.expect("it ends").expect("it runs").stdout).into_owned())
}

/// The seconds that the files still sleep in a blocking way.
fn asleep(sandbox: &Sandbox) -> Vec<u32> {
    let text = sandbox.read("src/lib.rs") + &sandbox.read("src/more.rs");
    (1..10).filter(|it| text.contains(&format!("std::thread::sleep(Duration::from_secs({it}))"))).collect()
}

#[test]
fn what_is_accepted_is_made_and_a_later_review_goes_on() {
    let sandbox = five();
    let before = sandbox.read("src/more.rs");
    // Accept, accept, refuse, quit.
    let Some(said) = review(&sandbox, "y\ny\nn\nq\n") else { return };
    assert!(said.contains("[1/5] blocking-sleep src/lib.rs:6") && said.contains("[4/5]"), "{said}");
    assert!(said.contains("tokio::time::sleep"), "the diff is shown: {said}");
    assert_eq!(asleep(&sandbox), [3, 4, 5], "{said}");
    assert!(sandbox.read("src/lib.rs").contains("tokio::fs::read(\"2\").await"));
    assert_eq!(sandbox.read("src/more.rs"), before);
    // The one that was refused is not asked again: edit one, and accept the last.
    sandbox.write("edit.sh", "#!/bin/sh\nsed -i 's/from_secs(4)/from_secs(40)/' \"$1\"\n");
    sandbox.shell("chmod +x edit.sh");
    let said = review(&sandbox, "e\ny\n").expect("there is a terminal");
    assert!(
        said.contains("1 rewrite left out as before") && said.contains("[1/2] blocking-sleep src/more.rs:4"),
        "{said}"
    );
    assert_eq!(asleep(&sandbox), [3], "{said}");
    let more = sandbox.read("src/more.rs");
    assert!(more.contains("tokio::time::sleep(Duration::from_secs(40)).await"), "{more}");
    assert!(more.contains("tokio::time::sleep(Duration::from_secs(5)).await"), "{more}");
    // Nothing is left to ask, and all can be taken back.
    let said = review(&sandbox, "").expect("there is a terminal");
    assert!(!said.contains("rewrite? ["), "{said}");
}

#[test]
fn what_was_accepted_is_not_asked_again_where_it_could_not_be_tried() {
    let sandbox = five();
    sandbox.write("build.rs", "fn main() {\n    panic!(\"a library of the system is missing\");\n}\n");
    let Some(said) = review_and(&sandbox, "y\ny\nb\nq\n", "check") else { return };
    assert!(said.contains("cannot compile the workspace as it is, nothing was written"), "{said}");
    assert_eq!(asleep(&sandbox), [1, 3, 4, 5]);
    sandbox.write("build.rs", "fn main() {}\n");
    let said = review(&sandbox, "q\n").expect("there is a terminal");
    assert!(said.contains("1 rewrite accepted before, and not made yet"), "{said}");
    assert!(said.contains("[2/5] blocking-io src/lib.rs:10") && !said.contains("[1/5]"), "{said}");
    assert_eq!(asleep(&sandbox), [3, 4, 5], "{said}");
    assert!(sandbox.read("src/lib.rs").contains("std::fs::read"), "what was taken back by `b` is not made");
    let said = review(&sandbox, "q\n").expect("there is a terminal");
    assert!(!said.contains("accepted before"), "it is made: {said}");
}

#[test]
fn one_answer_stands_for_a_rule_or_a_file() {
    let sandbox = five();
    let Some(said) = review(&sandbox, "a\nn\n") else { return };
    assert_eq!(asleep(&sandbox), [0u32; 0], "{said}");
    assert!(sandbox.read("src/lib.rs").contains("drop(std::fs::read(\"2\"))"), "{said}");
    let sandbox = five();
    let said = review(&sandbox, "f\ny\nn\n").expect("there is a terminal");
    assert_eq!(asleep(&sandbox), [1, 3, 5], "{said}");
}

#[test]
fn one_can_go_back_and_ask_for_help() {
    let sandbox = five();
    let Some(said) = review(&sandbox, "b\no\ny\nb\nn\n?\nwhat\nf\nq\n") else { return };
    assert!(said.contains("this is the first one"), "{said}");
    assert!(said.contains("there is no other rewrite for it"), "{said}");
    assert!(said.contains("e - edit what it makes of the file"), "{said}");
    assert_eq!(asleep(&sandbox), [1, 3, 4, 5], "{said}");
}

#[test]
fn the_other_rewrite_can_be_taken() {
    let library =
        "pub async fn a() {\n    save();\n}\n\nfn save() {\n    std::fs::write(\"a\", \"b\").unwrap();\n}\n";
    let [first, other] = ["y\n", "o\ny\n"].map(|typed| {
        let sandbox = Sandbox::app(library);
        review(&sandbox, typed).map(|said| (sandbox.read("src/lib.rs"), said))
    });
    let (Some(first), Some(other)) = (first, other) else { return };
    let is_async = |it: &(String, String)| it.0.contains("save().await");
    let is_offloaded = |it: &(String, String)| it.0.contains("spawn_blocking(save)");
    assert!(
        is_async(&first) && is_offloaded(&other) || is_offloaded(&first) && is_async(&other),
        "{first:?} {other:?}"
    );
}

#[test]
fn without_a_terminal_nothing_is_asked_or_written() {
    let sandbox = five();
    let before = sandbox.read("src/lib.rs");
    let output = sandbox.shell(&format!(
        "setsid -w '{}' fix --review --allow-no-vcs < /dev/null",
        env!("CARGO_BIN_EXE_retask")
    ));
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(stderr(&output).contains("`--review` asks at a terminal"), "{}", stderr(&output));
    assert_eq!(sandbox.read("src/lib.rs"), before);
    assert_eq!(asleep(&sandbox), [1, 3, 4, 5]);
}
