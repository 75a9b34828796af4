/// A subject as clients send it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Subject {
    /// Unique among all subjects.
    pub id: u64,
    pub name: String,
    pub weight: u32,
    pub labels: Vec<String>,
}

impl Subject {
    pub fn new(id: u64, name: &str) -> Subject {
        Subject { id, name: name.to_owned(), weight: NUMBER, labels: Vec::new() }
    }

    /// The same subject with one label more.
    pub fn with_label(mut self, label: &str) -> Subject {
        if !self.labels.iter().any(|it| it == label) {
            self.labels.push(label.to_owned());
        }
        self
    }

    pub fn is_heavy(&self) -> bool {
        self.weight > NUMBER
    }

    pub fn title(&self) -> String {
        match self.labels.as_slice() {
            [] => self.name.clone(),
            [only] => format!("{} ({only})", self.name),
            [first, rest @ ..] => format!("{} ({first} and {} more)", self.name, rest.len()),
        }
    }
}

