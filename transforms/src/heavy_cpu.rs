//! `heavy-cpu`: work that computes for long, inline in async code.

use retask_engine::Analysis;
use retask_engine::bucket::Bucket;
use retask_engine::catalogue::Family;
use retask_engine::finding::Finding;

use crate::Rule;
use crate::case::{self, Case, Opinion};
use crate::rewrite::draft::Draft;
use crate::rewrite::{batch, offload, runtime};

pub(crate) const RULE: Rule = Rule {
    name: "heavy-cpu",
    summary: "heavy CPU work, such as hashing passwords, compression, images or rayon, inline in async code",
    explanation: include_str!("heavy_cpu.md"),
    check,
};

fn check(analysis: &Analysis<'_>) -> Vec<Finding> {
    let opinion = Opinion {
        rule: RULE.name,
        family: Family::Cpu,
        does: "holds {worker} while it computes",
        severity: |case| case.severity(),
        rewrite,
    };
    case::findings(analysis, &opinion)
}

/// Steps in a row go together. What grows with its input goes to rayon, where the package has it: a blocking thread for each piece of
/// such work would be more threads than cores.
fn rewrite(case: &Case<'_, '_>) -> Result<Draft, String> {
    let on_rayon = case.bucket() == Bucket::HeavyCpu && runtime::has_rayon(case);
    let pool = if on_rayon { runtime::rayon } else { runtime::pool };
    let together = |it: batch::Batch| batch::rewrite_on(case, it, pool).ok();
    if let Some(draft) = batch::of(case).and_then(together) {
        return Ok(draft);
    }
    offload::rewrite_on(case, pool).or_else(|reason| {
        let statement = batch::of_statement(case).and_then(together);
        statement.ok_or(reason)
    })
}
