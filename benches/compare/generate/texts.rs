//! What generated code is made of: `Subject`, `subject` and `NUMBER` in it stand for names and numbers of its own.

/// Code without a hazard. What looks like one is where it belongs: in tests, on the blocking pool, in programs without a runtime.
pub const PIECES: [&str; 13] = [
    include_str!("pieces/checks.rs"),
    include_str!("pieces/counts.rs"),
    include_str!("pieces/offload.rs"),
    include_str!("pieces/parser.rs"),
    include_str!("pieces/pauses.rs"),
    include_str!("pieces/record.rs"),
    include_str!("pieces/retry.rs"),
    include_str!("pieces/settings.rs"),
    include_str!("pieces/shapes.rs"),
    include_str!("pieces/state.rs"),
    include_str!("pieces/store.rs"),
    include_str!("pieces/tests.rs"),
    include_str!("pieces/worker.rs"),
];

/// Code that holds one hazard, and the rule that finds it.
pub const HAZARDS: [(&str, &str); 8] = [
    ("blocking-sleep", include_str!("hazards/sleep.rs")),
    ("blocking-sleep", include_str!("hazards/sleep_in_helper.rs")),
    ("blocking-io", include_str!("hazards/read.rs")),
    ("blocking-io", include_str!("hazards/read_in_helper.rs")),
    ("blocking-io", include_str!("hazards/process.rs")),
    ("blocking-wait", include_str!("hazards/wait.rs")),
    ("endless-loop", include_str!("hazards/endless_loop.rs")),
    ("lock-across-await", include_str!("hazards/lock.rs")),
];

/// What the code is about, for names.
pub const SUBJECTS: [&str; 16] = [
    "account", "basket", "channel", "device", "event", "filter", "invoice", "journal", "letter", "member",
    "order", "packet", "report", "session", "ticket", "voucher",
];

/// How each module begins.
pub const HEAD: &str = "use std::collections::BTreeMap;\nuse std::fmt;\nuse std::time::Duration;\n\n";

/// What the root of the first member holds, for all members.
pub const ROOT: &str = r"
/// A number that differs where the bytes do, most of the time.
pub fn checksum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
";
