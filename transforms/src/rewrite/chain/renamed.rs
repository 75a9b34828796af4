//! Calls of a carried value that have another name or belong to another trait on the async side.

use ra_ap_syntax::{AstNode, ast, ast::HasArgList};
use retask_engine::resolve::CallNode;

use super::carried::{convert, place, wait};
use super::kin::{Kin, Renamed, TraitPair};
use super::needs::ask;
use super::{Walk, sent};

/// What a call becomes: the type of the value, and the new name of the method.
pub(super) type Becomes = (&'static Kin, &'static str);

/// The value that a call makes or is given, where the call has another name on the async side.
pub(super) fn value_of(walk: &Walk<'_, '_>, call: &CallNode) -> Option<ast::Expr> {
    let CallNode::Method(call) = call else { return None };
    match maker(walk, call) {
        Some(_) => Some(call.clone().into()),
        None => taker(walk, call).and_then(|_| call.arg_list()?.args().next()),
    }
}

/// A method of a type that stays, which makes a value.
pub(super) fn maker(walk: &Walk<'_, '_>, call: &ast::MethodCallExpr) -> Option<Becomes> {
    found(walk, call, |it| it.made_by)
}

/// A method of a type that stays, which is given a value.
pub(super) fn taker(walk: &Walk<'_, '_>, call: &ast::MethodCallExpr) -> Option<Becomes> {
    found(walk, call, |it| it.taken_by)
}

fn found(
    walk: &Walk<'_, '_>,
    call: &ast::MethodCallExpr,
    methods: fn(&Kin) -> &'static [Renamed],
) -> Option<Becomes> {
    let name = call.name_ref()?.text().to_string();
    let is_name = |it: &&Renamed| it.0.rsplit("::").next() == Some(&name);
    // Only a call of that name is resolved.
    let mut kin = walk.kin().filter(|it| methods(it).iter().any(|it| is_name(&it)));
    kin.find_map(|kin| {
        let function = walk.sema.function(&CallNode::Method(call.clone()))?;
        let label = walk.sema.label(function);
        let (_, to) = methods(kin).iter().find(|it| it.0 == label)?;
        is_of_crate(&walk.sema.path_of(function), kin).then_some((kin, *to))
    })
}

/// Whether a path leads into the crate of a sync type.
fn is_of_crate(path: &str, kin: &Kin) -> bool {
    path.split("::").next() == kin.module.split("::").next()
}

/// Gives a call its async name, and awaits it.
pub(super) fn write(
    walk: &mut Walk<'_, '_>,
    call: &ast::MethodCallExpr,
    (kin, to): Becomes,
) -> Result<(), String> {
    let name = call.name_ref().ok_or("a method has no name")?;
    let (file, range) = place(walk, name.syntax())?;
    ask(walk, file, kin)?;
    walk.draft.replace(walk.analysis, file, range, to);
    wait(walk, &call.clone().into())
}

/// The same with a call that is given the value, once what it asks a server for is known to end soon.
pub(super) fn take(
    walk: &mut Walk<'_, '_>,
    call: &ast::MethodCallExpr,
    becomes: Becomes,
) -> Result<(), String> {
    sent::ends(walk, &call.receiver().ok_or("a method has no receiver")?)?;
    write(walk, call, becomes)
}

/// A method of a trait of the value's crate: another trait has it on the async side, and comes into scope. `None` where the method
/// is of no such trait.
pub(super) fn of_trait(
    walk: &mut Walk<'_, '_>,
    kin: &'static Kin,
    call: &ast::MethodCallExpr,
) -> Option<Result<(), String>> {
    if kin.traits.is_empty() {
        return None;
    }
    let function = walk.sema.function(&CallNode::Method(call.clone()))?;
    let name = walk.sema.trait_of(function).filter(|_| is_of_crate(&walk.sema.path_of(function), kin))?;
    let pair = kin.traits.iter().find(|it| it.sync == name)?;
    Some(swap(walk, kin, pair, call))
}

fn swap(
    walk: &mut Walk<'_, '_>,
    kin: &'static Kin,
    pair: &'static TraitPair,
    call: &ast::MethodCallExpr,
) -> Result<(), String> {
    let name_ref = call.name_ref().ok_or("a method has no name")?;
    let name = name_ref.text().to_string();
    if let Some((_, why)) = pair.other.iter().find(|(it, _)| *it == name) {
        return Err(format!("`{name}` {why}"));
    }
    let (file, _) = place(walk, call.syntax())?;
    let krate = ask(walk, file, kin)?;
    walk.imports.add((walk.sema, walk.analysis), call.syntax(), &krate, pair.to)?;
    walk.replaced.insert((file, format!("{krate}::{}", pair.sync)));
    convert(walk, &name_ref)?;
    wait(walk, &call.clone().into())
}
