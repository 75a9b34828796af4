/// A clock of subjects whose `sleep` only moves its hand.
#[derive(Clone, Copy, Debug, Default)]
pub struct SubjectClock {
    now: u64,
}

impl SubjectClock {
    pub fn sleep(&mut self, ticks: u64) {
        self.now = self.now.wrapping_add(ticks % NUMBER);
    }

    pub fn now(&self) -> u64 {
        self.now
    }
}

/// Moves the clock along with the waits of a task.
pub async fn tick_subject(rounds: u64) -> u64 {
    let mut clock = SubjectClock::default();
    for round in 0..rounds {
        clock.sleep(round + 1);
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    clock.now()
}

