//! Engines that are given a script, a model, a picture or a table, and compute over it.

use crate::bucket::Size::{Bounded, Input};

use super::entry::{Entry, Family::Io};
use super::table::table;

pub(super) const ENTRIES: &[Entry] = table! {
    // Scripts run as long as they are written to.
    computes (Input) "mlua::Chunk" [exec eval call] { .source("docs.rs/mlua Chunk; `exec_async` and its kin are for functions that await") }
    computes (Input) "rhai::Engine" [eval eval_with_scope eval_file eval_file_with_scope run run_with_scope run_file call_fn] {
        .source("docs.rs/rhai Engine")
    }
    computes (Input) "boa_engine::Context" [eval] { .source("docs.rs/boa_engine Context::eval") }

    // One inference takes milliseconds to seconds, on threads of the engine's own.
    computes (Bounded) "ort::session::Session" [run] { .source("docs.rs/ort session::Session::run") }
    computes (Bounded) "tch::CModule" [forward_ts forward_is method_ts] { .source("docs.rs/tch CModule") }
    computes (Bounded) "whisper_rs::WhisperState" [full encode decode] { .source("docs.rs/whisper-rs WhisperState") }
    computes (Input) "tokenizers::Tokenizer" [encode_batch decode_batch train_from_files] { .source("docs.rs/tokenizers Tokenizer") }
    computes (Input) "fastembed::TextEmbedding" [embed] { .source("docs.rs/fastembed TextEmbedding::embed") }

    // Text in pictures, and pictures as matrices.
    computes (Input) "tesseract::Tesseract" [recognize get_text] { .source("docs.rs/tesseract Tesseract") }
    computes (Input) "leptess::LepTess" [get_utf8_text] { .source("docs.rs/leptess LepTess") }
    computes (Input) "opencv::imgcodecs" [imread imwrite imdecode imencode] { .source("docs.rs/opencv imgcodecs") }
    computes (Input) "opencv::imgproc" [resize cvt_color gaussian_blur canny warp_affine] { .source("docs.rs/opencv imgproc") }

    // Tables as a whole.
    computes (Input) "polars::prelude::LazyFrame" [collect fetch sink_parquet sink_csv] { .source("docs.rs/polars prelude::LazyFrame") }
    computes (Input) "polars::prelude::CsvReader" [finish] { .source("docs.rs/polars prelude::CsvReader") }
    computes (Input) "polars::prelude::ParquetReader" [finish] { .source("docs.rs/polars prelude::ParquetReader") }
    computes (Input) "parquet::arrow::ArrowWriter" [write flush close finish] { .source("docs.rs/parquet arrow::ArrowWriter") }

    // Names of users and groups can come from a directory on the network.
    blocks (Io) "users" [get_user_by_name get_user_by_uid get_group_by_name get_group_by_gid get_user_groups] { .cheap().source("docs.rs/users") }
    blocks (Io) "uzers" [get_user_by_name get_user_by_uid get_group_by_name get_group_by_gid get_user_groups] { .cheap().source("docs.rs/uzers") }
    blocks (Io) "nix::unistd::User" [from_name from_uid] { .cheap().source("docs.rs/nix unistd::User") }
    blocks (Io) "nix::unistd::Group" [from_name from_gid] { .cheap().source("docs.rs/nix unistd::Group") }

    // Short for what they usually get; large input is for a rule that has evidence of its size.
    leave () "tera::Tera" [render render_str] { .source("docs.rs/tera Tera") }
    leave () "handlebars::Handlebars" [render render_template] { .source("docs.rs/handlebars Handlebars") }
    leave () "minijinja::Template" [render] { .source("docs.rs/minijinja Template") }
    leave () "askama::Template" [render] { .source("docs.rs/askama Template") }
    leave () "mailparse" [parse_mail parse_headers] { .source("docs.rs/mailparse") }
    leave () "mail_parser::MessageParser" [parse] { .source("docs.rs/mail-parser MessageParser") }
    leave () "roxmltree::Document" [parse] { .source("docs.rs/roxmltree Document") }
    leave () "quick_xml::de" [from_str] { .source("docs.rs/quick-xml de") }
    leave () "postcard" [from_bytes to_allocvec to_stdvec] { .source("docs.rs/postcard") }
    leave () "prost::Message" [decode encode encode_to_vec] { .source("docs.rs/prost Message") }
    leave () "similar::TextDiff" [from_lines from_words from_chars] { .source("docs.rs/similar TextDiff") }
    leave () "aho_corasick::AhoCorasick" [new find find_iter is_match replace_all] { .source("docs.rs/aho-corasick AhoCorasick") }
    leave () "hostname" [get] { .source("docs.rs/hostname") }
    leave () "whoami" [username hostname realname devicename] { .source("docs.rs/whoami") }
};
