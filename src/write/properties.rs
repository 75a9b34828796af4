//! Whatever is written, undo gives back.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::disk::RealDisk;
use super::journal::Folders;
use super::writer::{Writer, undo};

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn undo_gives_back_what_any_runs_of_writing_found(
        files in proptest::collection::btree_map("[a-d]{1,3}", any::<Vec<u8>>(), 1..5),
        tries in proptest::collection::vec(proptest::collection::vec(any::<Option<Vec<u8>>>(), 5), 1..4),
    ) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = folder.path().join("ws");
        std::fs::create_dir_all(&root).expect("the folder is made");
        for (name, bytes) in &files {
            std::fs::write(root.join(name), bytes).expect("the file is written");
        }
        let folders = || Folders::new(&folder.path().join("target"), &root);
        let mut writer = Writer::begin(&root, folders(), &RealDisk, None).expect("it begins");
        for texts in &tries {
            let changed = files.iter().zip(texts).filter_map(|((name, old), new)| {
                Some((name.clone(), (old.clone(), new.clone()?)))
            });
            let changed: BTreeMap<String, (Vec<u8>, Vec<u8>)> = changed.collect();
            writer.apply(&changed).expect("it is written");
            for (name, old) in &files {
                let wanted = changed.get(name).map_or(old, |(_, new)| new);
                prop_assert_eq!(&std::fs::read(root.join(name)).expect("it is there"), wanted);
            }
        }
        writer.finish().expect("it stays");
        undo(&root, &folders(), &RealDisk).expect("it can be undone");
        for (name, old) in &files {
            prop_assert_eq!(&std::fs::read(root.join(name)).expect("it is there"), old);
        }
        prop_assert_eq!(std::fs::read_dir(&root).expect("it is there").count(), files.len());
    }
}
