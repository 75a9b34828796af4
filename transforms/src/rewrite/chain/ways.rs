//! The two ways of a finding that a helper leads to: the chain made async, and the call alone on the blocking pool.

use std::cell::RefCell;
use std::collections::HashMap;

use retask_engine::catalogue::Family;
use retask_engine::finding::Way;
use retask_engine::resolve::Function;

use super::{Chain, Walk};
use crate::case::Case;
use crate::rewrite::draft::Draft;
use crate::rewrite::runtime;

/// The chains that were worked out, by each of their functions: findings that enter one chain share it.
#[derive(Default)]
pub(crate) struct Chains {
    known: RefCell<HashMap<Function, Result<Chain, String>>>,
}

impl Chains {
    /// The chain that a call enters; `None` where the call itself blocks.
    pub fn of(&self, case: &Case<'_, '_>) -> Option<Result<Chain, String>> {
        let start = case.entered.through?;
        if let Some(known) = self.known.borrow().get(&start) {
            return Some(known.clone());
        }
        let mut walk = Walk::new(case.sema, case.analysis);
        if let Some(twin) = case.sema.async_twin(start) {
            return Some(walk.call_twin(case, start, twin));
        }
        let chain = walk.run(start);
        let known = walk.reached.iter().map(|it| (*it, chain.clone()));
        self.known.borrow_mut().extend(known);
        Some(chain)
    }
}

/// The rewrites of a finding, the better one first.
pub(crate) struct Ways {
    pub first: Result<Draft, String>,
    pub second: Option<Draft>,
}

/// Puts the chain made async beside the rewrite of the call alone, which leaves the helpers sync.
pub(crate) fn ways(case: &Case<'_, '_>, chains: &Chains, alone: Result<Draft, String>) -> Ways {
    let has_chain = matches!(
        case.entered.reached.family,
        Family::Sleep | Family::Http | Family::Io | Family::Wait | Family::BlockOn
    ) || is_async_database(case);
    if case.entered.through.is_none() {
        let may_be_better = alone.as_ref().map_or(true, Draft::is_offload);
        return match may_be_better.then(|| of_value(case)).flatten() {
            Some(Ok(chain)) => both(chain, alone.ok()),
            Some(Err(reason)) if is_async_database(case) => stays_sync(alone, &reason),
            _ => Ways { first: alone, second: None },
        };
    }
    match (has_chain.then(|| chains.of(case)).flatten(), alone) {
        (None, alone) => Ways { first: alone, second: None },
        (Some(Err(reason)), Ok(mut offload)) => {
            offload.way(Way::Offload, format!("the helpers stay sync: {reason}"));
            Ways { first: Ok(offload), second: None }
        }
        // One reason stands against both; the chain says where.
        (Some(Err(reason)), Err(alone)) if reason.starts_with(&alone) => {
            Ways { first: Err(alone), second: None }
        }
        (Some(Err(reason)), Err(alone)) => {
            Ways { first: Err(format!("{alone}; nor can the helpers become async: {reason}")), second: None }
        }
        (Some(Ok(chain)), alone) => both(chain, alone.ok()),
    }
}

/// Whether the configuration asks for the async side of the database driver that a call belongs to.
fn is_async_database(case: &Case<'_, '_>) -> bool {
    case.entered.reached.family == Family::Db && case.analysis.workspace.settings.async_database
}

/// The rewrite of a call alone, with the reason why its connection is not carried over.
fn stays_sync(alone: Result<Draft, String>, reason: &str) -> Ways {
    let first = match alone {
        Ok(mut offload) => {
            offload.way(Way::Offload, format!("the connection stays sync: {reason}"));
            Ok(offload)
        }
        Err(alone) => Err(format!("{alone}; nor can the connection become async: {reason}")),
    };
    Ways { first, second: None }
}

fn both(chain: Chain, offload: Option<Draft>) -> Ways {
    let mut draft = chain.draft;
    match (chain.costs_more, offload) {
        (Some(reason), Some(mut offload)) => {
            offload.way(Way::Offload, reason.clone());
            draft.way(Way::Async, format!("no thread is held, though {reason}"));
            Ways { first: Ok(offload), second: Some(draft) }
        }
        (costs_more, offload) => {
            let but = costs_more.map(|it| format!(", though {it}")).unwrap_or_default();
            draft.way(
                Way::Async,
                format!("all that blocks in it has an async form, so that no thread is held{but}"),
            );
            let second = offload.map(|mut it| {
                it.way(Way::Offload, "the helpers stay sync, and a thread of the blocking pool waits");
                it
            });
            Ways { first: Ok(draft), second }
        }
    }
}

/// The value that a call works on, carried over with all that hangs together with it: a client or a command of other functions.
fn of_value(case: &Case<'_, '_>) -> Option<Result<Chain, String>> {
    let entry = case.entered.reached.entry;
    let has_value = entry.path.starts_with("reqwest::blocking::")
        || entry.path.starts_with("std::process::")
        || is_async_database(case);
    let chain = has_value.then(|| Walk::new(case.sema, case.analysis).run_value(case))??;
    match runtime::runs_on_tokio(case) {
        Err(reason) if is_async_database(case) => Some(Err(reason)),
        _ => Some(chain),
    }
}
