//! Units of work: what `map` prints. Every hand-over to a pool, a thread or a task is one, and every blocking call in async code.

use crate::analysis::{Analysis, Entered, HandedTo, Handover};
use crate::bucket::{Answers, Bound, Primitive, Size};
use crate::catalogue::Pool;
use crate::content;
use crate::context::Context;
use crate::finding::{Evidence, Unit};
use crate::lasting::{LongWork, Start};
use crate::resolve::Sema;

impl Analysis<'_> {
    /// The units of the selected files, by path and offset. Which rule each breaks is for the rules to say.
    pub fn units(&self) -> Vec<Unit> {
        // What hands over and waits is a hand-over.
        let is_call =
            |it: &&Entered| it.endless.is_none() && !(it.through.is_none() && it.reached.entry.waits);
        let entered = self.entered().iter().filter(is_call).map(|it| self.unit_of_call(it));
        let handed = self.handovers().iter().enumerate().filter(|(_, it)| it.context != Context::Test);
        let handed: Vec<Unit> =
            self.with_sema(|sema| handed.map(|(index, it)| self.unit_of_handover(sema, index, it)).collect());
        let loops =
            self.long_work().iter().filter(|it| it.start == Start::Worker).map(|it| self.unit_of_loop(it));
        let selected = |it: &Unit| {
            self.workspace.files.iter().any(|file| {
                file.path == it.place.path && file.selected && self.workspace.packages[file.package].selected
            })
        };
        let mut units: Vec<Unit> = entered.chain(handed).chain(loops).filter(selected).collect();
        units.sort_by(|a, b| {
            (&a.place.path, a.place.start.offset, a.primitive).cmp(&(
                &b.place.path,
                b.place.start.offset,
                b.primitive,
            ))
        });
        units
    }

    fn unit_of_call(&self, entered: &Entered) -> Unit {
        let answers = entered.reached.entry.answers();
        let answers =
            if entered.through.is_some() { Answers { async_api: Some(false), ..answers } } else { answers };
        Unit {
            name: entered.label.clone(),
            place: self.workspace.place(entered.site.file, entered.name),
            primitive: entered.alone_on.map_or(Primitive::Async, of_pool),
            bucket: Some(entered.reached.entry.bucket(answers)),
            answers,
            evidence: self.evidence(&entered.reached.chain),
            rule: None,
        }
    }

    fn unit_of_handover(&self, sema: &Sema<'_>, index: usize, handover: &Handover) -> Unit {
        let long = self.long_work_of(index);
        let (answers, bucket) = match long {
            Some(_) => (LONG, LONG.bucket()),
            None => self.workspace.at(handover.site, || content::of_handover(sema, self, handover)),
        };
        Unit {
            name: handover.label.clone(),
            place: self.workspace.place(handover.site.file, handover.name),
            primitive: primitive(handover.to),
            bucket,
            answers,
            evidence: long.map(|it| self.evidence(&it.lasts.chain)).unwrap_or_default(),
            rule: None,
        }
    }

    fn unit_of_loop(&self, long: &LongWork) -> Unit {
        let answers = LONG;
        Unit {
            name: long.label.clone(),
            place: self.workspace.place(long.site.file, long.name),
            primitive: Primitive::Async,
            bucket: answers.bucket(),
            answers,
            evidence: self.evidence(&long.lasts.chain),
            rule: None,
        }
    }

    fn evidence(&self, chain: &[crate::analysis::Link]) -> Vec<Evidence> {
        let link = |it: &crate::analysis::Link| Evidence {
            place: self.workspace.place(it.file, it.range),
            note: it.note.clone(),
        };
        chain.iter().map(link).collect()
    }
}

/// Work that lives as long as its senders is in bucket 4 as well: its finding is milder, its place is the same.
const LONG: Answers =
    Answers { bound: Some(Bound::Io), ends: Some(false), async_api: Some(false), size: Some(Size::Bounded) };

fn primitive(to: HandedTo) -> Primitive {
    match to {
        HandedTo::Task => Primitive::Spawn,
        HandedTo::Pool(it) => of_pool(it),
    }
}

fn of_pool(pool: Pool) -> Primitive {
    match pool {
        Pool::Blocking => Primitive::SpawnBlocking,
        Pool::InPlace => Primitive::BlockInPlace,
        Pool::Thread => Primitive::Thread,
        Pool::Cpu => Primitive::Rayon,
    }
}
