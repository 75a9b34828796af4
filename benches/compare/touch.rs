//! A change of one function, as between two runs of a person at work.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// How a function begins that a statement is put into. Async ones come first: they matter to retask.
const HEADS: [&str; 5] = ["pub async fn ", "async fn ", "pub(crate) async fn ", "pub fn ", "fn "];

/// A place for a statement: a file, and a line of it that opens the body of a function.
pub struct Place {
    pub path: PathBuf,
    line: usize,
}

/// What is put into it.
#[derive(Clone, Copy)]
pub enum Change {
    /// A statement that says nothing to retask.
    Beside,
    /// A call that blocks.
    Blocks,
}

/// A file with a statement more, which goes away with this value.
pub struct Touched {
    path: PathBuf,
    before: String,
    modified: Option<SystemTime>,
}

impl Place {
    /// The first place in the files, in their order.
    pub fn find<'f>(files: impl Iterator<Item = &'f PathBuf> + Clone) -> Option<Place> {
        HEADS.iter().find_map(|head| files.clone().find_map(|path| Place::of(path, head)))
    }

    fn of(path: &Path, head: &str) -> Option<Place> {
        let text = fs::read_to_string(path).ok()?;
        let line = text.lines().position(|line| line.starts_with(head) && line.ends_with('{'))?;
        Some(Place { path: path.to_path_buf(), line })
    }

    /// Puts a statement into the function, another one each time.
    pub fn touch(&self, change: Change) -> Result<Touched, String> {
        let failed = |error: std::io::Error| format!("`{}` cannot be changed: {error}", self.path.display());
        let before = fs::read_to_string(&self.path).map_err(failed)?;
        let modified = fs::metadata(&self.path).and_then(|it| it.modified()).ok();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        let mut lines: Vec<&str> = before.lines().collect();
        let statement = match change {
            Change::Beside => format!("    let _ = \"changed at {now}\";"),
            Change::Blocks => format!("    std::thread::sleep(std::time::Duration::from_nanos({now} % 2));"),
        };
        lines.insert((self.line + 1).min(lines.len()), &statement);
        let after = lines.join("\n") + "\n";
        let touched = Touched { path: self.path.clone(), before, modified };
        fs::write(&self.path, after).map_err(failed)?;
        Ok(touched)
    }
}

impl Drop for Touched {
    /// The old bytes and the old time, so that the owner's next build has nothing to do.
    fn drop(&mut self) {
        let written = fs::write(&self.path, &self.before).and_then(|()| match self.modified {
            Some(time) => fs::File::options().write(true).open(&self.path)?.set_modified(time),
            None => Ok(()),
        });
        if let Err(error) = written {
            eprintln!("`{}` keeps a statement that was put into it: {error}", self.path.display());
        }
    }
}
