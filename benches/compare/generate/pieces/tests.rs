#[cfg(test)]
mod subject_tests {
    use std::time::{Duration, Instant};

    #[test]
    fn a_pause_takes_its_time() {
        let start = Instant::now();
        std::thread::sleep(Duration::from_millis(2));
        assert!(start.elapsed() >= Duration::from_millis(2));
    }

    #[test]
    fn the_checksum_tells_texts_apart() {
        let texts = ["subject", "subject NUMBER", ""];
        let sums: Vec<u64> = texts.iter().map(|text| crate::checksum(text.as_bytes())).collect();
        assert_ne!(sums[0], sums[1]);
        assert_ne!(sums[1], sums[2]);
    }
}

