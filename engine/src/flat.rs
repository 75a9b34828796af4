//! The syntax tree of a text in two arrays, for the one pass over every file.
//!
//! Lexer and parser are rust-analyzer's own, and trivia belong where its trees have them, so that ranges are the same. What is left out
//! is what a tree that others share and change needs: an allocation and a hash for each node that is made, and an allocation for each
//! that is visited. Questions that need such a tree are asked of a single function ([`Node::parsed`]).

use std::ops::Range;

use ra_ap_parser::{LexedStr, StrStep, TopEntryPoint};
use ra_ap_syntax::{AstNode, Edition, SourceFile, SyntaxKind, SyntaxKind::*, SyntaxNode, T, ast};

/// The tree of a text.
pub(crate) struct Tree<'t> {
    text: &'t str,
    edition: Edition,
    /// In the order in which they begin, the outer before the inner.
    nodes: Vec<NodeRow>,
    tokens: Vec<TokenRow>,
    /// The first of the parser's errors, else of the lexer's, with its offset.
    pub error: Option<(String, usize)>,
}

struct NodeRow {
    kind: SyntaxKind,
    /// Whether the nearest body around, be it this node itself, is async.
    is_in_async: bool,
    parent: u32,
    tokens: Range<u32>,
    /// The first node after this one and all in it.
    after: u32,
}

struct TokenRow {
    kind: SyntaxKind,
    parent: u32,
    start: u32,
}

impl<'t> Tree<'t> {
    pub fn parse(text: &'t str, edition: Edition) -> Tree<'t> {
        let lexed = LexedStr::new(edition, text);
        let output = TopEntryPoint::SourceFile.parse(&lexed.to_input(edition));
        let (nodes, tokens) = (Vec::with_capacity(lexed.len()), Vec::with_capacity(lexed.len()));
        let mut tree = Tree { text, edition, nodes, tokens, error: None };
        let mut open: Vec<usize> = Vec::new();
        let mut start = 0;
        lexed.intersperse_trivia(&output, &mut |step| match step {
            StrStep::Token { kind, text } => {
                let parent = open.last().map_or(0, |it| *it as u32);
                tree.tokens.push(TokenRow { kind, parent, start });
                start += text.len() as u32;
            }
            StrStep::Enter { kind } => {
                let parent = open.last().map_or(0, |it| *it as u32);
                let first = tree.tokens.len() as u32;
                open.push(tree.nodes.len());
                tree.nodes.push(NodeRow { kind, is_in_async: false, parent, tokens: first..first, after: 0 });
            }
            StrStep::Exit => {
                let after = tree.nodes.len() as u32;
                let node = open.pop().and_then(|it| tree.nodes.get_mut(it));
                if let Some(node) = node {
                    (node.tokens.end, node.after) = (tree.tokens.len() as u32, after);
                }
            }
            StrStep::Error { msg, pos } => {
                tree.error.get_or_insert_with(|| (msg.to_owned(), pos));
            }
        });
        let of_lexer = lexed.errors().next().map(|(at, error)| (error.to_owned(), lexed.text_start(at)));
        tree.error = tree.error.take().or(of_lexer);
        tree.find_async();
        tree
    }

    fn find_async(&mut self) {
        for at in 0..self.nodes.len() {
            let node = Node { tree: self, at };
            let is_async = match node.kind() {
                FN | CLOSURE_EXPR => node.has_token(T![async]),
                BLOCK_EXPR if node.has_token(T![async]) => true,
                _ => node.parent().is_some_and(|it| it.is_in_async()),
            };
            self.nodes[at].is_in_async = is_async;
        }
    }

    /// All nodes, each before those in it.
    pub fn nodes(&self) -> impl Iterator<Item = Node<'_>> {
        (0..self.nodes.len()).map(|at| Node { tree: self, at })
    }

    /// Some tokens, whitespace and comments among them.
    pub fn tokens(&self, range: Range<usize>) -> impl Iterator<Item = Token<'_>> {
        range.map(|at| Token { tree: self, at })
    }

    pub fn text(&self) -> &'t str {
        self.text
    }

    /// How many tokens there are.
    pub fn len(&self) -> usize {
        self.tokens.len()
    }
}

/// A node of a [`Tree`].
#[derive(Clone, Copy)]
pub(crate) struct Node<'t> {
    tree: &'t Tree<'t>,
    at: usize,
}

/// A token of a [`Tree`].
#[derive(Clone, Copy)]
pub(crate) struct Token<'t> {
    tree: &'t Tree<'t>,
    at: usize,
}

/// What a node consists of.
#[derive(Clone, Copy)]
pub(crate) enum Element<'t> {
    Node(Node<'t>),
    Token(Token<'t>),
}

impl<'t> Node<'t> {
    fn row(self) -> &'t NodeRow {
        &self.tree.nodes[self.at]
    }

    pub fn kind(self) -> SyntaxKind {
        self.row().kind
    }

    /// Whether the nearest body around, be it this node itself, is async.
    pub fn is_in_async(self) -> bool {
        self.row().is_in_async
    }

    pub fn is_expr(self) -> bool {
        ast::Expr::can_cast(self.kind())
    }

    pub fn parent(self) -> Option<Node<'t>> {
        (self.at > 0).then(|| Node { at: self.row().parent as usize, ..self })
    }

    /// This node and those around it, the inner before the outer.
    pub fn ancestors(self) -> impl Iterator<Item = Node<'t>> {
        std::iter::successors(Some(self), |it| it.parent())
    }

    pub fn children(self) -> impl Iterator<Item = Node<'t>> {
        let end = self.row().after as usize;
        let first = Some(self.at + 1).filter(|it| *it < end);
        let next = move |it: &usize| Some(self.tree.nodes[*it].after as usize).filter(|it| *it < end);
        std::iter::successors(first, next).map(move |at| Node { at, ..self })
    }

    pub fn child(self, kind: SyntaxKind) -> Option<Node<'t>> {
        self.children().find(|it| it.kind() == kind)
    }

    /// The nodes in this one, without itself.
    pub fn below(self) -> impl Iterator<Item = Node<'t>> {
        (self.at + 1..self.row().after as usize).map(move |at| Node { at, ..self })
    }

    pub fn holds(self, kind: SyntaxKind) -> bool {
        self.below().any(|it| it.kind() == kind)
    }

    /// The nodes and tokens that this node consists of.
    pub fn elements(self) -> impl Iterator<Item = Element<'t>> {
        let first = self.element(self.first_token());
        std::iter::successors(first, move |it| self.element(it.end()))
    }

    /// The element of this node that a token belongs to.
    fn element(self, token: usize) -> Option<Element<'t>> {
        if !(self.row().tokens.start..self.row().tokens.end).contains(&(token as u32)) {
            return None;
        }
        let token = Token { tree: self.tree, at: token };
        match token.parent() {
            parent if parent.at == self.at => Some(Element::Token(token)),
            parent => {
                let within = parent.ancestors().find(|it| it.row().parent as usize == self.at);
                within.map(Element::Node)
            }
        }
    }

    /// Whether a token of this kind is an element of this node.
    pub fn has_token(self, kind: SyntaxKind) -> bool {
        self.elements().any(|it| matches!(it, Element::Token(token) if token.kind() == kind))
    }

    /// All tokens in this node.
    pub fn tokens(self) -> impl Iterator<Item = Token<'t>> {
        let range = &self.row().tokens;
        self.tree.tokens(range.start as usize..range.end as usize)
    }

    /// The place of the first token among those of the tree.
    pub fn first_token(self) -> usize {
        self.row().tokens.start as usize
    }

    /// The places of its tokens among those of the tree.
    pub fn token_range(self) -> Range<usize> {
        let Range { start, end } = self.row().tokens;
        start as usize..end as usize
    }

    pub fn last_token(self) -> Option<Token<'t>> {
        let range = &self.row().tokens;
        (!range.is_empty()).then(|| Token { tree: self.tree, at: range.end as usize - 1 })
    }

    /// The offsets in the text.
    pub fn range(self) -> Range<usize> {
        let start =
            |at: u32| self.tree.tokens.get(at as usize).map_or(self.tree.text.len(), |it| it.start as usize);
        start(self.row().tokens.start)..start(self.row().tokens.end)
    }

    pub fn text(self) -> &'t str {
        &self.tree.text[self.range()]
    }

    /// What a name is, or a reference to one.
    pub fn name(self) -> &'t str {
        let first = Token { tree: self.tree, at: self.first_token() };
        if self.row().tokens.is_empty() { "" } else { first.text() }
    }

    /// The name that a path ends in, which may be `self`, `super`, `crate` or `Self`.
    pub fn last_name(self) -> Option<Node<'t>> {
        self.child(PATH_SEGMENT)?.child(NAME_REF)
    }

    /// The same node in a tree of `ra_ap_syntax`, which is made of the function around it, or of the whole text.
    pub fn parsed(self) -> Option<SyntaxNode> {
        let function = self.ancestors().find(|it| it.kind() == FN);
        let around = function.or_else(|| self.ancestors().last())?;
        let (range, base) = (self.range(), around.range().start);
        let tree = SourceFile::parse(around.text(), self.tree.edition).syntax_node();
        let is_same = |it: &SyntaxNode| {
            let own = it.text_range();
            it.kind() == self.kind()
                && usize::from(own.start()) + base == range.start
                && usize::from(own.end()) + base == range.end
        };
        tree.descendants().find(is_same)
    }
}

impl<'t> Token<'t> {
    fn row(self) -> &'t TokenRow {
        &self.tree.tokens[self.at]
    }

    pub fn kind(self) -> SyntaxKind {
        self.row().kind
    }

    pub fn start(self) -> u32 {
        self.row().start
    }

    pub fn end(self) -> u32 {
        self.next().map_or(self.tree.text.len() as u32, Token::start)
    }

    pub fn text(self) -> &'t str {
        &self.tree.text[self.start() as usize..self.end() as usize]
    }

    pub fn parent(self) -> Node<'t> {
        Node { tree: self.tree, at: self.row().parent as usize }
    }

    pub fn next(self) -> Option<Token<'t>> {
        Some(Token { at: self.at + 1, ..self }).filter(|it| it.at < self.tree.len())
    }

    pub fn prev(self) -> Option<Token<'t>> {
        Some(Token { at: self.at.checked_sub(1)?, ..self })
    }

    /// The token before this one that is neither whitespace nor a comment.
    pub fn previous(self) -> Option<Token<'t>> {
        std::iter::successors(self.prev(), |it| it.prev()).find(|it| !it.kind().is_trivia())
    }

    /// The elements after this one in the node that it is an element of.
    pub fn siblings(self) -> impl Iterator<Item = Element<'t>> {
        let parent = self.parent();
        std::iter::successors(parent.element(self.at + 1), move |it| parent.element(it.end()))
    }
}

impl Element<'_> {
    pub fn kind(&self) -> SyntaxKind {
        match self {
            Element::Node(it) => it.kind(),
            Element::Token(it) => it.kind(),
        }
    }

    /// The place after the last token of it.
    fn end(&self) -> usize {
        match self {
            Element::Node(it) => it.row().tokens.end as usize,
            Element::Token(it) => it.at + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use ra_ap_syntax::{AstNode, Edition, NodeOrToken, SourceFile, SyntaxKind};

    use super::{Node, Tree};
    use crate::loops::is_in_async_body;

    /// What a tree of `ra_ap_syntax` says of each node: kind, range, and whether it is in async code; and of each token.
    type Shown = (Vec<(SyntaxKind, usize, usize, bool)>, Vec<(SyntaxKind, SyntaxKind, usize)>);

    fn by_rowan(text: &str) -> Shown {
        let (mut nodes, mut tokens) = (Vec::new(), Vec::new());
        for element in SourceFile::parse(text, Edition::CURRENT).tree().syntax().descendants_with_tokens() {
            let (start, end) = (element.text_range().start().into(), element.text_range().end().into());
            match element {
                NodeOrToken::Node(it) => nodes.push((it.kind(), start, end, is_in_async_body(&it))),
                NodeOrToken::Token(it) => {
                    tokens.push((it.kind(), it.parent().expect("a parent").kind(), start));
                }
            }
        }
        (nodes, tokens)
    }

    fn flat(text: &str) -> Shown {
        let tree = Tree::parse(text, Edition::CURRENT);
        let node = |it: Node<'_>| (it.kind(), it.range().start, it.range().end, it.is_in_async());
        let tokens = tree.tokens(0..tree.len());
        let tokens = tokens.map(|it| (it.kind(), it.parent().kind(), it.start() as usize));
        (tree.nodes().map(node).collect(), tokens.collect())
    }

    #[test]
    fn a_flat_tree_is_the_tree_of_rust_analyzer() {
        for text in [
            "",
            "// only a comment\n",
            "//! of the file\n\n/// of f\nasync fn f<'a>(x: &'a [u8; 2]) -> u8 { x.0.1; x.0.; g::<u8>(1.5, 1.)? }\n",
            "fn f() { let _ = async move { || async { 1 } }; m!(a::b, { c >>= d }); x.await }",
            "impl T for U { #[a] fn f(&self) -> impl Fn() { 'l: loop { break 'l; } } }",
            "fn broken( { let = ; } struct } mod x;",
            "\u{feff}fn f() {}",
        ] {
            assert_eq!(flat(text), by_rowan(text), "{text}");
        }
    }

    #[test]
    fn a_node_is_found_in_the_tree_of_its_function() {
        let text = "struct A;\nimpl A {\n    /// b\n    pub async fn b(&self) { loop { self.c() } }\n}\n";
        let tree = Tree::parse(text, Edition::CURRENT);
        let endless = tree.nodes().find(|it| it.kind() == SyntaxKind::LOOP_EXPR).expect("a loop");
        assert_eq!(endless.parsed().expect("the loop").text(), "loop { self.c() }");
        let item = tree.nodes().find(|it| it.kind() == SyntaxKind::STRUCT).expect("a struct");
        assert_eq!(item.parsed().expect("the struct").text(), "struct A;");
    }
}
