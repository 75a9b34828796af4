//! Syntax facts of one file, gathered in one pass.

use ra_ap_syntax::{AstNode, Edition, SmolStr, SyntaxKind::*, T, ast};

use crate::compute;
use crate::flat::{Node, Token, Tree};
use crate::index::{Declared, Shape};
use crate::loops;
use crate::macros;
use crate::names::Names;
use crate::outside::{Body, Inside, Outlines, outlines};
use crate::tokens;

/// The first syntax error of a text, with the number of its line. The lexer takes the carriage return after a `\` in a string for one,
/// which it is not. What only a later pass of the compiler refuses, as a visibility in the `impl` of a trait, is none.
fn first_error(tree: &Tree<'_>, text: &str, edition: Edition) -> Option<String> {
    let (error, at) = tree.error.as_ref()?;
    if text.contains("\\\r\n") {
        let text = text.replace("\r\n", "\n");
        return first_error(&Tree::parse(&text, edition), &text, edition);
    }
    let line = 1 + text[..*at.min(&text.len())].matches('\n').count();
    Some(format!("syntax error in line {line}: {error}"))
}

/// What one file says; places are offsets.
#[derive(Default)]
pub(crate) struct FileFacts {
    pub calls: Vec<(SmolStr, u32, Shape)>,
    pub names: Names,
    /// Macros where they are invoked.
    pub invoked: Vec<(SmolStr, u32)>,
    /// Macros, each with a name that it calls and what is read of that call.
    pub written: Vec<(SmolStr, SmolStr, Shape)>,
    /// Loops in async bodies that may never end, and all loops.
    pub loops: Vec<u32>,
    pub turns: Vec<u32>,
    pub guarding: Vec<SmolStr>,
    pub in_a_row: Vec<u32>,
    pub computing: Vec<u32>,
    pub functions: usize,
    pub declared: Vec<Declared>,
    pub functions_in_macros: Vec<SmolStr>,
    /// The bodies that nothing outside of them depends on, one after another.
    pub bodies: Vec<Body>,
    inside: Vec<Inside>,
    pub outlines: Outlines,
    pub has_async: bool,
    pub error: Option<String>,
    /// Where the code is over that is built for tests alone, and what that names where tests are not read.
    tests: u32,
    names_of_tests: Names,
}

impl FileFacts {
    /// The facts of a text, with the names that tests write where these are read.
    pub fn of(text: &str, edition: Edition, with_tests: bool) -> FileFacts {
        let mut facts = FileFacts::default();
        let tree = Tree::parse(text, edition);
        facts.error = first_error(&tree, text, edition);
        // What is called earlier comes earlier, be it in nodes or in the arguments of a macro.
        let mut read = 0;
        for node in tree.nodes() {
            tree.tokens(read..node.first_token()).for_each(|it| facts.token(it));
            read = node.first_token();
            if !with_tests && is_for_tests(node) {
                facts.tests = facts.tests.max(node.range().end as u32);
            }
            facts.node(node);
        }
        tree.tokens(read..tree.len()).for_each(|it| facts.token(it));
        facts.names.add_aliases(std::mem::take(&mut facts.names_of_tests));
        (facts.outlines, facts.bodies) = outlines(&tree, &facts.inside);
        facts
    }

    fn node(&mut self, node: Node<'_>) {
        self.names_at(node.range().start as u32).add_node(node);
        match node.kind() {
            METHOD_CALL_EXPR => self.method_call(node),
            PATH_EXPR => self.path(node),
            MACRO_CALL => {
                if let Some(name) = node.child(PATH).and_then(Node::last_name) {
                    self.invoked.push((SmolStr::new(name.name()), start(name)));
                }
            }
            LOOP_EXPR | WHILE_EXPR | FOR_EXPR => self.turns(node),
            STMT_LIST => self.rows(node),
            FN => self.function(node),
            _ => {}
        }
    }

    fn method_call(&mut self, call: Node<'_>) {
        let Some(name) = call.child(NAME_REF) else { return };
        let shape = Shape {
            is_known: true,
            is_method: true,
            args: args(call),
            generics: generics(call),
            in_async: call.is_in_async(),
            is_awaited: is_awaited(call),
            ..Shape::default()
        };
        self.calls.push((SmolStr::new(name.name()), start(name), shape));
    }

    fn path(&mut self, expr: Node<'_>) {
        let path = expr.child(PATH);
        let Some(name) = path.and_then(Node::last_name) else { return };
        let call = expr.parent().filter(|it| it.kind() == CALL_EXPR);
        let qualifier =
            path.and_then(|it| it.child(PATH)).map(|it| it.last_name().map_or(Shape::ANY, Node::name));
        let shape = Shape {
            is_known: true,
            is_method: false,
            args: call.and_then(args),
            generics: path.and_then(|it| it.child(PATH_SEGMENT)).map_or(0, generics),
            qualifier: qualifier.map(SmolStr::new),
            in_async: expr.is_in_async(),
            is_awaited: call.is_some_and(is_awaited),
        };
        self.calls.push((SmolStr::new(name.name()), start(name), shape));
    }

    /// A function: whether it gives a guard, and whether it may compute for long.
    fn function(&mut self, function: Node<'_>) {
        let name = function.child(NAME);
        let computes = name.is_some_and(|it| may_compute(function, it.name()));
        if let Some(body) = function.child(BLOCK_EXPR) {
            self.functions += 1;
            self.inside.extend(Inside::of(function, body, computes));
        }
        let Some(name) = name else { return };
        if gives_guard(function) {
            self.guarding.push(SmolStr::new(name.name()));
        }
        let (at, end) = (start(name), function.range().end as u32);
        self.declared.push(Declared { name: SmolStr::new(name.name()), at, end });
        self.computing.extend(computes.then_some(at));
    }

    /// Statements in a row that await.
    fn rows(&mut self, list: Node<'_>) {
        let awaits = |it: Node<'_>| it.kind() == LET_STMT && it.holds(AWAIT_EXPR);
        let mut before: Option<Node<'_>> = None;
        let mut is_row = false;
        for statement in list.children() {
            let now = Some(statement).filter(|it| awaits(*it));
            let pair = before.filter(|_| now.is_some());
            if let Some(first) = pair.filter(|it| !is_row && it.is_in_async()) {
                self.in_a_row.push(start(first));
            }
            is_row = pair.is_some();
            before = now;
        }
    }

    /// A loop: what it iterates, and whether it may never end.
    fn turns(&mut self, node: Node<'_>) {
        if let Some(name) = head(node).filter(|_| node.kind() == FOR_EXPR).and_then(iterated) {
            let shape = Shape { is_known: true, is_method: true, args: Some(0), ..Shape::default() };
            self.calls.push((SmolStr::new("into_iter"), start(name), shape));
        }
        if is_endless_in_async(node) {
            self.loops.push(start(node));
        }
    }

    /// In macro arguments there are no nodes: a name before parentheses is read as a call. One that a macro's definition calls is
    /// called where the macro is invoked.
    fn token(&mut self, token: Token<'_>) {
        match token.kind() {
            T![async] => self.has_async = true,
            T![loop] | T![while] | T![for] => self.turns.push(token.start()),
            // What a macro imports is not read: it may be all of a module.
            T![use] if token.parent().kind() == TOKEN_TREE => self.names_at(token.start()).has_glob = true,
            IDENT if token.parent().kind() == TOKEN_TREE => self.word(token),
            _ => {}
        }
    }

    /// Where names go that stand at an offset.
    fn names_at(&mut self, at: u32) -> &mut Names {
        if at < self.tests { &mut self.names_of_tests } else { &mut self.names }
    }

    fn word(&mut self, token: Token<'_>) {
        self.names_at(token.start()).add_token(token);
        let name = SmolStr::new(token.text());
        if token.previous().is_some_and(|it| it.kind() == T![fn]) {
            self.functions_in_macros.push(name.clone());
        }
        let at = token.start();
        match (macros::defined_around(token), macros::called(token)) {
            (Some(defined), Some(called)) => self.written.push((defined, called, written_shape(token))),
            (Some(_), None) => {}
            (None, _) if tokens::is_call(token) => self.calls.push((name, at, shape_of(token))),
            (None, _) if macros::is_invoked(token) => self.invoked.push((name, at)),
            (None, _) if tokens::is_iterated(token) => {
                let shape = Shape { is_known: true, is_method: true, ..Shape::default() };
                self.calls.push((SmolStr::new("into_iter"), at, shape));
            }
            (None, _) => {}
        }
    }
}

/// Whether an item is built for tests alone.
fn is_for_tests(node: Node<'_>) -> bool {
    let is_item = matches!(node.kind(), MODULE | USE | FN | IMPL | EXTERN_CRATE | STRUCT | ENUM | MACRO_CALL);
    is_item && node.children().any(|it| it.kind() == ATTR && it.text() == "#[cfg(test)]")
}

/// What is read of a call in the definition of a macro. Where that is invoked, a method can be one of a trait that the definition imports,
/// and of a type that the file does not name, so that nothing is read of methods.
fn written_shape(name: Token<'_>) -> Shape {
    let shape = shape_of(name);
    let is_path = !shape.is_method && tokens::is_call(name);
    if is_path { Shape { in_async: false, ..shape } } else { Shape::default() }
}

/// What is read of a call in macro arguments.
fn shape_of(name: Token<'_>) -> Shape {
    Shape {
        is_known: true,
        is_method: name.previous().is_some_and(|it| it.kind() == T![.]),
        args: tokens::args(name),
        generics: 0,
        qualifier: tokens::qualifier(name),
        in_async: tokens::is_async(name),
        is_awaited: tokens::is_awaited(name),
    }
}

fn start(node: Node<'_>) -> u32 {
    node.range().start as u32
}

/// How many arguments a call has.
fn args(call: Node<'_>) -> Option<usize> {
    call.child(ARG_LIST).map(|it| it.children().filter(|it| it.is_expr()).count())
}

/// How many type arguments stand behind the name of a call or path, constants among them.
fn generics(node: Node<'_>) -> usize {
    let list = node.child(GENERIC_ARG_LIST);
    list.map_or(0, |it| it.children().filter(|it| matches!(it.kind(), TYPE_ARG | CONST_ARG)).count())
}

/// Whether the value of a call is awaited as it is.
fn is_awaited(call: Node<'_>) -> bool {
    call.parent().is_some_and(|it| it.kind() == AWAIT_EXPR)
}

/// Whether the return type of a function names a guard.
fn gives_guard(function: Node<'_>) -> bool {
    let is_guard =
        |it: Token<'_>| it.kind() == IDENT && (it.text().ends_with("Guard") || it.text().ends_with("Lock"));
    function.child(RET_TYPE).is_some_and(|it| it.tokens().any(is_guard))
}

/// Whether the syntax of a function allows that it computes for long. Most are told by counting.
fn may_compute(function: Node<'_>, name: &str) -> bool {
    let mut loops = function.below().filter(|it| it.kind() == FOR_EXPR);
    let is_own = |it: &Node<'_>| {
        let called = it.children().next().filter(|it| it.kind() == PATH_EXPR);
        called.and_then(|it| it.child(PATH)?.last_name()).is_some_and(|it| it.name() == name)
    };
    let calls = || function.below().filter(|it| it.kind() == CALL_EXPR).filter(is_own);
    let is_worth_asking = loops.any(|it| it.holds(FOR_EXPR)) || calls().nth(1).is_some();
    is_worth_asking
        && !function.has_token(T![async])
        && function.parsed().and_then(ast::Fn::cast).is_some_and(|it| compute::may_compute(&it))
}

/// What a `for` iterates, or the condition of a `while`; none where that is a block and the body is missing.
fn head(node: Node<'_>) -> Option<Node<'_>> {
    let mut exprs = node.children().filter(|it| it.is_expr());
    let first = exprs.next()?;
    (first.kind() != BLOCK_EXPR || exprs.next().is_some()).then_some(first)
}

/// The name that ends what a `for` iterates, where that is a variable or field, be it borrowed.
fn iterated(iterable: Node<'_>) -> Option<Node<'_>> {
    let mut place = iterable;
    while place.kind() == REF_EXPR {
        place = place.children().find(|it| it.is_expr())?;
    }
    let name = place.last_token()?.parent();
    let holder = name.ancestors().skip(1).find(|it| it.is_expr())?;
    (matches!(place.kind(), PATH_EXPR | FIELD_EXPR) && holder.range() == place.range()).then_some(name)
}

/// Whether a loop stands in an async body, never awaits, and has no end that its syntax shows.
fn is_endless_in_async(node: Node<'_>) -> bool {
    let text = || head(node).map_or("", Node::text);
    let endless = match node.kind() {
        LOOP_EXPR => true,
        WHILE_EXPR => text() == "true",
        _ => {
            let without_end = ["..)", "repeat", "cycle", "incoming"];
            text().ends_with("..") || without_end.iter().any(|it| text().contains(it))
        }
    };
    endless
        && node.is_in_async()
        && !node.holds(AWAIT_EXPR)
        && node.parsed().is_some_and(|it| loops::exits_of(&it).is_empty() && !loops::may_await(&it))
}
