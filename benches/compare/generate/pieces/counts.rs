/// How often each word occurs among the subjects.
pub fn count_subject_words(texts: &[String]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for text in texts {
        for word in text.split_whitespace().take(NUMBER) {
            let word = word.trim_matches(|it: char| !it.is_alphanumeric());
            if !word.is_empty() {
                *counts.entry(word.to_lowercase()).or_insert(0) += 1;
            }
        }
    }
    counts
}

/// The most frequent words, the first in the alphabet where several are as frequent.
pub fn top_subject_words(texts: &[String], limit: usize) -> Vec<(String, usize)> {
    let mut all: Vec<(String, usize)> = count_subject_words(texts).into_iter().collect();
    all.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    all.truncate(limit);
    all
}

