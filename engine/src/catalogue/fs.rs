//! Files and folders of std, and libraries that stand for them.

use super::entry::{Entry, Family::Io};

const TOKIO_FS: &str = "docs.rs/tokio fs: each call is one hop to the blocking pool";

/// A free function of `std::fs` with the same function in `tokio::fs`.
const fn function(path: &'static str, twin: &'static str) -> Entry {
    Entry::blocks(Io, path).twin(twin, "tokio", "fs").source(TOKIO_FS)
}

/// A method of `Path` that is a function of `tokio::fs`.
const fn of_path(path: &'static str, twin: &'static str) -> Entry {
    Entry::blocks(Io, path).cheap().twin(twin, "tokio", "fs").source(TOKIO_FS)
}

/// Has an async form whose type differs, so that the code around the call has to change with it.
const fn other_type(path: &'static str) -> Entry {
    Entry::blocks(Io, path).has_async_api().source(TOKIO_FS)
}

/// Has no async form.
const fn alone(path: &'static str) -> Entry {
    Entry::blocks(Io, path).source("reference, bucket 3")
}

pub(super) const ENTRIES: &[Entry] = &[
    function("std::fs::read", "tokio::fs::read({args}).await"),
    function("std::fs::read_to_string", "tokio::fs::read_to_string({args}).await"),
    function("std::fs::write", "tokio::fs::write({args}).await"),
    function("std::fs::copy", "tokio::fs::copy({args}).await"),
    function("std::fs::rename", "tokio::fs::rename({args}).await").cheap(),
    function("std::fs::remove_file", "tokio::fs::remove_file({args}).await").cheap(),
    function("std::fs::remove_dir", "tokio::fs::remove_dir({args}).await").cheap(),
    function("std::fs::remove_dir_all", "tokio::fs::remove_dir_all({args}).await"),
    function("std::fs::create_dir", "tokio::fs::create_dir({args}).await").cheap(),
    function("std::fs::create_dir_all", "tokio::fs::create_dir_all({args}).await").cheap(),
    function("std::fs::metadata", "tokio::fs::metadata({args}).await").cheap(),
    function("std::fs::symlink_metadata", "tokio::fs::symlink_metadata({args}).await").cheap(),
    function("std::fs::canonicalize", "tokio::fs::canonicalize({args}).await").cheap(),
    function("std::fs::read_link", "tokio::fs::read_link({args}).await").cheap(),
    function("std::fs::hard_link", "tokio::fs::hard_link({args}).await").cheap(),
    function("std::fs::set_permissions", "tokio::fs::set_permissions({args}).await").cheap(),
    function("std::fs::exists", "tokio::fs::try_exists({args}).await").cheap(),
    function("std::os::unix::fs::symlink", "tokio::fs::symlink({args}).await").cheap(),
    function("std::os::windows::fs::symlink_file", "tokio::fs::symlink_file({args}).await").cheap(),
    function("std::os::windows::fs::symlink_dir", "tokio::fs::symlink_dir({args}).await").cheap(),
    other_type("std::fs::soft_link").cheap(),
    other_type("std::fs::read_dir"),
    other_type("std::fs::DirEntry::metadata").cheap(),
    other_type("std::fs::DirEntry::file_type").cheap(),
    other_type("std::fs::DirBuilder::create").cheap(),
    of_path("std::path::Path::exists", "tokio::fs::try_exists({&recv}).await.unwrap_or(false)"),
    of_path("std::path::Path::try_exists", "tokio::fs::try_exists({&recv}).await"),
    of_path(
        "std::path::Path::is_file",
        "tokio::fs::metadata({&recv}).await.is_ok_and(|metadata| metadata.is_file())",
    ),
    of_path(
        "std::path::Path::is_dir",
        "tokio::fs::metadata({&recv}).await.is_ok_and(|metadata| metadata.is_dir())",
    ),
    of_path(
        "std::path::Path::is_symlink",
        "tokio::fs::symlink_metadata({&recv}).await.is_ok_and(|metadata| metadata.is_symlink())",
    ),
    of_path("std::path::Path::metadata", "tokio::fs::metadata({&recv}).await"),
    of_path("std::path::Path::symlink_metadata", "tokio::fs::symlink_metadata({&recv}).await"),
    of_path("std::path::Path::canonicalize", "tokio::fs::canonicalize({&recv}).await"),
    of_path("std::path::Path::read_link", "tokio::fs::read_link({&recv}).await"),
    other_type("std::path::Path::read_dir"),
    // Handles: every later use of the value changes with its type.
    Entry::handle("std::fs::File"),
    other_type("std::fs::File::open").cheap(),
    other_type("std::fs::File::create").cheap(),
    other_type("std::fs::File::create_new").cheap(),
    other_type("std::fs::OpenOptions::open").cheap(),
    other_type("std::fs::File::sync_all"),
    other_type("std::fs::File::sync_data"),
    other_type("std::fs::File::set_len").cheap(),
    other_type("std::fs::File::metadata").cheap(),
    other_type("std::fs::File::set_permissions").cheap(),
    alone("std::fs::File::lock"),
    alone("std::fs::File::lock_shared"),
    alone("std::os::unix::fs::FileExt::read_at"),
    alone("std::os::unix::fs::FileExt::read_exact_at"),
    alone("std::os::unix::fs::FileExt::write_at"),
    alone("std::os::unix::fs::FileExt::write_all_at"),
    // Walks and bulk work.
    alone("walkdir::WalkDir::new"),
    alone("ignore::Walk::new"),
    alone("ignore::WalkBuilder::build"),
    alone("glob::glob"),
    alone("glob::glob_with"),
    alone("globwalk::glob"),
    alone("fs_extra::dir::copy"),
    alone("fs_extra::dir::move_dir"),
    alone("fs_extra::dir::get_size"),
    alone("fs_extra::file::copy"),
    alone("fs_extra::copy_items"),
    alone("fs_extra::move_items"),
    alone("tempfile::NamedTempFile::new").cheap(),
    alone("tempfile::NamedTempFile::new_in").cheap(),
    alone("tempfile::NamedTempFile::persist").cheap(),
    alone("tempfile::TempDir::new").cheap(),
    alone("tempfile::TempDir::close"),
    alone("tempfile::tempdir").cheap(),
    alone("tempfile::tempfile").cheap(),
    alone("tempfile::Builder::tempfile").cheap(),
    alone("tempfile::Builder::tempdir").cheap(),
    alone("fs2::FileExt::lock_exclusive"),
    alone("fs2::FileExt::lock_shared"),
    alone("fs4::fs_std::FileExt::lock_exclusive"),
    alone("fs4::fs_std::FileExt::lock_shared"),
    alone("memmap2::Mmap::map").cheap(),
    alone("memmap2::MmapOptions::map").cheap(),
    alone("sysinfo::System::new_all"),
    alone("sysinfo::System::refresh_all"),
    alone("sysinfo::System::refresh_processes"),
    alone("rustls_native_certs::load_native_certs"),
    alone("which::which").cheap(),
    alone("cargo_metadata::MetadataCommand::exec"),
    alone("notify::Watcher::watch").cheap(),
    // `fs_err` wraps `std::fs` and has Tokio forms of its own.
    Entry::blocks(Io, "fs_err::read")
        .twin("fs_err::tokio::read({args}).await", "fs-err", "tokio")
        .source("docs.rs/fs-err tokio"),
    Entry::blocks(Io, "fs_err::read_to_string")
        .twin("fs_err::tokio::read_to_string({args}).await", "fs-err", "tokio")
        .source("docs.rs/fs-err tokio"),
    Entry::blocks(Io, "fs_err::write")
        .twin("fs_err::tokio::write({args}).await", "fs-err", "tokio")
        .source("docs.rs/fs-err tokio"),
    Entry::blocks(Io, "fs_err::copy")
        .twin("fs_err::tokio::copy({args}).await", "fs-err", "tokio")
        .source("docs.rs/fs-err tokio"),
    Entry::blocks(Io, "fs_err::create_dir_all")
        .cheap()
        .twin("fs_err::tokio::create_dir_all({args}).await", "fs-err", "tokio")
        .source("docs.rs/fs-err tokio"),
    Entry::blocks(Io, "fs_err::remove_file")
        .cheap()
        .twin("fs_err::tokio::remove_file({args}).await", "fs-err", "tokio")
        .source("docs.rs/fs-err tokio"),
    Entry::blocks(Io, "fs_err::remove_dir_all")
        .twin("fs_err::tokio::remove_dir_all({args}).await", "fs-err", "tokio")
        .source("docs.rs/fs-err tokio"),
    Entry::blocks(Io, "fs_err::rename")
        .cheap()
        .twin("fs_err::tokio::rename({args}).await", "fs-err", "tokio")
        .source("docs.rs/fs-err tokio"),
    Entry::blocks(Io, "fs_err::metadata")
        .cheap()
        .twin("fs_err::tokio::metadata({args}).await", "fs-err", "tokio")
        .source("docs.rs/fs-err tokio"),
    other_type("fs_err::read_dir"),
    Entry::handle("fs_err::File"),
    other_type("fs_err::File::open").cheap(),
    other_type("fs_err::File::create").cheap(),
    Entry::blocks(Io, "actix_files::NamedFile::open")
        .cheap()
        .twin("actix_files::NamedFile::open_async({args}).await", "actix-files", "")
        .source("docs.rs/actix-files NamedFile::open_async"),
];
