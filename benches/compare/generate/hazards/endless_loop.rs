/// Watches the subject for as long as the program runs.
pub fn watch_subject(last: std::sync::Arc<std::sync::atomic::AtomicU64>) {
    tokio::task::spawn_blocking(move || {
        loop {
            last.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            std::thread::sleep(Duration::from_millis(NUMBER));
        }
    });
}

