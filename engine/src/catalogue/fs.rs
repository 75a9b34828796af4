//! Files and folders: the free functions, and what opens a file. The handles themselves are in [`super::handles`].

use super::entry::{Entry, Family::Io};
use super::table::table;

/// Functions that have the same name and arguments in another module, behind `.await`.
macro_rules! twins {
    ($( $owner:literal => $twin:literal $needs:tt [$($name:ident)+] $details:tt )*) => {
        &[$($( twins!(@ $owner $twin $name $needs $details) ),+),*]
    };
    (@ $owner:literal $twin:literal $name:ident ($krate:literal, $feature:literal) { $($details:tt)* }) => {
        Entry::blocks(Io, concat!($owner, "::", stringify!($name)))
            .twin(concat!($twin, "::", stringify!($name), "({args}).await"), $krate, $feature)
            .source(concat!($twin, "::", stringify!($name)))
            $($details)*
    };
}

/// One system call each is cheap on a warm cache.
pub(super) const FUNCTIONS: &[Entry] = twins! {
    "std::fs" => "tokio::fs" ("tokio", "fs") [read read_to_string copy create_dir_all remove_dir_all] {}
    "std::fs" => "tokio::fs" ("tokio", "fs") [write] {
        .note("where the future is dropped, as by a timeout, the file is still written to its end")
    }
    "std::fs" => "tokio::fs" ("tokio", "fs") [
        rename remove_file remove_dir create_dir metadata symlink_metadata canonicalize read_link hard_link set_permissions
    ] { .cheap() }
    "std::os::unix::fs" => "tokio::fs" ("tokio", "fs") [symlink] { .cheap() }
    "std::os::windows::fs" => "tokio::fs" ("tokio", "fs") [symlink_file symlink_dir] { .cheap() }
    // The same functions with better messages: its own async module keeps the messages.
    "fs_err" => "fs_err::tokio" ("fs-err", "tokio") [read read_to_string write copy create_dir_all remove_dir_all] {}
    "fs_err" => "fs_err::tokio" ("fs-err", "tokio") [
        rename remove_file remove_dir create_dir metadata symlink_metadata canonicalize read_link hard_link set_permissions
    ] { .cheap() }
};

/// Methods of paths: the twin is a free function.
pub(super) const PATHS: &[Entry] = table! {
    blocks (Io) "std::fs" [exists] {
        .cheap().twin("tokio::fs::try_exists({args}).await", "tokio", "fs").source("tokio::fs::try_exists")
    }
    blocks (Io) "std::path::Path" [exists] {
        .cheap()
        .twin("tokio::fs::try_exists({&recv}).await.unwrap_or(false)", "tokio", "fs")
        .source("tokio::fs::try_exists")
    }
    blocks (Io) "std::path::Path" [try_exists] {
        .cheap().twin("tokio::fs::try_exists({&recv}).await", "tokio", "fs").source("tokio::fs::try_exists")
    }
    blocks (Io) "std::path::Path" [is_file] {
        .cheap()
        .twin("tokio::fs::metadata({&recv}).await.is_ok_and(|it| it.is_file())", "tokio", "fs")
        .source("tokio::fs::metadata")
    }
    blocks (Io) "std::path::Path" [is_dir] {
        .cheap()
        .twin("tokio::fs::metadata({&recv}).await.is_ok_and(|it| it.is_dir())", "tokio", "fs")
        .source("tokio::fs::metadata")
    }
    blocks (Io) "std::path::Path" [is_symlink] {
        .cheap()
        .twin("tokio::fs::symlink_metadata({&recv}).await.is_ok_and(|it| it.is_symlink())", "tokio", "fs")
        .source("tokio::fs::symlink_metadata")
    }
    blocks (Io) "std::path::Path" [metadata] {
        .cheap().twin("tokio::fs::metadata({&recv}).await", "tokio", "fs").source("tokio::fs::metadata")
    }
    blocks (Io) "std::path::Path" [symlink_metadata] {
        .cheap().twin("tokio::fs::symlink_metadata({&recv}).await", "tokio", "fs").source("tokio::fs::symlink_metadata")
    }
    blocks (Io) "std::path::Path" [canonicalize] {
        .cheap().twin("tokio::fs::canonicalize({&recv}).await", "tokio", "fs").source("tokio::fs::canonicalize")
    }
    blocks (Io) "std::path::Path" [read_link] {
        .cheap().twin("tokio::fs::read_link({&recv}).await", "tokio", "fs").source("tokio::fs::read_link")
    }
    blocks (Io) "std::path::Path" [read_dir] { .has_async_api().source("tokio::fs::read_dir") }
    blocks (Io) "camino::Utf8Path" [exists try_exists is_file is_dir is_symlink metadata symlink_metadata canonicalize read_link] {
        .cheap().has_async_api().source("docs.rs/camino Utf8Path")
    }
    blocks (Io) "camino::Utf8Path" [canonicalize_utf8 read_link_utf8] {
        .cheap().has_async_api().source("docs.rs/camino Utf8Path")
    }
    blocks (Io) "camino::Utf8Path" [read_dir read_dir_utf8] { .has_async_api().source("docs.rs/camino Utf8Path") }
    blocks (Io) "fs_err::PathExt" [
        fs_err_try_exists fs_err_metadata fs_err_symlink_metadata fs_err_canonicalize fs_err_read_link
    ] { .cheap().has_async_api().source("docs.rs/fs-err PathExt") }
    blocks (Io) "fs_err::PathExt" [fs_err_read_dir] { .has_async_api().source("docs.rs/fs-err PathExt") }
};

/// What opens files and lists folders: the async form gives another type, which decides all later uses.
pub(super) const OPENING: &[Entry] = table! {
    blocks (Io) "std::fs" [read_dir] { .has_async_api().source("tokio::fs::read_dir") }
    blocks (Io) "std::fs" [soft_link] { .cheap().has_async_api().source("tokio::fs::symlink") }
    blocks (Io) "std::fs::ReadDir" [next] { .cheap().has_async_api().source("tokio::fs::ReadDir::next_entry") }
    blocks (Io) "std::fs::DirEntry" [metadata file_type] { .cheap().has_async_api().source("tokio::fs::DirEntry") }
    blocks (Io) "std::fs::DirBuilder" [create] { .cheap().has_async_api().source("tokio::fs::DirBuilder::create") }
    blocks (Io) "std::fs::File" [open create create_new] { .has_async_api().source("tokio::fs::File") }
    blocks (Io) "std::fs::OpenOptions" [open] { .has_async_api().source("tokio::fs::OpenOptions::open") }
    blocks (Io) "fs_err" [read_dir] { .has_async_api().source("docs.rs/fs-err tokio::read_dir") }
    blocks (Io) "fs_err" [exists] { .cheap().has_async_api().source("tokio::fs::try_exists") }
    blocks (Io) "fs_err" [soft_link] { .cheap().has_async_api().source("docs.rs/fs-err tokio::symlink") }
    blocks (Io) "fs_err::os::unix::fs" [symlink] { .cheap().has_async_api().source("docs.rs/fs-err tokio::symlink") }
    blocks (Io) "fs_err::ReadDir" [next] { .cheap().has_async_api().source("docs.rs/fs-err tokio::ReadDir") }
    blocks (Io) "fs_err::DirEntry" [metadata file_type] { .cheap().has_async_api().source("docs.rs/fs-err tokio::DirEntry") }
    blocks (Io) "fs_err::File" [open create create_new] { .has_async_api().source("docs.rs/fs-err tokio::File") }
    blocks (Io) "fs_err::OpenOptions" [open] { .has_async_api().source("docs.rs/fs-err tokio::OpenOptions") }
    // Its own async form gives the same type.
    blocks (Io) "actix_files::NamedFile" [open] {
        .twin("actix_files::NamedFile::open_async({args}).await", "actix-files", "")
        .source("docs.rs/actix-files NamedFile::open_async")
    }
};

/// Libraries that walk, copy, lock or map files. None of them has an async form of its own.
pub(super) const LIBRARIES: &[Entry] = table! {
    blocks (Io) "walkdir::WalkDir" [into_iter] { .source("docs.rs/walkdir") }
    blocks (Io) "walkdir::IntoIter" [next] { .source("docs.rs/walkdir") }
    blocks (Io) "walkdir::FilterEntry" [next] { .source("docs.rs/walkdir") }
    blocks (Io) "ignore::WalkBuilder" [build] { .source("docs.rs/ignore") }
    blocks (Io) "ignore::Walk" [new next] { .source("docs.rs/ignore") }
    blocks (Io) "ignore::WalkParallel" [run visit] { .source("docs.rs/ignore") }
    blocks (Io) "glob" [glob glob_with] { .source("docs.rs/glob") }
    blocks (Io) "globwalk" [glob glob_builder] { .source("docs.rs/globwalk") }
    blocks (Io) "fs_extra" [copy_items move_items remove_items] { .source("docs.rs/fs_extra") }
    blocks (Io) "fs_extra::dir" [
        copy copy_with_progress move_dir move_dir_with_progress get_size get_dir_content get_dir_content2 remove create_all
    ] { .source("docs.rs/fs_extra dir") }
    blocks (Io) "fs_extra::file" [
        copy copy_with_progress move_file move_file_with_progress read_to_string write_all remove
    ] { .source("docs.rs/fs_extra file") }
    blocks (Io) "tempfile" [tempfile tempfile_in tempdir tempdir_in] { .cheap().source("docs.rs/tempfile") }
    blocks (Io) "tempfile::NamedTempFile" [
        new new_in with_prefix with_prefix_in with_suffix with_suffix_in persist persist_noclobber keep reopen close
    ] { .cheap().source("docs.rs/tempfile NamedTempFile") }
    blocks (Io) "tempfile::TempPath" [persist persist_noclobber close] { .cheap().source("docs.rs/tempfile TempPath") }
    blocks (Io) "tempfile::TempDir" [new new_in with_prefix with_prefix_in with_suffix with_suffix_in] {
        .cheap().source("docs.rs/tempfile TempDir")
    }
    blocks (Io) "tempfile::TempDir" [close] { .source("docs.rs/tempfile TempDir::close") }
    blocks (Io) "tempfile::Builder" [tempfile tempfile_in tempdir tempdir_in make make_in] {
        .cheap().source("docs.rs/tempfile Builder")
    }
    blocks (Io) "memmap2::Mmap" [map] { .cheap().note("the pages are read later, at their first use").source("docs.rs/memmap2") }
    blocks (Io) "memmap2::MmapMut" [map_mut flush flush_range] { .source("docs.rs/memmap2") }
    blocks (Io) "memmap2::MmapOptions" [map map_mut map_copy] { .cheap().source("docs.rs/memmap2") }
    blocks (Io) "fs2::FileExt" [lock_exclusive lock_shared allocate] {
        .note("waits for as long as another process holds the lock").source("docs.rs/fs2 FileExt")
    }
    blocks (Io) "fs4::FileExt" [lock_exclusive lock_shared lock allocate] {
        .note("waits for as long as another process holds the lock").source("docs.rs/fs4 FileExt")
    }
    blocks (Io) "fs4::fs_std::FileExt" [lock_exclusive lock_shared allocate] {
        .note("waits for as long as another process holds the lock").source("docs.rs/fs4 FileExt")
    }
    blocks (Io) "libc" [flock fsync fdatasync] { .source("man 2 flock") }
    blocks (Io) "rustls_native_certs" [load_native_certs] { .source("docs.rs/rustls-native-certs") }
    blocks (Io) "which" [which which_in which_all which_global] { .source("docs.rs/which") }
    blocks (Io) "cargo_metadata::MetadataCommand" [exec] { .source("docs.rs/cargo_metadata MetadataCommand::exec") }
    blocks (Io) "sysinfo::System" [
        new_all refresh_all refresh_processes refresh_processes_specifics
    ] { .source("docs.rs/sysinfo System") }
    // One short file of the kernel's memory.
    blocks (Io) "sysinfo::System" [refresh_memory refresh_cpu_all refresh_cpu_usage] {
        .cheap().source("docs.rs/sysinfo System")
    }
    blocks (Io) "sysinfo::Disks" [new_with_refreshed_list refresh_list refresh] { .source("docs.rs/sysinfo Disks") }
    blocks (Io) "notify::Watcher" [watch] { .cheap().note("a recursive watch walks the tree").source("docs.rs/notify Watcher::watch") }
};
