//! From what the engine found to a finding: messages, evidence, severities and ids that all rules share.

use std::collections::HashMap;

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, ast, ast::HasName};
use rayon::prelude::*;
use retask_engine::Analysis;
use retask_engine::analysis::{Entered, Link};
use retask_engine::bucket::{Answers, Bucket};
use retask_engine::catalogue::{Cost, Family};
use retask_engine::finding::{Applicability, Confidence, Evidence, Finding, Fix, Severity};
use retask_engine::resolve::{CallNode, Sema};

use crate::rewrite::chain::{self, Chains, Ways};
use crate::rewrite::draft::Draft;

/// Blocking work entered from async code, with all that a rule asks of it.
pub(crate) struct Case<'c, 'a> {
    pub analysis: &'c Analysis<'c>,
    pub sema: &'c Sema<'a>,
    pub entered: &'c Entered,
    pub call: CallNode,
}

impl Case<'_, '_> {
    /// The node of the async body that is blocked.
    pub fn body(&self) -> SyntaxNode {
        let tree = self.sema.tree(self.entered.body.file);
        let range = self.entered.body.range;
        let covering = tree.syntax().covering_element(range);
        covering.ancestors().find(|it| it.text_range().contains_range(range)).unwrap_or(tree.syntax().clone())
    }

    /// The node of the async body around the call: where the call stands in the arguments of a macro, what the macro makes of it.
    pub fn body_of_call(&self) -> SyntaxNode {
        let body = &self.entered.body;
        let mut around = self.sema.ancestors(self.call.syntax());
        around.find(|it| self.sema.is_body(it, body)).unwrap_or_else(|| self.body())
    }

    /// The name of the call in the file as it is written, where a macro can hold it.
    pub fn written(&self) -> Option<SyntaxNode> {
        self.sema.token(self.entered.site)?.parent()
    }

    /// The macro that writes the call, where one does.
    pub fn macro_around(&self) -> Option<ast::Expr> {
        let name = ast::NameRef::cast(self.written()?)?;
        let path = name
            .syntax()
            .ancestors()
            .skip(1)
            .take_while(|it| matches!(it.kind(), SyntaxKind::PATH_SEGMENT | SyntaxKind::PATH));
        let call = path.last()?.parent().and_then(ast::MacroCall::cast)?;
        call.syntax().parent().and_then(ast::Expr::cast)
    }

    /// The index of the package that the call stands in.
    pub fn package(&self) -> usize {
        self.analysis.workspace.files[self.entered.site.file as usize].package
    }

    /// The four answers for the work as this call enters it: a sync helper has no async form of its own.
    pub fn answers(&self) -> Answers {
        let answers = self.entered.reached.entry.answers();
        if self.entered.through.is_some() {
            return Answers { async_api: Some(false), ..answers };
        }
        answers
    }

    /// Where the work belongs.
    pub fn bucket(&self) -> Bucket {
        self.entered.reached.entry.bucket(self.answers())
    }

    /// How bad it is, where nothing about the call itself makes it milder.
    pub fn severity(&self) -> Severity {
        let entered = self.entered;
        let panics = entered.reached.entry.panics_in_runtime();
        let ends = !matches!(entered.reached.family, Family::Wait | Family::BlockOn);
        let cheap = entered.reached.cost == Cost::Cheap && !entered.in_loop;
        match () {
            () if panics => Severity::Error,
            () if entered.reached.entry.is_of_code() => Severity::Note,
            () if entered.at_startup && ends => Severity::Note,
            () if cheap => Severity::Note,
            () => Severity::Warning,
        }
    }
}

/// What a rule thinks of the cases of its family.
pub(crate) struct Opinion {
    pub rule: &'static str,
    pub family: Family,
    /// What the call does, after its name; `{worker}` stands for what it does that to.
    pub does: &'static str,
    /// The severity of one case.
    pub severity: fn(&Case<'_, '_>) -> Severity,
    /// The rewrite, or the precondition that failed.
    pub rewrite: fn(&Case<'_, '_>) -> Result<Draft, String>,
}

/// The findings of a family of blocking calls, one for each call in async code that enters such work.
pub(crate) fn findings(analysis: &Analysis<'_>, opinion: &Opinion) -> Vec<Finding> {
    let selected = |it: &&Entered| {
        let is_blocked = it.alone_on.is_none() || it.reached.entry.panics_in_runtime();
        let is_own = it.reached.family == opinion.family && it.endless.is_none();
        is_own && is_blocked && is_selected(analysis, it.site.file)
    };
    let entered: Vec<Entered> = analysis.entered().iter().filter(selected).cloned().collect();
    let alone = in_parallel(analysis, entered, |sema, analysis, entered| {
        let of = |call| (opinion.rewrite)(&Case { analysis, sema, entered: &entered, call });
        let rewritten = analysis.workspace.at(entered.site, || sema.call_at(entered.site).map(of));
        (entered, rewritten)
    });
    // Findings share chains, and which of them meets a chain first decides how that is written: one after another.
    let chains = Chains::default();
    let finish = |sema: &Sema<'_>, (entered, alone): (Entered, Option<Result<Draft, String>>)| {
        analysis.workspace.at(entered.site, || {
            let call = sema.call_at(entered.site)?;
            let case = Case { analysis, sema, entered: &entered, call };
            Some(finding(&case, opinion, chain::ways(&case, &chains, alone?)))
        })
    };
    analysis.with_sema(|sema| alone.into_iter().filter_map(|it| finish(sema, it)).collect())
}

/// Whether findings are reported in a file.
pub(crate) fn is_selected(analysis: &Analysis<'_>, file: u32) -> bool {
    analysis.workspace.is_selected(file)
}

/// How many items a thread asks about with the same semantics, which remember what was parsed.
const ITEMS: usize = 4;

/// Asks the same of many items on all threads; the order stays.
pub(crate) fn in_parallel<I, T, F>(analysis: &Analysis<'_>, items: Vec<I>, ask: F) -> Vec<T>
where
    I: Send,
    T: Send,
    F: Fn(&Sema<'_>, &Analysis<'_>, I) -> T + Sync,
{
    let found: Vec<Vec<T>> = items
        .into_par_iter()
        .chunks(ITEMS)
        .map_with(analysis.clone(), |analysis, items| {
            let analysis = &*analysis;
            analysis.with_sema(|sema| items.into_iter().map(|it| ask(sema, analysis, it)).collect())
        })
        .collect();
    found.into_iter().flatten().collect()
}

fn finding(case: &Case<'_, '_>, opinion: &Opinion, ways: Ways) -> Finding {
    let entered = case.entered;
    let place = case.analysis.workspace.place(entered.site.file, entered.name);
    let key = key(case.sema, entered.site.file, entered.name.start().into(), &entered.label);
    let (fix, refused) = outcome(ways.first, entered.reached.confidence, opinion.rule);
    let (second, _) =
        ways.second.map_or((None, None), |it| outcome(Ok(it), entered.reached.confidence, opinion.rule));
    Finding {
        id: key,
        rule: opinion.rule,
        bucket: case.bucket(),
        severity: (opinion.severity)(case),
        confidence: entered.reached.confidence,
        message: message(case, opinion.does),
        answers: case.answers(),
        evidence: evidence(case, &place),
        place,
        fix,
        alternatives: second.into_iter().collect(),
        refused,
    }
}

fn message(case: &Case<'_, '_>, does: &str) -> String {
    let entered = case.entered;
    let bucket = case.bucket();
    let decided = match bucket {
        Bucket::AsyncIo => "an async API exists for it",
        Bucket::HeavyCpu => "it computes, and its size grows with the input",
        _ if entered.reached.family == Family::Cpu => "it computes for long, and it ends",
        _ => "it waits without an async API, and it ends",
    };
    let (worker, when) = match entered.at_startup {
        true => ("the main thread", ", before anything is served"),
        false => ("an async worker", ""),
    };
    let does = does.replace("{worker}", worker);
    let through = match &entered.through {
        Some(_) if entered.reached.entry.is_of_code() => format!(" through {}", entered.reached.entry.path),
        Some(_) => format!(" through `{}`", entered.reached.entry.path),
        None => String::new(),
    };
    format!(
        "`{}` {does}{through}{when}: bucket {} ({}), since {decided}",
        entered.label,
        bucket.number(),
        bucket.name()
    )
}

fn evidence(case: &Case<'_, '_>, place: &retask_engine::finding::Place) -> Vec<Evidence> {
    let entered = case.entered;
    let note = match entered.through {
        Some(_) => format!("`{}` is called in async code here", entered.label),
        None if entered.reached.family == Family::Cpu => {
            format!("`{}` computes on the worker here", entered.label)
        }
        None => format!("`{}` blocks the worker here", entered.label),
    };
    let first = Evidence { place: place.clone(), note };
    std::iter::once(first).chain(chain(case.analysis, &entered.reached.chain)).collect()
}

/// A chain of the engine as evidence.
pub(crate) fn chain(analysis: &Analysis<'_>, links: &[Link]) -> Vec<Evidence> {
    let of_link =
        |it: &Link| Evidence { place: analysis.workspace.place(it.file, it.range), note: it.note.clone() };
    links.iter().map(of_link).collect()
}

/// The fix that a draft makes, or the refusal.
pub(crate) fn outcome(
    rewrite: Result<Draft, String>,
    confidence: Confidence,
    rule: &str,
) -> (Option<Fix>, Option<String>) {
    match rewrite {
        Ok(mut draft) => {
            if confidence != Confidence::High {
                draft.caveat("a step of the evidence is not certain");
            }
            (Some(draft.into_fix(rule)), None)
        }
        Err(reason) => (None, Some(reason)),
    }
}

/// What names a finding while unrelated lines move: the function around it and what is called.
pub(crate) fn key(sema: &Sema<'_>, file: u32, offset: u32, label: &str) -> String {
    let tree = sema.tree(file);
    let token = tree.syntax().token_at_offset(offset.into()).right_biased();
    let names: Vec<String> = token
        .iter()
        .flat_map(|it| it.parent_ancestors())
        .filter_map(|node| match node.kind() {
            SyntaxKind::IMPL => Some(ast::Impl::cast(node)?.self_ty()?.syntax().text().to_string()),
            _ => Some(
                ast::AnyHasName::cast(node)
                    .filter(|it| !ast::IdentPat::can_cast(it.syntax().kind()))?
                    .name()?
                    .text()
                    .to_string(),
            ),
        })
        .collect();
    format!("{}\0{label}", names.join("\0"))
}

/// Turns keys into ids. Findings with the same key are told apart by their order.
pub(crate) fn number(findings: &mut [Finding]) {
    let mut seen: HashMap<String, u32> = HashMap::new();
    let mut groups: HashMap<String, String> = HashMap::new();
    for finding in findings {
        let key = format!("{}\0{}\0{}", finding.rule, finding.place.path, finding.id);
        let count = seen.entry(key.clone()).or_default();
        *count += 1;
        finding.id = hash(&format!("{key}\0{count}"));
        let others = finding.alternatives.iter_mut().enumerate();
        let others = others.map(|(index, fix)| (hash(&format!("{}\0{index}", finding.id)), fix));
        for (id, fix) in finding.fix.iter_mut().map(|fix| (finding.id.clone(), fix)).chain(others) {
            fix.group = groups.entry(std::mem::take(&mut fix.group)).or_insert(id).clone();
        }
    }
}

/// FNV-1a, twelve hexadecimal digits of it: stable over machines and releases, which the hashers of std are not.
fn hash(text: &str) -> String {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{:012x}", hash >> 16)
}

/// The applicability that caveats leave.
pub(crate) fn applicability(caveats: &[String]) -> Applicability {
    if caveats.is_empty() { Applicability::MachineApplicable } else { Applicability::MaybeIncorrect }
}
