//! Work that computes for long: by design, as the hash of a password does, or because its input can be of any size.
//!
//! What is short for the inputs that it usually gets, such as a checksum or a small JSON text, does not stand here.

use crate::bucket::Size::{Bounded, Input};

use super::entry::Entry;
use super::table::table;

/// Slow on purpose: tens to hundreds of milliseconds for one password.
pub(super) const PASSWORDS: &[Entry] = table! {
    computes (Bounded) "password_hash::PasswordHasher" [
        hash_password hash_password_customized hash_password_simple hash_password_with_salt hash_password_with_rng
    ] { .source("docs.rs/password-hash PasswordHasher") }
    computes (Bounded) "password_hash::CustomizedPasswordHasher" [hash_password_customized hash_password_with_params] {
        .source("docs.rs/password-hash CustomizedPasswordHasher")
    }
    computes (Bounded) "password_hash::PasswordVerifier" [verify_password] { .source("docs.rs/password-hash PasswordVerifier") }
    computes (Bounded) "argon2::PasswordHasher" [hash_password hash_password_customized hash_password_simple] {
        .source("docs.rs/argon2 PasswordHasher")
    }
    computes (Bounded) "argon2::PasswordVerifier" [verify_password] { .source("docs.rs/argon2 PasswordVerifier") }
    computes (Bounded) "argon2::Argon2" [hash_password_into hash_password_into_with_memory fill_memory] {
        .source("docs.rs/argon2 Argon2")
    }
    // The crate rust-argon2, whose library has the same name.
    computes (Bounded) "argon2" [hash_encoded hash_raw verify_encoded verify_encoded_ext verify_raw] { .source("docs.rs/rust-argon2") }
    computes (Bounded) "bcrypt" [
        hash hash_bytes hash_with_result hash_with_salt hash_with_salt_bytes verify bcrypt non_truncating_hash
        non_truncating_hash_bytes non_truncating_hash_with_result non_truncating_hash_with_salt non_truncating_verify
    ] { .source("docs.rs/bcrypt") }
    computes (Bounded) "scrypt" [scrypt] { .source("docs.rs/scrypt") }
    computes (Bounded) "pbkdf2" [pbkdf2 pbkdf2_array pbkdf2_hmac pbkdf2_hmac_array] { .source("docs.rs/pbkdf2") }
    computes (Bounded) "ring::pbkdf2" [derive verify] { .source("docs.rs/ring pbkdf2") }
    computes (Bounded) "aws_lc_rs::pbkdf2" [derive verify] { .source("docs.rs/aws-lc-rs pbkdf2") }
    computes (Bounded) "openssl::pkcs5" [pbkdf2_hmac scrypt] { .source("docs.rs/openssl pkcs5") }
    computes (Bounded) "sha_crypt" [
        sha256_simple sha256_check sha256_crypt sha256_crypt_b64 sha512_simple sha512_check sha512_crypt sha512_crypt_b64
    ] { .source("docs.rs/sha-crypt") }
    computes (Bounded) "sha_crypt::PasswordHasher" [hash_password hash_password_with_salt] { .source("docs.rs/sha-crypt PasswordHasher") }
    computes (Bounded) "sha_crypt::PasswordVerifier" [verify_password] { .source("docs.rs/sha-crypt PasswordVerifier") }
    computes (Bounded) "pwhash::bcrypt" [hash hash_with verify] { .source("docs.rs/pwhash bcrypt") }
    computes (Bounded) "pwhash::sha512_crypt" [hash hash_with verify] { .source("docs.rs/pwhash sha512_crypt") }
    computes (Bounded) "pwhash::unix" [crypt verify] { .source("docs.rs/pwhash unix") }
    computes (Bounded) "djangohashers" [make_password check_password check_password_tolerant] { .source("docs.rs/djangohashers") }
};

/// Keys that are searched for, and signatures of long ones.
pub(super) const KEYS: &[Entry] = table! {
    computes (Bounded) "rsa::RsaPrivateKey" [new new_with_exp sign sign_with_rng decrypt decrypt_blinded] { .source("docs.rs/rsa RsaPrivateKey") }
    computes (Bounded) "openssl::rsa::Rsa" [generate generate_with_e] { .source("docs.rs/openssl rsa::Rsa::generate") }
    computes (Bounded) "openssl::dh::Dh" [generate_params] { .source("docs.rs/openssl dh::Dh::generate_params") }
    computes (Bounded) "openssl::dsa::Dsa" [generate] { .source("docs.rs/openssl dsa::Dsa::generate") }
    computes (Bounded) "rcgen" [generate_simple_self_signed] { .source("docs.rs/rcgen generate_simple_self_signed") }
};

/// Compression of whole buffers.
pub(super) const COMPRESSION: &[Entry] = table! {
    computes (Input) "zstd" [encode_all decode_all] { .source("docs.rs/zstd encode_all") }
    computes (Input) "zstd::stream" [copy_encode copy_decode] { .source("docs.rs/zstd stream::copy_encode") }
    computes (Input) "zstd::bulk" [compress compress_to_buffer decompress decompress_to_buffer] { .source("docs.rs/zstd bulk") }
    computes (Input) "zstd::bulk::Compressor" [compress compress_to_buffer] { .source("docs.rs/zstd bulk::Compressor") }
    computes (Input) "zstd::bulk::Decompressor" [decompress decompress_to_buffer] { .source("docs.rs/zstd bulk::Decompressor") }
    computes (Input) "zstd::dict" [from_continuous from_samples from_sample_iterator] { .source("docs.rs/zstd dict") }
    computes (Input) "brotli" [BrotliCompress BrotliDecompress] { .source("docs.rs/brotli BrotliCompress") }
    computes (Input) "liblzma" [encode_all decode_all copy_encode copy_decode] { .source("docs.rs/liblzma") }
    computes (Input) "lz4_flex" [
        compress compress_into compress_prepend_size decompress decompress_into decompress_size_prepended
    ] { .source("docs.rs/lz4_flex") }
    computes (Input) "lz4_flex::block" [compress_prepend_size_with_dict compress_with_dict decompress_with_dict] { .source("docs.rs/lz4_flex block") }
    computes (Input) "snap::raw::Encoder" [compress compress_vec] { .source("docs.rs/snap raw::Encoder") }
    computes (Input) "snap::raw::Decoder" [decompress decompress_vec] { .source("docs.rs/snap raw::Decoder") }
    computes (Input) "flate2::write::GzEncoder" [finish try_finish] { .source("docs.rs/flate2 write::GzEncoder") }
    computes (Input) "flate2::write::GzDecoder" [finish try_finish] { .source("docs.rs/flate2 write::GzDecoder") }
    computes (Input) "flate2::write::ZlibEncoder" [finish try_finish flush_finish] { .source("docs.rs/flate2 write::ZlibEncoder") }
    computes (Input) "flate2::write::ZlibDecoder" [finish try_finish] { .source("docs.rs/flate2 write::ZlibDecoder") }
    computes (Input) "flate2::write::DeflateEncoder" [finish try_finish flush_finish] { .source("docs.rs/flate2 write::DeflateEncoder") }
    computes (Input) "flate2::write::DeflateDecoder" [finish try_finish] { .source("docs.rs/flate2 write::DeflateDecoder") }
    computes (Input) "flate2::Compress" [compress compress_vec] { .source("docs.rs/flate2 Compress") }
    computes (Input) "flate2::Decompress" [decompress decompress_vec] { .source("docs.rs/flate2 Decompress") }
    computes (Input) "zstd::stream::write::Encoder" [finish do_finish try_finish] { .source("docs.rs/zstd stream::write::Encoder") }
    computes (Input) "bzip2::write::BzEncoder" [finish try_finish] { .source("docs.rs/bzip2 write::BzEncoder") }
    computes (Input) "bzip2::write::BzDecoder" [finish try_finish] { .source("docs.rs/bzip2 write::BzDecoder") }
    computes (Input) "xz2::write::XzEncoder" [finish try_finish] { .source("docs.rs/xz2 write::XzEncoder") }
    computes (Input) "xz2::write::XzDecoder" [finish try_finish] { .source("docs.rs/xz2 write::XzDecoder") }
    computes (Input) "liblzma::write::XzEncoder" [finish try_finish] { .source("docs.rs/liblzma write::XzEncoder") }
    computes (Input) "liblzma::write::XzDecoder" [finish try_finish] { .source("docs.rs/liblzma write::XzDecoder") }
    computes (Input) "lz4_flex::frame::FrameEncoder" [finish try_finish] { .source("docs.rs/lz4_flex frame::FrameEncoder") }
};

/// Types whose reads and writes compress or decompress. Over memory they compute; over a file or socket they block.
pub(super) const ENCODERS: &[Entry] = table! {
    encoder () "flate2::read" [GzEncoder GzDecoder MultiGzDecoder ZlibEncoder ZlibDecoder DeflateEncoder DeflateDecoder] {
        .source("docs.rs/flate2 read")
    }
    encoder () "flate2::bufread" [GzEncoder GzDecoder MultiGzDecoder ZlibEncoder ZlibDecoder DeflateEncoder DeflateDecoder] {
        .source("docs.rs/flate2 bufread")
    }
    encoder () "flate2::write" [GzEncoder GzDecoder MultiGzDecoder ZlibEncoder ZlibDecoder DeflateEncoder DeflateDecoder] {
        .source("docs.rs/flate2 write")
    }
    encoder () "zstd::stream::read" [Encoder Decoder] { .source("docs.rs/zstd stream::read") }
    encoder () "zstd::stream::write" [Encoder Decoder AutoFinishEncoder] { .source("docs.rs/zstd stream::write") }
    encoder () "bzip2::read" [BzEncoder BzDecoder MultiBzDecoder] { .source("docs.rs/bzip2 read") }
    encoder () "bzip2::bufread" [BzEncoder BzDecoder MultiBzDecoder] { .source("docs.rs/bzip2 bufread") }
    encoder () "bzip2::write" [BzEncoder BzDecoder] { .source("docs.rs/bzip2 write") }
    encoder () "xz2::read" [XzEncoder XzDecoder] { .source("docs.rs/xz2 read") }
    encoder () "xz2::bufread" [XzEncoder XzDecoder] { .source("docs.rs/xz2 bufread") }
    encoder () "xz2::write" [XzEncoder XzDecoder] { .source("docs.rs/xz2 write") }
    encoder () "liblzma::read" [XzEncoder XzDecoder] { .source("docs.rs/liblzma read") }
    encoder () "liblzma::bufread" [XzEncoder XzDecoder] { .source("docs.rs/liblzma bufread") }
    encoder () "liblzma::write" [XzEncoder XzDecoder] { .source("docs.rs/liblzma write") }
    encoder () "brotli" [CompressorReader CompressorWriter Decompressor DecompressorWriter] { .source("docs.rs/brotli") }
    encoder () "lz4_flex::frame" [FrameEncoder FrameDecoder] { .source("docs.rs/lz4_flex frame") }
    encoder () "snap::read" [FrameEncoder FrameDecoder] { .source("docs.rs/snap read") }
    encoder () "snap::write" [FrameEncoder] { .source("docs.rs/snap write") }
};

/// Pictures: decoding, scaling and encoding take tens to hundreds of milliseconds.
pub(super) const IMAGES: &[Entry] = table! {
    computes (Input) "image" [open load load_from_memory load_from_memory_with_format save_buffer save_buffer_with_format] {
        .source("docs.rs/image")
    }
    computes (Input) "image::ImageReader" [decode] { .source("docs.rs/image ImageReader::decode") }
    computes (Input) "image::io::Reader" [decode] { .source("docs.rs/image/0.24 io::Reader::decode") }
    computes (Input) "image::DynamicImage" [
        from_decoder resize resize_exact resize_to_fill thumbnail thumbnail_exact blur fast_blur unsharpen filter3x3 huerotate
        write_to write_with_encoder save save_with_format
    ] { .source("docs.rs/image DynamicImage") }
    computes (Input) "image::imageops" [resize thumbnail blur fast_blur unsharpen filter3x3 overlay dither] { .source("docs.rs/image imageops") }
    computes (Input) "image::ImageBuffer" [save save_with_format write_to] { .source("docs.rs/image ImageBuffer") }
    computes (Input) "fast_image_resize::Resizer" [resize resize_typed] { .source("docs.rs/fast_image_resize Resizer") }
    computes (Input) "webp::Encoder" [encode encode_lossless encode_simple encode_advanced] { .source("docs.rs/webp Encoder") }
    computes (Input) "webp::Decoder" [decode] { .source("docs.rs/webp Decoder") }
    computes (Input) "oxipng" [optimize optimize_from_memory] { .source("docs.rs/oxipng") }
    computes (Input) "resvg" [render render_node] { .source("docs.rs/resvg render") }
    computes (Input) "turbojpeg" [compress compress_image decompress decompress_image] { .source("docs.rs/turbojpeg") }
};

/// Documents, markup and code as a whole.
pub(super) const DOCUMENTS: &[Entry] = table! {
    computes (Input) "pdf_extract" [extract_text extract_text_from_mem extract_text_by_pages extract_text_from_mem_by_pages] {
        .source("docs.rs/pdf-extract")
    }
    computes (Input) "lopdf::Document" [load load_mem load_from save save_to] { .source("docs.rs/lopdf Document") }
    computes (Input) "calamine" [open_workbook open_workbook_auto open_workbook_from_rs open_workbook_auto_from_rs] { .source("docs.rs/calamine") }
    computes (Input) "rust_xlsxwriter::Workbook" [save save_to_buffer save_to_writer] { .source("docs.rs/rust_xlsxwriter Workbook") }
    computes (Input) "scraper::Html" [parse_document parse_fragment] { .source("docs.rs/scraper Html") }
    computes (Input) "html2text" [from_read] { .source("docs.rs/html2text") }
    computes (Input) "ammonia" [clean] { .source("docs.rs/ammonia clean") }
    computes (Input) "ammonia::Builder" [clean clean_from_reader] { .source("docs.rs/ammonia Builder") }
    computes (Input) "comrak" [
        markdown_to_html markdown_to_html_with_plugins markdown_to_commonmark markdown_to_commonmark_xml
    ] { .source("docs.rs/comrak") }
    computes (Input) "syntect::html" [highlighted_html_for_string highlighted_html_for_file] { .source("docs.rs/syntect html") }
    computes (Input) "tree_sitter::Parser" [parse parse_with parse_utf16_le] { .source("docs.rs/tree-sitter Parser") }
    computes (Input) "syn" [parse_file] { .source("docs.rs/syn parse_file") }
    computes (Input) "prettyplease" [unparse] { .source("docs.rs/prettyplease unparse") }
    computes (Input) "wasmtime::Module" [new from_binary from_file] { .source("docs.rs/wasmtime Module") }
    computes (Input) "wasmtime::component::Component" [new from_binary from_file] { .source("docs.rs/wasmtime component::Component") }
};

/// Work that a pool of threads does while the caller waits.
pub(super) const PARALLEL: &[Entry] = table! {
    computes (Input) "rayon::iter::ParallelIterator" [
        collect sum product count min max min_by max_by collect_vec_list unzip find_last
    ] { .source("docs.rs/rayon iter::ParallelIterator") }
    computes (Input) "rayon::iter::IndexedParallelIterator" [collect_into_vec unzip_into_vecs cmp eq position_any position_first] {
        .source("docs.rs/rayon iter::IndexedParallelIterator")
    }
    computes (Input) "rayon::iter::ParallelExtend" [par_extend] { .source("docs.rs/rayon iter::ParallelExtend") }
    computes (Input) "rayon::slice::ParallelSliceMut" [par_sort par_sort_unstable] { .source("docs.rs/rayon slice::ParallelSliceMut") }
    computes (Input) "blake3::Hasher" [update_rayon update_mmap_rayon] { .source("docs.rs/blake3 Hasher::update_rayon") }
};
