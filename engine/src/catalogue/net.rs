//! Sockets, names and byte streams of std.

use super::entry::{Entry, Family::Io};

const NET: &str = "docs.rs/tokio net";

/// Has an async form whose type differs.
const fn other_type(path: &'static str) -> Entry {
    Entry::blocks(Io, path).has_async_api().source(NET)
}

/// A method of `Read`, `Write`, `BufRead` or `Seek`: it blocks as the type that it is called on does.
const fn stream(path: &'static str) -> Entry {
    Entry::blocks_on_handle(Io, path).has_async_api().source("docs.rs/tokio io: AsyncReadExt, AsyncWriteExt")
}

/// Reads or writes a handle to its end, and has no async form.
const fn over_handle(path: &'static str) -> Entry {
    Entry::blocks_on_handle(Io, path).source("reference 179, 209, 212")
}

pub(super) const ENTRIES: &[Entry] = &[
    Entry::handle("std::net::TcpStream"),
    Entry::handle("std::net::UdpSocket"),
    Entry::handle("std::os::unix::net::UnixStream"),
    Entry::handle("std::io::Stdin"),
    Entry::handle("std::io::StdinLock"),
    Entry::handle("std::io::PipeReader"),
    Entry::handle("std::io::PipeWriter"),
    Entry::handle("os_pipe::PipeReader"),
    Entry::handle("os_pipe::PipeWriter"),
    other_type("std::net::TcpStream::connect"),
    other_type("std::net::TcpStream::connect_timeout"),
    other_type("std::net::TcpStream::peek"),
    other_type("std::net::TcpListener::bind").cheap(),
    other_type("std::net::TcpListener::accept"),
    other_type("std::net::TcpListener::incoming"),
    other_type("std::net::UdpSocket::bind").cheap(),
    other_type("std::net::UdpSocket::connect").cheap(),
    other_type("std::net::UdpSocket::recv"),
    other_type("std::net::UdpSocket::recv_from"),
    other_type("std::net::UdpSocket::send").cheap(),
    other_type("std::net::UdpSocket::send_to").cheap(),
    other_type("std::os::unix::net::UnixStream::connect").cheap(),
    other_type("std::os::unix::net::UnixListener::bind").cheap(),
    other_type("std::os::unix::net::UnixListener::accept"),
    other_type("std::os::unix::net::UnixListener::incoming"),
    other_type("std::os::unix::net::UnixDatagram::recv"),
    other_type("std::os::unix::net::UnixDatagram::recv_from"),
    other_type("std::net::ToSocketAddrs::to_socket_addrs").source("docs.rs/tokio net::lookup_host"),
    other_type("dns_lookup::lookup_host").source("reference 60"),
    other_type("dns_lookup::lookup_addr").source("reference 60"),
    other_type("socket2::Socket::connect").source("reference 61"),
    other_type("socket2::Socket::accept").source("reference 61"),
    other_type("socket2::Socket::recv").source("reference 61"),
    other_type("native_tls::TlsConnector::connect").source("reference 62"),
    stream("std::io::Read::read"),
    stream("std::io::Read::read_exact"),
    stream("std::io::Read::read_to_end"),
    stream("std::io::Read::read_to_string"),
    stream("std::io::Read::read_vectored"),
    stream("std::io::Write::write"),
    stream("std::io::Write::write_all"),
    stream("std::io::Write::write_vectored"),
    stream("std::io::Write::flush"),
    stream("std::io::Seek::seek"),
    stream("std::io::Seek::rewind"),
    stream("std::io::BufRead::read_line"),
    stream("std::io::BufRead::read_until"),
    stream("std::io::BufRead::lines"),
    stream("std::io::BufRead::split"),
    stream("std::io::BufRead::fill_buf"),
    stream("std::io::copy"),
    stream("std::io::read_to_string"),
    other_type("std::io::Stdin::read_line").source("docs.rs/tokio io::stdin: for interactive use a thread"),
    other_type("std::io::Stdin::lines").source("docs.rs/tokio io::stdin: for interactive use a thread"),
    over_handle("serde_json::from_reader"),
    over_handle("serde_json::to_writer"),
    over_handle("serde_json::to_writer_pretty"),
    over_handle("serde_yaml::from_reader"),
    over_handle("serde_yaml::to_writer"),
    over_handle("serde_yml::from_reader"),
    over_handle("ron::de::from_reader"),
    over_handle("plist::from_reader"),
    over_handle("ciborium::from_reader"),
    over_handle("ciborium::into_writer"),
    over_handle("bincode::deserialize_from"),
    over_handle("bincode::serialize_into"),
    over_handle("rmp_serde::from_read"),
    over_handle("zip::ZipArchive::new"),
    over_handle("zip::ZipArchive::extract"),
    over_handle("tar::Archive::unpack"),
    over_handle("tar::Archive::entries"),
    over_handle("tar::Builder::append_path"),
    over_handle("tar::Builder::append_dir_all"),
    over_handle("csv::Reader::deserialize"),
    over_handle("csv::Reader::records"),
    over_handle("csv::Writer::serialize"),
    over_handle("csv::Writer::flush"),
    over_handle("xml::EventReader::new"),
    Entry::blocks(Io, "csv::Reader::from_path").source("reference 179"),
    Entry::blocks(Io, "csv::Writer::from_path").source("reference 179"),
    Entry::blocks(Io, "plist::from_file").source("reference 210"),
];
