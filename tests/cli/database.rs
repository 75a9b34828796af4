//! `database = "async"`: a connection is carried over to the async side of its driver, whole or not at all.

use super::sandbox::{Sandbox, WITH_TOKIO, stdout};

const REDIS: &str = "[package]\nname = \"redis\"\nversion = \"1.0.0\"\nedition = \"2024\"\n\n[features]\naio = []\ntokio-comp = [\"aio\"]\n";

/// Three calls of one connection: it is made, and used by a trait and by a command.
const COUNT: &str = r#"use redis::{Client, Commands};

pub async fn count(client: &Client, page: &str) -> redis::RedisResult<u64> {
    let mut connection = client.get_connection()?;
    let before: u64 = connection.get(page)?;
    redis::cmd("INCR").arg(page).query::<u64>(&mut connection)?;
    Ok(before)
}
"#;

fn sandbox_of(version: &str, library: &str) -> Sandbox {
    let manifest = format!("{WITH_TOKIO}redis = {{ path = \"../redis\" }}\n");
    let sandbox = Sandbox::new(&[
        ("Cargo.toml", &manifest),
        ("src/lib.rs", library),
        ("retask.toml", "database = \"async\"\n"),
    ]);
    sandbox.write("../redis/Cargo.toml", REDIS.replace("1.0.0", version));
    sandbox.write("../redis/src/lib.rs", include_str!("../../fixtures/stubs/redis.rs"));
    sandbox
}

fn sandbox(library: &str) -> Sandbox {
    sandbox_of("1.0.0", library)
}

fn diff_of(library: &str) -> String {
    stdout(&sandbox(library).output("diff --fixes all"))
}

/// What keeps a connection sync, and that nothing of it becomes async.
#[track_caller]
fn stays(library: &str, reason: &str) {
    let sandbox = sandbox(library);
    let diff = stdout(&sandbox.output("diff --fixes all"));
    assert!(!diff.contains("async_connection") && !diff.contains("query_async"), "{diff}");
    let said = stdout(&sandbox.output("check"));
    assert!(said.contains(reason), "{said}");
}

#[track_caller]
fn contains_all(diff: &str, lines: &[&str]) {
    for line in lines {
        assert!(diff.lines().any(|it| it.trim_end() == *line), "`{line}` is missing:\n{diff}");
    }
}

#[test]
fn a_connection_is_carried_over_with_all_that_it_is_used_for() {
    let sandbox = sandbox(COUNT);
    let diff = stdout(&sandbox.output("diff --fixes all"));
    contains_all(
        &diff,
        &[
            "-redis = { path = \"../redis\" }",
            "+redis = { path = \"../redis\", features = [\"tokio-comp\"] }",
            "-use redis::{Client, Commands};",
            "+use redis::AsyncCommands;",
            "+use redis::Client;",
            "+    let mut connection = client.get_multiplexed_async_connection().await?;",
            "+    let before: u64 = connection.get(page).await?;",
            "+        .query_async::<u64>(&mut connection)",
        ],
    );
    assert!(!stdout(&sandbox.output("diff")).contains("query_async"), "a reader must agree");
    let said = stdout(&sandbox.output("check"));
    assert!(said.contains("half a second by default") && said.contains("its answer is lost"), "{said}");
    sandbox.write("retask.toml", "database = \"spawn_blocking\"\n");
    let given = stdout(&sandbox.output("diff --fixes all"));
    assert!(given.contains("spawn_blocking") && !given.contains("await?;"), "{given}");
    sandbox.write("retask.toml", "");
    assert_eq!(stdout(&sandbox.output("diff --fixes all")), given, "it is so unless set");
}

#[test]
fn limits_of_time_are_told_where_the_version_has_them() {
    let sandbox = sandbox_of("0.27.6", COUNT);
    let said = stdout(&sandbox.output("check"));
    assert!(!said.contains("half a second") && said.contains("its answer is lost"), "{said}");
    let sandbox = sandbox_of("0.25.4", COUNT);
    let said = stdout(&sandbox.output("check"));
    assert!(
        said.contains("the package uses redis 0.25.4, and the async side is known from 0.26 on"),
        "{said}"
    );
    assert!(!stdout(&sandbox.output("diff --fixes all")).contains("query_async"));
}

#[test]
fn fields_parameters_and_helpers_change_along() {
    let diff = diff_of(
        r#"use redis::{Commands, Connection, RedisResult};

pub struct Store {
    connection: Connection,
}

impl Store {
    fn name(&mut self) -> RedisResult<String> {
        self.connection.get("name")
    }
}

pub async fn open(client: &redis::Client) -> RedisResult<Store> {
    Ok(Store { connection: client.get_connection()? })
}

pub async fn name(store: &mut Store) -> RedisResult<String> {
    let answer = ping(&mut store.connection)?;
    Ok(answer + &store.name()?)
}

fn ping(connection: &mut Connection) -> RedisResult<String> {
    redis::cmd("PING").query(connection)
}
"#,
    );
    contains_all(
        &diff,
        &[
            "+    connection: redis::aio::MultiplexedConnection,",
            "+    async fn name(&mut self) -> RedisResult<String> {",
            "+        self.connection.get(\"name\").await",
            "+    let answer = ping(&mut store.connection).await?;",
            "+    Ok(answer + &store.name().await?)",
            "+async fn ping(connection: &mut redis::aio::MultiplexedConnection) -> RedisResult<String> {",
            "+    redis::cmd(\"PING\").query_async(connection).await",
        ],
    );
}

#[test]
fn connections_of_one_file_are_carried_over_each_by_itself() {
    let again = COUNT.lines().skip(1).collect::<Vec<_>>().join("\n").replace("fn count", "fn count_again");
    let kept = "\npub async fn next(client: Client) -> redis::RedisResult<String> {\n    let mut connection = client.get_connection()?;\n    connection.blpop(\"a\", 0.0)\n}\n";
    let diff = diff_of(&format!("{COUNT}{again}{kept}"));
    let count = |line: &str| diff.lines().filter(|it| it.trim_end() == line).count();
    assert_eq!(count("+    let before: u64 = connection.get(page).await?;"), 2, "{diff}");
    assert_eq!(count("+use redis::AsyncCommands;"), 1, "{diff}");
    assert_eq!(
        count("+    tokio::task::spawn_blocking(move || -> Result<_, redis::RedisError> {"),
        1,
        "{diff}"
    );
}

#[test]
fn typed_commands_have_typed_async_ones() {
    let diff = diff_of(
        "use redis::TypedCommands;\n\npub async fn name(client: &redis::Client) -> Option<String> {\n    let mut connection = client.get_connection().ok()?;\n    connection.get(\"name\").ok()?\n}\n",
    );
    contains_all(
        &diff,
        &[
            "-use redis::TypedCommands;",
            "+use redis::AsyncTypedCommands;",
            "+    connection.get(\"name\").await.ok()?",
        ],
    );
}

#[test]
fn pipelines_and_scripts_are_sent_on_the_async_connection() {
    let diff = diff_of(
        r#"pub async fn all(client: redis::Client) -> redis::RedisResult<u64> {
    let mut connection = client.get_connection()?;
    let mut pipe = redis::pipe();
    pipe.atomic().incr("a", 1u64).cmd("INCR").arg("b");
    pipe.query::<Vec<u64>>(&mut connection)?;
    let script = redis::Script::new("return 1");
    script.key("a").invoke(&mut connection)
}
"#,
    );
    contains_all(
        &diff,
        &[
            "+    pipe.query_async::<Vec<u64>>(&mut connection).await?;",
            "+    script.key(\"a\").invoke_async(&mut connection).await",
        ],
    );
}

#[test]
fn an_import_stays_where_other_code_uses_it() {
    let other = "\npub fn sync<C: redis::ConnectionLike>(mut given: C) -> String {\n    given.get(\"a\").unwrap()\n}\n";
    let library = COUNT.replace("{Client, Commands}", "Commands").replace("&Client", "&redis::Client");
    let diff = diff_of(&library);
    contains_all(&diff, &["-use redis::Commands;", "+use redis::AsyncCommands;"]);
    let diff = diff_of(&format!("{library}{other}"));
    contains_all(&diff, &["+use redis::AsyncCommands;", " use redis::Commands;"]);
    let by_name = "\npub fn give<C: Commands>(given: C) {\n    drop(given);\n}\n";
    let diff = diff_of(&format!("{library}{by_name}"));
    contains_all(&diff, &["+use redis::AsyncCommands;", " use redis::Commands;"]);
    let there = library.replace("redis::Commands", "redis::{AsyncCommands, Commands}");
    let diff = diff_of(&there);
    contains_all(&diff, &["-use redis::{AsyncCommands, Commands};", "+use redis::AsyncCommands;"]);
}

#[test]
fn what_waits_on_the_server_stays_on_the_pool() {
    let with = |line: &str| {
        format!(
            "use redis::Commands;\n\npub async fn next(client: redis::Client, word: &'static str) -> redis::RedisResult<String> {{\n    let mut connection = client.get_connection()?;\n    {line}\n    connection.get(word)\n}}\n"
        )
    };
    let waits = "the connection stays sync: `blpop` waits on the server";
    stays(&with("connection.blpop::<_, String>(word, 0.0)?;"), waits);
    stays(&with("redis::pipe().blpop(word, 0.0).query::<String>(&mut connection)?;"), waits);
    let binds = "waits on the server or binds the connection";
    stays(&with("redis::cmd(\"BLPOP\").arg(word).query::<String>(&mut connection)?;"), binds);
    stays(&with("redis::pipe().cmd(\"watch\").arg(word).query::<String>(&mut connection)?;"), binds);
    let unknown = "is not written out here";
    stays(&with("redis::cmd(word).query::<String>(&mut connection)?;"), unknown);
    stays(
        &with("connection.as_pubsub().subscribe(word)?;"),
        "`as_pubsub` of a `Connection` has no async form",
    );
    let pipe =
        "let mut pipe = redis::pipe();\n    fill(&mut pipe);\n    pipe.query::<String>(&mut connection)?;";
    stays(&format!("{}\nfn fill(_: &mut redis::Pipeline) {{}}\n", with(pipe)), unknown);
}

#[test]
fn a_connection_that_other_code_holds_stays_and_says_why() {
    let with = |parameter: &str, call: &str| {
        format!(
            "use redis::Commands;\n\nfn load({parameter}) -> redis::RedisResult<String> {{\n    given.get(\"a\")\n}}\n\npub async fn name(client: redis::Client) -> redis::RedisResult<String> {{\n    let mut connection = client.get_connection()?;\n    {call}\n}}\n"
        )
    };
    stays(&with("given: &mut impl Commands", "load(&mut connection)"), "and other callers rely on that");
    let held = "use redis::Commands;\n\npub(crate) async fn name(held: std::sync::Arc<std::sync::Mutex<redis::Connection>>) -> redis::RedisResult<String> {\n    held.lock().unwrap().get(\"a\")\n}\n";
    stays(held, "`lock` of a `Connection` has no async form that is the same");
}

#[test]
fn other_runtimes_keep_the_sync_side() {
    let sandbox = sandbox(COUNT);
    let manifest = sandbox.read("Cargo.toml");
    sandbox.write("Cargo.toml", manifest.replace("tokio = {", "# tokio = {"));
    let said = stdout(&sandbox.output("check"));
    assert!(said.contains("does not depend on tokio"), "{said}");
    assert!(!stdout(&sandbox.output("diff --fixes all")).contains("query_async"));

    sandbox.write("Cargo.toml", format!("{manifest}async-std = {{ path = \"../async-std\" }}\n"));
    sandbox.write("../async-std/Cargo.toml", REDIS.replace("\"redis\"", "\"async-std\""));
    sandbox.write(
        "../async-std/src/lib.rs",
        "pub mod task {\n    pub fn spawn<F: Future<Output = T> + Send + 'static, T: Send + 'static>(_: F) {}\n}\n",
    );
    let spawned = "pub fn start(client: redis::Client) {\n    async_std::task::spawn(async move {\n        let mut connection = client.get_connection().unwrap();\n        redis::cmd(\"PING\").exec(&mut connection).unwrap();\n    });\n}\n";
    sandbox.write("src/lib.rs", spawned);
    let said = stdout(&sandbox.output("check"));
    assert!(said.contains("which is not a Tokio runtime (`async_std`)"), "{said}");
    assert!(!stdout(&sandbox.output("diff --fixes all")).contains("exec_async"));
    sandbox.write("src/lib.rs", spawned.replace("async_std::", "tokio::"));
    assert!(stdout(&sandbox.output("diff --fixes all")).contains("exec_async"));
}

#[test]
fn other_drivers_move_to_the_pool_as_before() {
    let library = "pub async fn size(path: std::path::PathBuf) -> Option<u64> {\n    std::fs::metadata(&path).ok().map(|it| it.len())\n}\n\npub async fn count(path: std::path::PathBuf) -> rusqlite::Result<i64> {\n    let connection = rusqlite::Connection::open(&path)?;\n    connection.query_row(\"SELECT 1\", [], |row| row.get(0))\n}\n";
    let sandbox = sandbox(library);
    let manifest = sandbox.read("Cargo.toml") + "rusqlite = { path = \"../rusqlite\" }\n";
    sandbox.write("Cargo.toml", manifest);
    sandbox.write("../rusqlite/Cargo.toml", REDIS.replace("\"redis\"", "\"rusqlite\""));
    sandbox.write("../rusqlite/src/lib.rs", include_str!("../../fixtures/stubs/rusqlite.rs"));
    let diffs = ["async", "spawn_blocking"].map(|it| {
        sandbox.write("retask.toml", format!("database = \"{it}\"\n"));
        (stdout(&sandbox.output("diff --fixes all")), stdout(&sandbox.output("check")))
    });
    assert!(diffs[0].0.contains("spawn_blocking"), "{}", diffs[0].0);
    assert_eq!(diffs[0], diffs[1]);
}

#[test]
fn local_items_of_the_same_names_are_left_alone() {
    let local = format!(
        "mod redis {{\n{}\n}}\n{}",
        include_str!("../../fixtures/stubs/redis.rs").replace("//!", "//"),
        COUNT.replace("use redis::", "use crate::redis::")
    );
    let sandbox = sandbox(&local);
    assert_eq!(stdout(&sandbox.output("diff --fixes all")), "");
}
