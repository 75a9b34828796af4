/// The size of all files of a subject. It asks for many files, and so has a thread of the blocking pool.
pub async fn size_of_subject(paths: Vec<std::path::PathBuf>) -> std::io::Result<u64> {
    let work = tokio::task::spawn_blocking(move || {
        let mut sum = 0;
        for path in &paths {
            sum += std::fs::read(path)?.len() as u64 / NUMBER;
        }
        Ok(sum)
    });
    work.await.unwrap_or_else(|error| Err(std::io::Error::other(error)))
}

