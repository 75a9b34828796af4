//! `shared-state` changes a design: its rewrite is made only where the rule is named, and `--fixes all` asked for.

use super::sandbox::{Sandbox, WITH_TOKIO, stdout};

const PROGRAM: &str = "use std::sync::Arc;

use tokio::sync::Mutex;

#[derive(Clone)]
struct Counter {
    seen: Arc<Mutex<Vec<u64>>>,
}

impl Counter {
    async fn add(&self, by: u64) {
        self.seen.lock().await.push(by);
    }
}

#[tokio::main]
async fn main() {
    let counter = Counter { seen: Arc::new(Mutex::new(Vec::new())) };
    let other = counter.clone();
    tokio::spawn(async move { other.add(1).await });
    counter.add(2).await;
}
";

#[test]
fn an_owner_is_given_only_where_the_rule_is_named() {
    let sandbox = Sandbox::new(&[("Cargo.toml", WITH_TOKIO), ("src/main.rs", PROGRAM)]);
    let diff = |args: &str| stdout(&sandbox.output(&format!("diff {args}")));
    assert_eq!(diff(""), "");
    assert_eq!(diff("--fixes all"), "");
    assert_eq!(diff("--rule shared-state"), "");
    assert!(diff("--rule shared-state --fixes all").contains("+mod seen_owner {"));
    // In JSON the rewrite stands all the same, for those that show it.
    let json = sandbox.json("check", 0);
    let fix = &json["findings"][0]["fix"];
    assert_eq!(fix["applicability"], "maybe-incorrect");
    assert!(fix["edits"].as_array().is_some_and(|it| !it.is_empty()));
}
