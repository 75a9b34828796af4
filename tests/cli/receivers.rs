//! Methods are not asked about where declarations tell that they are called on another type.

use super::inference::{check, look};

/// A type with a method that is called as one that blocks, and what declarations give it.
const JOB: &str = "#[derive(Default)] pub struct Job { pub inner: Inner, queue: Vec<u8> }\n\
    #[derive(Default)] pub struct Inner;\n\
    impl Inner { pub fn status(&self) -> u8 { 1 } }\n\
    impl Job {\n\
        pub fn new() -> Job { Job::default() }\n\
        pub fn open() -> std::io::Result<Self> { Ok(Job::new()) }\n\
        pub async fn connect() -> Self { Job::new() }\n\
        pub fn named(self, _name: &str) -> Self { self }\n\
        pub fn status(&self) -> u8 { 1 }\n\
    }\n\
    pub fn job() -> Job { Job::new() }\n\
    pub static JOB: Job = Job { inner: Inner, queue: Vec::new() };\n";

/// The same for a type that leads to a command.
const WRAPPED: &str = "pub struct Job(Command);\n\
    impl std::ops::Deref for Job { type Target = Command; fn deref(&self) -> &Command { &self.0 } }\n\
    impl std::ops::DerefMut for Job { fn deref_mut(&mut self) -> &mut Command { &mut self.0 } }\n\
    impl Job { pub fn new() -> Job { Job(Command::new(\"a\")) } }\n\
    pub fn job() -> Job { Job::new() }\n";

#[track_caller]
fn check_job(dismissed: &str) {
    let twin = "pub async fn f() { let mut it = job(); it.status().unwrap(); }\n";
    check(&format!("{JOB}{dismissed}\n"), &format!("{WRAPPED}{twin}"));
}

#[test]
fn a_variable_is_what_it_was_made_of() {
    check_job("pub async fn f() -> u8 { let it = Job::new(); it.status() }");
    check_job("pub async fn f() -> u8 { let it = job(); (&it).status() }");
    check_job("pub async fn f() -> u8 { let it = Job::default(); it.status() }");
    check_job("pub async fn f() -> u8 { let it: Job = Default::default(); it.status() }");
}

#[test]
fn a_chain_is_what_its_functions_give() {
    check_job("pub async fn f() -> u8 { Job::new().named(\"a\").named(\"b\").status() }");
    check_job("pub async fn f() -> std::io::Result<u8> { Ok(Job::open()?.status()) }");
    check_job("pub async fn f() -> u8 { Job::connect().await.status() }");
}

#[test]
fn parameters_fields_and_statics_are_what_they_are_declared_as() {
    check_job("pub async fn f(it: &Job) -> u8 { it.status() }");
    check_job("pub async fn f(it: Job) -> u8 { it.inner.status() }");
    check_job("impl Job { pub async fn f(&self) -> u8 { self.inner.status() } }");
    check_job("pub async fn f() -> u8 { JOB.status() }");
    check_job(
        "pub trait Runs { fn status(&self) -> u8; }\npub async fn f(it: impl Runs) -> u8 { it.status() }",
    );
}

#[test]
fn the_method_of_a_declared_type_is_known_without_inference() {
    let loads = "impl Job { pub fn load(&self) { std::fs::metadata(\"a\").unwrap(); } }\n";
    let bodies = |text: &str| look(&format!("{JOB}{loads}{text}\n"));
    let sync = "pub fn load(it: &Job) { it.load() }";
    assert_eq!(bodies(sync), bodies("pub fn load(it: &Job) { it.status(); }"));
    let (_, found) = bodies(&format!("{sync}\npub async fn f() {{ load(&Job::new()) }}"));
    assert!(found.contains("`Job::load` is called here"), "{found}");
}

/// Each of these can be a command, and is one.
#[test]
fn what_may_lead_to_the_type_is_inferred() {
    for text in [
        "pub async fn f(mut it: Command) { it.status().unwrap(); }",
        "pub async fn f() { let it = Job::new(); let mut it = it; it.status().unwrap(); }",
        "pub async fn f(mut it: Box<Job>) { it.status().unwrap(); }",
        "pub async fn f<T: std::ops::DerefMut<Target = Command>>(mut it: T) { it.status().unwrap(); }",
        "pub fn own<T>(it: T) -> T { it }\npub async fn f() { own(Command::new(\"a\")).status().unwrap(); }",
        "pub struct Held<T> { it: T }\npub async fn f(mut held: Held<Command>) { held.it.status().unwrap(); }",
        "pub async fn f() { let mut it = std::sync::Arc::new(Command::new(\"a\")); \
            std::sync::Arc::get_mut(&mut it).unwrap().status().unwrap(); }",
        "pub async fn f(it: u8) { let it = { let _ = it; Job::new() }; let mut it = it; it.status().unwrap(); }",
    ] {
        let (_, found) = look(&format!("{WRAPPED}{text}\n"));
        assert!(found.contains("an async worker"), "{text}: {found}");
    }
}
