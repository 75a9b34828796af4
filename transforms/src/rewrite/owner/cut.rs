//! A critical section as a method of the task that owns the state: its code, what it is given, and what it gives back.

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, TextRange, ast};
use retask_engine::Analysis;
use retask_engine::capture::{self, Capture, How, Work};
use retask_engine::catalogue::Pool;
use retask_engine::context::Context;
use retask_engine::resolve::{Function, Sema};
use retask_engine::shared::Section;

use super::receiver::receiver;
use super::region::{Guard, Leaves, Region};
use super::value::give_back;

/// How many values a method is given at most: Clippy allows seven parameters, `self` among them.
const ARGUMENTS: usize = 6;

/// A critical section on its way to the task that owns the state.
pub(super) struct Cut {
    pub file: u32,
    /// What the call takes the place of.
    pub range: TextRange,
    /// What stands before and after the call, as `let count = ` and `;`.
    pub around: (String, &'static str),
    /// What is called, as it is written.
    pub receiver: String,
    pub arguments: Vec<String>,
    pub method: Method,
    /// Names for the method, the better first.
    pub names: Vec<String>,
    /// The function around it, for the docs.
    pub holder: Option<Function>,
    /// The nodes whose names the code of the method uses.
    pub code: Vec<SyntaxNode>,
    /// The parts of them that stay with the caller.
    pub stays: Vec<TextRange>,
}

/// What a method does, apart from its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Method {
    /// Names and types.
    pub parameters: Vec<(String, String)>,
    pub result: Option<String>,
    /// Its code; several lines where they are statements.
    pub body: String,
    pub is_async: bool,
    /// Whether it can change the state.
    pub mutates: bool,
    /// It is called on a thread that may block.
    pub blocks: bool,
}

pub(super) struct Cutting<'c, 'a> {
    pub sema: &'c Sema<'a>,
    pub analysis: &'c Analysis<'c>,
    /// How a method names the state, as `self.users`.
    pub state: String,
    /// Code of the module that the methods move to.
    pub home: SyntaxNode,
}

impl<'a> Cutting<'_, 'a> {
    /// The method that a section becomes, or the precondition that fails.
    pub fn cut(&self, section: &Section) -> Result<Cut, String> {
        let blocks = match &section.context {
            Context::Async(body) if !body.in_closure => false,
            Context::Pool(Pool::Blocking | Pool::Thread) => true,
            Context::Sync(function) => {
                let label = self.sema.label(*function);
                return Err(format!(
                    "`{label}` takes the lock in sync code, which cannot wait for an answer"
                ));
            }
            Context::Async(_) => {
                return Err("a closure takes the lock, and cannot await an answer".to_owned());
            }
            _ => return Err("the lock is taken where it is not known what runs the code".to_owned()),
        };
        let (mut region, guard) = Region::of(self.sema, section)?;
        let mut leaves = region.leaves()?;
        if leaves == Leaves::Returns && !region.ends_body() {
            match region.into_rest_of_body() {
                Ok(longer) => (region, leaves) = (longer, Leaves::Returns),
                Err(shorter) => region = shorter,
            }
        }
        let (file, _) = self.sema.source_range(section.call.syntax()).ok_or(MACRO)?;
        let range = self.range(&region)?;
        let captures = self.captures(&region, &guard)?;
        let mut value = self.value(&region, &guard, leaves)?;
        give_back(&region, &captures, &mut value)?;
        let is_async = region.descendants().any(|it| {
            it.kind() == SyntaxKind::AWAIT_EXPR
                && !guard.value.syntax().text_range().contains_range(it.text_range())
                && is_own(&it, region.node())
        });
        if blocks && is_async {
            return Err("a section on a thread awaits".to_owned());
        }
        let body = self.body(&region, &guard, &captures, range, &value)?;
        let parameters: Option<Vec<_>> = captures
            .iter()
            .filter(|it| !it.is_late)
            .map(|it| Some((parameter(it), it.ty.clone()?)))
            .collect();
        let method = Method {
            parameters: parameters.ok_or("the type of a value that a section uses cannot be named")?,
            result: value.ty.clone(),
            body,
            is_async,
            mutates: is_async || self.mutates(&region, &guard),
            blocks,
        };
        Ok(Cut {
            file,
            range,
            around: (value.before, value.after),
            receiver: receiver(self.sema, self.analysis, &section.call)?,
            arguments: captures.iter().filter(|it| !it.is_late).map(argument).collect(),
            method,
            names: self.names(&region, &guard),
            holder: self.sema.holder_of(region.node()),
            stays: captures
                .iter()
                .flat_map(|it| it.uses.iter().map(|it| it.0))
                .chain(self.sema.source_range(guard.value.syntax()).map(|it| it.1))
                .collect(),
            code: match &region {
                Region::Expr(it) => vec![it.syntax().clone()],
                Region::Rows { rows, .. } => rows.clone(),
            },
        })
    }

    pub(super) fn range(&self, region: &Region) -> Result<TextRange, String> {
        let place = |node: &SyntaxNode| self.sema.source_range(node).map(|it| it.1).ok_or(MACRO.to_owned());
        match region {
            Region::Expr(it) => place(it.syntax()),
            Region::Rows { rows, .. } => {
                let first = place(rows.first().ok_or("a section is empty")?)?;
                Ok(rows.last().map_or(Ok(first), place)?.cover(first))
            }
        }
    }

    /// What the section uses from around it, each with how it gets into the message.
    pub(super) fn captures(&self, region: &Region, guard: &Guard) -> Result<Vec<Capture>, String> {
        let work = Work {
            node: region.node().clone(),
            range: region.range(),
            before: vec![guard.value.syntax().text_range()],
            blocking: Vec::new(),
            home: Some(self.home.clone()),
            is_generic: true,
            gives_back: true,
        };
        let body = self.body_around(region.node()).ok_or(MACRO)?;
        let captures = capture::captures(self.sema, &work, &body)?;
        if captures.iter().any(|it| it.place == "self") {
            return Err("a section works on `self`, which stays with the caller".to_owned());
        }
        if captures.len() > ARGUMENTS {
            return Err(format!("a section uses more than {ARGUMENTS} values from around it"));
        }
        Ok(captures)
    }

    /// The body around a node, in the file as it is written.
    pub(super) fn body_around(&self, node: &SyntaxNode) -> Option<SyntaxNode> {
        let (file, range) = self.sema.source_range(node)?;
        let tree = self.sema.tree(file);
        let covering = match tree.syntax().covering_element(range) {
            ra_ap_syntax::NodeOrToken::Node(it) => it,
            ra_ap_syntax::NodeOrToken::Token(it) => it.parent()?,
        };
        covering.ancestors().skip(1).find(|it| {
            let is_async = ast::BlockExpr::cast(it.clone()).is_some_and(|it| it.async_token().is_some());
            is_async || matches!(it.kind(), SyntaxKind::FN | SyntaxKind::CLOSURE_EXPR)
        })
    }
}

pub(in crate::rewrite) const MACRO: &str = "a macro writes a critical section";

/// The name of a parameter as its pattern.
fn parameter(capture: &Capture) -> String {
    if capture.is_changed { format!("mut {}", capture.name) } else { capture.name.clone() }
}

pub(super) fn is_own(node: &SyntaxNode, region: &SyntaxNode) -> bool {
    if node == region {
        return true;
    }
    !node.ancestors().skip(1).take_while(|it| it != region).any(|it| retask_engine::loops::is_run_later(&it))
}

/// What gets a value into the message.
fn argument(capture: &Capture) -> String {
    match capture.how {
        How::Moved | How::Copied | How::Evaluated => capture.place.clone(),
        How::Owned(owning) if capture.nested > 0 => {
            format!("({}{}){}", "*".repeat(capture.nested), capture.place, owning.call())
        }
        How::Owned(owning) => format!("{}{}", capture.place, owning.call()),
    }
}
