//! Which dependencies are loaded: those whose types decide.

use super::sandbox::{Sandbox, WITH_TOKIO, stderr};

/// A library whose type is declared in a macro of another, which gives a value of a third.
const FILES: [(&str, &str); 8] = [
    (
        "Cargo.toml",
        "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\nframed = { path = \"../framed\" }\n",
    ),
    (
        "src/lib.rs",
        r#"use std::process::ExitStatus;

use framed::Running;

pub async fn declared_in_a_macro(mut running: Running) -> Option<ExitStatus> {
    running.command().status().ok()
}

pub async fn of_another_library(running: &Running) -> Option<ExitStatus> {
    running.source().command().status().ok()
}
"#,
    ),
    (
        "../framed/Cargo.toml",
        "[package]\nname = \"framed\"\nversion = \"1.0.0\"\nedition = \"2024\"\n\n[dependencies]\nfutures-core = { path = \"../futures-core\" }\npin-project-lite = { path = \"../pin-project-lite\" }\n",
    ),
    (
        "../framed/src/lib.rs",
        r#"use futures_core::Source;

pin_project_lite::pin_project! {
    /// Declared in a macro.
    pub struct Running {
        #[pin]
        command: std::process::Command,
        source: Source,
    }
}

impl Running {
    pub fn command(&mut self) -> &mut std::process::Command {
        &mut self.command
    }

    pub fn source(&self) -> &Source {
        &self.source
    }
}
"#,
    ),
    (
        "../futures-core/Cargo.toml",
        "[package]\nname = \"futures-core\"\nversion = \"1.0.0\"\nedition = \"2024\"\n",
    ),
    (
        "../futures-core/src/lib.rs",
        "pub struct Source;\nimpl Source {\n    pub fn command(&self) -> std::process::Command {\n        std::process::Command::new(\"true\")\n    }\n}\n",
    ),
    (
        "../pin-project-lite/Cargo.toml",
        "[package]\nname = \"pin-project-lite\"\nversion = \"1.0.0\"\nedition = \"2024\"\n",
    ),
    // What the real macro makes of its input is of no matter: it is not read.
    (
        "../pin-project-lite/src/lib.rs",
        "#[macro_export]\nmacro_rules! pin_project { ($($item:tt)*) => {}; }\n",
    ),
];

#[test]
fn types_that_a_library_declares_in_a_macro_or_takes_from_another_are_known() {
    let found = Sandbox::new(&FILES).json("check --rule blocking-io", 1);
    let found = found["findings"].as_array().expect("it holds findings");
    let lines: Vec<u64> = found.iter().filter_map(|it| it["start"]["line"].as_u64()).collect();
    assert_eq!(lines, [6, 10], "{found:#?}");
}

#[test]
fn a_library_that_another_gives_on_is_known() {
    let package = |name: &str, dependencies: &str| {
        format!(
            "[package]\nname = \"{name}\"\nversion = \"1.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{dependencies}\n"
        )
    };
    let app = package("app", "ui = { path = \"../ui\" }");
    let ui = package("ui", "crossterm = { path = \"../crossterm\" }\ncfg-if = { path = \"../cfg-if\" }");
    let [crossterm, cfg_if] = ["crossterm", "cfg-if"].map(|it| package(it, ""));
    let sandbox = Sandbox::new(&[
        ("Cargo.toml", &app),
        (
            "src/lib.rs",
            "use ui::crossterm::event;\n\npub async fn keys() {\n    event::read();\n    event::quit();\n}\n\n\
             pub mod own {\n    pub mod event { pub fn read() {} }\n    pub async fn keys() { event::read(); }\n}\n",
        ),
        ("../ui/Cargo.toml", &ui),
        ("../ui/src/lib.rs", "cfg_if::cfg_if! { pub use crossterm; }\n"),
        ("../cfg-if/Cargo.toml", &cfg_if),
        (
            "../cfg-if/src/lib.rs",
            "#[macro_export]\nmacro_rules! cfg_if { ($($item:item)*) => { $($item)* }; }\n",
        ),
        ("../crossterm/Cargo.toml", &crossterm),
        ("../crossterm/src/lib.rs", "pub mod event { pub fn read() {} pub fn quit() {} }\n"),
    ]);
    let found = sandbox.json("check --rule blocking-io", 1);
    let found = found["findings"].as_array().expect("it holds findings");
    let lines: Vec<u64> = found.iter().filter_map(|it| it["start"]["line"].as_u64()).collect();
    assert_eq!(lines, [4], "{found:#?}");
}

#[test]
fn a_library_that_tells_whether_a_result_can_be_sent_is_known() {
    let said = |text: &str| {
        let package = |name: &str, dependencies: &str| {
            format!(
                "[package]\nname = \"{name}\"\nversion = \"1.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{dependencies}\n"
            )
        };
        let app = WITH_TOKIO.replace("[dependencies]", "[dependencies]\nscraper = { path = \"../scraper\" }");
        let sandbox = Sandbox::new(&[
            ("Cargo.toml", &app),
            (
                "src/lib.rs",
                "use scraper::Html;\n\npub async fn title(page: String) -> usize {\n    let html = Html::parse_document(&page);\n    html.len()\n}\n",
            ),
            ("../scraper/Cargo.toml", &package("scraper", "tendril = { path = \"../tendril\" }")),
            (
                "../scraper/src/lib.rs",
                "pub struct Html {\n    text: tendril::Text,\n}\n\nimpl Html {\n    pub fn parse_document(_text: &str) -> Html {\n        Html { text: tendril::Text::default() }\n    }\n    pub fn len(&self) -> usize {\n        self.text.0.len()\n    }\n}\n",
            ),
            ("../tendril/Cargo.toml", &package("tendril", "")),
            ("../tendril/src/lib.rs", text),
        ]);
        stderr(&sandbox.output("diff --rule heavy-cpu"))
    };
    let shared = said("#[derive(Default)]\npub struct Text(pub std::rc::Rc<str>);\n");
    assert!(shared.contains("1 × the result of `…` is not `…`"), "{shared}");
    let own = said("#[derive(Default)]\npub struct Text(pub String);\n");
    assert!(own.contains("1 rewrite in 1 file"), "{own}");
}

/// What runs a query of `diesel`: on a table, on what is built of it, and in a file that takes the async trait instead.
const QUERIES: [(&str, &str); 4] = [
    (
        "src/lib.rs",
        r#"mod awaited;

use diesel::prelude::*;

mod schema {
    diesel::table! {
        use diesel::sql_types::*;

        /// Who writes.
        #[sql_name = "people"]
        public.users (id) {
            id -> Int4,
            #[max_length = 80]
            name -> Nullable<Text>,
        }
    }

    diesel::table! {
        posts { id -> Int4, user_id -> Int4 }
    }

    diesel::joinable!(posts -> users (user_id));
    diesel::allow_tables_to_appear_in_same_query!(posts, users);
}

pub async fn queries(conn: &mut PgConnection, names: Vec<String>) -> QueryResult<()> {
    use schema::users::dsl::*;
    let all = users.load::<(i32, String)>(conn)?;
    let one = users.filter(id.eq(all[0].0).and(name.is_not_null())).order(id.desc()).first::<(i32, String)>(conn).optional()?;
    let joined = schema::posts::table.inner_join(users).select((name, id)).into_boxed();
    let count: i64 = joined.count().get_result(conn)?;
    diesel::insert_into(users).values(name.eq("a")).on_conflict(id).do_nothing().execute(conn)?;
    conn.transaction(|conn| diesel::delete(users.find(1)).execute(conn))?;
    drop((one, count, names.first(), names.iter().filter(|it| it.is_empty()).count()));
    Ok(())
}

// A value of the type that such a call gives.
pub async fn connected(url: String) -> ConnectionResult<bool> {
    let conn = PgConnection::establish(&url)?;
    drop(conn);
    Ok(true)
}
"#,
    ),
    (
        "src/awaited.rs",
        r#"use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use crate::schema::users;

pub async fn silent(conn: &mut AsyncPgConnection) -> QueryResult<usize> {
    let all: Vec<i32> = users::table.select(users::id).load(conn).await?;
    conn.transaction(async |conn| diesel::delete(users::table).execute(conn).await).await?;
    diesel::update(users::table.find(all[0])).set(users::name.eq("b")).execute(conn).await
}
"#,
    ),
    (
        "Cargo.toml",
        r#"[package]
name = "app"
version = "0.1.0"
edition = "2024"

[dependencies]
diesel = "2.99"
diesel-async = "0.99"
"#,
    ),
    (
        "Cargo.lock",
        r#"version = 4

[[package]]
name = "app"
version = "0.1.0"
dependencies = [
 "diesel",
 "diesel-async",
]

[[package]]
name = "diesel"
version = "2.99.0"
source = "registry+https://github.com/rust-lang/crates.io-index"

[[package]]
name = "diesel-async"
version = "0.99.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
dependencies = [
 "diesel",
]
"#,
    ),
];

/// The lines of `src/lib.rs` at which a query blocks, for what only the lockfile tells of `diesel`.
fn lines_with_queries(args: &str, files: &[(&str, &str)], code: i32) -> Vec<u64> {
    let found = Sandbox::new(files).json(args, code);
    let found = found["findings"].as_array().expect("it holds findings");
    assert!(found.iter().all(|it| it["path"] == "src/lib.rs"), "{found:#?}");
    found.iter().filter_map(|it| it["start"]["line"].as_u64()).collect()
}

#[test]
fn queries_of_diesel_are_found_without_its_sources() {
    let lines = lines_with_queries("check --rule blocking-db --offline", &QUERIES, 3);
    assert_eq!(lines, [28, 29, 31, 32, 33, 40]);
    // Before its second version, and as a git dependency, it has other items.
    for (from, to) in [
        ("2.99", "1.99"),
        ("registry+https://github.com/rust-lang/crates.io-index", "git+https://git.invalid/diesel#01"),
    ] {
        let files = QUERIES.map(|(path, text)| (path, text.replace(from, to)));
        let files = files.each_ref().map(|(path, text)| (*path, text.as_str()));
        assert_eq!(lines_with_queries("check --rule blocking-db --offline", &files, 3), [0; 0], "{to}");
    }
}

#[test]
fn a_diesel_in_a_folder_is_read_as_it_is() {
    let files = [
        (
            "Cargo.toml",
            "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\ndiesel = { path = \"../diesel\" }\n",
        ),
        (
            "src/lib.rs",
            "use diesel::RunQueryDsl;\n\npub async fn own(stock: diesel::Stock) -> u32 {\n    stock.execute()\n}\n",
        ),
        ("../diesel/Cargo.toml", "[package]\nname = \"diesel\"\nversion = \"2.1.0\"\nedition = \"2024\"\n"),
        (
            "../diesel/src/lib.rs",
            r#"pub struct Stock;
pub trait RunQueryDsl {
    fn execute(&self) -> u32 {
        1
    }
}
impl RunQueryDsl for Stock {}
"#,
        ),
    ];
    assert_eq!(lines_with_queries("check --rule blocking-db", &files, 1), [4]);
}

#[test]
fn values_have_types_where_a_macro_leaves_them_to_a_procedural_macro() {
    let sandbox = Sandbox::app(
        r#"use std::fs::File;
use tokio::sync::mpsc::Receiver;

pub async fn arrived(mut files: Receiver<File>, mut stop: Receiver<()>) {
    loop {
        tokio::select! {
            Some(file) = files.recv() => drop(file.sync_all()),
            _ = stop.recv() => break,
        }
    }
}

pub async fn both(mut files: Receiver<File>, mut stop: Receiver<()>) {
    let (file, _) = tokio::join!(files.recv(), stop.recv());
    let _ = file.unwrap().sync_all();
}
"#,
    );
    // As that of Tokio, these give nothing away.
    for name in ["join", "select", "try_join"] {
        let text = format!(
            "#[macro_export]\nmacro_rules! {name} {{ ($($all:tt)*) => {{ $crate::written_elsewhere!() }}; }}\n"
        );
        sandbox.write(&format!("../tokio/src/macros/{name}.rs"), text);
    }
    let expected = ["src/lib.rs:7 blocking-io", "src/lib.rs:15 blocking-io"];
    assert_eq!(sandbox.findings(""), (expected.map(str::to_owned).to_vec(), 1));
    assert_eq!(sandbox.findings("--load full").0, expected);
}

#[test]
fn a_build_script_knows_what_it_is_built_with() {
    let package = |name: &str, rest: &str| {
        format!("[package]\nname = \"{name}\"\nversion = \"1.0.0\"\nedition = \"2024\"\n\n{rest}")
    };
    let sandbox = Sandbox::new(&[
        ("Cargo.toml", "[workspace]\nmembers = [\"app\", \"made\"]\nresolver = \"3\"\n"),
        ("app/Cargo.toml", &package("app", "[build-dependencies]\nmade = { path = \"../made\" }\n")),
        ("app/src/lib.rs", ""),
        ("app/build.rs", "fn main() {}\n\npub async fn make() {\n    made::make();\n}\n"),
        ("made/Cargo.toml", &package("made", "")),
        ("made/src/lib.rs", "pub fn make() {\n    std::fs::write(\"a\", \"b\").unwrap();\n}\n"),
    ]);
    sandbox.json("check --rule blocking-io", 0);
    let found = sandbox.json("check --rule blocking-io --include build", 1);
    let found = found["findings"].as_array().expect("it holds findings");
    let paths: Vec<&str> = found.iter().filter_map(|it| it["path"].as_str()).collect();
    assert_eq!(paths, ["app/build.rs"], "{found:#?}");
}
