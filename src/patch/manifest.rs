//! Features that rewrites need, added to the manifest of the package that needs them.

use std::collections::BTreeMap;
use std::path::Path;

use retask_engine::Workspace;
use retask_engine::finding::{Edit, FeatureNeed, Place};
use retask_engine::place::position;
use similar::{DiffTag, TextDiff};
use toml_edit::{Array, DocumentMut, Item, TableLike, Value};

use super::Change;
use super::edits::ends_in_crlf;

/// Reads a manifest, as a change that changes nothing yet.
pub fn read(workspace: &Workspace, path: &str) -> Result<Change, String> {
    let text = std::fs::read_to_string(Path::new(&workspace.root).join(path))
        .map_err(|error| format!("`{path}` cannot be read: {error}"))?;
    let (text, bom) = match text.strip_prefix('\u{feff}') {
        Some(rest) => (rest.to_owned(), true),
        None => (text, false),
    };
    Ok(Change { before: text.clone(), after: text, bom })
}

/// Whether what a rewrite needs is on already.
pub fn has(workspace: &Workspace, need: &FeatureNeed) -> bool {
    let mut dependencies = workspace.packages[need.package].dependencies.values();
    let named = dependencies.find(|it| it.package == need.dependency);
    named.is_some_and(|it| it.features.iter().any(|it| it == need.feature || it == "full"))
}

/// Adds a feature to the member's own entry of the dependency, where it is not on already. A dependency that is inherited from the
/// workspace takes features of the member on top, so that no other package changes.
pub fn enable(
    workspace: &Workspace,
    manifests: &mut BTreeMap<String, Change>,
    need: &FeatureNeed,
) -> Result<(), String> {
    let package = &workspace.packages[need.package];
    if !package.dependencies.values().any(|it| it.package == need.dependency) {
        return Err(format!("`{}` does not depend on `{}`", package.name, need.dependency));
    }
    if has(workspace, need) {
        return Ok(());
    }
    if let Some(reason) = workspace.guards.get(&package.manifest) {
        return Err(format!("`{}` {reason}", package.manifest));
    }
    let change = match manifests.get(&package.manifest) {
        Some(change) => change.clone(),
        None => read(workspace, &package.manifest)?,
    };
    let after = with_feature(&change.after, need.dependency, need.feature)
        .map_err(|reason| format!("`{}`: {reason}", package.manifest))?;
    if after != change.before {
        manifests.insert(package.manifest.clone(), Change { after, ..change });
    }
    Ok(())
}

/// The edits that add what a rewrite needs, one for each manifest. A manifest that cannot give it has none.
pub fn edits(workspace: &Workspace, needs: &[FeatureNeed]) -> Vec<Edit> {
    let mut manifests = BTreeMap::new();
    for need in needs {
        // What fails here is told where the rewrite is worked out.
        let _ = enable(workspace, &mut manifests, need);
    }
    manifests.into_iter().map(|(path, change)| edit(path, &change)).collect()
}

/// The change of a file as one edit of the lines that differ.
fn edit(path: String, change: &Change) -> Edit {
    let (before, after) = (&change.before, &change.after);
    let same = |a: &mut dyn Iterator<Item = (&str, &str)>| -> usize {
        a.take_while(|(a, b)| a == b).map(|(it, _)| it.len()).sum()
    };
    let start = same(&mut before.split_inclusive('\n').zip(after.split_inclusive('\n')));
    let (old, new) = (&before[start..], &after[start..]);
    let end = same(&mut old.split_inclusive('\n').rev().zip(new.split_inclusive('\n').rev()));
    let mut place = Place { path, start: position(before, start), end: position(before, before.len() - end) };
    if change.bom {
        place.start.offset += 3;
        place.end.offset += 3;
    }
    Edit { place, text: new[..new.len() - end].to_owned() }
}

/// A manifest's text with a feature of a dependency on. Lines that stay keep every byte.
fn with_feature(text: &str, dependency: &str, feature: &str) -> Result<String, String> {
    let before = text.replace("\r\n", "\n");
    let mut manifest: DocumentMut = before.parse().map_err(|error| format!("is not TOML: {error}"))?;
    let item = find(manifest.as_table_mut(), dependency)
        .ok_or_else(|| format!("no entry for `{dependency}` under `[dependencies]`"))?;
    add(item, feature)?;
    Ok(carry_over(text, &before, &manifest.to_string()))
}

/// Carries the lines that changed from one text to another over to a third, which differs from the first in its line ends.
fn carry_over(raw: &str, before: &str, after: &str) -> String {
    let lines: Vec<&str> = raw.split_inclusive('\n').collect();
    let new_end = if ends_in_crlf(raw) { "\r\n" } else { "\n" };
    let diff = TextDiff::from_lines(before, after);
    let mut text = String::with_capacity(after.len());
    for op in diff.ops() {
        if op.tag() == DiffTag::Equal {
            text.extend(op.old_range().map(|it| lines[it]));
            continue;
        }
        // A line in the place of another ends as that one did.
        let old_ends = op.old_range().map(|it| if lines[it].ends_with("\r\n") { "\r\n" } else { "\n" });
        let ends = old_ends.chain(std::iter::repeat(new_end));
        for (line, end) in op.new_range().zip(ends) {
            let line = diff.new_slice(line).unwrap_or_default();
            match line.strip_suffix('\n') {
                Some(line) => text.extend([line, end]),
                None => text.push_str(line),
            }
        }
    }
    text
}

/// The entry of a dependency by its name on the registry: among the plain ones, else among those of a target.
fn find<'m>(manifest: &'m mut dyn TableLike, dependency: &str) -> Option<&'m mut Item> {
    let has = |table: &dyn TableLike| key_of(table, dependency).is_some();
    let plain = manifest.get("dependencies").and_then(|it| it.as_table_like()).is_some_and(has);
    if plain {
        let table = manifest.get_mut("dependencies")?.as_table_like_mut()?;
        let key = key_of(table, dependency)?;
        return table.get_mut(&key);
    }
    let targets = manifest.get_mut("target")?.as_table_like_mut()?;
    for (_, target) in targets.iter_mut() {
        let Some(table) = target.get_mut("dependencies").and_then(|it| it.as_table_like_mut()) else {
            continue;
        };
        if let Some(key) = key_of(table, dependency) {
            return table.get_mut(&key);
        }
    }
    None
}

fn key_of(table: &dyn TableLike, dependency: &str) -> Option<String> {
    let renamed = |item: &Item| item.get("package").and_then(|it| it.as_str()).map(str::to_owned);
    let named =
        |(key, item): &(&str, &Item)| renamed(item).unwrap_or_else(|| (*key).to_owned()) == dependency;
    table.iter().find(named).map(|(key, _)| key.to_owned())
}

/// Adds to `features` of an entry in any of its forms.
fn add(item: &mut Item, feature: &str) -> Result<(), String> {
    if let Some(version) = item.as_str().map(str::to_owned) {
        let mut table = toml_edit::InlineTable::new();
        table.insert("version", version.into());
        table.insert("features", Value::Array(Array::from_iter([feature])));
        let mut value = Value::InlineTable(table);
        if let Some(old) = item.as_value() {
            *value.decor_mut() = old.decor().clone();
        }
        *item = Item::Value(value);
        return Ok(());
    }
    let table = item.as_table_like_mut().ok_or("the dependency is neither a version nor a table")?;
    let Some(features) = table.get_mut("features") else {
        let last = table.iter().last().map(|(key, _)| key.to_owned());
        let mut features = Value::Array(Array::from_iter([feature]));
        if let Some(value) = last.and_then(|it| table.get_mut(&it)?.as_value_mut()) {
            take_end(value, &mut features);
        }
        table.insert("features", Item::Value(features));
        return Ok(());
    };
    let features = features.as_array_mut().ok_or("`features` is not a list")?;
    let names: Vec<String> = features.iter().filter_map(|it| it.as_str()).map(str::to_owned).collect();
    if names.iter().any(|it| it == feature) {
        return Ok(());
    }
    insert(features, &names, feature);
    Ok(())
}

/// What stands between the last value and the closing brace comes after the new last one.
fn take_end(last: &mut Value, new: &mut Value) {
    let on_line = |it: &&str| it.chars().all(|it| it == ' ');
    let end = last.decor().suffix().and_then(|it| it.as_str()).filter(on_line).map(str::to_owned);
    if let Some(end) = end {
        last.decor_mut().set_suffix("");
        new.decor_mut().set_suffix(end);
    }
}

/// A sorted list stays sorted; the new entry looks like its neighbours.
fn insert(features: &mut Array, names: &[String], feature: &str) {
    let at = match names.is_sorted() {
        true => names.iter().position(|it| it.as_str() > feature).unwrap_or(names.len()),
        false => names.len(),
    };
    let like = features.get(if at > 0 { at - 1 } else { at }).map(|it| it.decor().clone());
    let on_lines = features
        .iter()
        .next()
        .and_then(|it| it.decor().prefix())
        .and_then(|it| it.as_str())
        .is_some_and(|it| it.contains('\n'));
    let mut value = Value::from(feature);
    match like.filter(|_| on_lines) {
        Some(decor) => {
            *value.decor_mut() = decor;
            features.insert_formatted(at, value);
        }
        None if at == 0 => {
            // The new entry takes the place of the first one, and that gets a space before it.
            let decor = features.get(0).map(|it| it.decor().clone()).unwrap_or_default();
            if let Some(second) = features.get_mut(0) {
                second.decor_mut().set_prefix(" ");
            }
            value.decor_mut().set_prefix(decor.prefix().cloned().unwrap_or_default());
            features.insert_formatted(0, value);
        }
        None => features.insert(at, feature),
    }
}

#[cfg(test)]
mod tests {
    use super::{Change, edit, with_feature};

    #[track_caller]
    fn check(before: &str, after: &str) {
        let head = "[package]\nname = \"p\" # kept\n\n";
        assert_eq!(with_feature(&format!("{head}{before}"), "tokio", "fs"), Ok(format!("{head}{after}")));
    }

    #[test]
    fn every_form_of_a_dependency() {
        check(
            "[dependencies]\ntokio = \"1\"\n",
            "[dependencies]\ntokio = { version = \"1\", features = [\"fs\"] }\n",
        );
        check(
            "[dependencies]\ntokio = { version = \"1\" }\n",
            "[dependencies]\ntokio = { version = \"1\", features = [\"fs\"] }\n",
        );
        check(
            "[dependencies]\ntokio = { workspace = true, features = [\"rt\"] }\n",
            "[dependencies]\ntokio = { workspace = true, features = [\"fs\", \"rt\"] }\n",
        );
        check(
            "[dependencies]\ntokio.workspace = true\n",
            "[dependencies]\ntokio.workspace = true\ntokio.features = [\"fs\"]\n",
        );
        check(
            "[dependencies.tokio]\nversion = \"1\"\nfeatures = [\"time\", \"rt\"]\n",
            "[dependencies.tokio]\nversion = \"1\"\nfeatures = [\"time\", \"rt\", \"fs\"]\n",
        );
        check(
            "[dependencies]\nasync = { package = \"tokio\", version = \"1\", features = [] }\n",
            "[dependencies]\nasync = { package = \"tokio\", version = \"1\", features = [\"fs\"] }\n",
        );
        check(
            "[target.'cfg(unix)'.dependencies]\ntokio = \"1\"\n",
            "[target.'cfg(unix)'.dependencies]\ntokio = { version = \"1\", features = [\"fs\"] }\n",
        );
    }

    #[test]
    fn a_change_of_a_manifest_is_an_edit_of_its_lines() {
        let change = Change { before: "a\nb\nc\n".to_owned(), after: "a\nx\nc\n".to_owned(), bom: false };
        let edit = edit("Cargo.toml".to_owned(), &change);
        assert_eq!((edit.place.start.offset, edit.place.end.offset, edit.text.as_str()), (2, 4, "x\n"));
        assert_eq!((edit.place.start.line, edit.place.end.line), (2, 3));
    }

    #[test]
    fn line_ends_stay_as_they_are() {
        let mixed = "[package]\r\nname = \"p\"\n\r\n[dependencies]\ntokio = \"1\"\r\n# end";
        let after = mixed.replace("\"1\"", "{ version = \"1\", features = [\"fs\"] }");
        assert_eq!(with_feature(mixed, "tokio", "fs"), Ok(after));
        assert!(with_feature("[dependencies]\rtokio = \"1\"\n", "tokio", "fs").is_err());
    }

    #[test]
    fn a_list_on_lines_stays_on_lines() {
        check(
            "[dependencies]\ntokio = { version = \"1\", features = [\n    \"macros\",\n    \"rt\",\n] }\n",
            "[dependencies]\ntokio = { version = \"1\", features = [\n    \"fs\",\n    \"macros\",\n    \"rt\",\n] }\n",
        );
    }

    #[test]
    fn a_feature_that_is_on_changes_nothing() {
        check(
            "[dependencies]\ntokio = { version = \"1\", features = [\"fs\"] }\n",
            "[dependencies]\ntokio = { version = \"1\", features = [\"fs\"] }\n",
        );
    }

    #[test]
    fn a_missing_dependency_is_refused() {
        assert!(with_feature("[dependencies]\n", "tokio", "fs").is_err());
    }
}
