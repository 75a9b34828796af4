//! Whether types are `Send`: as rust-analyzer proves it, else by their parts.
//!
//! A trait with an `async fn` that an attribute such as `#[async_trait]` rewrites is one of which no `dyn` can be made, as long as that
//! attribute is not expanded: nothing is proven of `Arc<dyn Trait>` then, whatever `Trait` asks for.

use ra_ap_hir::{Adt, HasCrate};

use crate::resolve::Sema;
use crate::types::Type;

/// Traits that follow from the parts of a type.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Auto {
    Send,
    Sync,
}

/// How deep the parts of a type are looked at, where nothing is proven of the whole.
const DEPTH: usize = 10;

/// Types of std that are `Send` and `Sync` where what they own is.
const OWNERS: &[&str] = &[
    "BTreeMap",
    "BTreeSet",
    "BinaryHeap",
    "Box",
    "HashMap",
    "HashSet",
    "Option",
    "Result",
    "Vec",
    "VecDeque",
];

impl<'a> Sema<'a> {
    /// Whether a type is `Send`.
    pub fn is_send(&self, ty: &Type<'a>) -> bool {
        self.is(Auto::Send, ty, DEPTH)
    }

    fn is(&self, auto: Auto, ty: &Type<'a>, depth: usize) -> bool {
        self.proves(auto, ty) || depth > 0 && self.is_by_its_parts(auto, ty, depth - 1)
    }

    fn proves(&self, auto: Auto, ty: &Type<'a>) -> bool {
        let of = match auto {
            Auto::Send => self.world.send,
            Auto::Sync => self.world.sync,
        };
        of.is_some_and(|it| ty.impls_trait(self.db, it, &[]))
    }

    fn is_by_its_parts(&self, auto: Auto, ty: &Type<'a>, depth: usize) -> bool {
        if let Some((of, mutability)) = ty.as_reference() {
            return match mutability.is_mut() {
                true => self.is(auto, &of, depth),
                false => self.is(Auto::Sync, &of, depth),
            };
        }
        if ty.as_dyn_trait().is_some() {
            return self.asks_for(auto, ty);
        }
        if ty.is_tuple() {
            return ty.tuple_fields(self.db).iter().all(|it| self.is(auto, it, depth));
        }
        let Some((adt, args)) = ty.as_adt_with_args() else { return false };
        let args: Vec<&Type<'a>> = args.iter().flatten().collect();
        match self.is_member_adt(adt) {
            true => self.field_types(ty, adt).iter().all(|it| self.is(auto, it, depth)),
            false => self.owns_only(auto, adt, &args, depth),
        }
    }

    /// Whether a type of a library is known to be what its arguments are.
    fn owns_only(&self, auto: Auto, adt: Adt, args: &[&Type<'a>], depth: usize) -> bool {
        let are = |auto: Auto| args.iter().all(|it| self.is(auto, it, depth));
        let is_std = adt.krate(self.db).is_builtin(self.db);
        match adt.name(self.db).as_str() {
            "Arc" if is_std => are(Auto::Send) && are(Auto::Sync),
            // A lock lends what it holds to one thread at a time.
            "Mutex" => are(Auto::Send),
            "RwLock" => are(Auto::Send) && (auto == Auto::Send || are(Auto::Sync)),
            name => is_std && OWNERS.contains(&name) && are(auto),
        }
    }

    /// Whether a `dyn Trait` says that it is, or its trait asks for it.
    fn asks_for(&self, auto: Auto, ty: &Type<'a>) -> bool {
        let wanted = match auto {
            Auto::Send => "Send",
            Auto::Sync => "Sync",
        };
        let of = ty.as_dyn_trait().map(|it| it.all_supertraits(self.db)).unwrap_or_default();
        let krate = ty.as_dyn_trait().map(|it| it.krate(self.db));
        let shown = krate.map(|it| self.show(ty, it)).unwrap_or_default();
        of.iter().any(|it| it.name(self.db).as_str() == wanted)
            || shown.split(" + ").skip(1).any(|it| it == wanted)
    }

    fn is_member_adt(&self, adt: Adt) -> bool {
        self.world.is_member(adt.krate(self.db))
    }
}
