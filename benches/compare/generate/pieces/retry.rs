/// Tries again for as long as the answer is empty, with longer and longer breaks.
pub async fn wait_for_subject(key: u64) -> Option<String> {
    let mut pause = Duration::from_millis(5);
    for attempt in 0..NUMBER {
        let answer = ask_for_subject(key, attempt).await;
        if !answer.is_empty() {
            return Some(answer);
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(1));
    }
    None
}

async fn ask_for_subject(key: u64, attempt: u64) -> String {
    tokio::task::yield_now().await;
    if key % (attempt + 1) == 0 { format!("subject {key} after {attempt} attempts") } else { String::new() }
}

/// The first answer, or none when the time is over.
pub async fn subject_in_time(key: u64, limit: Duration) -> Option<String> {
    match tokio::time::timeout(limit, wait_for_subject(key)).await {
        Ok(answer) => answer,
        Err(_) => None,
    }
}

