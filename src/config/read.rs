//! Reading TOML with the places of keys and values, so that an error says where it is and what would be right there.

use std::ops::Range;
use std::path::Path;
use std::rc::Rc;

use toml_edit::{Document, Item};

use crate::explain::nearest;

/// A file, for messages.
#[derive(Debug)]
struct File {
    path: String,
    text: String,
}

impl File {
    fn wrong(&self, span: Option<&Range<usize>>, what: &str) -> String {
        let before = span.and_then(|it| self.text.get(..it.start)).unwrap_or_default();
        let line = 1 + before.matches('\n').count();
        let column = 1 + before.rsplit('\n').next().unwrap_or_default().chars().count();
        format!("{}:{line}:{column}: {what}", self.path)
    }
}

/// A table.
#[derive(Clone, Debug)]
pub struct Table {
    file: Rc<File>,
    entries: Vec<(Key, Value)>,
}

/// A key, with its place.
#[derive(Clone, Debug)]
pub struct Key {
    file: Rc<File>,
    pub text: String,
    span: Option<Range<usize>>,
}

/// A value, with its place.
#[derive(Clone, Debug)]
pub struct Value {
    file: Rc<File>,
    item: Item,
    span: Option<Range<usize>>,
}

/// The table of a whole file.
pub fn file(path: &Path) -> Result<Table, String> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("the configuration `{}` cannot be read: {error}", path.display()))?;
    let (file, document) = parse(path, text)?;
    Ok(table(&file, document.as_item()))
}

/// `[workspace.metadata.retask]` or `[package.metadata.retask]` of a manifest, where it is there.
pub fn metadata(manifest: &Path, of: &str) -> Result<Option<Table>, String> {
    let Ok(text) = std::fs::read_to_string(manifest) else { return Ok(None) };
    if !text.contains("retask") {
        return Ok(None);
    }
    let (file, document) = parse(manifest, text)?;
    let found = document.get(of).and_then(|it| it.get("metadata")).and_then(|it| it.get("retask"));
    Ok(found.map(|it| table(&file, it)))
}

fn parse(path: &Path, text: String) -> Result<(Rc<File>, Document<String>), String> {
    let file = Rc::new(File { path: path.display().to_string(), text: text.clone() });
    let document =
        Document::parse(text).map_err(|error| file.wrong(error.span().as_ref(), error.message()))?;
    Ok((file, document))
}

fn table(file: &Rc<File>, item: &Item) -> Table {
    let Some(like) = item.as_table_like() else {
        return Table { file: Rc::clone(file), entries: Vec::new() };
    };
    let entry = |(name, item): (&str, &Item)| {
        let span = like.get_key_value(name).and_then(|(key, _)| key.span());
        let key = Key { file: Rc::clone(file), text: name.to_owned(), span };
        (key, value(file, item))
    };
    Table { file: Rc::clone(file), entries: like.iter().map(entry).collect() }
}

fn value(file: &Rc<File>, item: &Item) -> Value {
    Value { file: Rc::clone(file), item: item.clone(), span: item.span() }
}

impl Table {
    pub fn entries(&self) -> impl Iterator<Item = &(Key, Value)> {
        self.entries.iter()
    }

    /// The same table, if it has no other keys than these.
    pub fn only(&self, keys: &[&str], why: &str) -> Result<Table, String> {
        match self.entries.iter().find(|(key, _)| !keys.contains(&key.text.as_str())) {
            Some((key, _)) => Err(key.wrong(&format!("{why}: `{}`{}", key.text, near(&key.text, keys)))),
            None => Ok(self.clone()),
        }
    }

    pub fn value(&self, name: &str) -> Option<&Value> {
        self.entries.iter().find(|(key, _)| key.text == name).map(|(_, value)| value)
    }

    /// The values of an array; none where the key is not there.
    pub fn array(&self, name: &str) -> Result<Vec<Value>, String> {
        let Some(found) = self.value(name) else { return Ok(Vec::new()) };
        let array = found.item.as_array().ok_or_else(|| found.wrong("an array belongs here: `[\"…\"]`"))?;
        let one = |it: &toml_edit::Value| Value {
            file: Rc::clone(&self.file),
            item: Item::Value(it.clone()),
            span: it.span(),
        };
        Ok(array.iter().map(one).collect())
    }

    /// A table below this one.
    pub fn table(&self, name: &str) -> Result<Option<Table>, String> {
        let Some(found) = self.value(name) else { return Ok(None) };
        match found.item.is_table_like() {
            true => Ok(Some(table(&self.file, &found.item))),
            false => Err(found.wrong(&format!("a table belongs here: `[{name}]`"))),
        }
    }

    /// The tables of an array of tables.
    pub fn tables(&self, name: &str) -> Result<Vec<Table>, String> {
        let Some(found) = self.value(name) else { return Ok(Vec::new()) };
        let tables = found.item.as_array_of_tables();
        let tables = tables.ok_or_else(|| found.wrong(&format!("tables belong here: `[[{name}]]`")))?;
        Ok(tables.iter().map(|it| table(&self.file, &Item::Table(it.clone()))).collect())
    }

    /// A value that has to be there.
    pub fn needed(&self, name: &str) -> Result<&Value, String> {
        let first = self.entries.first().and_then(|(key, _)| key.span.as_ref());
        self.value(name).ok_or_else(|| self.file.wrong(first, &format!("the key `{name}` is missing")))
    }
}

impl Key {
    pub fn wrong(&self, what: &str) -> String {
        self.file.wrong(self.span.as_ref(), what)
    }

    /// No such name, and the nearest right one.
    pub fn unknown(&self, what: &str, known: &[&str]) -> String {
        self.wrong(&format!("no {what} is named `{}`{}", self.text, near(&self.text, known)))
    }
}

impl Value {
    pub fn wrong(&self, what: &str) -> String {
        self.file.wrong(self.span.as_ref(), what)
    }

    /// No such value, and the nearest right one.
    pub fn unknown(&self, known: &[&str]) -> String {
        let text = self.item.as_str().unwrap_or_default();
        self.wrong(&format!("`{text}` is none of the values here{}", near(text, known)))
    }

    pub fn string(&self) -> Result<&str, String> {
        self.item.as_str().ok_or_else(|| self.wrong("a text belongs here: `\"…\"`"))
    }

    pub fn boolean(&self) -> Result<bool, String> {
        self.item.as_bool().ok_or_else(|| self.wrong("`true` or `false` belongs here"))
    }

    /// A whole number from 1.
    pub fn count(&self) -> Result<usize, String> {
        let count = self.item.as_integer().and_then(|it| usize::try_from(it).ok()).filter(|it| *it > 0);
        count.ok_or_else(|| self.wrong("a whole number from 1 belongs here"))
    }
}

/// The nearest of some names, or all of them.
fn near(name: &str, known: &[&str]) -> String {
    match nearest(name, known) {
        it if it.is_empty() => format!("; there are `{}`", known.join("`, `")),
        it => it,
    }
}
