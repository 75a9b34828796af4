/// What the program of the subject prints.
pub async fn output_of_subject(program: &str) -> std::io::Result<usize> {
    let output = std::process::Command::new(program).arg("NUMBER").output()?;
    Ok(output.stdout.len())
}

