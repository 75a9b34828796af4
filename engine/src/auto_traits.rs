//! Whether types are `Send`: as rust-analyzer proves it, else by their parts.
//!
//! A trait with an `async fn` that an attribute such as `#[async_trait]` rewrites is one of which no `dyn` can be made, as long as that
//! attribute is not expanded: nothing is proven of `Arc<dyn Trait>` then, whatever `Trait` asks for.

use ra_ap_hir::{Adt, HasCrate, Trait};

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
        if let Some(of) = ty.as_dyn_trait() {
            return self.asks_for(auto, ty, of);
        }
        if ty.is_tuple() {
            return ty.tuple_fields(self.db).iter().all(|it| self.is(auto, it, depth));
        }
        if let Some(lock) = self.lock(ty) {
            // A mutex lends what it holds to one thread at a time.
            let is_shared = auto == Auto::Sync && lock.is_rw();
            let is = |auto: Auto| self.is(auto, &lock.value, depth);
            return is(Auto::Send) && (!is_shared || is(Auto::Sync));
        }
        let Some((adt, args)) = ty.as_adt_with_args() else { return false };
        if self.world.is_member(adt.krate(self.db)) {
            return self.field_types(ty, adt).iter().all(|it| self.is(auto, it, depth));
        }
        let are = |auto: Auto| args.iter().flatten().all(|it| self.is(auto, it, depth));
        match self.is_arc(adt) {
            true => are(Auto::Send) && are(Auto::Sync),
            false => self.is_owner(adt) && are(auto),
        }
    }

    fn is_owner(&self, adt: Adt) -> bool {
        adt.krate(self.db).is_builtin(self.db) && OWNERS.contains(&adt.name(self.db).as_str())
    }

    /// Whether a `dyn Trait` says that it is, or its trait asks for it.
    fn asks_for(&self, auto: Auto, ty: &Type<'a>, of: Trait) -> bool {
        let wanted = match auto {
            Auto::Send => "Send",
            Auto::Sync => "Sync",
        };
        of.all_supertraits(self.db).iter().any(|it| it.name(self.db).as_str() == wanted)
            || bounds(&self.show(ty, of.krate(self.db))).any(|it| it == wanted)
    }
}

/// The bounds of a `dyn Trait` as text. Those of its arguments, as in `dyn Read<Box<dyn Error + Send>>`, are none of its own.
fn bounds(shown: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_i32;
    let mut before = ' ';
    let is_own_plus = move |it: char| {
        depth += match it {
            '<' | '(' | '[' => 1,
            '>' if before == '-' => 0,
            '>' | ')' | ']' => -1,
            _ => 0,
        };
        before = it;
        it == '+' && depth == 0
    };
    shown.split(is_own_plus).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::bounds;

    #[test]
    fn bounds_of_arguments_are_none_of_the_trait_itself() {
        let of = |shown| bounds(shown).collect::<Vec<_>>();
        assert_eq!(of("dyn Notes + Send + 'static"), ["dyn Notes", "Send", "'static"]);
        assert_eq!(
            of("dyn Fn(u8) -> Box<dyn Error + Send + 'static> + Sync"),
            ["dyn Fn(u8) -> Box<dyn Error + Send + 'static>", "Sync"]
        );
    }
}
