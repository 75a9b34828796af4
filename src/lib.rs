//! The program: arguments, loading, reports, writing. It alone touches the world; what is true is the engine's business, and what
//! should change that of the rules.

mod allow;
mod analysed;
mod args;
mod baseline;
mod cache;
mod commands;
mod config;
mod exit;
mod explain;
mod generate;
mod help;
pub mod load;
pub mod patch;
mod plan;
mod progress;
mod report;
mod review;
mod scope;
mod session;
mod split;
mod standing;
mod supervise;
mod timings;
mod watching;
mod write;

use std::ffi::OsString;
use std::process::ExitCode;

pub use analysed::{Analysed, Beside, analyse};
pub use report::json;

/// Deep trees make deep recursion: the stacks are large, and cost nothing where they are not used.
const MAIN_STACK: usize = 256 << 20;
const WORKER_STACK: usize = 64 << 20;

/// Runs the program with the arguments of the command line, the program's name first.
pub fn run(args: Vec<OsString>) -> ExitCode {
    let command = match commands::parse(&args) {
        Ok(command) => command,
        Err(code) => return ExitCode::from(code),
    };
    if command.analyses() && !supervise::is_child() {
        return ExitCode::from(supervise::run(&args, command.reads_input()));
    }
    supervise::begin_child();
    start_dropper();
    let main = std::thread::Builder::new().name("main".to_owned()).stack_size(MAIN_STACK).spawn(move || {
        let pool = rayon::ThreadPoolBuilder::new().stack_size(WORKER_STACK).build_global();
        if let Err(error) = pool {
            eprintln!("retask: cannot start the worker threads: {error}");
        }
        commands::run(command)
    });
    match main.map(|it| it.join()) {
        Ok(Ok(code)) => ExitCode::from(code),
        Ok(Err(_)) => ExitCode::from(supervise::PANICKED),
        Err(error) => {
            eprintln!("retask: cannot start a thread: {error}");
            ExitCode::from(supervise::PANICKED)
        }
    }
}

/// The thread on which rust-analyzer drops syntax trees, which is started by the first of them: it takes its stack from the environment.
fn start_dropper() {
    const STACK: &str = "RUST_MIN_STACK";
    let before = std::env::var_os(STACK);
    // SAFETY: the program has one thread so far.
    unsafe { std::env::set_var(STACK, MAIN_STACK.to_string()) };
    drop(ra_ap_syntax::SourceFile::parse("", ra_ap_syntax::Edition::CURRENT));
    // SAFETY: the other thread reads no environment, it waits for trees.
    unsafe {
        match before {
            Some(before) => std::env::set_var(STACK, before),
            None => std::env::remove_var(STACK),
        }
    }
}
