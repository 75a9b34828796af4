/// Why a line is no subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SubjectError {
    Empty,
    Missing(&'static str),
    Number(String),
}

impl fmt::Display for SubjectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SubjectError::Empty => f.write_str("the line is empty"),
            SubjectError::Missing(what) => write!(f, "there is no {what}"),
            SubjectError::Number(text) => write!(f, "`{text}` is no number"),
        }
    }
}

impl std::error::Error for SubjectError {}

/// Reads `name=number`.
pub fn parse_subject(line: &str) -> Result<(String, u64), SubjectError> {
    let line = line.trim();
    if line.is_empty() {
        return Err(SubjectError::Empty);
    }
    let (name, number) = line.split_once('=').ok_or(SubjectError::Missing("number"))?;
    if name.trim().is_empty() {
        return Err(SubjectError::Missing("name"));
    }
    let number = number.trim().parse().map_err(|_| SubjectError::Number(number.trim().to_owned()))?;
    Ok((name.trim().to_owned(), number))
}

/// Reads all lines; empty ones are left out.
pub fn parse_subject_lines(text: &str) -> Result<BTreeMap<String, u64>, SubjectError> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.map(parse_subject).collect()
}

