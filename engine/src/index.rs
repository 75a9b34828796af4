//! Syntax facts of every file, gathered in parallel and without types.
//!
//! The index answers two questions cheaply: does this workspace need types at all, and where is a function of
//! this name called. A name decides nothing; it only says which calls are worth resolving.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::OnceLock;

use ra_ap_syntax::{
    AstNode, Edition, NodeOrToken, Parse, SmolStr, SourceFile as Syntax, SyntaxError,
    SyntaxKind::{self, *},
    SyntaxNode, SyntaxToken, T, TextRange, ast,
    ast::{HasArgList, HasName},
};
use rayon::prelude::*;

use crate::catalogue::{self, Mark};
use crate::compute;
use crate::loops;
use crate::macros;
use crate::memo::{Print, print};
use crate::names::Names;
use crate::resolve::iterated_by_loop;
use crate::tokens;
use crate::watch;
use crate::workspace::{Package, Skipped, Wanted, Workspace};

/// Where a name is used in a way that can be a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Site {
    /// Index into [`Workspace::files`].
    pub file: u32,
    /// The offset of the name, in bytes.
    pub offset: u32,
}

/// What the syntax of a call says of the function that it can be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    /// Whether anything was read; nothing is of what a macro writes.
    pub is_known: bool,
    /// `x.name(…)`
    pub is_method: bool,
    /// The number of arguments without the receiver; `None` where it is not a call, or stands in macro arguments.
    pub args: Option<usize>,
    /// The path segment before the name; [`Shape::ANY`] where it is too long to read.
    pub qualifier: Option<SmolStr>,
    /// Whether it stands in an async body, and not in a closure there.
    pub in_async: bool,
    /// `name(…).await`
    pub is_awaited: bool,
}

impl Shape {
    /// A qualifier with type arguments in macro arguments.
    pub const ANY: &str = "_";
}

/// A function of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Declared {
    pub name: SmolStr,
    /// The offset of its name.
    pub at: u32,
    end: u32,
}

/// The syntax facts of a workspace.
#[derive(Debug, Default)]
pub struct Index {
    calls: HashMap<SmolStr, Vec<(Site, Shape)>>,
    /// The names of all files together, and of each.
    names: Names,
    files: Vec<Names>,
    /// Loops in async bodies that neither await nor show an end, by their keyword.
    loops: Vec<Site>,
    /// Statements in async bodies that await, each followed by another.
    in_a_row: Vec<Site>,
    /// Functions whose own code may compute for long, by their names.
    computing: Vec<Site>,
    /// Functions whose return type names a guard of a lock.
    guarding: BTreeSet<SmolStr>,
    /// How many functions with a body there are.
    functions: usize,
    /// The functions of each file, by their offsets.
    declared: Vec<Vec<Declared>>,
    /// The names of functions that stand in macro arguments.
    in_macros: BTreeSet<SmolStr>,
    /// Functions that may wait, by their names.
    waiting: OnceLock<HashSet<SmolStr>>,
    /// What stands outside of bodies in each file, as prints.
    outlines: Vec<Print>,
    has_async: bool,
    wanted: Option<Wanted>,
    skipped: Vec<Skipped>,
}

impl Index {
    /// Parses every file and gathers its facts.
    pub fn build(workspace: &Workspace) -> Index {
        let files: Vec<FileFacts> = workspace
            .files
            .par_iter()
            .map(|file| watch::at(&file.path, 0, || FileFacts::of(&file.text, file.edition)))
            .collect();
        let mut index = Index::default();
        let mut invoked: Vec<(SmolStr, Site)> = Vec::new();
        let mut written: HashMap<SmolStr, BTreeSet<SmolStr>> = HashMap::new();
        for (name, method) in macros::OF_STD {
            written.entry(SmolStr::new(name)).or_default().insert(SmolStr::new(method));
        }
        for name in macros::CATALOGUED {
            written.entry(SmolStr::new(name)).or_default().insert(SmolStr::new(name));
        }
        for (file, facts) in files.into_iter().enumerate() {
            if let Some(error) = facts.error {
                let path = workspace.files[file].path.clone();
                index.skipped.push(Skipped { path, reason: error });
            }
            index.has_async |= facts.has_async;
            index.functions += facts.functions;
            index.declared.push(facts.declared);
            index.in_macros.extend(facts.functions_in_macros);
            index.outlines.push(facts.outline);
            index.guarding.extend(facts.guarding);
            index
                .in_a_row
                .extend(facts.in_a_row.into_iter().map(|offset| Site { file: file as u32, offset }));
            index.loops.extend(facts.loops.into_iter().map(|offset| Site { file: file as u32, offset }));
            index
                .computing
                .extend(facts.computing.into_iter().map(|offset| Site { file: file as u32, offset }));
            index.names.extend(&facts.names);
            index.files.push(facts.names);
            for (name, called) in facts.written {
                written.entry(name).or_default().insert(called);
            }
            let site = |(name, offset)| (name, Site { file: file as u32, offset });
            invoked.extend(facts.invoked.into_iter().map(site));
            for (name, offset, shape) in facts.calls {
                let site = Site { file: file as u32, offset };
                index.calls.entry(name).or_default().push((site, shape));
            }
        }
        // What a macro calls is called where the macro is invoked.
        for (name, site) in invoked {
            for called in written.get(&name).into_iter().flatten() {
                index.calls.entry(called.clone()).or_default().push((site, Shape::default()));
            }
        }
        // A function that is imported under another name is called by that name.
        for (name, alias) in std::mem::take(&mut index.names.renamed) {
            let sites = index.calls.get(&alias).cloned().unwrap_or_default();
            index.calls.entry(name).or_default().extend(sites);
        }
        index.wanted = index.crates_to_load(workspace);
        index
    }

    /// The dependencies to load; `None` where nothing can be found, so that no types are needed.
    pub fn wanted(&self) -> Option<&Wanted> {
        self.wanted.as_ref()
    }

    /// Files that do not parse. What parses of them is analysed all the same.
    pub fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }

    /// The calls of a name, by file and offset.
    pub fn calls(&self, name: &str) -> &[(Site, Shape)] {
        self.calls.get(name).map_or(&[], Vec::as_slice)
    }

    /// The names of all files together.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// The names of one file.
    pub fn names_of(&self, file: u32) -> &Names {
        &self.files[file as usize]
    }

    /// How many functions with a body there are.
    pub fn functions(&self) -> usize {
        self.functions
    }

    /// The functions of a file, by their offsets.
    pub(crate) fn functions_of(&self, file: u32) -> &[Declared] {
        &self.declared[file as usize]
    }

    /// Whether a function with this name may wait for what it reads: one that the catalogue knows, or one of the workspace that calls one.
    pub(crate) fn may_wait(&self, name: &str) -> bool {
        self.waiting.get_or_init(|| self.find_waiting()).contains(name)
    }

    fn find_waiting(&self) -> HashSet<SmolStr> {
        let reads = catalogue::entries().filter(|it| it.effect == catalogue::Effect::Marks(Mark::Read));
        let mut open: Vec<SmolStr> = reads.map(|it| SmolStr::new(it.name())).collect();
        // What stands there is not read.
        open.extend(self.in_macros.iter().cloned());
        let mut found: HashSet<SmolStr> = open.iter().cloned().collect();
        while let Some(name) = open.pop() {
            for holder in self.calls(&name).iter().flat_map(|(site, _)| self.functions_around(*site)) {
                if found.insert(holder.name.clone()) {
                    open.push(holder.name.clone());
                }
            }
        }
        found
    }

    /// The functions that a place stands in.
    fn functions_around(&self, site: Site) -> impl Iterator<Item = &Declared> {
        let functions = self.functions_of(site.file);
        let before = functions.partition_point(|it| it.at < site.offset);
        functions[..before].iter().filter(move |it| site.offset < it.end)
    }

    /// Tells what stands outside of the bodies of a file from anything else.
    pub(crate) fn outline_of(&self, file: u32) -> Print {
        self.outlines[file as usize]
    }

    /// Loops in async bodies that may never end and never await.
    pub fn loops(&self) -> &[Site] {
        &self.loops
    }

    /// Calls in async bodies that may give the guard of a lock, by file and offset.
    pub fn locks(&self) -> BTreeSet<Site> {
        let of_library = catalogue::entries().filter(|it| it.effect == catalogue::Effect::Marks(Mark::Lock));
        let of_library: BTreeSet<&str> = of_library.map(|it| it.name()).collect();
        let of_library = of_library.iter().flat_map(|name| {
            // These methods take nothing but a time, and what they give cannot be awaited.
            let takes_time = name.ends_with("_for") || name.ends_with("_until");
            let is_read =
                move |shape: &Shape| !takes_time && shape.is_method && shape.args.is_some_and(|it| it > 0);
            self.calls(name).iter().filter(move |(_, shape)| !is_read(shape) && !shape.is_awaited)
        });
        let of_workspace = self.guarding.iter().flat_map(|it| self.calls(it));
        let calls = of_library.chain(of_workspace);
        calls.filter(|(_, shape)| shape.in_async).map(|(site, _)| *site).collect()
    }

    /// Functions whose own code may compute for long, by file and offset of their names.
    pub(crate) fn computing(&self) -> &[Site] {
        &self.computing
    }

    /// The first statements of rows in async bodies that await one after another, by file and offset.
    pub fn in_a_row(&self) -> &[Site] {
        &self.in_a_row
    }

    /// A name decides whether its crate is loaded only in packages that depend on that crate.
    fn crates_to_load(&self, workspace: &Workspace) -> Option<Wanted> {
        if !self.has_async && self.calls("spawn_blocking").is_empty() {
            return None;
        }
        let mut named = BTreeSet::new();
        let mut files: BTreeSet<u32> = self.loops.iter().map(|it| it.file).collect();
        let has_row: BTreeSet<u32> = self.in_a_row.iter().map(|it| it.file).collect();
        let mut known: HashMap<(usize, &str), Vec<String>> = HashMap::new();
        for entry in catalogue::entries().filter(|it| it.effect != catalogue::Effect::Leave) {
            let of_std = matches!(entry.krate(), "std" | "core" | "alloc");
            let counts = |site: &Site, shape: &Shape| match entry.effect {
                catalogue::Effect::Marks(Mark::Lock | Mark::AsyncLock) => shape.in_async,
                catalogue::Effect::Marks(Mark::Read) => has_row.contains(&site.file),
                _ => true,
            };
            for (site, _) in self.calls(entry.name()).iter().filter(|(site, shape)| counts(site, shape)) {
                let package = workspace.files[site.file as usize].package;
                let found = known
                    .entry((package, entry.krate()))
                    .or_insert_with(|| self.packages_of(&workspace.packages[package], entry.krate()));
                named.extend(found.iter().cloned());
                if of_std || !found.is_empty() {
                    files.insert(site.file);
                }
            }
        }
        let if_small = files.iter().flat_map(|it| workspace.named_in(*it)).collect();
        files.extend(self.computing.iter().map(|it| it.file));
        (!files.is_empty()).then_some(Wanted { named, if_small })
    }

    /// The packages to load for the items of a crate: a direct dependency, or one that gives the crate on and the crate's own.
    fn packages_of(&self, package: &Package, krate: &str) -> Vec<String> {
        if let Some(direct) = package.depends_on(krate) {
            return vec![direct];
        }
        let mut givers = package.dependencies.iter().filter(|(name, _)| self.names.leads(name, krate));
        let giver = givers.next().map(|(_, it)| it.package.clone());
        giver.map_or(Vec::new(), |it| vec![it, krate.to_owned(), krate.replace('_', "-")])
    }
}

/// The first syntax error of a text. The parser takes the carriage return after a `\` in a string for one, which it is not.
fn first_error(parse: &Parse<Syntax>, text: &str, edition: Edition) -> Option<SyntaxError> {
    let error = parse.errors().into_iter().next()?;
    match text.contains("\\\r\n") {
        true => Syntax::parse(&text.replace("\r\n", "\n"), edition).errors().into_iter().next(),
        false => Some(error),
    }
}

#[derive(Default)]
struct FileFacts {
    calls: Vec<(SmolStr, u32, Shape)>,
    names: Names,
    /// Macros where they are invoked.
    invoked: Vec<(SmolStr, u32)>,
    /// Macros, each with a name that it calls.
    written: Vec<(SmolStr, SmolStr)>,
    loops: Vec<u32>,
    guarding: Vec<SmolStr>,
    in_a_row: Vec<u32>,
    computing: Vec<u32>,
    functions: usize,
    declared: Vec<Declared>,
    functions_in_macros: Vec<SmolStr>,
    /// The bodies that nothing outside of them depends on.
    bodies: Vec<TextRange>,
    outline: Print,
    has_async: bool,
    error: Option<String>,
}

impl FileFacts {
    fn of(text: &str, edition: Edition) -> FileFacts {
        let mut facts = FileFacts::default();
        let parse = Syntax::parse(text, edition);
        if let Some(error) = first_error(&parse, text, edition) {
            let line = 1 + text[..usize::from(error.range().start()).min(text.len())].matches('\n').count();
            facts.error = Some(format!("syntax error in line {line}: {error}"));
        }
        for element in parse.syntax_node().descendants_with_tokens() {
            match element {
                NodeOrToken::Node(node) => facts.node(&node),
                NodeOrToken::Token(token) => facts.token(&token),
            }
        }
        facts.outline = outline(text, &facts.bodies);
        facts
    }

    fn node(&mut self, node: &SyntaxNode) {
        self.names.add_node(node);
        match node.kind() {
            METHOD_CALL_EXPR => {
                let call = ast::MethodCallExpr::cast(node.clone());
                let args = call.as_ref().and_then(|it| it.arg_list()).map(|it| it.args().count());
                if let Some(name) = call.and_then(|it| it.name_ref()) {
                    self.call(
                        name.text(),
                        name.syntax(),
                        Shape {
                            is_known: true,
                            is_method: true,
                            args,
                            in_async: loops::is_in_async_body(node),
                            is_awaited: is_awaited(node),
                            ..Shape::default()
                        },
                    );
                }
            }
            PATH_EXPR => {
                let path = ast::PathExpr::cast(node.clone()).and_then(|it| it.path());
                if let Some(name) = path.as_ref().and_then(|it| it.segment()?.name_ref()) {
                    let call = node.parent().and_then(ast::CallExpr::cast);
                    let is_awaited = call.as_ref().is_some_and(|it| is_awaited(it.syntax()));
                    let args = call.and_then(|it| it.arg_list()).map(|it| it.args().count());
                    let qualifier = path.and_then(|it| it.qualifier()?.segment()?.name_ref());
                    let qualifier = qualifier.map(|it| SmolStr::new(it.text()));
                    self.call(
                        name.text(),
                        name.syntax(),
                        Shape {
                            is_known: true,
                            is_method: false,
                            args,
                            qualifier,
                            in_async: loops::is_in_async_body(node),
                            is_awaited,
                        },
                    );
                }
            }
            MACRO_CALL => {
                let name = ast::MacroCall::cast(node.clone()).and_then(|it| it.path()?.segment()?.name_ref());
                if let Some(name) = name {
                    let at = u32::from(name.syntax().text_range().start());
                    self.invoked.push((SmolStr::new(name.text()), at));
                }
            }
            LOOP_EXPR | WHILE_EXPR | FOR_EXPR => self.turns(node),
            STMT_LIST => self.rows(node),
            FN => self.function(node),
            _ => {}
        }
    }

    /// A function: whether it gives a guard, and whether it may compute for long.
    fn function(&mut self, node: &SyntaxNode) {
        self.guarding.extend(guarding(node));
        let Some(function) = ast::Fn::cast(node.clone()) else { return };
        if let Some(body) = function.body() {
            self.functions += 1;
            // Functions count in the order in which they stand, and a constant may be what a `const fn` computes.
            let is_own =
                function.const_token().is_none() && !body.syntax().descendants().any(|it| it.kind() == FN);
            self.bodies.extend(is_own.then(|| body.syntax().text_range()));
        }
        let Some(name) = function.name() else { return };
        let at = u32::from(name.syntax().text_range().start());
        let end = u32::from(node.text_range().end());
        self.declared.push(Declared { name: SmolStr::new(name.text()), at, end });
        if compute::may_compute(&function) {
            self.computing.push(at);
        }
    }

    /// Statements in a row that await.
    fn rows(&mut self, list: &SyntaxNode) {
        let awaits =
            |it: &SyntaxNode| it.kind() == LET_STMT && it.descendants().any(|it| it.kind() == AWAIT_EXPR);
        let statements: Vec<SyntaxNode> = list.children().collect();
        let mut before = false;
        for pair in statements.windows(2) {
            let [first, second] = pair else { continue };
            let is_pair = awaits(first) && awaits(second);
            if is_pair && !before && loops::is_in_async_body(first) {
                self.in_a_row.push(u32::from(first.text_range().start()));
            }
            before = is_pair;
        }
    }

    /// A loop: what it iterates, and whether it may never end.
    fn turns(&mut self, node: &SyntaxNode) {
        let iterable = ast::ForExpr::cast(node.clone()).and_then(|it| it.iterable());
        let last = iterable.and_then(|it| it.syntax().last_token()?.parent());
        if let Some(name) = last.filter(|it| iterated_by_loop(it).is_some()) {
            let shape = Shape { is_known: true, is_method: true, args: Some(0), ..Shape::default() };
            self.call("into_iter", &name, shape);
        }
        if is_endless_in_async(node) {
            self.loops.push(u32::from(node.text_range().start()));
        }
    }

    fn call(&mut self, name: &str, node: &SyntaxNode, shape: Shape) {
        self.calls.push((SmolStr::new(name), u32::from(node.text_range().start()), shape));
    }

    /// In macro arguments there are no nodes: a name before parentheses is read as a call. One that a macro's definition calls is
    /// called where the macro is invoked.
    fn token(&mut self, token: &SyntaxToken) {
        match token.kind() {
            T![async] => self.has_async = true,
            IDENT if token.parent().is_some_and(|it| it.kind() == TOKEN_TREE) => {
                self.names.add_token(token);
                let name = SmolStr::new(token.text());
                if tokens::previous(token).is_some_and(|it| it.kind() == T![fn]) {
                    self.functions_in_macros.push(name.clone());
                }
                let at = u32::from(token.text_range().start());
                let shape = || Shape {
                    is_known: true,
                    is_method: tokens::previous(token).is_some_and(|it| it.kind() == T![.]),
                    args: tokens::args(token),
                    qualifier: tokens::qualifier(token),
                    in_async: tokens::is_async(token),
                    is_awaited: tokens::is_awaited(token),
                };
                match (macros::defined_around(token), macros::called(token)) {
                    (Some(defined), Some(called)) => self.written.push((defined, called)),
                    (Some(_), None) => {}
                    (None, _) if tokens::is_call(token) => self.calls.push((name, at, shape())),
                    (None, _) if macros::is_invoked(token) => self.invoked.push((name, at)),
                    (None, _) if tokens::is_iterated(token) => {
                        let shape = Shape { is_known: true, is_method: true, ..Shape::default() };
                        self.calls.push((SmolStr::new("into_iter"), at, shape));
                    }
                    (None, _) => {}
                }
            }
            _ => {}
        }
    }
}

/// The name of a function whose return type names a guard.
fn guarding(node: &SyntaxNode) -> Option<SmolStr> {
    let function = ast::Fn::cast(node.clone())?;
    let given = function.ret_type()?.syntax().descendants_with_tokens().filter_map(|it| it.into_token());
    let is_guard =
        |it: SyntaxToken| it.kind() == IDENT && (it.text().ends_with("Guard") || it.text().ends_with("Lock"));
    given.into_iter().any(is_guard).then(|| function.name().map(|it| SmolStr::new(it.text())))?
}

/// A print of a text without some bodies, which stand in it one after another.
fn outline(text: &str, bodies: &[TextRange]) -> Print {
    let mut at = 0;
    let mut outside = Vec::with_capacity(bodies.len() + 1);
    for body in bodies {
        outside.push(&text[at..usize::from(body.start())]);
        at = usize::from(body.end());
    }
    outside.push(&text[at..]);
    print(&outside)
}

/// Whether the value of a call is awaited as it is.
fn is_awaited(call: &SyntaxNode) -> bool {
    call.parent().is_some_and(|it| it.kind() == AWAIT_EXPR)
}

/// Whether a loop stands in an async body, never awaits, and has no end that its syntax shows.
fn is_endless_in_async(node: &SyntaxNode) -> bool {
    let endless = match ast::Expr::cast(node.clone()) {
        Some(ast::Expr::LoopExpr(_)) => true,
        Some(ast::Expr::WhileExpr(it)) => it.condition().is_some_and(|it| it.syntax().text() == "true"),
        Some(ast::Expr::ForExpr(it)) => it.iterable().is_some_and(|it| {
            let text = it.syntax().text().to_string();
            text.ends_with("..") || ["..)", "repeat", "cycle", "incoming"].iter().any(|it| text.contains(it))
        }),
        _ => false,
    };
    endless && loops::is_in_async_body(node) && loops::exits_of(node).is_empty() && !loops::may_await(node)
}

/// Whether a node is a function item with this name; used by callers that walk trees.
pub fn is_fn_named(node: &SyntaxNode, name: &str) -> bool {
    node.kind() == SyntaxKind::FN
        && ast::Fn::cast(node.clone()).and_then(|it| it.name()).is_some_and(|it| it.text() == name)
}
