//! Measures retask beside what a user would run instead, in turn on the same workspaces. README.md, "Speed", says how to run it.

#[cfg(unix)]
mod generate;
#[cfg(unix)]
mod growth;
#[cfg(unix)]
mod measure;
#[cfg(unix)]
mod options;
#[cfg(unix)]
mod programs;
#[cfg(unix)]
mod report;
#[cfg(unix)]
mod statistics;
#[cfg(unix)]
mod syntax;
#[cfg(unix)]
mod touch;
#[cfg(unix)]
mod whole;
#[cfg(unix)]
mod workspace;

#[cfg(not(unix))]
fn main() {
    eprintln!("the comparison needs a Unix system: elsewhere, the memory of child processes is not counted");
}

#[cfg(unix)]
fn main() -> std::process::ExitCode {
    use clap::Parser;

    // `cargo test --all-targets` runs this program too, with arguments that are not its own.
    if !std::env::args().any(|it| it == "--bench") {
        eprintln!("nothing is measured by `cargo test`: run `cargo bench --bench compare`");
        return std::process::ExitCode::SUCCESS;
    }
    match compare(&options::Options::parse()) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            std::process::ExitCode::FAILURE
        }
    }
}

#[cfg(unix)]
fn compare(options: &options::Options) -> Result<(), String> {
    use options::Comparison;
    use programs::version;

    let retask = programs::Retask::new(options)?;
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let [own, clippy] = [version(&retask.program, &[]), version("cargo", &["clippy"])];
    report::item(&format!("{own}, {clippy}, {cores} cores"));
    let existing = options.paths.iter().map(|path| workspace::existing(path));
    let existing = existing.collect::<Result<Vec<_>, _>>()?;
    let sizes = options.sizes();
    let generated = sizes.iter().map(|lines| workspace::generated(*lines, options.hazards));
    let generated = generated.collect::<Result<Vec<_>, _>>()?;
    let is_each = options.wants(Comparison::Syntax) || options.wants(Comparison::Whole);
    for workspace in existing.iter().chain(&generated).filter(|_| is_each) {
        report::heading(&format!("{}: {}", workspace.name, workspace.size()));
        if options.wants(Comparison::Syntax) {
            syntax::compare(options, &retask, workspace)?;
        }
        if options.wants(Comparison::Whole) {
            whole::compare(options, &retask, workspace);
        }
    }
    if options.wants(Comparison::Growth) && !generated.is_empty() {
        growth::compare(options, &retask, &generated)?;
    }
    Ok(())
}
