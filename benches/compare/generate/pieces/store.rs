/// Files of one subject each, below a folder.
#[derive(Clone, Debug)]
pub struct SubjectStore {
    folder: std::path::PathBuf,
}

impl SubjectStore {
    pub fn new(folder: impl Into<std::path::PathBuf>) -> SubjectStore {
        SubjectStore { folder: folder.into() }
    }

    fn path(&self, id: u64) -> std::path::PathBuf {
        self.folder.join(format!("{:02}", id % NUMBER)).join(format!("{id}.txt"))
    }

    /// The text of a subject; nothing where it has none.
    pub async fn load(&self, id: u64) -> std::io::Result<Option<String>> {
        match tokio::fs::read_to_string(self.path(id)).await {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Adds a line to the text of a subject.
    pub async fn append(&self, id: u64, line: &str) -> std::io::Result<usize> {
        let mut text = self.load(id).await?.unwrap_or_default();
        text.push_str(line);
        text.push('\n');
        let length = text.len();
        tokio::fs::write(self.path(id), text).await?;
        Ok(length)
    }
}

