//! How rewrites are built, for the rules that share a way of doing it.

pub(crate) mod async_lock;
pub(crate) mod batch;
pub(crate) mod bounded;
pub(crate) mod carriers;
pub(crate) mod carry;
pub(crate) mod chain;
pub(crate) mod closure;
pub(crate) mod constant;
pub(crate) mod draft;
pub(crate) mod driver;
pub(crate) mod enter;
pub(crate) mod fails;
pub(crate) mod future;
pub(crate) mod imports;
pub(crate) mod join;
mod join_error;
pub(crate) mod joined;
pub(crate) mod kin;
pub(crate) mod layout;
mod meeting;
pub(crate) mod name;
pub(crate) mod offload;
pub(crate) mod owner;
pub(crate) mod permit;
pub(crate) mod runtime;
pub(crate) mod thread;
pub(crate) mod together;
pub(crate) mod twin;
pub(crate) mod unlock;
pub(crate) mod unoffload;

use ra_ap_syntax::{AstNode, ast};

use crate::case::Case;
use draft::Draft;

/// The async twin where the call itself blocks and has one; else one offload to the blocking pool.
pub(crate) fn twin_or_offload(case: &Case<'_, '_>) -> Result<Draft, String> {
    if case.entered.through.is_some() || case.entered.reached.entry.twin.is_none() {
        return offload::rewrite(case);
    }
    match twin::rewrite(case) {
        Ok(draft) => Ok(draft),
        Err(reason) if takes_more_than_a_twin(case) => offload::rewrite(case).map_err(|_| reason),
        Err(reason) => Err(reason),
    }
}

/// Whether the call stands where no other call can take its place.
fn takes_more_than_a_twin(case: &Case<'_, '_>) -> bool {
    case.entered.body.in_closure || case.call.expr().is_none() || case.macro_around().is_some()
}

/// An expression for messages, on one line.
pub(crate) fn short(expr: &ast::Expr) -> String {
    let text = expr.syntax().text().to_string();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(40) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}
