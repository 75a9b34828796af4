//! What stays of a text, and what goes.

use crate::load::cfgs::Cfgs;
use crate::load::compact::compact;

/// The outline of a text on Unix.
fn of(text: &str) -> String {
    super::of(text, &Cfgs::of(&["unix".to_owned()]))
}

#[test]
fn functions_lose_their_bodies_and_nothing_else_goes() {
    let text = r#"
//! About.
/// Doc.
#[doc = concat!("a", "}")]
#[stable(feature = "a")]
pub const fn a<T: Eq>(f: fn(u8) -> u8, n: [u8; 3]) -> T where T: Sized { if x { '{' } else { "}" } }
trait B { fn c(&self) -> u8; fn d(&self) {} const E: u8 = { 1 }; }
macro_rules! m { ($($name:ident)*) => { $(fn $name(self) -> $name { self.0 } struct S { a: u8 })* } }
macro_rules! n { ($name:ident) => { fn ${concat($name, _small)}(self) { self.0 } } }
macro_rules! o { ($($clone:expr;)* $b:expr) => { $(impl Clone for A { fn clone(&self) -> A { $clone(self) } })* fn b() { $b } } }
struct F { g: fn() -> u8 } impl F { fn h(self) -> u8 { x } }
"#;
    let expected = r#"




pub const fn a<T: Eq>(f: fn(u8) -> u8, n: [u8; 3]) -> T where T: Sized {}
trait B { fn c(&self) -> u8; fn d(&self) {} const E: u8 = { 1 }; }
macro_rules! m { ($($name:ident)*) => { $(fn $name(self) -> $name {} struct S { a: u8 })* } }
macro_rules! n { ($name:ident) => { fn ${concat($name, _small)}(self) {} } }
macro_rules! o { ($($clone:expr;)* $b:expr) => { $(impl Clone for A { fn clone(&self) -> A { $clone(self) } })* fn b() {} } }
struct F { g: fn() -> u8 } impl F { fn h(self) -> u8 {} }
"#;
    assert_eq!(of(text), compact(expected));
}

#[test]
fn attributes_for_the_compiler_go_but_for_those_that_a_macro_matches() {
    let text = r#"
#[must_use = "it is lazy"] #[lang = "a"] #[unstable(feature = "b", issue = "1")] pub struct A;
macro_rules! m {
    (#[stable(since = $it:literal)] $name:ident) => { #[inline] #[cfg(windows)] pub struct $name; };
    {#[cold] $name:ident} => { #[stable(since = "2")] pub struct $name; };
}
m! { #[stable(since = "1")] B }
other::m!(#[cold] C);
#[inline] pub fn d(x: bool) -> bool;
"#;
    let expected = r#"
 #[lang = "a"] #[unstable] pub struct A;
macro_rules! m {
    (#[stable(since = $it:literal)] $name:ident) => {  #[cfg(windows)] pub struct $name; };
    {#[cold] $name:ident} => {  pub struct $name; };
}
m! { #[stable(since = "1")] B }
other::m!(#[cold] C);
 pub fn d(x: bool) -> bool;
"#;
    assert_eq!(of(text), compact(expected));
}

#[test]
fn arguments_of_macros_keep_one_attribute_for_what_documents() {
    let text = "m! { /// A.\n/// B.\n#[inline]\nfn a() { b() }\n#[doc = \"C\"]\nfn c() {} // D\n}\n/// E.\nfn e() {}";
    let expected = "m! { #[doc=\"\"]\n \n#[inline]\nfn a() {}\n#[doc=\"\"]\nfn c() {}  \n}\n \nfn e() {}";
    assert_eq!(of(text), compact(expected));
    let defined = "macro_rules! m { () => { /// A.\nfn a() {} } }";
    assert_eq!(of(defined), compact("macro_rules! m { () => { fn a() {} } }"));
    assert_eq!(
        of("fn a() -> bool; fn b(c: [u8; 1]) {} #![d] /// E.\nf"),
        compact("fn a() -> bool; fn b(c: [u8; 1]) {} #![d] f")
    );
}

#[test]
fn bodies_that_decide_and_macros_for_others_stay() {
    for text in [
        "fn a(f: impl Fn()) { f() }",
        "fn b<F>(f: F) where F: FnOnce() { f() }",
        "pub async fn c() { d() }",
        "fn e() -> impl Send { 1 }",
        "#[macro_export]\nmacro_rules! f { ($e:expr) => { fn g() { $e } } }",
        "pub macro h($e:expr) { fn i() { $e } }",
    ] {
        assert_eq!(of(text), compact(text));
    }
}

#[test]
fn a_text_that_ends_too_early_is_no_matter() {
    assert_eq!(of("fn a() { b("), "fn a(){}");
    assert_eq!(of("#[doc = 1"), "");
}

#[test]
fn tables_go_and_short_values_stay() {
    let table = "1, ".repeat(60);
    assert_eq!(
        of(&format!("pub static A: [u8; 60] = [{table}]; const B: &[u8] = &[{table}];")),
        "pub static A:[u8;60]=loop {};const B:&[u8]=loop {};"
    );
    for text in [
        "const N: usize = 3; struct A([u8; N]);".to_owned(),
        format!("const trait A<B = Self> {{ {} }} const C: u8 = 1;", "fn d(); ".repeat(40)),
        format!("struct A<const N: usize = 1> {{ {} }} const C: u8 = 1;", "a: u8, ".repeat(40)),
        format!("const _: () = {{ {} }};", "impl A for B {} ".repeat(40)),
        format!("const A: () = {{ {} }};", "impl A for B {} ".repeat(40)),
    ] {
        assert_eq!(of(&text), compact(&text));
    }
}

#[test]
fn methods_that_their_traits_say_all_of_go() {
    let text = "impl Debug for A { fn fmt(&self, f: &mut F) -> R { a } } impl PartialEq for A { #[inline] fn eq(&self, o: &[u8; 2]) -> bool { true } }";
    assert_eq!(of(text), compact("impl Debug for A { } impl PartialEq for A { }"));
    assert_eq!(
        of(
            "macro_rules! m { ($t:ty) => { impl Hash for $t { fn hash<H: Hasher>(&self, h: &mut H) { h } } } }"
        ),
        compact("macro_rules! m { ($t:ty) => { impl Hash for $t { } } }")
    );
    for text in [
        "trait Debug { fn fmt(&self, f: &mut F) -> R; fn next(&self) {} }",
        "trait Iterator { fn cmp<I>(self, other: I) -> Ordering {} }",
        "impl A { pub fn eq(&self) {} #[test] fn cmp(&self) {} }",
        "m! { fn fmt(&self) {} }",
    ] {
        assert_eq!(of(text), compact(text));
    }
}

#[test]
fn items_that_the_build_leaves_out_go() {
    let text = "a; #[cfg(test)] mod tests { fn a() {} } #[cfg(test)] #[path = \"b.rs\"] mod b; #[cfg(test)] pub(crate) use c::{d, e}; f";
    assert_eq!(of(text), "a;f");
    for item in [
        "fn a(b: [u8; 3]) -> [u8; 3] { b }",
        "pub(crate) const unsafe fn a() {}",
        "pub async fn a() {}",
        "extern \"C\" fn a();",
        "extern \"C\" { fn a(); }",
        "extern crate a;",
        "impl<const N: usize> A<{ N }> for B<{ N }, C> { fn d() {} }",
        "unsafe impl A for B {}",
        "pub struct A([u8; 2]);",
        "struct A;",
        "enum A { B }",
        "pub static A: B = B { c: [1; 2] };",
        "const _: () = { 1; };",
        "type A = [u8; 2];",
        "mod a;",
    ] {
        assert_eq!(of(&format!("a; #[cfg(windows)] {item} b;")), "a;b;", "{item}");
        assert_eq!(of(&format!("a; #[cfg(windows)] {item}")), "a;", "{item}");
        assert_eq!(of(&format!("a; #[cfg(unix)] {item} b;")), of(&format!("a; {item} b;")), "{item}");
    }
    // What is no item, or has an attribute that would stand on the next one.
    for text in [
        "struct A { #[cfg(test)] a: u8, b: u8 }",
        "struct A { #[cfg(test)] default: u8, b: u8 }",
        "struct A(#[cfg(test)] pub u8, u8);",
        "async fn a() { #[cfg(test)] unsafe { b() }; #[cfg(test)] async { c() }; #[cfg(test)] union = 1; }",
        "#[derive(Debug)] #[cfg(test)] struct A; struct B;",
        "#[cfg(version(\"1\"))] struct A;",
        "macro_rules! m { ($a:literal) => { #[cfg(feature = $a)] struct A; } }",
        "m! { #[cfg(test)] struct A; }",
    ] {
        assert_eq!(of(text), compact(text));
    }
}

#[test]
fn conditions_that_change_nothing_go() {
    assert_eq!(
        of("#[cfg(unix)] struct A { #[cfg(all(unix, not(windows)))] b: u8, #[cfg(windows)] c: u8 }"),
        "struct A{b:u8,#[cfg(windows)]c:u8}"
    );
    assert_eq!(
        of("#[cfg_attr(docsrs, doc(cfg(unix)))] #[cfg_attr(unix, derive(A))] struct B;"),
        "#[cfg_attr(unix,derive(A))]struct B;"
    );
    let exported = "#[macro_export] macro_rules! m { () => { #[cfg(unix)] struct A; } }";
    assert_eq!(of(exported), compact(exported));
}

#[test]
fn operators_go_that_few_use_on_references() {
    let text = "macro_rules! m { ($t:ty $u:ty) => {
            impl Shl<$u> for $t {}
            forward_ref_binop! { impl Shl, shl for $t, $u, #[stable(since = \"1\")] }
            forward_ref_op_assign! { impl AddAssign, add_assign for Wrapping<$t>, $t }
            forward_ref_binop! { impl Add, add for $t, $u }
        } }
        macro_rules! forward_ref_binop { (Shl) => {} }";
    let expected = "macro_rules! m { ($t:ty $u:ty) => {
            impl Shl<$u> for $t {}
            forward_ref_binop! { impl Add, add for $t, $u }
        } }
        macro_rules! forward_ref_binop { (Shl) => {} }";
    assert_eq!(of(text), compact(expected));
}
