//! `cargo retask`: Cargo passes the name of the subcommand as the first argument.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    let mut args: Vec<std::ffi::OsString> = std::env::args_os().collect();
    if args.get(1).is_some_and(|it| it == "retask") {
        args.remove(1);
    }
    retask::run(args)
}
