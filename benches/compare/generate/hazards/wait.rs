/// The next number of the subject, from a thread that counts.
pub async fn next_subject(numbers: std::sync::mpsc::Receiver<u64>) -> u64 {
    numbers.recv().map_or(NUMBER, |it| it + 1)
}

