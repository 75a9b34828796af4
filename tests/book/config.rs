//! The chapter on configuration: each of its blocks is one that retask takes, and no key is left out.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::cli::sandbox::{Sandbox, stderr};
use super::texts;

fn chapter() -> String {
    let chapter = texts().into_iter().find(|(name, _)| name == "configuration.md");
    chapter.expect("there is a chapter on configuration").1
}

/// The TOML of the chapter, block by block.
fn blocks(chapter: &str) -> Vec<String> {
    let parts = chapter.split("```toml\n").skip(1);
    parts.map(|it| it.split_once("```").expect("the block ends").0.to_owned()).collect()
}

#[test]
fn each_configuration_of_the_book_is_read_without_an_error() {
    let blocks = blocks(&chapter());
    assert!(blocks.len() >= 5, "{} blocks", blocks.len());
    for block in blocks {
        // No name in it matters, so that no types are loaded: the configuration is read first.
        let sandbox = Sandbox::bare("pub fn f() {}\n");
        let manifest = sandbox.read("Cargo.toml");
        match block.contains(".metadata.retask") {
            true => sandbox.write("Cargo.toml", format!("{manifest}\n[workspace]\n{block}")),
            false => sandbox.write("retask.toml", &block),
        }
        // The baseline that a configuration names is there in the workspaces that use it.
        if block.contains("baseline = ") {
            sandbox.output("check --update-baseline --quiet");
        }
        let output = sandbox.output("check --quiet");
        let said = stderr(&output);
        assert!(matches!(output.status.code(), Some(0 | 1)) && said.is_empty(), "{block}\n{said}");
    }
}

#[test]
fn the_book_names_every_key_of_the_configuration() {
    let schema: Value =
        serde_json::from_str(include_str!("../../schema/config.json")).expect("the schema is JSON");
    let mut keys = BTreeSet::new();
    collect(&schema, &mut keys);
    assert!(keys.contains("max-jobs") && keys.contains("twin"), "{keys:?}");
    let chapter = chapter();
    let missing: Vec<&String> = keys.iter().filter(|it| !chapter.contains(&format!("`{it}`"))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// The keys of all objects that a schema describes.
fn collect(schema: &Value, keys: &mut BTreeSet<String>) {
    if let Some(properties) = schema["properties"].as_object() {
        for (key, value) in properties {
            keys.insert(key.clone());
            collect(value, keys);
        }
    }
    if schema["items"].is_object() {
        collect(&schema["items"], keys);
    }
}
