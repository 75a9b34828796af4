/// Waits for a moment before the subject is asked again.
pub async fn pause_subject(attempt: u64) {
    std::thread::sleep(Duration::from_millis(attempt * NUMBER));
}

