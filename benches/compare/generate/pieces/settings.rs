/// Settings of subjects, read by a program without a runtime.
#[derive(Clone, Debug)]
pub struct SubjectSettings {
    pub limit: u32,
    pub values: BTreeMap<String, String>,
}

impl SubjectSettings {
    /// Reads `key = value`, line by line.
    pub fn read(path: &std::path::Path) -> std::io::Result<SubjectSettings> {
        let text = std::fs::read_to_string(path)?;
        let mut settings = SubjectSettings { limit: NUMBER, values: BTreeMap::new() };
        for line in text.lines() {
            let line = line.split('#').next().unwrap_or_default();
            let Some((key, value)) = line.split_once('=') else { continue };
            match (key.trim(), value.trim()) {
                ("limit", value) => settings.limit = value.parse().unwrap_or(NUMBER),
                (key, value) => drop(settings.values.insert(key.to_owned(), value.to_owned())),
            }
        }
        Ok(settings)
    }

    pub fn get(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(String::as_str)
    }
}

