/// Where a subject is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    Waiting,
    Running { step: u32 },
    Done,
    Failed(u16),
}

impl Subject {
    /// The state after one more step.
    pub fn next(self) -> Subject {
        match self {
            Subject::Waiting => Subject::Running { step: 0 },
            Subject::Running { step } if step >= NUMBER => Subject::Done,
            Subject::Running { step } => Subject::Running { step: step + 1 },
            Subject::Done | Subject::Failed(_) => self,
        }
    }

    pub fn is_over(self) -> bool {
        matches!(self, Subject::Done | Subject::Failed(_))
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Subject::Waiting => f.write_str("waiting"),
            Subject::Running { step } => write!(f, "running, step {step} of {}", NUMBER),
            Subject::Done => f.write_str("done"),
            Subject::Failed(code) => write!(f, "failed with {code}"),
        }
    }
}

