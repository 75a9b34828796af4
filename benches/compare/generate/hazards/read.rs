/// The bytes of a subject.
pub async fn bytes_of_subject(path: &std::path::Path) -> std::io::Result<u64> {
    let bytes = std::fs::read(path)?;
    Ok(crate::checksum(&bytes) % NUMBER)
}

