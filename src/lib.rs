//! The program: arguments, loading, reports, writing. It alone touches the world; what is true is the engine's business, and what
//! should change that of the rules.

mod args;
mod commands;
mod explain;
pub mod load;
pub mod patch;
mod report;
mod write;

use std::ffi::OsString;
use std::process::ExitCode;

pub use commands::{Analysed, analyse};
pub use report::json;

/// Deep trees make deep recursion: the stacks are large, and cost nothing where they are not used.
const MAIN_STACK: usize = 256 << 20;
const WORKER_STACK: usize = 64 << 20;

/// Runs the program with the arguments of the command line, the program's name first.
pub fn run(args: Vec<OsString>) -> ExitCode {
    let main = std::thread::Builder::new().name("main".to_owned()).stack_size(MAIN_STACK).spawn(move || {
        let pool = rayon::ThreadPoolBuilder::new().stack_size(WORKER_STACK).build_global();
        if let Err(error) = pool {
            eprintln!("retask: cannot start the worker threads: {error}");
        }
        commands::run(args)
    });
    match main.map(|it| it.join()) {
        Ok(Ok(code)) => ExitCode::from(code),
        Ok(Err(_)) => ExitCode::from(101),
        Err(error) => {
            eprintln!("retask: cannot start a thread: {error}");
            ExitCode::from(101)
        }
    }
}
