//! Work that is started for each item: what the rules on tasks and on jobs share.

use retask_engine::Analysis;
use retask_engine::analysis::{HandedTo, Handover};
use retask_engine::bounds::{self, Bound};
use retask_engine::catalogue::Pool;
use retask_engine::context::{Context, Contexts};
use retask_engine::finding::{Finding, Severity};
use retask_engine::items::Items;
use retask_engine::repeat::{self, Repeat};
use retask_engine::resolve::{CallNode, Sema};

use crate::case;

/// A hand-over that happens for each item.
pub(crate) struct PerItem {
    pub handover: Handover,
    pub call: CallNode,
    pub repeat: Repeat,
    pub bound: Option<Bound>,
    /// It only computes.
    pub is_cpu: bool,
}

impl PerItem {
    /// How bad it is; `None` where the number of items has a limit.
    pub fn severity(&self) -> Option<Severity> {
        match self.repeat.items {
            Items::Unknown => Some(Severity::Warning),
            Items::Connections | Items::Messages => Some(Severity::Note),
            Items::Fixed | Items::Paced | Items::NotKnown => None,
        }
    }
}

/// Asks for the findings on all hand-overs that happen for each item.
pub(crate) fn findings(
    analysis: &Analysis<'_>,
    ask: impl Fn(&Sema<'_>, &Analysis<'_>, &PerItem) -> Option<Finding> + Sync,
) -> Vec<Finding> {
    let selected = |(index, it): &(usize, &Handover)| {
        starts_work(it)
            && analysis.long_work_of(*index).is_none()
            && case::is_selected(analysis, it.site.file)
    };
    let handovers: Vec<Handover> =
        analysis.handovers().iter().enumerate().filter(selected).map(|(_, it)| it.clone()).collect();
    let found = case::in_parallel(analysis, handovers, |sema, analysis, handover| {
        analysis.workspace.at(handover.site, || ask(sema, analysis, &per_item(sema, analysis, handover)?))
    });
    found.into_iter().flatten().collect()
}

/// Tasks and blocking jobs from anywhere; threads where async code makes them.
fn starts_work(handover: &Handover) -> bool {
    match (handover.to, &handover.context) {
        (_, Context::Test) => false,
        (HandedTo::Task | HandedTo::Pool(Pool::Blocking), _) => true,
        (HandedTo::Pool(Pool::Thread), context) => matches!(context, Context::Async(_)),
        _ => false,
    }
}

fn per_item(sema: &Sema<'_>, analysis: &Analysis<'_>, handover: Handover) -> Option<PerItem> {
    let call = sema.call_at(handover.site)?;
    let contexts = Contexts::new(sema, analysis.workspace.include.tests);
    let repeat = repeat::of_call(&contexts, call.syntax())?;
    let bound = bounds::of_handover(sema, analysis, &handover, &call, &repeat);
    let is_cpu = handover.to == HandedTo::Pool(Pool::Blocking)
        && bounds::is_cpu_work(sema, analysis, &handover, &call);
    Some(PerItem { handover, call, repeat, bound, is_cpu })
}
