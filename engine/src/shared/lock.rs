//! Locks as types: what a `Mutex` or an `RwLock` is of, and what holds it.

use ra_ap_hir::{Adt, Crate, HasCrate};
use ra_ap_syntax::{SyntaxNode, ast};

use super::Kind;
use crate::resolve::{Function, Sema};
use crate::types::Type;

/// The library that a lock is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Library {
    Std,
    ParkingLot,
    /// Tokio, and other libraries whose locks are awaited.
    Async,
}

/// A lock and what it guards.
#[derive(Clone, Debug)]
pub struct LockType<'a> {
    pub library: Library,
    /// `Mutex`, `FairMutex` or `RwLock`.
    pub name: String,
    /// The type of the value behind it.
    pub value: Type<'a>,
}

impl LockType<'_> {
    pub fn is_rw(&self) -> bool {
        self.name == "RwLock"
    }
}

impl<'a> Sema<'a> {
    /// The lock that a type is, be it behind references.
    pub fn lock(&self, ty: &Type<'a>) -> Option<LockType<'a>> {
        let (adt, args) = ty.strip_references().as_adt_with_args()?;
        let name = adt.name(self.db).as_str().to_owned();
        if !["Mutex", "FairMutex", "RwLock"].contains(&name.as_str()) {
            return None;
        }
        let path = self.module_path(adt.module(self.db));
        let library = match path.split("::").next().unwrap_or_default() {
            "std" => Library::Std,
            "parking_lot" | "lock_api" => Library::ParkingLot,
            "tokio" | "async_lock" | "async_std" | "futures_util" | "futures" => Library::Async,
            _ => return None,
        };
        Some(LockType { library, name, value: args.into_iter().flatten().last()? })
    }

    /// The lock that a type is or shares directly, as `Arc<Mutex<_>>` does, and whether an `Arc` shares it.
    pub fn shared_lock(&self, ty: &Type<'a>) -> Option<(LockType<'a>, bool)> {
        if let Some(lock) = self.lock(ty) {
            return Some((lock, false));
        }
        let (adt, args) = ty.strip_references().as_adt_with_args()?;
        let inner = args.into_iter().flatten().next()?;
        match (self.is_arc(adt), adt.name(self.db).as_str()) {
            (true, _) => Some((self.lock(&inner)?, true)),
            // `actix_web::web::Data` is an `Arc` by another name; a lazy static gives what it holds.
            (false, "Data" | "LazyLock" | "Lazy") => Some((self.lock(&inner)?, false)),
            _ => None,
        }
    }

    /// Whether a type is the `Arc` of std.
    pub(crate) fn is_arc(&self, adt: Adt) -> bool {
        adt.name(self.db).as_str() == "Arc" && adt.krate(self.db).is_builtin(self.db)
    }

    /// Whether a type is, or holds as an argument, an `Arc` of a lock.
    pub fn holds_arc_of_lock(&self, ty: &Type<'a>) -> bool {
        let mut found = false;
        ty.walk(self.db, |part| found |= self.shared_lock(&part).is_some_and(|it| it.1));
        found
    }

    /// A lock's type as text, to tell states from one another.
    pub(crate) fn lock_text(&self, lock: &LockType<'a>) -> String {
        format!("{:?} {} {}", lock.library, lock.name, self.text_of(&lock.value))
    }

    /// Whether a type is, or holds as an argument, the lock of a text.
    pub(crate) fn holds_lock(&self, ty: &Type<'a>, text: &str) -> bool {
        let mut found = false;
        ty.walk(self.db, |part| {
            found |= !found && self.lock(&part).is_some_and(|it| self.lock_text(&it) == text);
        });
        found
    }

    /// The type that a written one means.
    pub fn written(&self, ty: &ast::Type) -> Option<Type<'a>> {
        self.sema.resolve_type(ty)
    }

    /// What a value behind a lock is.
    pub(crate) fn kind_of(&self, value: &Type<'a>) -> Kind {
        if value.is_bool() {
            return Kind::Flag;
        }
        if value.is_int_or_uint() {
            return Kind::Number;
        }
        if value.is_unit() {
            return Kind::Unit;
        }
        let Some(adt) = value.as_adt().filter(|it| it.krate(self.db).is_builtin(self.db)) else {
            return Kind::Other;
        };
        match adt.name(self.db).as_str() {
            "VecDeque" | "Vec" | "BinaryHeap" => Kind::Queue,
            _ => Kind::Other,
        }
    }

    /// The crate that a node belongs to.
    pub(crate) fn krate_at(&self, node: &SyntaxNode) -> Option<Crate> {
        Some(self.sema.scope(node)?.krate())
    }

    /// Whether a function of a library can make a lock: std and the libraries of locks do, others only hand one on.
    pub(crate) fn may_make_lock(&self, function: Function) -> bool {
        let path = self.module_path(function.module(self.db));
        let krate = path.split("::").next().unwrap_or_default();
        ["core", "alloc", "std", "tokio", "parking_lot", "lock_api", "async_lock", "async_std"]
            .contains(&krate)
    }
}
