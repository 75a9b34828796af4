//! Iterators that decide how long a loop lasts: those of std that never end, and those that wait for the senders of a channel.

use ra_ap_hir::Type;
use ra_ap_syntax::ast;

use crate::resolve::Sema;

/// Whether iterating goes on for ever.
pub(crate) fn never_ends(sema: &Sema<'_>, iterable: &ast::Expr) -> bool {
    sema.ty(iterable).is_some_and(|it| is_endless(sema, &it))
}

/// Whether iterating waits on a channel: the iterable is a receiver, or an iterator that a receiver lends or becomes.
pub(crate) fn waits_on_channel(sema: &Sema<'_>, iterable: &ast::Expr) -> bool {
    sema.ty(iterable).is_some_and(|it| is_of_channel(sema, &it.strip_references()))
}

fn is_endless<'a>(sema: &Sema<'a>, ty: &Type<'a>) -> bool {
    let Some(adt) = ty.as_adt().filter(|it| it.module(sema.db).krate(sema.db).is_builtin(sema.db)) else {
        return false;
    };
    let name = adt.name(sema.db);
    matches!(name.as_str(), "Repeat" | "Cycle" | "RangeFrom" | "RepeatWith" | "Incoming")
        || adapted(sema, ty).is_some_and(|it| is_endless(sema, &it))
}

fn is_of_channel<'a>(sema: &Sema<'a>, ty: &Type<'a>) -> bool {
    let Some(adt) = ty.as_adt() else { return false };
    let module = adt.module(sema.db);
    let krate = module.krate(sema.db).display_name(sema.db).map(|it| it.to_string()).unwrap_or_default();
    let module = module.name(sema.db).map(|it| it.as_str().to_owned()).unwrap_or_default();
    let of_channel = matches!(krate.as_str(), "crossbeam_channel" | "flume" | "kanal")
        || krate == "std" && module == "mpsc";
    of_channel && matches!(adt.name(sema.db).as_str(), "Receiver" | "Iter" | "IntoIter")
        || adapted(sema, ty).is_some_and(|it| is_of_channel(sema, &it))
}

/// The iterator under an adaptor that gives no end to it, as `map` does and `take` does not.
fn adapted<'a>(sema: &Sema<'a>, ty: &Type<'a>) -> Option<Type<'a>> {
    const ADAPTORS: &[&str] = &[
        "Cloned",
        "Copied",
        "Enumerate",
        "Filter",
        "FilterMap",
        "FlatMap",
        "Flatten",
        "Inspect",
        "Map",
        "Peekable",
        "Skip",
        "SkipWhile",
        "StepBy",
    ];
    let (adt, args) = ty.as_adt_with_args()?;
    let is_adaptor = adt.module(sema.db).krate(sema.db).is_builtin(sema.db)
        && sema.module_path(adt.module(sema.db)).contains("::iter::")
        && ADAPTORS.contains(&adt.name(sema.db).as_str());
    is_adaptor.then(|| args.into_iter().flatten().next())?
}
