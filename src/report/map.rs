//! `retask map` for people: a line for each unit of work.

use retask_engine::bucket::{Answers, Bound, Size};
use retask_engine::finding::Unit;

use super::terminal::{raw, visible};

/// Prints the units as a table.
pub fn print(units: &[Unit]) {
    let rows: Vec<[String; 6]> = units.iter().map(row).collect();
    let head = ["where", "work", "runs on", "bucket", "answers", "verdict"].map(str::to_owned);
    let mut widths = [0; 6];
    for row in rows.iter().chain([&head]) {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    for row in [&head].into_iter().chain(&rows) {
        let cells: Vec<String> =
            row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        raw(&format!("{}\n", cells.join("  ").trim_end()));
    }
}

fn row(unit: &Unit) -> [String; 6] {
    let bucket = unit.bucket.map_or("not known".to_owned(), |it| format!("{} {}", it.number(), it.name()));
    let verdict = unit.rule.map_or("fits", |it| it);
    [
        format!("{}:{}:{}", visible(&unit.place.path), unit.place.start.line, unit.place.start.column),
        visible(&unit.name),
        unit.primitive.name().to_owned(),
        bucket,
        answers(&unit.answers),
        if unit.bucket.is_none() && unit.rule.is_none() {
            "not known".to_owned()
        } else {
            verdict.to_owned()
        },
    ]
}

fn answers(answers: &Answers) -> String {
    let bound = match answers.bound {
        Some(Bound::Io) => "io",
        Some(Bound::Cpu) => "cpu",
        Some(Bound::Both) => "both",
        None => "?",
    };
    let ends = answers.ends.map_or("?", |it| if it { "ends" } else { "endless" });
    let api = answers.async_api.map_or("?", |it| if it { "async api" } else { "no async api" });
    let size = answers.size.map_or("?", |it| if it == Size::Bounded { "bounded" } else { "input" });
    format!("{bound}, {ends}, {api}, {size}")
}
