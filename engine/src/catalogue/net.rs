//! Sockets and name lookups of std and of libraries that speak a protocol.

use super::entry::{Entry, Family::Io};
use super::table::table;

pub(super) const ENTRIES: &[Entry] = table! {
    blocks (Io) "std::net::TcpStream" [connect connect_timeout] { .has_async_api().source("tokio::net::TcpStream::connect") }
    blocks (Io) "std::net::TcpStream" [peek] { .has_async_api().source("tokio::net::TcpStream::peek") }
    blocks (Io) "std::net::TcpListener" [bind] { .cheap().has_async_api().source("tokio::net::TcpListener::bind") }
    blocks (Io) "std::net::TcpListener" [accept incoming] {
        .has_async_api().source("tokio::net::TcpListener::accept")
    }
    blocks (Io) "std::net::Incoming" [next] { .has_async_api().source("tokio::net::TcpListener::accept") }
    blocks (Io) "std::net::UdpSocket" [bind connect send send_to] { .cheap().has_async_api().source("tokio::net::UdpSocket") }
    blocks (Io) "std::net::UdpSocket" [recv recv_from peek peek_from] { .has_async_api().source("tokio::net::UdpSocket") }
    blocks (Io) "std::net::ToSocketAddrs" [to_socket_addrs] {
        .twin("tokio::net::lookup_host({&recv}).await", "tokio", "net")
        .note("gives an iterator of another type, and may order the addresses in another way")
        .source("tokio::net::lookup_host")
    }
    blocks (Io) "std::os::unix::net::UnixStream" [connect connect_addr] {
        .has_async_api().source("tokio::net::UnixStream::connect")
    }
    blocks (Io) "std::os::unix::net::UnixListener" [bind bind_addr] {
        .cheap().has_async_api().source("tokio::net::UnixListener::bind")
    }
    blocks (Io) "std::os::unix::net::UnixListener" [accept incoming] {
        .has_async_api().source("tokio::net::UnixListener::accept")
    }
    blocks (Io) "std::os::unix::net::Incoming" [next] { .has_async_api().source("tokio::net::UnixListener::accept") }
    blocks (Io) "std::os::unix::net::UnixDatagram" [bind connect send send_to] {
        .cheap().has_async_api().source("tokio::net::UnixDatagram")
    }
    blocks (Io) "std::os::unix::net::UnixDatagram" [recv recv_from] {
        .has_async_api().source("tokio::net::UnixDatagram")
    }

    blocks (Io) "dns_lookup" [lookup_host getaddrinfo] { .has_async_api().source("tokio::net::lookup_host") }
    blocks (Io) "dns_lookup" [lookup_addr getnameinfo] { .has_async_api().source("docs.rs/hickory-resolver") }
    // A socket of `socket2` blocks unless it was told not to: async code that made it non-blocking calls `connect` rightly.
    blocks (Io) "socket2::Socket" [connect_timeout] { .has_async_api().source("docs.rs/socket2 Socket") }
    blocks_on_handle (Io) "native_tls::TlsConnector" [connect] { .has_async_api().source("docs.rs/tokio-native-tls") }
    blocks_on_handle (Io) "native_tls::TlsAcceptor" [accept] { .has_async_api().source("docs.rs/tokio-native-tls") }

    // Mail and remote files.
    blocks (Io) "lettre::Transport" [send send_raw] { .has_async_api().source("docs.rs/lettre AsyncTransport::send") }
    blocks (Io) "lettre::SmtpTransport" [test_connection] { .has_async_api().source("docs.rs/lettre AsyncSmtpTransport") }
    blocks (Io) "imap" [connect connect_starttls] { .has_async_api().source("docs.rs/async-imap") }
    blocks (Io) "imap::Client" [login authenticate] { .has_async_api().source("docs.rs/async-imap") }
    blocks (Io) "imap::Session" [
        select examine fetch uid_fetch search uid_search store uid_store copy uid_copy list append expunge logout noop
    ] { .has_async_api().source("docs.rs/async-imap Session") }
    blocks (Io) "ssh2::Session" [
        handshake userauth_password userauth_agent userauth_pubkey_file userauth_pubkey_memory userauth_keyboard_interactive
        channel_session channel_direct_tcpip sftp scp_recv scp_send keepalive_send disconnect
    ] { .has_async_api().source("docs.rs/russh") }
    blocks (Io) "ssh2::Channel" [exec shell subsystem request_pty send_eof wait_eof close wait_close] {
        .has_async_api().source("docs.rs/russh")
    }
    blocks (Io) "ssh2::Sftp" [
        open open_mode create opendir readdir mkdir rmdir stat lstat setstat symlink readlink realpath rename unlink
    ] { .has_async_api().source("docs.rs/russh-sftp") }
    blocks (Io) "suppaftp::FtpStream" [
        connect connect_timeout login quit cwd cdup pwd mkdir rmdir rm list nlst mlsd mlst size mdtm rename transfer_type
        retr retr_as_buffer retr_as_stream finalize_retr_stream put_file put_with_stream finalize_put_stream append_file noop
    ] { .has_async_api().source("docs.rs/suppaftp AsyncFtpStream") }
    blocks (Io) "ldap3::LdapConn" [
        new with_settings from_url simple_bind sasl_external_bind search streaming_search add compare delete modify
        modifydn extended unbind abandon
    ] { .has_async_api().source("docs.rs/ldap3 LdapConnAsync") }

    // The desktop: a message over a local socket, and its answer.
    blocks (Io) "hyprland::shared::HyprData" [get] { .cheap().has_async_api().source("docs.rs/hyprland HyprData::get_async") }
    blocks (Io) "hyprland::shared::HyprDataActive" [get_active] {
        .cheap().has_async_api().source("docs.rs/hyprland HyprDataActive::get_active_async")
    }
    blocks (Io) "hyprland::shared::HyprDataActiveOptional" [get_active] {
        .cheap().has_async_api().source("docs.rs/hyprland HyprDataActiveOptional::get_active_async")
    }
    blocks (Io) "hyprland::dispatch::Dispatch" [call] {
        .cheap()
        .twin("hyprland::dispatch::Dispatch::call_async({args}).await", "hyprland", "")
        .source("docs.rs/hyprland Dispatch::call_async")
    }
    blocks (Io) "zbus::blocking::Connection" [session system call_method request_name] {
        .has_async_api().source("docs.rs/zbus Connection")
    }
    blocks (Io) "zbus::blocking::Proxy" [call call_method call_noreply get_property set_property] {
        .has_async_api().source("docs.rs/zbus Proxy")
    }

    // Messages.
    blocks (Io) "tungstenite" [connect] { .has_async_api().source("docs.rs/tokio-tungstenite connect_async") }
    blocks (Io) "tungstenite::client" [connect connect_with_config] {
        .has_async_api().source("docs.rs/tokio-tungstenite connect_async")
    }
    blocks_on_handle (Io) "tungstenite" [client accept accept_hdr] { .has_async_api().source("docs.rs/tokio-tungstenite accept_async") }
    blocks_on_handle (Io) "tungstenite::WebSocket" [read read_message send write_message flush] {
        .has_async_api().source("docs.rs/tokio-tungstenite WebSocketStream")
    }
    blocks (Io) "kafka::consumer::Consumer" [poll commit_consumed] { .has_async_api().source("docs.rs/rdkafka StreamConsumer") }
    blocks (Io) "kafka::producer::Producer" [send send_all] { .has_async_api().source("docs.rs/rdkafka FutureProducer") }
    blocks (Io) "rdkafka::consumer::BaseConsumer" [poll] { .has_async_api().source("docs.rs/rdkafka StreamConsumer") }
    blocks (Io) "rdkafka::producer::Producer" [flush] { .has_async_api().source("docs.rs/rdkafka FutureProducer") }
    blocks (Io) "rdkafka::consumer::Consumer" [fetch_metadata fetch_watermarks fetch_group_list] { .source("docs.rs/rdkafka Consumer") }
    blocks (Io) "zmq::Socket" [recv recv_into recv_bytes recv_string recv_multipart recv_msg send send_multipart send_str poll] {
        .has_async_api().source("docs.rs/zeromq")
    }
    blocks (Io) "nats" [connect] { .has_async_api().source("docs.rs/async-nats") }
    blocks (Io) "nats::Connection" [request request_timeout request_multi flush drain] { .has_async_api().source("docs.rs/async-nats") }
    blocks (Io) "nats::Subscription" [next next_timeout messages iter] { .has_async_api().source("docs.rs/async-nats") }
    blocks (Io) "amiquip::Connection" [open insecure_open open_channel close] { .has_async_api().source("docs.rs/lapin") }
    blocks (Io) "rumqttc::Client" [publish subscribe subscribe_many unsubscribe disconnect] {
        .has_async_api().source("docs.rs/rumqttc AsyncClient")
    }
    blocks (Io) "rumqttc::Connection" [recv recv_timeout] { .has_async_api().source("docs.rs/rumqttc EventLoop::poll") }
    blocks (Io) "paho_mqtt::Client" [
        connect reconnect disconnect publish subscribe subscribe_many unsubscribe unsubscribe_many
    ] { .has_async_api().source("docs.rs/paho-mqtt AsyncClient") }
};
