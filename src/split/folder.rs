//! The folder that patches go to.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;

/// Writes patches by name; gives their paths, one in each line. Patches of an earlier run would be taken for some of this one, so that
/// the folder must hold none but the same.
pub fn write(folder: &Path, patches: &[(String, String)]) -> Result<String, String> {
    let shown = folder.display();
    let new: BTreeMap<&OsStr, &[u8]> =
        patches.iter().map(|(name, text)| (OsStr::new(name), text.as_bytes())).collect();
    if let Some(other) = other(folder, &new) {
        return Err(format!(
            "`{shown}` holds patches that are not of this run, such as `{other}`: remove them, or name another folder by `--out-dir`"
        ));
    }
    if patches.is_empty() {
        return Ok(String::new());
    }
    fs::create_dir_all(folder).map_err(|error| {
        format!("the folder `{shown}` cannot be made: {error}; name another one by `--out-dir`")
    })?;
    let mut list = String::new();
    for (name, text) in patches {
        let path = folder.join(name);
        fs::write(&path, text).map_err(|error| {
            format!(
                "the patch `{}` cannot be written: {error}; name a folder that can be written by `--out-dir`",
                path.display()
            )
        })?;
        list.push_str(&format!("{}\n", path.display()));
    }
    Ok(list)
}

/// The first patch in a folder that is none of those that are about to be written.
fn other(folder: &Path, new: &BTreeMap<&OsStr, &[u8]>) -> Option<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut others: Vec<String> = entries
        .filter(|it| it.path().extension().is_some_and(|it| it == "patch"))
        .filter(|it| {
            let known = new.get(it.file_name().as_os_str());
            known.is_none_or(|known| {
                !it.path().is_file() || fs::read(it.path()).ok().as_deref() != Some(known)
            })
        })
        .map(|it| it.file_name().to_string_lossy().into_owned())
        .collect();
    others.sort();
    others.into_iter().next()
}
