/// The lines of a subject that are not empty.
pub async fn lines_of_subject(path: &std::path::Path) -> std::io::Result<usize> {
    let text = text_of_subject(path)?;
    tokio::task::yield_now().await;
    Ok(text.lines().filter(|line| !line.is_empty()).take(NUMBER).count())
}

fn text_of_subject(path: &std::path::Path) -> std::io::Result<String> {
    let text = std::fs::read_to_string(path)?;
    Ok(text.trim().to_owned())
}

