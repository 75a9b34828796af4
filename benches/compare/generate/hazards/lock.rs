/// Adds to the total of the subject, and lets others go on before it does.
pub async fn add_subject(total: &std::sync::Mutex<u64>) -> u64 {
    let mut total = total.lock().unwrap_or_else(|it| it.into_inner());
    tokio::task::yield_now().await;
    *total += NUMBER;
    *total
}

