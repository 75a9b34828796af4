//! Syntax facts of one file, gathered in one pass.

use ra_ap_syntax::{
    AstNode, Edition, NodeOrToken, Parse, SmolStr, SourceFile as Syntax, SyntaxError,
    SyntaxKind::*,
    SyntaxNode, SyntaxToken, T, TextRange, ast,
    ast::{HasArgList, HasName},
};

use crate::compute;
use crate::index::{Declared, Shape};
use crate::loops;
use crate::macros;
use crate::memo::{Print, print};
use crate::names::Names;
use crate::resolve::iterated_by_loop;
use crate::tokens;

/// The first syntax error of a text. The parser takes the carriage return after a `\` in a string for one, which it is not.
fn first_error(parse: &Parse<Syntax>, text: &str, edition: Edition) -> Option<SyntaxError> {
    let error = parse.errors().into_iter().next()?;
    match text.contains("\\\r\n") {
        true => Syntax::parse(&text.replace("\r\n", "\n"), edition).errors().into_iter().next(),
        false => Some(error),
    }
}

/// What one file says; places are offsets.
#[derive(Default)]
pub(crate) struct FileFacts {
    pub calls: Vec<(SmolStr, u32, Shape)>,
    pub names: Names,
    /// Macros where they are invoked.
    pub invoked: Vec<(SmolStr, u32)>,
    /// Macros, each with a name that it calls.
    pub written: Vec<(SmolStr, SmolStr)>,
    pub loops: Vec<u32>,
    pub guarding: Vec<SmolStr>,
    pub in_a_row: Vec<u32>,
    pub computing: Vec<u32>,
    pub functions: usize,
    pub declared: Vec<Declared>,
    pub functions_in_macros: Vec<SmolStr>,
    /// The bodies that nothing outside of them depends on.
    bodies: Vec<TextRange>,
    pub outline: Print,
    pub has_async: bool,
    pub error: Option<String>,
}

impl FileFacts {
    pub fn of(text: &str, edition: Edition) -> FileFacts {
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
