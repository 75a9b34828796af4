//! A diff that `git apply` takes gives byte for byte what `fix` writes, whatever the names and the line ends.

use super::fix::{AWAITS, BLOCKS};
use super::sandbox::{Sandbox, WITH_TOKIO, stderr, stdout};

/// Names that git quotes, or that shells stumble over.
const NAMES: [&str; 7] = [
    "with space.rs",
    "quo\"te.rs",
    "\u{e4}\u{1f980}.rs",
    "tab\there.rs",
    "semi;&$colon.rs",
    "-dash.rs",
    "end .rs",
];

fn texts() -> Vec<String> {
    let crlf = BLOCKS.replace('\n', "\r\n");
    vec![
        BLOCKS.to_owned(),
        format!("\u{feff}{crlf}"),
        format!("// Mixed.\r\n// \u{e4}\r\n{BLOCKS}"),
        format!("// A carriage\rreturn.\n{BLOCKS}"),
        BLOCKS.trim_end().to_owned(),
        BLOCKS.replace("    ", "\t"),
        format!("pub const CONTINUED: &str = \"a \\\r\n    b\";\r\n{crlf}"),
    ]
}

#[test]
fn git_applies_a_diff_to_the_bytes_that_fix_writes() {
    let mut library: String = String::new();
    for (at, name) in NAMES.iter().enumerate() {
        library.push_str(&format!("#[path = {name:?}]\npub mod m{at};\n"));
    }
    let sandbox = Sandbox::app("");
    for (name, text) in NAMES.iter().zip(texts()) {
        sandbox.write(&format!("a b/src/{name}"), text);
    }
    sandbox.write("a b/src/lib.rs", library);
    let manifest = WITH_TOKIO.replace("\"../tokio\", features = [\"full\"]", "\"../../tokio\"");
    // A feature is missing, so that the manifest is a part of the diff.
    sandbox.write("a b/Cargo.toml", format!("\u{feff}{}", manifest.replacen('\n', "\r\n", 3)));
    sandbox.commit();
    let inside = sandbox.root().join("a b");
    let run = |args: &str| {
        let output = sandbox.retask(args).current_dir(&inside).output().expect("the program runs");
        assert!(output.status.code().is_some_and(|it| it < 2), "{}", stderr(&output));
        output
    };
    let diff = stdout(&run("diff"));
    sandbox.write("../all.diff", &diff);
    sandbox.git(&["apply", "--check", "../all.diff"]);
    run("fix --verify none");
    let read = || {
        let names = NAMES.iter().copied().chain(["lib.rs"]).map(|it| format!("a b/src/{it}"));
        names.chain(["a b/Cargo.toml".to_owned()]).map(|it| sandbox.read(&it)).collect::<Vec<_>>()
    };
    let fixed = read();
    for (text, before) in fixed.iter().zip(texts()) {
        let awaits = AWAITS.trim_end().lines().nth(1).expect("it has a second line").trim();
        assert!(text.contains(awaits), "{before:?} became {text:?}");
        assert_eq!(text.matches('\r').count(), before.matches('\r').count(), "{text:?}");
        assert_eq!(text.starts_with('\u{feff}'), before.starts_with('\u{feff}'));
        assert_eq!(text.ends_with('\n'), before.ends_with('\n'));
    }
    assert!(run("diff").stdout.is_empty(), "a second run has nothing to do");
    sandbox.git(&["checkout", "--", "."]);
    sandbox.git(&["apply", "../all.diff"]);
    assert_eq!(read(), fixed);
}
