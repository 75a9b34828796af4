//! Child processes, terminals, prompts, and other things outside the program that are waited for.

use super::entry::{Entry, Family::Io};
use super::table::table;

pub(super) const ENTRIES: &[Entry] = table! {
    // The async form starts at another builder, so that the type changes from there on.
    blocks (Io) "std::process::Command" [output status] { .has_async_api().source("tokio::process::Command") }
    blocks (Io) "std::process::Command" [spawn] { .cheap().has_async_api().source("tokio::process::Command::spawn") }
    blocks (Io) "std::process::Child" [wait wait_with_output] { .has_async_api().source("tokio::process::Child") }
    blocks (Io) "std::process::Child" [kill] { .cheap().has_async_api().source("tokio::process::Child::start_kill") }
    blocks (Io) "wait_timeout::ChildExt" [wait_timeout wait_timeout_ms] {
        .has_async_api().source("tokio::process::Child::wait")
    }
    blocks (Io) "libc" [waitpid wait wait4 system] { .has_async_api().source("man 2 waitpid") }
    blocks (Io) "nix::sys::wait" [waitpid wait waitid] { .has_async_api().source("docs.rs/nix sys::wait") }
    blocks (Io) "duct::Expression" [run read reader] { .has_async_api().source("docs.rs/duct") }
    blocks (Io) "duct::Expression" [start] { .cheap().has_async_api().source("docs.rs/duct") }
    blocks (Io) "duct::Handle" [wait wait_timeout wait_deadline into_output kill] { .has_async_api().source("docs.rs/duct") }
    blocks (Io) "xshell::Cmd" [run read read_stderr output] { .has_async_api().source("docs.rs/xshell Cmd") }
    blocks (Io) "xshell::Shell" [
        read_file read_binary_file read_dir write_file copy_file hard_link create_dir remove_path
    ] { .has_async_api().source("docs.rs/xshell Shell") }
    blocks (Io) "subprocess::Exec" [join capture popen communicate stream_stdout stream_stderr stream_stdin] {
        .has_async_api().source("docs.rs/subprocess Exec")
    }
    blocks (Io) "subprocess::Popen" [wait wait_timeout communicate] { .has_async_api().source("docs.rs/subprocess Popen") }
    blocks (Io) "subprocess::Pipeline" [join capture popen communicate] { .has_async_api().source("docs.rs/subprocess Pipeline") }

    // Terminal: a person decides how long it takes.
    blocks (Io) "crossterm::event" [read poll] { .has_async_api().source("docs.rs/crossterm event::EventStream") }
    blocks (Io) "rustyline::Editor" [readline readline_with_initial] { .source("docs.rs/rustyline Editor") }
    blocks (Io) "rpassword" [read_password prompt_password] { .source("docs.rs/rpassword") }
    blocks (Io) "dialoguer::Confirm" [interact interact_opt interact_on] { .source("docs.rs/dialoguer") }
    blocks (Io) "dialoguer::Input" [interact interact_text interact_on] { .source("docs.rs/dialoguer") }
    blocks (Io) "dialoguer::Password" [interact interact_on] { .source("docs.rs/dialoguer") }
    blocks (Io) "dialoguer::Select" [interact interact_opt interact_on] { .source("docs.rs/dialoguer") }
    blocks (Io) "dialoguer::MultiSelect" [interact interact_opt interact_on] { .source("docs.rs/dialoguer") }
    blocks (Io) "dialoguer::FuzzySelect" [interact interact_opt interact_on] { .source("docs.rs/dialoguer") }
    blocks (Io) "dialoguer::Sort" [interact interact_opt interact_on] { .source("docs.rs/dialoguer") }
    blocks (Io) "dialoguer::Editor" [edit] { .source("docs.rs/dialoguer") }
    blocks (Io) "inquire::Text" [prompt prompt_skippable] { .source("docs.rs/inquire") }
    blocks (Io) "inquire::Confirm" [prompt prompt_skippable] { .source("docs.rs/inquire") }
    blocks (Io) "inquire::Select" [prompt prompt_skippable raw_prompt] { .source("docs.rs/inquire") }
    blocks (Io) "inquire::MultiSelect" [prompt prompt_skippable raw_prompt] { .source("docs.rs/inquire") }
    blocks (Io) "inquire::Password" [prompt prompt_skippable] { .source("docs.rs/inquire") }
    blocks (Io) "inquire::CustomType" [prompt prompt_skippable] { .source("docs.rs/inquire") }

    // Desktop.
    blocks (Io) "rfd::FileDialog" [pick_file pick_files pick_folder pick_folders save_file] {
        .has_async_api().note("has to run on the main thread on macOS").source("docs.rs/rfd AsyncFileDialog")
    }
    blocks (Io) "rfd::MessageDialog" [show] {
        .has_async_api().note("has to run on the main thread on macOS").source("docs.rs/rfd AsyncMessageDialog")
    }
    blocks (Io) "webbrowser" [open open_browser open_browser_with_options] { .source("docs.rs/webbrowser") }
    blocks (Io) "opener" [open open_browser reveal] { .source("docs.rs/opener") }
    blocks (Io) "notify_rust::Notification" [show] { .has_async_api().source("docs.rs/notify-rust Notification::show_async") }
    blocks (Io) "arboard::Clipboard" [new get_text set_text get_image set_image] { .source("docs.rs/arboard") }
    blocks (Io) "keyring::Entry" [get_password set_password get_secret set_secret delete_credential] {
        .note("may ask the user").source("docs.rs/keyring Entry")
    }
    blocks (Io) "headless_chrome::Browser" [new new_tab wait_for_initial_tab] { .has_async_api().source("docs.rs/chromiumoxide") }
    blocks (Io) "headless_chrome::Tab" [
        navigate_to wait_until_navigated wait_for_element wait_for_element_with_custom_timeout wait_for_elements find_element
        find_elements capture_screenshot print_to_pdf evaluate get_content reload close click_point type_str
    ] { .has_async_api().source("docs.rs/chromiumoxide") }
    blocks (Io) "rodio::Sink" [sleep_until_end] { .source("docs.rs/rodio Sink::sleep_until_end") }

    // Devices.
    blocks (Io) "serialport::SerialPortBuilder" [open open_native] { .cheap().has_async_api().source("docs.rs/tokio-serial") }
    blocks (Io) "hidapi::HidDevice" [read read_timeout write send_feature_report get_feature_report] { .source("docs.rs/hidapi") }
    blocks (Io) "rusb::DeviceHandle" [
        read_bulk read_interrupt read_control write_bulk write_interrupt write_control
    ] { .source("docs.rs/rusb DeviceHandle") }
    blocks (Io) "evdev::Device" [fetch_events] { .has_async_api().source("docs.rs/evdev Device::into_event_stream") }
    blocks (Io) "pcap::Capture" [next_packet] { .has_async_api().source("docs.rs/pcap Capture::stream") }
    blocks (Io) "inotify::Inotify" [read_events_blocking] { .has_async_api().source("docs.rs/inotify Inotify::into_event_stream") }
};
