//! What is printed, as Markdown.

use crate::measure::Row;
use crate::statistics::{QUANTITIES, Spread};

pub fn item(text: &str) {
    println!("- {text}");
}

pub fn heading(text: &str) {
    println!("\n## {text}\n");
}

pub fn skipped(program: &str, why: &str) {
    item(&format!("Skipped: {program}: {why}"));
}

/// Each program with the median of its runs, and the smallest and largest value.
pub fn table(title: &str, rows: &[Row]) {
    println!("\n### {title}\n");
    let mut lines = vec![["program", "runs", "wall time", "CPU time", "peak memory"].map(str::to_owned)];
    for row in rows {
        let [wall, cpu, memory] = QUANTITIES.map(|(name, of)| {
            let spread = Spread::of(row.samples.iter().filter_map(of));
            spread.map_or_else(|| "-".to_owned(), |it| told(&it, unit(name, it.median)))
        });
        lines.push([row.name.clone(), row.samples.len().to_string(), wall, cpu, memory]);
    }
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max();
    let widths = [0, 1, 2, 3, 4].map(|column| width(column).unwrap_or_default());
    for (number, line) in lines.iter().enumerate() {
        let cells = line.iter().zip(widths).map(|(cell, width)| format!(" {cell:width$} |"));
        println!("|{}", cells.collect::<String>());
        if number == 0 {
            println!("|{}", widths.map(|width| format!("{}|", "-".repeat(width + 2))).concat());
        }
    }
    println!();
    for Row { name, failure, .. } in rows {
        failure.iter().for_each(|why| item(&format!("Failed: {name}: {why}")));
    }
}

/// How many times what the second row took the first row took, for each pair of which there are runs.
pub fn ratios(rows: &[Row], pairs: &[(&str, &str)]) {
    let find = |name: &str| rows.iter().find(|it| it.name == name && !it.samples.is_empty());
    for (first, second) in pairs {
        let (Some(above), Some(below)) = (find(first), find(second)) else { continue };
        let ratios = QUANTITIES.iter().filter_map(|(name, of)| {
            let [above, below] = [above, below].map(|row| Spread::of(row.samples.iter().filter_map(of)));
            let ratio = above?.over(&below?);
            Some(format!("{name} {}", told(&ratio, ("×", 1.0))))
        });
        item(&format!("{first} / {second}: {}", ratios.collect::<Vec<_>>().join(", ")));
    }
}

/// A name, and how many of it there are in a second or a byte.
type Unit = (&'static str, f64);

fn unit(quantity: &str, median: f64) -> Unit {
    match quantity {
        "peak memory" => ("MiB", 1.0 / 1_048_576.0),
        _ if median < 0.1 => ("ms", 1000.0),
        _ => ("s", 1.0),
    }
}

/// `1.20 s (1.10–1.41)`.
fn told(spread: &Spread, (name, factor): Unit) -> String {
    let [median, min, max] = [spread.median, spread.min, spread.max].map(|it| digits(it * factor));
    format!("{median} {name} ({min}–{max})")
}

/// As many digits as mean something.
fn digits(value: f64) -> String {
    match value {
        ..0.1 => format!("{value:.3}"),
        ..10.0 => format!("{value:.2}"),
        ..100.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}

/// `1,000,000`.
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|it| std::str::from_utf8(it).ok()).collect();
    groups.join(",")
}
