pub(super) const ENTRIES: &[super::Entry] = &[];
