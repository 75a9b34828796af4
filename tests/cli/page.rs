//! `map --format html`: the page, its data, and how a browser shows it.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use super::sandbox::{Sandbox, stderr, stdout, text};

/// A task that blocks, a channel to it, and state that it shares.
const SERVICE: &str = r#"use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, mpsc};

pub struct Job(pub u32);

#[derive(Clone)]
pub struct Store {
    done: Arc<Mutex<Vec<u32>>>,
}

impl Store {
    async fn keep(&self, id: u32) {
        self.done.lock().await.push(id);
    }
}

fn settle() {
    std::thread::sleep(Duration::from_secs(1));
}

async fn work(mut jobs: mpsc::Receiver<Job>, store: Store) {
    while let Some(job) = jobs.recv().await {
        settle();
        store.keep(job.0).await;
    }
}

async fn feed(jobs: mpsc::Sender<Job>) {
    jobs.send(Job(1)).await.ok();
}

pub async fn run(store: Store) {
    let (sender, receiver) = mpsc::channel(8);
    let beside = store.clone();
    tokio::spawn(async move { work(receiver, beside).await });
    std::thread::spawn(|| std::fs::read("a"));
    feed(sender).await;
    store.keep(0).await;
}
"#;

/// The page of a workspace.
fn page(sandbox: &Sandbox, args: &str) -> String {
    let output = sandbox.output(&format!("map --format html {args}"));
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    stdout(&output)
}

/// The data in a page.
fn data(page: &str) -> Value {
    let (_, rest) = page.split_once("id=\"data\">").expect("the data have an element");
    let (json, _) = rest.split_once("</script>").expect("it ends");
    serde_json::from_str(json).expect("it is JSON")
}

/// What a node is called.
fn name(data: &Value, node: &Value) -> String {
    let node = text(node);
    let index: usize = node[1..].parse().expect("a letter and an index");
    let picture = &data["picture"];
    match &node[..1] {
        "e" => text(&picture["starts"][index]["name"]).to_owned(),
        "u" => format!("{}:{}", text(&picture["functions"][index]), text(&data["units"][index]["name"])),
        "c" => format!("channel of {}", text(&picture["channels"][index]["message"])),
        _ => format!("state {}", text(&picture["states"][index]["name"])),
    }
}

fn links(data: &Value) -> BTreeSet<String> {
    let links = data["picture"]["links"].as_array().expect("a list");
    let line =
        |it: &Value| format!("{} {} {}", name(data, &it["from"]), text(&it["does"]), name(data, &it["to"]));
    links.iter().map(line).collect()
}

#[test]
fn the_picture_shows_who_starts_runs_sends_receives_and_locks() {
    let sandbox = Sandbox::app(SERVICE);
    let before = sandbox.files();
    let page = page(&sandbox, "");
    assert_eq!(sandbox.files(), before, "a map writes nothing");
    let data = data(&page);
    let expected = [
        "run starts run:tokio::spawn",
        "run starts run:std::thread::spawn",
        "run makes channel of Job",
        "run sends channel of Job",
        "run takes state done",
        "run:tokio::spawn receives channel of Job",
        "run:tokio::spawn runs work:settle",
        "run:tokio::spawn takes state done",
    ];
    assert_eq!(links(&data), expected.into_iter().map(str::to_owned).collect());
    assert_eq!(data["files"], serde_json::json!({"src/lib.rs": 0}), "all nodes have a package");
    assert_eq!(data["picture"]["channels"][0]["room"], "bounded");
    assert_eq!(data["picture"]["states"][0]["lock"], "async Mutex<Vec<u32>>");
    let sleep = data["findings"].as_array().expect("a list").iter().find(|it| it["rule"] == "blocking-sleep");
    let sleep = sleep.expect("it is found");
    assert!(
        text(&sleep["diff"]).contains("+    tokio::time::sleep(Duration::from_secs(1)).await;"),
        "{sleep}"
    );
    assert_eq!(sleep["evidence"][1]["note"], "`std::thread::sleep` blocks here");
}

#[test]
fn what_is_only_called_like_a_channel_or_a_lock_is_not_drawn() {
    let local = r#"
mod mpsc {
    pub struct Sender<T>(Vec<T>);
    pub struct Receiver<T>(Vec<T>);
    pub fn channel<T>(_: usize) -> (Sender<T>, Receiver<T>) {
        (Sender(Vec::new()), Receiver(Vec::new()))
    }
    impl<T> Sender<T> {
        pub async fn send(&self, _: T) -> Option<()> {
            None
        }
    }
    impl<T> Receiver<T> {
        pub async fn recv(&mut self) -> Option<T> {
            self.0.pop()
        }
    }
}

struct Mutex<T>(T);

impl<T> Mutex<T> {
    async fn lock(&self) -> Guard<'_, T> {
        Guard(&self.0)
    }
}

struct Guard<'a, T>(&'a T);

impl<T> Guard<'_, Vec<T>> {
    fn push(&mut self, _: T) {}
}
"#;
    let service = SERVICE.replace("use tokio::sync::{Mutex, mpsc};\n", "");
    let sandbox = Sandbox::app(&format!("{service}{local}"));
    let data = data(&page(&sandbox, ""));
    assert_eq!(data["picture"]["channels"], serde_json::json!([]));
    assert_eq!(data["picture"]["states"], serde_json::json!([]));
    let expected = [
        "run starts run:tokio::spawn",
        "run starts run:std::thread::spawn",
        "run:tokio::spawn runs work:settle",
    ];
    assert_eq!(links(&data), expected.into_iter().map(str::to_owned).collect());
}

#[test]
fn tests_start_nothing_and_trait_methods_and_functions_of_one_name_with_their_module_are_followed() {
    let library = r#"
mod nap;
use nap::nap;

trait Worker {
    fn work(&self);
}

struct Slow;

impl Worker for Slow {
    fn work(&self) {
        std::thread::spawn(|| std::fs::read("a"));
    }
}

pub async fn serve() {
    let worker: Box<dyn Worker> = Box::new(Slow);
    worker.work();
    nap();
    turns(3);
}

fn turns(left: u32) {
    if left > 0 {
        std::thread::spawn(|| std::fs::read("b"));
        turns(left - 1);
    }
}

#[test]
fn naps() {
    nap();
}
"#;
    let sandbox = Sandbox::app(library);
    sandbox.write("src/nap.rs", "pub fn nap() {\n    std::thread::spawn(|| std::fs::read(\"c\"));\n}\n");
    let expected = ["Slow::work", "nap", "turns"].map(|it| format!("serve starts {it}:std::thread::spawn"));
    assert_eq!(links(&data(&page(&sandbox, ""))), expected.into_iter().collect());
}

#[test]
fn a_page_goes_to_a_file_beside_other_formats_and_is_the_same_each_time() {
    let sandbox = Sandbox::app(SERVICE);
    let output = sandbox.output("map --output html=../map.html --output json=../map.json");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stdout(&output).starts_with("where "), "the table is printed all the same");
    assert!(sandbox.read("../map.json").contains("\"units\""));
    assert_eq!(sandbox.read("../map.html"), page(&sandbox, "--no-cache"));
    assert_eq!(sandbox.read("../map.html"), page(&sandbox, ""), "what is kept is the same");
}

#[test]
fn findings_have_no_page() {
    let sandbox = Sandbox::bare("");
    for args in
        ["check --format html", "diff --format html", "check --output html=a.html", "fix --format html"]
    {
        let output = sandbox.output(args);
        assert_eq!(output.status.code(), Some(2), "{args}");
        let said = stderr(&output);
        assert!(said.contains("draws no page: for `--format html` take `retask map`"), "{said}");
    }
}

#[test]
fn names_of_the_workspace_are_text_and_no_markup() {
    let sandbox = Sandbox::app(
        "pub async fn f() {\n    let _ = std::fs::read(\"</script><script>alert(1)</script>\");\n    // \u{202e}\n}\n",
    );
    let page = page(&sandbox, "");
    assert_eq!(page.matches("</script>").count(), 2, "the data and the script, and no more");
    assert!(!page.contains('\u{202e}'));
    assert!(page.contains("default-src 'none'"), "a browser loads nothing for it");
}

/// Debian's Chromium, or one by another name; `None`, said by the name of the test, where there is none.
fn browser(test: &str) -> Option<PathBuf> {
    let folders: Vec<PathBuf> =
        std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect();
    let names = ["chromium", "chromium-browser", "google-chrome", "chrome"];
    let found =
        names.iter().flat_map(|name| folders.iter().map(move |it| it.join(name))).find(|it| it.is_file());
    if found.is_none() {
        eprintln!("skipped `cli::page::{test}`: there is no Chromium");
    }
    found
}

/// What a browser says of a page in a window of some width, after a script has used it.
fn probed(browser: &PathBuf, page: &str, width: u32) -> Value {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let watch = "<head><script>const errors = []; addEventListener('error', (it) => errors.push(it.message)); \
                 addEventListener('securitypolicyviolation', (it) => errors.push(it.violatedDirective)); \
                 console.error = (it) => errors.push(String(it)); console.warn = console.error;</script>";
    let probe = format!("<script>{}</script></body>", include_str!("page_probe.js"));
    let page = page.replacen("<head>", watch, 1).replacen("</body>", &probe, 1);
    // No window of Chromium is as narrow as a frame can be.
    let frame = page.replace('&', "&amp;").replace('"', "&quot;");
    let around = format!(
        "<!doctype html><script>addEventListener('message', (it) => {{ const pre = document.createElement('pre'); pre.id = 'probe'; \
         pre.textContent = it.data; document.body.replaceChildren(pre); }})</script>\
         <iframe style=\"border:0;width:{width}px;height:900px\" srcdoc=\"{frame}\"></iframe>"
    );
    let path = folder.path().join("page.html");
    std::fs::write(&path, around).expect("the page is written");
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", "--virtual-time-budget=2000"])
        .arg("--window-size=1700,1000")
        .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
        .arg(format!("file://{}", path.display()))
        .output()
        .expect("the browser starts");
    let dumped = stdout(&output);
    let probed = dumped.split_once("<pre id=\"probe\">").and_then(|(_, it)| it.split_once("</pre>"));
    let (json, _) = probed.unwrap_or_else(|| panic!("the probe ran: {dumped} {}", stderr(&output)));
    let json = json.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    serde_json::from_str(&json).expect("it is JSON")
}

#[test]
fn a_browser_shows_it_without_errors_overlaps_or_scrolling_to_the_side() {
    let Some(browser) = browser("a_browser_shows_it_without_errors_overlaps_or_scrolling_to_the_side") else {
        return;
    };
    let page = page(&Sandbox::app(SERVICE), "");
    for width in [400, 1600] {
        let probed = probed(&browser, &page, width);
        assert_eq!(probed["width"], width, "{probed}");
        assert_eq!(probed["errors"], serde_json::json!([]), "{width}");
        for state in ["at first", "chosen", "filtered", "dark", "listed"] {
            let seen = &probed[state];
            assert_eq!(seen["aside"], 0, "it scrolls to the side: {width}, {state}: {probed}");
            assert_eq!(seen["overlaps"], serde_json::json!([]), "{width}, {state}");
            assert!(
                seen["texts"].as_u64().is_some_and(|it| it > 20),
                "there is text: {width}, {state}: {probed}"
            );
        }
        assert_eq!(probed["chosen"]["details"], "blocks an async worker", "{probed}");
        assert_eq!(probed["chosen"]["lines"], 1, "from the task to the call: {probed}");
        assert_eq!(probed["filtered"]["nodes"], 3, "the channel, its sender and its receiver: {probed}");
        assert_eq!(probed["arrow"], true, "an arrow key moves to the next node: {probed}");
        assert_eq!(probed["slash"], "text", "`/` goes to the search: {probed}");
        assert_eq!(probed["escape"], false, "Escape closes what was chosen: {probed}");
        assert_eq!(probed["next"], true, "`n` goes to a misplaced node: {probed}");
        assert!(probed["dark"]["ink"] != probed["at first"]["ink"], "dark has its own colours: {probed}");
    }
}

#[test]
fn a_browser_shows_two_thousand_units() {
    let Some(browser) = browser("a_browser_shows_two_thousand_units") else { return };
    let mut files = vec![("Cargo.toml".to_owned(), super::sandbox::WITH_TOKIO.to_owned())];
    let modules: String = (0..20).map(|it| format!("pub mod part_{it:02};\n")).collect();
    files.push(("src/lib.rs".to_owned(), modules));
    for module in 0..20 {
        let function = |it| {
            format!(
                "pub fn start_{it}() {{\n    tokio::spawn(async {{}});\n    std::thread::spawn(|| std::fs::read(\"a\"));\n}}\n\n"
            )
        };
        files.push((format!("src/part_{module:02}.rs"), (0..50).map(function).collect()));
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let page = page(&Sandbox::new(&files), "");
    assert_eq!(data(&page)["units"].as_array().map(Vec::len), Some(2000));
    for width in [400, 1600] {
        let probed = probed(&browser, &page, width);
        assert_eq!(probed["errors"], serde_json::json!([]), "{width}");
        for state in ["at first", "chosen", "dark"] {
            assert_eq!(probed[state]["aside"], 0, "{width}, {state}: {probed}");
            assert_eq!(probed[state]["overlaps"], serde_json::json!([]), "{width}, {state}");
        }
        assert!(probed["at first"]["nodes"].as_u64().is_some_and(|it| it >= 2000), "{probed}");
    }
}
