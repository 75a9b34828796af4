//! What a call is: the site of a name, through macros, resolved to the function that it calls.

use std::cell::RefCell;
use std::collections::BTreeSet;

pub use ra_ap_hir::Function;
use ra_ap_hir::{HasCrate, ItemInNs, ModPath, ModuleDef, PathResolution, Semantics, SemanticsScope, Type};
use ra_ap_ide_db::RootDatabase;
use ra_ap_syntax::{
    AstNode, SyntaxKind, SyntaxNode, SyntaxToken, T, TextRange, TextSize, ast,
    ast::{HasArgList, HasName},
};

use crate::bucket::Size;
use crate::catalogue::{Effect, Entry, Family};
use crate::index::{Index, Site};
use crate::macros::IsAsked;
use crate::target::Target;
use crate::world::{World, methods_named};

/// rust-analyzer's semantics with the catalogue: one for each thread.
pub struct Sema<'a> {
    pub(crate) sema: Semantics<'a, RootDatabase>,
    pub(crate) db: &'a RootDatabase,
    pub(crate) world: &'a World,
    /// The files whose declarations were looked into.
    pub(crate) looked_into: RefCell<BTreeSet<u32>>,
}

/// A name that can be a call, as a node.
#[derive(Clone, Debug)]
pub enum CallNode {
    /// `f(…)`.
    Path(ast::CallExpr),
    /// `x.f(…)`.
    Method(ast::MethodCallExpr),
    /// `f` where a function is used as a value, as in `iter.map(f)`.
    Value(ast::PathExpr),
    /// `f(…)` in the arguments of a macro that was not expanded.
    Tokens(SyntaxToken, ast::MacroCall),
    /// `for _ in x`, which iterates the value of a variable or field.
    Iterated(ast::Expr),
    /// `m!(…)` where the macro itself stands in the catalogue.
    Macro(ast::MacroCall),
}

impl CallNode {
    /// The node of the call, or of the macro that holds it.
    pub fn syntax(&self) -> &SyntaxNode {
        match self {
            CallNode::Path(it) => it.syntax(),
            CallNode::Method(it) => it.syntax(),
            CallNode::Value(it) => it.syntax(),
            CallNode::Tokens(_, it) | CallNode::Macro(it) => it.syntax(),
            CallNode::Iterated(it) => it.syntax(),
        }
    }

    /// The call as an expression; `None` for what is none.
    pub fn expr(&self) -> Option<ast::Expr> {
        match self {
            CallNode::Path(it) => Some(it.clone().into()),
            CallNode::Method(it) => Some(it.clone().into()),
            _ => None,
        }
    }

    /// The path of what is called or passed on by one.
    pub(crate) fn path(&self) -> Option<ast::Path> {
        match self {
            CallNode::Path(it) => match it.expr()? {
                ast::Expr::PathExpr(it) => it.path(),
                _ => None,
            },
            CallNode::Value(it) => it.path(),
            _ => None,
        }
    }

    /// The name of what is called; `None` where that is not a node.
    pub(crate) fn name(&self) -> Option<SyntaxNode> {
        match self {
            CallNode::Method(it) => Some(it.name_ref()?.syntax().clone()),
            _ => Some(self.path()?.segment()?.name_ref()?.syntax().clone()),
        }
    }

    /// The arguments without the receiver.
    pub fn args(&self) -> Vec<ast::Expr> {
        let list = match self {
            CallNode::Path(it) => it.arg_list(),
            CallNode::Method(it) => it.arg_list(),
            _ => None,
        };
        list.map(|it| it.args().collect()).unwrap_or_default()
    }

    /// Whether it is `Some(x)` or another tuple constructor, by its name.
    pub(crate) fn is_constructor(&self) -> bool {
        let CallNode::Path(it) = self else { return false };
        let name = it.expr().map(|it| it.syntax().text().to_string()).unwrap_or_default();
        name.rsplit("::").next().is_some_and(|it| it.starts_with(|c: char| c.is_ascii_uppercase()))
    }

    /// The receiver of a method call.
    pub fn receiver(&self) -> Option<ast::Expr> {
        match self {
            CallNode::Method(it) => it.receiver(),
            _ => None,
        }
    }
}

/// What a call calls.
#[derive(Clone, Copy, Debug)]
pub enum Callee {
    /// An item of the catalogue.
    Entry(&'static Entry),
    /// A function of the workspace.
    Workspace(Function),
    /// A function of a library that the catalogue says nothing about.
    Library(Function),
}

/// What a path names, as far as its scope tells.
pub(crate) enum InScope {
    Function(Function),
    /// A variable, or what is not there.
    Nothing,
    Unknown,
}

impl<'a> Sema<'a> {
    pub fn new(db: &'a RootDatabase, world: &'a World) -> Sema<'a> {
        Sema { sema: Semantics::new(db), db, world, looked_into: RefCell::default() }
    }

    /// The syntax tree of a workspace file, to look through it. This is noted.
    pub fn whole_tree(&self, file: u32) -> ast::SourceFile {
        self.world.asked.file(file);
        self.tree(file)
    }

    /// The syntax tree of a workspace file, to look at a place of it, or at what stands outside of bodies.
    pub fn tree(&self, file: u32) -> ast::SourceFile {
        let file = self.sema.attach_first_edition(self.world.files[file as usize]);
        self.sema.parse(file)
    }

    /// The token of a site, in the file as it is written.
    pub fn token(&self, site: Site) -> Option<SyntaxToken> {
        let tree = self.tree(site.file);
        tree.syntax().token_at_offset(TextSize::new(site.offset)).right_biased()
    }

    /// The call that a site names, in the expansion where the name is a macro's argument. Of those that a macro writes it is the one
    /// that was resolved for this site.
    pub fn call_at(&self, site: Site) -> Option<CallNode> {
        let written = self.world.written(site);
        self.call_asked_for(site, &|_, name| written.is_none_or(|it| it == name))
    }

    /// The call that a site names, where it can be one of some functions.
    pub(crate) fn call_of_one(&self, index: &Index, site: Site, targets: &[&Target]) -> Option<CallNode> {
        let names = index.names_of(site.file);
        let is_asked = |call: &CallNode, name: &str| {
            let is_alias = self.world.renamed.contains(name);
            let named = targets.iter().copied().filter(|it| is_alias || it.name() == name);
            let named: Vec<&Target> = named.collect();
            !named.is_empty() && Target::can_be_one(&named, self, names, call)
        };
        self.call_asked_for(site, &is_asked).filter(|it| Target::can_be_one(targets, self, names, it))
    }

    fn call_asked_for(&self, site: Site, is_asked: IsAsked<'_>) -> Option<CallNode> {
        let token = self.token(site)?;
        let in_macro = token.parent()?.kind() == SyntaxKind::TOKEN_TREE;
        if !in_macro {
            return call_of(&token).or_else(|| self.written_by(&token, is_asked));
        }
        let mut expanded = self.sema.descend_into_macros_exact(token.clone()).into_iter();
        expanded.find_map(|it| call_of(&it).or_else(|| self.written_by(&it, is_asked))).or_else(|| {
            let holder = token.parent_ancestors().find_map(ast::MacroCall::cast)?;
            Some(CallNode::Tokens(token, holder))
        })
    }

    /// The function that a call calls.
    pub fn function(&self, call: &CallNode) -> Option<Function> {
        match call {
            CallNode::Method(it) => {
                let declared = self.declared_method(it);
                return declared.or_else(|| self.sema.resolve_method_call(it));
            }
            CallNode::Tokens(name, holder) => return self.function_in_tokens(name, holder),
            _ => {}
        }
        let path = call.path()?;
        match self.in_scope(&path) {
            InScope::Function(function) => Some(function),
            InScope::Nothing => None,
            InScope::Unknown => as_function(self.sema.resolve_path(&path)?),
        }
    }

    /// What a path names, where the scope alone tells: a function of a module, or one of a type that the path names. Nothing has to
    /// be inferred for it.
    pub(crate) fn in_scope(&self, path: &ast::Path) -> InScope {
        let Some(scope) = self.sema.scope(path.syntax()) else { return InScope::Unknown };
        match scope.speculative_resolve(path) {
            Some(PathResolution::Def(ModuleDef::Function(function))) => return InScope::Function(function),
            // A variable that is given the value of a function by its own name is not yet there.
            Some(PathResolution::Local(_)) if is_in_own_statement(path) => return InScope::Unknown,
            Some(PathResolution::Local(_)) => return InScope::Nothing,
            // A module of the same name comes first here: `mod load; use load::load;`.
            Some(PathResolution::Def(ModuleDef::Module(_))) => return self.beside_module(&scope, path),
            _ => {}
        }
        let is_written = !self.sema.hir_file_for(path.syntax()).is_macro();
        let qualifier = path.qualifier();
        // `<T as Trait>::name` has a type in place of a name.
        let is_named = |it: &ast::Path| it.segments().all(|it| it.name_ref().is_some());
        let of = match &qualifier {
            None if is_written && path.segment().is_some_and(|it| it.name_ref().is_some()) => {
                return InScope::Nothing;
            }
            Some(it) if is_named(it) => scope.speculative_resolve(it),
            _ => return InScope::Unknown,
        };
        let name = path.segment().and_then(|it| it.name_ref());
        match (of, name) {
            (Some(PathResolution::Def(def @ ModuleDef::Adt(_))), Some(name)) => {
                match methods_named(self.db, def, name.text()).as_slice() {
                    [only] => InScope::Function(*only),
                    // Of several, the type's arguments decide.
                    _ => InScope::Unknown,
                }
            }
            (None | Some(PathResolution::Def(ModuleDef::Module(_))), _) if is_written => InScope::Nothing,
            _ => InScope::Unknown,
        }
    }

    /// What a path names where it names a module as well, which cannot be called. To ask for the value alone takes no types, but where a
    /// variable may hide it.
    fn beside_module(&self, scope: &SemanticsScope<'a>, path: &ast::Path) -> InScope {
        let held = self.sema.hir_file_for(path.syntax());
        let spans = held.span_map(self.db);
        let of_items = ModPath::from_src(self.db, path.clone(), &mut |range| spans.span_for_range(range).ctx);
        let Some(of_items) = of_items else { return InScope::Unknown };
        let as_function = |it| match it {
            ItemInNs::Values(ModuleDef::Function(it)) => Some(it),
            _ => None,
        };
        match scope.resolve_mod_path(&of_items).find_map(as_function) {
            Some(function) if path.qualifier().is_some() => InScope::Function(function),
            None if !held.is_macro() => InScope::Nothing,
            _ => InScope::Unknown,
        }
    }

    /// Macro arguments that are not expanded have no types: a path is resolved in the scope of the macro, a method is not.
    fn function_in_tokens(&self, name: &SyntaxToken, holder: &ast::MacroCall) -> Option<Function> {
        let scope = self.sema.scope(holder.syntax())?;
        let path = path_in_tokens(name)?;
        as_function(scope.speculative_resolve(&path)?)
    }

    /// The receiver and the arguments of a call, be it written as a method or by the path of one: `Mutex::lock(&mutex)`.
    pub fn operands(&self, call: &CallNode) -> (Option<ast::Expr>, Vec<ast::Expr>) {
        let mut args = call.args();
        let by_path = matches!(call, CallNode::Path(_))
            && !args.is_empty()
            && self.function(call).is_some_and(|it| it.has_self_param(self.db));
        let receiver = if by_path { Some(args.remove(0)) } else { call.receiver() };
        (receiver, args)
    }

    /// What a call calls, as the catalogue and the workspace know it.
    pub fn callee(&self, call: &CallNode) -> Option<Callee> {
        match call {
            CallNode::Iterated(it) => return self.world.iterated(&self.ty(it)?).map(Callee::Entry),
            CallNode::Macro(it) => return self.entry_of_macro(it).map(Callee::Entry),
            _ => {}
        }
        let function = self.function(call)?;
        if let Some(entry) = self.world.entry(self.db, function) {
            let entry = match entry.effect {
                Effect::BlocksOnHandle(_) if self.touches_handle(call) => entry,
                Effect::BlocksOnHandle(_) => self.computing_handle(call)?,
                _ => entry,
            };
            let is_short = match entry.family() {
                Some(Family::Cpu) => entry.size == Size::Input && self.is_small_input(call),
                Some(Family::Sleep) | None => false,
                Some(_) => self.only_looks(call) || self.takes_what_is_there(call, entry),
            };
            return (!is_short).then_some(Callee::Entry(entry));
        }
        if self.world.is_member(function.krate(self.db)) {
            Some(Callee::Workspace(function))
        } else {
            Some(Callee::Library(function))
        }
    }

    fn touches_handle(&self, call: &CallNode) -> bool {
        let values = call.receiver().into_iter().chain(call.args());
        values.into_iter().any(|it| self.ty(&it).is_some_and(|ty| self.world.is_blocking_handle(&ty)))
    }

    fn computing_handle(&self, call: &CallNode) -> Option<&'static Entry> {
        let mut values = call.receiver().into_iter().chain(call.args());
        values.find_map(|it| self.world.computing_handle(&self.ty(&it)?))
    }

    /// Whether what a path names is known.
    pub(crate) fn is_path_known(&self, expr: &ast::Expr) -> bool {
        let ast::Expr::PathExpr(path) = expr else { return true };
        path.path().and_then(|it| self.sema.resolve_path(&it)).is_some()
    }

    /// The type of an expression before adjustments.
    pub fn ty(&self, expr: &ast::Expr) -> Option<Type<'a>> {
        self.sema.type_of_expr(expr).map(|it| it.original)
    }

    /// The type of an expression as the code around it takes it, after coercions.
    pub fn coerced(&self, expr: &ast::Expr) -> Option<Type<'a>> {
        self.sema.type_of_expr(expr).map(|it| it.adjusted.unwrap_or(it.original))
    }

    /// What a constant of the workspace stands for.
    pub fn constant(&self, expr: &ast::Expr) -> Option<ast::Expr> {
        let ast::Expr::PathExpr(path) = expr else { return None };
        match self.sema.resolve_path(&path.path()?)? {
            PathResolution::Def(ModuleDef::Const(it)) if self.world.is_member(it.krate(self.db)) => {
                self.sema.source(it)?.value.body()
            }
            _ => None,
        }
    }

    /// The place of a node in the file as it is written; `None` where a macro wrote it or only a part of it.
    pub fn source_range(&self, node: &SyntaxNode) -> Option<(u32, TextRange)> {
        let range = self.sema.original_range_opt(node)?;
        let file = self.world.file(range.file_id.file_id(self.db))?;
        Some((file, range.range))
    }

    /// The place of a node in the file as it is written; of one that a macro writes, the macro.
    pub fn place_of(&self, node: &SyntaxNode) -> Option<(u32, TextRange)> {
        self.ancestors(node).find_map(|it| self.source_range(&it))
    }

    /// Where a function of the workspace is declared.
    pub fn declaration(&self, function: Function) -> Option<(u32, ast::Fn)> {
        let (file, declared) = self.source(function)?;
        Some((file?, declared))
    }

    /// The source of a function, with its file where that is one of the workspace: this is noted for a later run.
    pub(crate) fn source(&self, function: Function) -> Option<(Option<u32>, ast::Fn)> {
        let source = self.sema.source(function)?;
        let file = self.world.file(source.file_id.original_file(self.db).file_id(self.db));
        self.looked_into.borrow_mut().extend(file);
        if let (Some(file), Some(body)) = (file, source.value.body()) {
            match source.file_id.file_id() {
                Some(_) => self.world.asked.body(file, body.syntax().text_range().start().into()),
                None => self.world.asked.file(file),
            }
        }
        Some((file, source.value))
    }

    /// The path of the module that a function is defined in, with its name.
    pub fn path_of(&self, function: Function) -> String {
        format!("{}::{}", self.module_path(function.module(self.db)), function.name(self.db).as_str())
    }

    /// Whether a function is one of std, core or alloc.
    pub fn is_of_std(&self, function: Function) -> bool {
        function.krate(self.db).is_builtin(self.db)
    }

    /// The nodes around a node, out of macros too.
    pub fn ancestors(&self, node: &SyntaxNode) -> impl Iterator<Item = SyntaxNode> + '_ {
        self.sema.ancestors_with_macros(node.clone())
    }

    /// A function's name for messages, as `Store::load`.
    pub fn label(&self, function: Function) -> String {
        let name = function.name(self.db).as_str().to_owned();
        let declared = self.sema.source(function).map(|it| it.value);
        let item = declared.and_then(|it| it.syntax().ancestors().find_map(ast::Impl::cast));
        match item.and_then(|it| it.self_ty()) {
            Some(ty) => {
                let ty = ty.syntax().text().to_string();
                format!("{}::{name}", ty.split('<').next().unwrap_or(&ty))
            }
            None => name,
        }
    }
}

/// Whether a path stands in the statement that declares a variable of its name.
fn is_in_own_statement(path: &ast::Path) -> bool {
    let name = path.syntax().text().to_string();
    let mut statements = path.syntax().ancestors().filter_map(ast::LetStmt::cast);
    statements.any(|it| {
        let pat = it.pat().map(|it| it.syntax().clone());
        pat.into_iter()
            .flat_map(|it| it.descendants())
            .filter_map(ast::Name::cast)
            .any(|it| it.text() == name)
    })
}

fn as_function(resolution: PathResolution<'_>) -> Option<Function> {
    match resolution {
        PathResolution::Def(ModuleDef::Function(function)) => Some(function),
        _ => None,
    }
}

/// The call whose name a token is.
pub fn call_of(name: &SyntaxToken) -> Option<CallNode> {
    let name_ref = ast::NameRef::cast(name.parent()?)?;
    let parent = name_ref.syntax().parent()?;
    if let Some(iterated) = iterated_by_loop(name_ref.syntax()) {
        return Some(CallNode::Iterated(iterated));
    }
    if let Some(method) = ast::MethodCallExpr::cast(parent.clone()) {
        return Some(CallNode::Method(method));
    }
    let segment = ast::PathSegment::cast(parent)?;
    let path = segment.parent_path();
    if path.parent_path().is_some() {
        return None;
    }
    let expr = ast::PathExpr::cast(path.syntax().parent()?)?;
    match expr.syntax().parent().and_then(ast::CallExpr::cast) {
        Some(call) if call.expr().is_some_and(|it| it.syntax() == expr.syntax()) => {
            Some(CallNode::Path(call))
        }
        _ => Some(CallNode::Value(expr)),
    }
}

/// What a `for` iterates, where that is a variable or field which a name ends, be it borrowed.
pub(crate) fn iterated_by_loop(name: &SyntaxNode) -> Option<ast::Expr> {
    let place = name.ancestors().skip(1).find_map(ast::Expr::cast)?;
    let is_place = matches!(place, ast::Expr::PathExpr(_) | ast::Expr::FieldExpr(_));
    let ends = name.text_range().end() == place.syntax().text_range().end();
    let mut outer = place.syntax().clone();
    while let Some(parent) = outer.parent().filter(|it| it.kind() == SyntaxKind::REF_EXPR) {
        outer = parent;
    }
    let iterable = outer.parent().and_then(ast::ForExpr::cast)?.iterable()?;
    (is_place && ends && *iterable.syntax() == outer).then_some(iterable)
}

/// The path that ends in a name, read off the tokens before it.
fn path_in_tokens(name: &SyntaxToken) -> Option<ast::Path> {
    let mut text = name.text().to_owned();
    let mut token = name.prev_token();
    while let Some(colon) = token.filter(|it| it.kind() == T![:] || it.kind() == T![::]) {
        let before =
            if colon.kind() == T![::] { colon.prev_token() } else { colon.prev_token()?.prev_token() };
        let Some(segment) = before.filter(|it| {
            it.kind() == SyntaxKind::IDENT || it.kind().is_keyword(ra_ap_syntax::Edition::CURRENT)
        }) else {
            text = format!("::{text}");
            return parse_path(&text);
        };
        text = format!("{}::{text}", segment.text());
        token = segment.prev_token();
    }
    // A method: what it is called on has no type here.
    if name.prev_token().is_some_and(|it| it.kind() == T![.]) {
        return None;
    }
    parse_path(&text)
}

pub(crate) fn parse_path(text: &str) -> Option<ast::Path> {
    let source = ast::SourceFile::parse(&format!("fn f() {{ {text} }}"), ra_ap_syntax::Edition::CURRENT);
    source.tree().syntax().descendants().find_map(ast::Path::cast)
}

/// The name of a function item, for evidence.
pub fn name_of(function: &ast::Fn) -> Option<ast::Name> {
    function.name()
}
