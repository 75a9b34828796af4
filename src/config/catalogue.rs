//! The team's own catalogue: functions that block, wrappers that offload, and functions that are fine.

use retask_engine::bucket::Size;
use retask_engine::catalogue::{Cost, Effect, Entry, Family, Lasting, Pool};

use super::read::Table;

const KEYS: &[&str] = &["bucket", "cheap", "crate", "does", "feature", "path", "pool", "rule", "twin"];

/// What a function does, in a configuration.
#[derive(Clone, Copy)]
enum Does {
    Blocks,
    Offloads,
    Fine,
}

const DOES: &[(&str, Does)] = &[("blocks", Does::Blocks), ("offloads", Does::Offloads), ("fine", Does::Fine)];

const FAMILIES: &[(&str, Family)] = &[
    ("blocking-db", Family::Db),
    ("blocking-http", Family::Http),
    ("blocking-io", Family::Io),
    ("blocking-sleep", Family::Sleep),
    ("blocking-wait", Family::Wait),
    ("heavy-cpu", Family::Cpu),
    ("nested-block-on", Family::BlockOn),
];

const POOLS: &[(&str, Pool)] = &[
    ("blocking", Pool::Blocking),
    ("block-in-place", Pool::InPlace),
    ("cpu", Pool::Cpu),
    ("thread", Pool::Thread),
];

/// The entry that a table of `[[catalogue]]` is. It lives as long as the program, as those that are built in do.
pub fn entry(table: &Table) -> Result<&'static Entry, String> {
    let table = table.only(KEYS, "no such key")?;
    let path = path(&table)?;
    let does = *table.needed("does")?.one_of(DOES)?;
    let entry = match does {
        Does::Blocks => blocks(&table, path)?,
        Does::Offloads => {
            let pool = table.value("pool").map(|it| it.one_of(POOLS)).transpose()?;
            Entry::offloads(pool.copied().unwrap_or(Pool::Blocking), path)
        }
        Does::Fine => Entry::leave(path),
    };
    let misplaced = |key: &str, does: &str| match table.value(key) {
        Some(value) => Err(value.wrong(&format!("`{key}` is for what {does}"))),
        None => Ok(()),
    };
    if !matches!(does, Does::Blocks) {
        for key in ["rule", "bucket", "cheap", "twin", "crate", "feature"] {
            misplaced(key, "blocks")?;
        }
    }
    if !matches!(does, Does::Offloads) {
        misplaced("pool", "offloads")?;
    }
    Ok(Box::leak(Box::new(entry.source(Entry::CONFIGURED))))
}

/// The import path, as code writes it.
fn path(table: &Table) -> Result<&'static str, String> {
    let value = table.needed("path")?;
    let path = value.string()?;
    let is_name = |it: &str| !it.is_empty() && it.chars().all(|it| it.is_alphanumeric() || it == '_');
    if !path.contains("::") || !path.split("::").all(is_name) {
        return Err(value.wrong(
            "a path from the crate on belongs here, without generics: `my_crate::Client::get` or `my_crate::load`",
        ));
    }
    if path.starts_with("crate::") || path.starts_with("self::") || path.starts_with("super::") {
        return Err(
            value.wrong("the path begins with the crate's name as others write it, and not with `crate`")
        );
    }
    Ok(leaked(path))
}

fn blocks(table: &Table, path: &'static str) -> Result<Entry, String> {
    let rule = table.needed("rule")?;
    let family = *rule.one_of(FAMILIES)?;
    let mut entry = Entry::blocks(family, path);
    if table.value("cheap").map(|it| it.boolean()).transpose()? == Some(true) {
        entry.cost = Cost::Cheap;
    }
    if let Some(value) = table.value("bucket") {
        match (value.count()?, family) {
            (1, it) if it != Family::Cpu => entry.async_api = true,
            (3, _) => {}
            (4, Family::Wait) => entry.effect = Effect::Lasts(Lasting::Endless),
            (4, _) => return Err(value.wrong("what never ends is of the rule `blocking-wait`")),
            (5, Family::Cpu) => entry.size = Size::Input,
            _ => {
                return Err(value.wrong(
                    "what blocks is of bucket 1 (an async form exists), 3 (it ends) or 4 (it never ends); heavy CPU work is of 3 or 5",
                ));
            }
        }
    }
    let Some(twin) = table.value("twin") else { return Ok(entry) };
    let template = twin.string()?;
    check_template(template).map_err(|problem| twin.wrong(&problem))?;
    let text = |key: &str| table.value(key).map(|it| it.string()).transpose();
    let krate = text("crate")?.map_or(entry.krate(), leaked);
    let feature = text("feature")?.map_or("", leaked);
    Ok(entry.twin(leaked(template), krate, feature))
}

/// Whether a template holds what a twin is made of.
fn check_template(template: &str) -> Result<(), String> {
    let known = ["{args}", "{0}", "{recv}", "{&recv}"];
    let rest = known.iter().fold(template.to_owned(), |text, it| text.replace(it, ""));
    if rest.contains(['{', '}']) {
        return Err(format!("a template knows `{}`, and no other braces", known.join("`, `")));
    }
    if !template.contains(".await") {
        return Err("the async form ends in `.await`: `{recv}.get({args}).await`".to_owned());
    }
    Ok(())
}

fn leaked(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}
