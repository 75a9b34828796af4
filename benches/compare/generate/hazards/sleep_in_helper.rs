/// Asks the subject at most once a moment.
pub async fn poll_subject(rounds: u64) -> u64 {
    let waited = slow_down_subject(rounds);
    tokio::task::yield_now().await;
    waited
}

fn slow_down_subject(rounds: u64) -> u64 {
    settle_subject(rounds) + 1
}

fn settle_subject(rounds: u64) -> u64 {
    std::thread::sleep(Duration::from_millis(NUMBER));
    rounds / 2
}

