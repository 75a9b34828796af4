//! What a reader makes of a rewrite, in an editor.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::Command;

use crate::patch::{Change, Patch};

/// Opens an editor on each file as the rewrite leaves it; gives the files as they are after it.
///
/// # Errors
///
/// In words, where no editor runs, or where nothing is left to write.
pub fn edit(preview: &Patch) -> Result<BTreeMap<String, Change>, String> {
    let editor =
        ["VISUAL", "EDITOR"].iter().find_map(|it| std::env::var(it).ok().filter(|it| !it.trim().is_empty()));
    let editor = editor.unwrap_or_else(|| "vi".to_owned());
    let mut files = BTreeMap::new();
    for (path, change) in &preview.files {
        let after = edited(&editor, path, &change.after)?;
        files.insert(path.clone(), Change { after, ..change.clone() });
    }
    if files.values().all(|it| it.before == it.after) {
        return Err("the files are as before: nothing is left to write".to_owned());
    }
    Ok(files)
}

fn edited(editor: &str, path: &str, text: &str) -> Result<String, String> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let failed = |error: std::io::Error| format!("the editor `{editor}` cannot be used: {error}");
    let mut file = tempfile::Builder::new().suffix(&format!("-{name}")).tempfile().map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    let mut words = editor.split_whitespace();
    let program = words.next().unwrap_or("vi");
    let terminal = super::terminal().map_err(failed)?;
    let status =
        Command::new(program).args(words).arg(file.path()).stdin(terminal).status().map_err(failed)?;
    if !status.success() {
        return Err(format!("the editor `{editor}` ended with {status}: the rewrite is as it was"));
    }
    // An editor may write a new file in the place of the old one.
    std::fs::read_to_string(file.path()).map_err(failed)
}
