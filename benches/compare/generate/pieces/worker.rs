/// What the worker of a subject is told.
#[derive(Debug)]
pub enum SubjectMessage {
    Add(u64),
    Reset,
    Stop,
}

/// Adds up what it is told, until it is told to stop.
pub async fn run_subject(mut messages: tokio::sync::mpsc::Receiver<SubjectMessage>) -> u64 {
    let mut total = 0_u64;
    while let Some(message) = messages.recv().await {
        match message {
            SubjectMessage::Add(amount) => total = total.saturating_add(amount),
            SubjectMessage::Reset => total = 0,
            SubjectMessage::Stop => break,
        }
    }
    total
}

/// Starts the worker of a subject and feeds it.
pub async fn sum_of_subject(amounts: Vec<u64>) -> Option<u64> {
    let (sender, receiver) = tokio::sync::mpsc::channel(NUMBER);
    let worker = tokio::spawn(run_subject(receiver));
    for amount in amounts {
        sender.send(SubjectMessage::Add(amount)).await.ok()?;
    }
    sender.send(SubjectMessage::Stop).await.ok()?;
    worker.await.ok()
}

