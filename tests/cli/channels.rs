//! What is said of sends depends on how the whole workspace makes its channels.

use super::sandbox::{Sandbox, WITH_TOKIO};

/// A sender in a field, whose channel a function of any message makes.
const COUNTER: &str = "use flume::{Receiver, Sender};\n\npub struct Ticket(pub u32);\n\nfn open<T>() -> (Sender<T>, Receiver<T>) {\n    \
    flume::unbounded()\n}\n\npub struct Counter {\n    tickets: Sender<Ticket>,\n}\n\nimpl Counter {\n    \
    pub fn new() -> (Counter, Receiver<Ticket>) {\n        let (tickets, taken) = open();\n        (Counter { tickets }, taken)\n    }\n}\n\n\
    pub async fn hand_out(counter: &Counter) -> bool {\n    counter.tickets.send(Ticket(1)).is_ok()\n}\n";

/// Whether a send may wait, in a library with something more in it.
#[track_caller]
fn may_wait(library: &str) -> bool {
    let manifest = format!("{WITH_TOKIO}flume = {{ path = \"../flume\" }}\n");
    let sandbox = Sandbox::new(&[("Cargo.toml", &manifest), ("src/lib.rs", library)]);
    let flume =
        "[package]\nname = \"flume\"\nversion = \"0.11.0\"\nedition = \"2024\"\n\n[features]\nasync = []\n";
    sandbox.write("../flume/Cargo.toml", flume);
    sandbox.write("../flume/src/lib.rs", include_str!("../../fixtures/stubs/flume.rs"));
    let json = sandbox.json("check", 0);
    let findings = json["findings"].as_array().expect("an array");
    findings.iter().any(|it| it["rule"] == "blocking-wait")
}

#[test]
fn where_no_channel_of_a_library_is_bounded_no_send_waits() {
    assert!(!may_wait(COUNTER));
    assert!(may_wait(&COUNTER.replace("flume::unbounded()", "flume::bounded(2)")));
    let other = "\npub fn other() -> (Sender<u8>, Receiver<u8>) {\n    flume::bounded(2)\n}\n";
    assert!(
        may_wait(&format!("{COUNTER}{other}")),
        "which of them a function of any message gave is not known"
    );
    assert!(
        !may_wait(&format!("{COUNTER}\n#[cfg(test)]\nmod tests {{\n    use super::*;\n{other}\n}}\n")),
        "tests"
    );
    let known =
        COUNTER.replace("let (tickets, taken) = open();", "let (tickets, taken) = flume::unbounded();");
    assert!(!may_wait(&format!("{known}{other}")), "its message tells");
    let same = other.replace("u8", "Ticket");
    assert!(!may_wait(&format!("{known}{same}")), "both are of one message, but its field tells");
    let kept =
        "        let held = Some(tickets);\n        let Some(tickets) = held else { unreachable!() };\n";
    let kept = known.replace("        (Counter {", &format!("{kept}        (Counter {{"));
    assert!(
        may_wait(&format!("{kept}{same}")),
        "both are of one message, and where its field is from is not seen"
    );
}

/// Two senders of one type in fields, one of them without a bound.
const RUSH: &str = "use flume::{Receiver, Sender};\n\npub struct Rush<T> {\n    slow: Sender<T>,\n    fast: Sender<T>,\n}\n\n\
    pub fn rush<T>(size: usize) -> (Rush<T>, Receiver<T>, Receiver<T>) {\n    let (fast, first) = flume::unbounded();\n    \
    let (slow, second) = flume::bounded(size);\n    (Rush { slow, fast }, first, second)\n}\n\n\
    impl<T> Rush<T> {\n    pub fn again(&self) -> Rush<T> {\n        Rush { slow: self.slow.clone(), fast: self.fast.clone() }\n    }\n\n    \
    pub fn hurry(&self, message: T) -> bool {\n        self.fast.send(message).is_ok()\n    }\n}\n\n\
    pub async fn start(rush: &Rush<u8>) -> bool {\n    rush.hurry(1)\n}\n";

#[test]
fn a_field_tells_by_what_it_is_given() {
    assert!(!may_wait(RUSH));
    assert!(may_wait(&RUSH.replace("self.fast.send", "self.slow.send")), "the other field");
    assert!(may_wait(&RUSH.replace("flume::unbounded()", "flume::bounded(1)")), "with a bound");
    let later = "\nimpl<T> Rush<T> {\n    pub fn slow_down(&mut self, fast: Sender<T>) {\n        self.fast = fast;\n    }\n}\n";
    assert!(may_wait(&format!("{RUSH}{later}")), "it is given another one later");
}
