//! Files, pipes and standard input once they are open: the types, and the reads and writes that block on them.
//!
//! Memory has the same traits and never blocks. Standard output is no handle here: a line to the terminal is left alone.

use super::entry::{Entry, Family::Io};
use super::table::table;

/// A wrapper with a handle among its type arguments, as `BufReader<File>` or a TLS stream over a socket, is a handle by that.
pub(super) const TYPES: &[Entry] = table! {
    handle () "std::fs" [File] { .source("std::fs::File") }
    handle () "std::net" [TcpStream UdpSocket] { .source("std::net") }
    handle () "std::os::unix::net" [UnixStream UnixDatagram] { .source("std::os::unix::net") }
    handle () "std::process" [ChildStdin ChildStdout ChildStderr] { .source("std::process") }
    handle () "std::io" [Stdin StdinLock PipeReader PipeWriter] { .source("std::io") }
    handle () "os_pipe" [PipeReader PipeWriter] { .source("docs.rs/os_pipe") }
    handle () "fs_err" [File] { .source("docs.rs/fs-err File") }
    handle () "duct" [ReaderHandle] { .source("docs.rs/duct ReaderHandle") }
    handle () "ssh2" [Channel File Stream] { .source("docs.rs/ssh2") }
    handle () "serialport" [TTYPort COMPort] { .source("docs.rs/serialport") }
    // Drives an async reader from sync code.
    handle () "tokio_util::io" [SyncIoBridge] { .source("tokio_util::io::SyncIoBridge") }
};

/// Methods of the traits of `std::io`, and functions that read or write through them.
pub(super) const TRANSFERS: &[Entry] = table! {
    blocks_on_handle (Io) "std::io::Read" [
        read read_exact read_to_end read_to_string read_vectored bytes
    ] { .has_async_api().source("tokio::io::AsyncReadExt") }
    blocks_on_handle (Io) "std::io::Write" [write write_all write_vectored write_fmt flush] {
        .has_async_api().source("tokio::io::AsyncWriteExt")
    }
    blocks_on_handle (Io) "std::io::BufRead" [fill_buf read_line read_until skip_until lines split] {
        .has_async_api().source("tokio::io::AsyncBufReadExt")
    }
    blocks_on_handle (Io) "std::io::Seek" [seek rewind stream_position seek_relative] {
        .cheap().has_async_api().source("tokio::io::AsyncSeekExt")
    }
    blocks_on_handle (Io) "std::io::Lines" [next] { .has_async_api().source("tokio::io::Lines::next_line") }
    blocks_on_handle (Io) "std::io::Split" [next] { .has_async_api().source("tokio::io::Split::next_segment") }
    blocks_on_handle (Io) "std::io::Bytes" [next] { .has_async_api().source("tokio::io::AsyncReadExt") }
    blocks_on_handle (Io) "std::io::BufWriter" [into_inner] { .has_async_api().source("tokio::io::AsyncWriteExt::flush") }
    blocks_on_handle (Io) "std::io" [copy] { .has_async_api().source("tokio::io::copy") }
    blocks_on_handle (Io) "std::io" [read_to_string] { .has_async_api().source("tokio::io::AsyncReadExt::read_to_string") }

    blocks (Io) "std::io::Stdin" [read_line lines] {
        .has_async_api()
        .note("`tokio::io::stdin` reads on a thread as well, and holds up the end of the runtime until the next line")
        .source("tokio::io::stdin")
    }

    // A file's own methods.
    blocks (Io) "std::fs::File" [sync_all sync_data] { .has_async_api().source("tokio::fs::File") }
    blocks (Io) "std::fs::File" [set_len metadata set_permissions try_clone] {
        .cheap().has_async_api().source("tokio::fs::File")
    }
    blocks (Io) "std::fs::File" [set_times set_modified] { .cheap().source("std::fs::File") }
    blocks (Io) "std::fs::File" [lock lock_shared] {
        .note("waits for as long as another process holds the lock").source("std::fs::File::lock")
    }
    blocks (Io) "std::os::unix::fs::FileExt" [read_at read_exact_at write_at write_all_at] {
        .source("std::os::unix::fs::FileExt")
    }
    blocks (Io) "std::os::windows::fs::FileExt" [seek_read seek_write] { .source("std::os::windows::fs::FileExt") }
    blocks (Io) "fs_err::File" [sync_all sync_data] { .has_async_api().source("docs.rs/fs-err tokio::File") }
    blocks (Io) "fs_err::File" [set_len metadata set_permissions try_clone] {
        .cheap().has_async_api().source("docs.rs/fs-err tokio::File")
    }

    // Parsers and archives over a reader or writer.
    blocks_on_handle (Io) "serde_json" [from_reader to_writer to_writer_pretty] { .source("docs.rs/serde_json from_reader") }
    blocks_on_handle (Io) "serde_json::Deserializer" [from_reader] { .source("docs.rs/serde_json Deserializer") }
    blocks_on_handle (Io) "serde_yaml" [from_reader to_writer] { .source("docs.rs/serde_yaml") }
    blocks_on_handle (Io) "ron::de" [from_reader] { .source("docs.rs/ron") }
    blocks_on_handle (Io) "plist" [from_reader to_writer_xml to_writer_binary] { .source("docs.rs/plist") }
    blocks_on_handle (Io) "quick_xml::de" [from_reader] { .source("docs.rs/quick-xml") }
    blocks_on_handle (Io) "bincode" [deserialize_from serialize_into] { .source("docs.rs/bincode") }
    blocks_on_handle (Io) "bincode" [decode_from_std_read encode_into_std_write] { .source("docs.rs/bincode") }
    blocks_on_handle (Io) "ciborium" [from_reader into_writer] { .source("docs.rs/ciborium") }
    blocks_on_handle (Io) "rmp_serde" [from_read] { .source("docs.rs/rmp-serde") }
    blocks_on_handle (Io) "rmp_serde::encode" [write write_named] { .source("docs.rs/rmp-serde") }
    blocks_on_handle (Io) "csv::Reader" [
        records into_records deserialize into_deserialize byte_records into_byte_records read_record read_byte_record
        headers byte_headers
    ] { .source("docs.rs/csv Reader") }
    blocks_on_handle (Io) "csv::Writer" [write_record write_field write_byte_record serialize flush] {
        .source("docs.rs/csv Writer")
    }
    blocks (Io) "csv::Reader" [from_path] { .source("docs.rs/csv Reader::from_path") }
    blocks (Io) "csv::ReaderBuilder" [from_path] { .source("docs.rs/csv ReaderBuilder::from_path") }
    blocks (Io) "csv::Writer" [from_path] { .source("docs.rs/csv Writer::from_path") }
    blocks (Io) "csv::WriterBuilder" [from_path] { .source("docs.rs/csv WriterBuilder::from_path") }
    blocks_on_handle (Io) "zip::ZipArchive" [new by_name by_index] { .source("docs.rs/zip ZipArchive") }
    blocks (Io) "zip::ZipArchive" [extract] { .source("docs.rs/zip ZipArchive::extract") }
    blocks_on_handle (Io) "zip::ZipWriter" [start_file add_directory finish] { .source("docs.rs/zip ZipWriter") }
    blocks (Io) "tar::Archive" [unpack] { .has_async_api().source("docs.rs/tar Archive::unpack") }
    blocks_on_handle (Io) "tar::Archive" [entries] { .has_async_api().source("docs.rs/tar Archive::entries") }
    blocks (Io) "tar::Entry" [unpack unpack_in] { .has_async_api().source("docs.rs/tar Entry") }
    blocks (Io) "tar::Builder" [append_path append_path_with_name append_dir_all append_file append_dir] {
        .has_async_api().source("docs.rs/tar Builder")
    }
    blocks_on_handle (Io) "tar::Builder" [append append_data finish into_inner] {
        .has_async_api().source("docs.rs/tar Builder")
    }
};
