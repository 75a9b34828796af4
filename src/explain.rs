//! `retask explain`: the page of a rule or a bucket.

use retask_engine::bucket::Bucket;
use retask_engine::table;

use crate::exit::{code, fail};
use crate::report::terminal;

/// Prints the page; gives the exit code.
pub fn run(name: &str) -> u8 {
    if let Some(rule) = retask_transforms::rules().iter().find(|it| it.name == name) {
        terminal::raw(&rule.page());
        return 0;
    }
    if let Some(bucket) = bucket(name) {
        terminal::raw(&page(bucket));
        return 0;
    }
    let known: Vec<&str> = retask_transforms::rules().iter().map(|it| it.name).collect();
    let message = format!(
        "no rule or bucket is named `{name}`{}; the rules are {}, the buckets 1 to 5",
        nearest(name, &known),
        known.join(", ")
    );
    fail(&message, code::USAGE)
}

fn bucket(name: &str) -> Option<Bucket> {
    let name = name.to_ascii_lowercase();
    let plain = name.trim_start_matches("bucket").trim_start_matches([' ', '-']);
    Bucket::ALL.into_iter().find(|it| {
        it.number().to_string() == plain
            || it.name().to_ascii_lowercase().replace([' ', '/'], "-") == plain.replace([' ', '/'], "-")
    })
}

fn page(bucket: Bucket) -> String {
    let mut page = format!(
        "# Bucket {}: {}\n\nBelongs {}.\n\n{}\n\n",
        bucket.number(),
        bucket.name(),
        bucket.belongs(),
        table::decided_by(bucket)
    );
    page.push_str("| runs on | verdict |\n|---|---|\n");
    for (primitive, verdict) in table::row(bucket) {
        page.push_str(&format!("| `{}` | {} |\n", primitive.name(), verdict.words()));
    }
    page
}

/// `; did you mean ...?` where a known name is near.
pub fn nearest(name: &str, known: &[&str]) -> String {
    let best = known.iter().map(|it| (ratio(name, it), *it)).max_by(|a, b| a.0.total_cmp(&b.0));
    match best {
        Some((ratio, it)) if ratio > 0.5 => format!("; did you mean `{it}`?"),
        _ => String::new(),
    }
}

fn ratio(a: &str, b: &str) -> f32 {
    similar::TextDiff::from_chars(a, b).ratio()
}

#[cfg(test)]
mod tests {
    use retask_engine::bucket::Bucket;

    use super::{bucket, nearest, page};

    #[test]
    fn buckets_go_by_number_and_by_name() {
        assert_eq!(bucket("4"), Some(Bucket::EndlessLoop));
        assert_eq!(bucket("bucket-1"), Some(Bucket::AsyncIo));
        assert_eq!(bucket("heavy CPU"), Some(Bucket::HeavyCpu));
        assert_eq!(bucket("6"), None);
    }

    #[test]
    fn every_bucket_has_a_page_with_its_row() {
        for bucket in Bucket::ALL {
            assert!(page(bucket).contains("| `spawn_blocking` |"));
        }
    }

    #[test]
    fn a_near_name_is_offered() {
        assert_eq!(
            nearest("blocking-slep", &["blocking-io", "blocking-sleep"]),
            "; did you mean `blocking-sleep`?"
        );
        assert_eq!(nearest("xyzzy", &["blocking-io"]), "");
    }
}
