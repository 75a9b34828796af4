//! Bodies whose types decide nothing are not inferred.

use super::sandbox::{Sandbox, WITH_TOKIO, stderr, stdout};

/// Names the modules of std whose functions are meant below, so that calls by these names are worth a look.
const MODULES: &str = "use std::{fs, io::Write, process::Command, thread};\n\
    pub fn a(mut file: fs::File) { let _ = (Command::new(\"a\").status(), file.write(b\"a\"), fs::metadata(\"a\")); }\n\
    pub fn b() { thread::spawn(a0).join().unwrap(); }\nfn a0() {}\n";

/// A module with channels of std, for those that declare it.
const JOBS: &str = "use std::sync::mpsc::Receiver;\n\
    pub struct Jobs { pub all: Receiver<u8> }\npub fn drain(all: Receiver<u8>) { for _ in all {} }\n";

/// How many bodies were inferred, and what was found.
pub fn look(text: &str) -> (usize, String) {
    let sandbox = Sandbox::new(&[("Cargo.toml", WITH_TOKIO), ("src/lib.rs", &format!("{MODULES}{text}"))]);
    sandbox.write("src/jobs.rs", JOBS);
    look_at(&sandbox)
}

fn look_at(sandbox: &Sandbox) -> (usize, String) {
    let output = sandbox.output("check -v --timings --no-cache");
    let said = stderr(&output);
    let line = said.lines().find_map(|it| it.strip_prefix("retask: types inferred of ")).expect(&said);
    let number = line.split(' ').next().and_then(|it| it.parse().ok()).expect(&said);
    (number, stdout(&output))
}

/// Checks that a function is not inferred, and that its twin is, in which the same place can be a call that blocks.
#[track_caller]
pub fn check(dismissed: &str, inferred: &str) {
    let least = look("pub async fn f() {}\n").0;
    assert_eq!(look(dismissed), (least, String::new()), "{dismissed}");
    let (bodies, found) = look(inferred);
    assert!(bodies > least, "{inferred}");
    assert!(found.contains("an async worker"), "{inferred}: {found}");
}

#[test]
fn a_call_that_is_awaited_is_none_of_a_function_that_gives_no_future() {
    let job = "pub struct Job; impl Job { pub async fn status(&self) -> u8 { 1 } }\n";
    check(
        &format!("{job}pub async fn f(jobs: Vec<Job>) -> u8 {{ jobs[0].status().await }}\n"),
        &format!("{job}pub async fn f(mut job: Command) {{ job.status().unwrap(); }}\n"),
    );
    check(
        &format!("{job}pub async fn f(jobs: Vec<Job>) {{ println!(\"{{}}\", jobs[0].status().await); }}\n"),
        &format!("{job}pub async fn f(mut job: Command) {{ println!(\"{{:?}}\", job.status()); }}\n"),
    );
}

#[test]
fn of_what_a_macro_writes_only_the_calls_in_question_are_asked_about() {
    let job = "pub struct Job; impl Job { pub fn status(&self) -> u8 { 1 } pub fn note(&self) {} }\n";
    check(
        &format!(
            "{job}macro_rules! run {{ ($job:expr) => {{{{ $job.note(); Job::status(&$job) }}}} }}\n\
             pub async fn f(job: Job) -> u8 {{ run!(job) }}\n"
        ),
        &format!(
            "{job}macro_rules! run {{ ($job:expr) => {{{{ Job.note(); Command::status(&mut $job) }}}} }}\n\
             pub async fn f(mut job: Command) {{ run!(job).unwrap(); }}\n"
        ),
    );
    let store = "pub trait Store { fn save(); }\npub struct Disk; pub struct Memory;\n\
        impl Store for Disk { fn save() { thread::sleep(std::time::Duration::from_secs(1)); } }\n\
        impl Store for Memory { fn save() {} }\n\
        macro_rules! save { ($store:ty) => { <$store as Store>::save() } }\n";
    let (with_disk, found) = look(&format!("{store}pub async fn f() {{ save!(Disk); }}\n"));
    assert!(found.contains("an async worker"), "{found}");
    let (with_memory, found) = look(&format!("{store}pub async fn f() {{ save!(Memory); }}\n"));
    assert!(with_memory < with_disk && found.is_empty(), "{with_memory} {with_disk}: {found}");
}

#[test]
fn a_call_with_type_arguments_is_none_of_a_function_that_takes_none() {
    check(
        "pub struct Job; impl Job { pub fn status<T>(&self) -> u8 { 1 } }\n\
         pub async fn f(jobs: Vec<Job>) -> u8 { jobs[0].status::<u8>() }\n",
        "pub async fn f(mut job: Command) { job.status().unwrap(); }\n",
    );
}

#[test]
fn a_loop_is_asked_about_channels_only_where_a_channel_may_be_in_hand() {
    let least = look("mod jobs;\npub async fn f() {}\n").0;
    let list = "mod jobs;\npub async fn f(list: Vec<u8>) { for _ in list {} }\n";
    assert_eq!(look(list), (least, String::new()));
    let (bodies, found) = look("mod jobs;\npub async fn f(jobs: jobs::Jobs) { for _ in jobs.all {} }\n");
    assert!(bodies > least && found.contains("an async worker"), "{found}");
}

#[test]
fn arguments_of_macros_are_counted() {
    check(
        "pub async fn f(names: Vec<Vec<String>>) { println!(\"{}\", names[0].join(\", \")); }\n",
        "pub async fn f(work: thread::JoinHandle<u8>) { println!(\"{:?}\", work.join()); }\n",
    );
}

#[test]
fn a_variable_is_no_function_of_its_name() {
    check(
        "pub async fn f(metadata: Vec<u8>) -> Vec<u8> { let it = metadata; it }\n",
        "use std::fs::metadata;\npub async fn f(path: String) { let metadata = metadata(path); drop(metadata); }\n",
    );
}

#[test]
fn a_variable_with_the_name_of_a_module_is_no_function_either() {
    let module = "pub mod schema { pub mod metadata { pub fn size() -> u8 { 1 } } }\nuse schema::*;\n";
    check(
        &format!(
            "{module}pub async fn f(metadata: Vec<u8>) -> Vec<u8> {{ drop(metadata::size()); metadata }}\n"
        ),
        "pub mod metadata { pub fn metadata() { let _ = std::fs::metadata(\"a\"); } }\n\
         pub async fn f() { metadata::metadata(); }\n",
    );
}

#[test]
fn a_path_that_names_another_type_is_not_inferred() {
    let job = "pub struct Job; impl From<u8> for Job { fn from(it: u8) -> Job { let _ = fs::metadata(\"a\"); drop(it); Job } }\n";
    check(
        &format!("{job}pub async fn f() -> String {{ String::from(\"a\") }}\n"),
        &format!("{job}pub async fn f() -> Job {{ Job::from(1) }}\n"),
    );
}

#[test]
fn a_trait_of_the_same_name_hides_the_one_of_the_library() {
    let own = "pub mod own { pub trait Write { fn write(&self, it: &[u8]) -> bool { it.is_empty() } } impl Write for u8 {} }\n";
    check(
        &format!(
            "{own}pub mod m {{ use crate::own::Write; pub async fn f(it: u8) -> bool {{ it.write(b\"a\") }} }}\n"
        ),
        &format!(
            "{own}pub mod m {{ use std::io::Write; pub async fn f(mut it: std::fs::File) {{ it.write(b\"a\").unwrap(); }} }}\n"
        ),
    );
}

#[test]
fn a_trait_that_is_not_in_scope_has_no_methods_there() {
    let job = "pub mod own { pub struct Job; impl Job { pub fn rewind(&mut self) -> u8 { 1 } } }\n";
    check(
        &format!("{job}use own::*;\npub async fn f(mut job: Job) -> u8 {{ job.rewind() }}\n"),
        &format!(
            "{job}use own::*;\nuse std::io::Seek;\npub async fn f(mut job: fs::File) {{ job.rewind().unwrap(); }}\n"
        ),
    );
    // A bound brings the methods of the traits that it stands on.
    let own = "pub trait Peer: std::net::ToSocketAddrs {}\nimpl Peer for String {}\n";
    let bound = "mod own;\nuse own::*;\nfn find<P: Peer>(it: P) { it.to_socket_addrs().unwrap(); }\n\
        pub async fn f(it: String) { find(it) }\npub use std::net;\n";
    let sandbox = Sandbox::new(&[("Cargo.toml", WITH_TOKIO), ("src/lib.rs", bound), ("src/own.rs", own)]);
    let found = look_at(&sandbox).1;
    assert!(found.contains("an async worker"), "{found}");
}

#[test]
fn what_tests_import_is_in_scope_there_alone() {
    let job = "pub struct Job; impl Job { pub fn write(&self, it: &[u8]) -> bool { it.is_empty() } }\n";
    let module = |text: &str| {
        let library = format!("{MODULES}mod job;\n");
        let module = format!("{job}{text}#[cfg(test)]\nmod tests {{ use super::*; use std::io::Write; }}\n");
        look_at(&Sandbox::new(&[
            ("Cargo.toml", WITH_TOKIO),
            ("src/lib.rs", &library),
            ("src/job.rs", &module),
        ]))
    };
    let least = module("pub async fn f() {}\n").0;
    let own = "pub async fn f(its: Vec<Job>) -> bool { its[0].write(b\"a\") }\n";
    assert_eq!(module(own), (least, String::new()));
    let file = "use std::io::Write;\n\
        pub async fn f(mut its: Vec<std::fs::File>) { its[0].write(b\"a\").unwrap(); }\n";
    let (bodies, found) = module(file);
    assert!(bodies > least && found.contains("an async worker"), "{found}");
}

#[test]
fn a_trait_object_needs_no_import() {
    let own = "pub trait Sessions { fn list(&self); }\n\
        pub struct Disk;\nimpl Sessions for Disk { fn list(&self) { std::fs::read_dir(\"a\").unwrap(); } }\n\
        pub struct State { pub all: Box<dyn Sessions> }\n";
    let library = "mod own;\nuse own::State;\npub async fn f(state: State) { state.all.list() }\n";
    let sandbox = Sandbox::new(&[("Cargo.toml", WITH_TOKIO), ("src/lib.rs", library), ("src/own.rs", own)]);
    let found = look_at(&sandbox).1;
    assert!(found.contains("an async worker"), "{found}");
}

#[test]
fn a_command_is_none_where_no_file_leads_to_one() {
    let shell = "pub fn shell() -> Command { Command::new(\"a\") }\n";
    let module = |text: &str| {
        let library = format!("{MODULES}{shell}mod web;\n");
        look_at(&Sandbox::new(&[("Cargo.toml", WITH_TOKIO), ("src/lib.rs", &library), ("src/web.rs", text)]))
    };
    let least = module("pub async fn f() {}\n").0;
    let response = "pub struct Response; impl Response { pub fn status(&self) -> u8 { 1 } }\n\
        pub async fn f(its: Vec<Response>) -> u8 { its[0].status() }\n";
    assert_eq!(module(response), (least, String::new()));
    let (bodies, found) = module("pub async fn f() { crate::shell().status().unwrap(); }\n");
    assert!(bodies > least && found.contains("an async worker"), "{found}");
}

#[test]
fn a_package_has_no_values_of_a_crate_that_it_does_not_depend_on() {
    let manifest = |name: &str, rest: &str| {
        format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[dependencies]\n{rest}"
        )
    };
    let blocks = "pub struct Builder; impl Builder { pub fn build(&self) { std::fs::metadata(\"a\").unwrap(); } }\n\
        pub async fn f(it: Builder) { it.build() }\n";
    let calls = "pub struct Builder; impl Builder { pub fn build(&self) -> u8 { 1 } }\n\
        pub async fn f(its: Vec<Builder>) -> u8 { its[0].build() }\n";
    let inferred = |rest: &str| {
        let sandbox =
            Sandbox::new(&[("Cargo.toml", "[workspace]\nmembers = [\"a\", \"b\"]\nresolver = \"3\"\n")]);
        sandbox.write("a/Cargo.toml", manifest("a", ""));
        sandbox.write("a/src/lib.rs", blocks);
        sandbox.write("b/Cargo.toml", manifest("b", rest));
        sandbox.write("b/src/lib.rs", calls);
        let (bodies, found) = look_at(&sandbox);
        assert!(found.contains("an async worker") && !found.contains("b/src/lib.rs"), "{found}");
        bodies
    };
    assert_eq!(inferred("a = { path = \"../a\" }\n"), inferred("") + 1);
    assert_eq!(inferred("[dev-dependencies]\na = { path = \"../a\" }\n"), inferred(""));
}

#[test]
fn a_chain_that_begins_with_what_a_derive_writes_has_no_type() {
    check(
        "#[derive(Builder)]\npub struct Job;\npub async fn f() { Job::builder().status(); }\n",
        "pub struct Job; impl Job { pub fn builder() -> Command { Command::new(\"a\") } }\n\
         pub async fn f() { Job::builder().status().unwrap(); }\n",
    );
}

#[test]
fn a_value_that_is_not_understood_is_not_taken_along() {
    // A macro that is not there declares `context`.
    let library = "\
pub struct Config {
    pub secret: Option<String>,
}

pub struct Failure;

failure::context!(Failure);

fn read() -> Result<Config, Failure> {
    Err(Failure)
}

fn store(secret: &Option<String>) -> bool {
    let known = std::fs::File::open(\"secret\").map(|it| std::io::read_to_string(std::io::BufReader::new(it)));
    known.is_ok() && secret.is_some()
}

pub async fn run(is_set: bool) -> Result<bool, Failure> {
    let config = if is_set { Some(read().context(\"no configuration\")?) } else { None };
    store(&config.as_ref().and_then(|it| it.secret.clone()));
    Ok(config.is_some())
}
";
    let sandbox = Sandbox::new(&[("Cargo.toml", WITH_TOKIO), ("src/lib.rs", library)]);
    let found = stdout(&sandbox.output("check --prefer offload"));
    assert!(found.contains("the type of `config` is not known"), "{found}");
}
