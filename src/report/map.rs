//! `retask map` for people: a line for each unit of work.

use retask_engine::bucket::{Answers, Bound, Size};
use retask_engine::finding::Unit;

use super::terminal::visible;
use super::totals;

/// The units as a table, and their totals by bucket and primitive.
pub fn text(units: &[Unit]) -> String {
    let head = ["where", "work", "runs on", "bucket", "answers", "verdict"].map(str::to_owned).to_vec();
    let rows: Vec<Vec<String>> = std::iter::once(head).chain(units.iter().map(row)).collect();
    let mut text = table(&rows, |cell, width| format!("{cell:width$}"));
    if !units.is_empty() {
        let totals = totals::rows(&totals::totals(units));
        text.push_str(&format!("\n{}", table(&totals, |cell, width| format!("{cell:>width$}"))));
    }
    text
}

/// Rows with columns of one width; the first column stands left.
fn table(rows: &[Vec<String>], align: fn(&str, usize) -> String) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| match column {
            0 => format!("{cell:width$}"),
            _ => align(cell, *width),
        });
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

fn row(unit: &Unit) -> Vec<String> {
    let verdict = unit.rule.map_or("fits", |it| it);
    vec![
        format!("{}:{}:{}", visible(&unit.place.path), unit.place.start.line, unit.place.start.column),
        visible(&unit.name),
        unit.primitive.name().to_owned(),
        totals::name(unit.bucket),
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
