//! Databases and stores that are called synchronously.
//!
//! Where an async library exists it is another API, so that no call has a twin: the unit of work goes to the blocking pool.

use super::entry::{Entry, Family::Db};
use super::table::table;

const OWN_RUNTIME: &str = "drives a runtime of its own, which panics in async code";

/// Servers: an async client of the same database exists.
pub(super) const SERVERS: &[Entry] = table! {
    blocks (Db) "postgres::Client" [
        connect execute query query_one query_opt query_raw query_typed prepare prepare_typed batch_execute simple_query
        copy_in copy_out transaction build_transaction is_valid close
    ] { .has_async_api().note(OWN_RUNTIME).source("docs.rs/tokio-postgres Client") }
    blocks (Db) "postgres::Config" [connect] { .has_async_api().note(OWN_RUNTIME).source("docs.rs/tokio-postgres Config") }
    blocks (Db) "postgres::Transaction" [
        commit rollback execute query query_one query_opt query_raw query_typed prepare prepare_typed batch_execute
        simple_query copy_in copy_out bind query_portal transaction savepoint
    ] { .has_async_api().note(OWN_RUNTIME).source("docs.rs/tokio-postgres Transaction") }
    blocks (Db) "postgres::GenericClient" [
        execute query query_one query_opt query_raw query_typed prepare prepare_typed batch_execute simple_query copy_in
        copy_out transaction
    ] { .has_async_api().note(OWN_RUNTIME).source("docs.rs/tokio-postgres GenericClient") }

    blocks (Db) "mysql::Pool" [new get_conn try_get_conn start_transaction] { .has_async_api().source("docs.rs/mysql_async Pool") }
    blocks (Db) "mysql::Conn" [new ping reset start_transaction] { .has_async_api().source("docs.rs/mysql_async Conn") }
    blocks (Db) "mysql::PooledConn" [start_transaction] { .has_async_api().source("docs.rs/mysql_async Conn") }
    blocks (Db) "mysql::Transaction" [commit rollback] { .has_async_api().source("docs.rs/mysql_async Transaction") }
    blocks (Db) "mysql::prelude::Queryable" [
        query query_iter query_first query_first_opt query_map query_fold query_drop prep exec exec_iter exec_first exec_map
        exec_fold exec_drop exec_batch
    ] { .has_async_api().source("docs.rs/mysql_async prelude::Queryable") }

    blocks (Db) "redis::Client" [get_connection get_connection_with_timeout] {
        .has_async_api().source("docs.rs/redis Client::get_multiplexed_async_connection")
    }
    blocks (Db) "redis::Cmd" [query exec] { .has_async_api().source("docs.rs/redis Cmd::query_async") }
    blocks (Db) "redis::Pipeline" [query exec execute] { .has_async_api().source("docs.rs/redis Pipeline::query_async") }
    blocks (Db) "redis::ScriptInvocation" [invoke load] { .has_async_api().source("docs.rs/redis ScriptInvocation::invoke_async") }
    blocks (Db) "redis" [transaction] { .has_async_api().source("docs.rs/redis aio") }
    blocks (Db) "redis::PubSub" [subscribe psubscribe unsubscribe punsubscribe] { .has_async_api().source("docs.rs/redis aio::PubSub") }
    blocks (Db) "redis::Commands" [
        get mget set set_ex set_nx mset getset getrange append strlen del exists expire pexpire persist ttl incr decr keys scan
        scan_match rename hget hset hset_multiple hset_nx hdel hexists hincr hkeys hvals hgetall hlen hscan lindex linsert_after
        llen lpop lpush lrange lrem lset ltrim rpop rpush blpop brpop brpoplpush rpoplpush sadd scard sdiff sinter sismember
        smembers spop srem sunion sscan zadd zadd_multiple zcard zcount zincr zrange zrange_withscores zrangebyscore zrank zrem
        zrevrange zscore publish pfadd pfcount geo_add xadd xack xdel xlen xrange xread xread_options xgroup_create
        xgroup_create_mkstream flushdb flushall
    ] { .has_async_api().source("docs.rs/redis AsyncCommands") }
    // The same with types of their own for what the server answers.
    blocks (Db) "redis::TypedCommands" [
        get mget set set_ex set_nx mset getset getrange append strlen del exists expire pexpire persist ttl incr decr keys scan
        scan_match rename hget hset hset_multiple hset_nx hdel hexists hincr hkeys hvals hgetall hlen hscan lindex linsert_after
        llen lpop lpush lrange lrem lset ltrim rpop rpush blpop brpop brpoplpush rpoplpush sadd scard sdiff sinter sismember
        smembers spop srem sunion sscan zadd zadd_multiple zcard zcount zincr zrange zrange_withscores zrangebyscore zrank zrem
        zrevrange zscore publish pfadd pfcount geo_add xadd xack xdel xlen xrange xread xread_options xgroup_create
        xgroup_create_mkstream flushdb flushall
    ] { .has_async_api().source("docs.rs/redis AsyncTypedCommands") }

    blocks (Db) "mongodb::sync::Client" [with_uri_str list_databases list_database_names start_session] {
        .has_async_api().note(OWN_RUNTIME).source("docs.rs/mongodb Client")
    }
    blocks (Db) "mongodb::sync::Database" [run_command list_collections list_collection_names create_collection drop aggregate] {
        .has_async_api().note(OWN_RUNTIME).source("docs.rs/mongodb Database")
    }
    blocks (Db) "mongodb::sync::Collection" [
        insert_one insert_many find find_one find_one_and_delete find_one_and_replace find_one_and_update update_one
        update_many replace_one delete_one delete_many aggregate count_documents estimated_document_count distinct
        create_index create_indexes drop_index drop watch
    ] { .has_async_api().note(OWN_RUNTIME).source("docs.rs/mongodb Collection") }
    blocks (Db) "mongodb::sync::Cursor" [advance next] { .has_async_api().note(OWN_RUNTIME).source("docs.rs/mongodb Cursor") }

    blocks (Db) "diesel::RunQueryDsl" [execute load load_iter get_result get_results first] {
        .has_async_api().source("docs.rs/diesel-async RunQueryDsl")
    }
    blocks (Db) "diesel::Connection" [establish transaction begin_test_transaction test_transaction] {
        .has_async_api().source("docs.rs/diesel-async AsyncConnection")
    }
    blocks (Db) "diesel::connection::SimpleConnection" [batch_execute] {
        .has_async_api().source("docs.rs/diesel-async SimpleAsyncConnection")
    }
    blocks (Db) "diesel::SaveChangesDsl" [save_changes] { .has_async_api().source("docs.rs/diesel-async SaveChangesDsl") }
    blocks (Db) "diesel::r2d2::Pool" [get get_timeout] {
        .has_async_api().note("waits up to 30 seconds for a connection by default").source("docs.rs/r2d2 Pool::get")
    }
    blocks (Db) "diesel_migrations::MigrationHarness" [
        run_pending_migrations run_next_migration run_migrations run_migration revert_last_migration
        revert_all_migrations revert_migration has_pending_migration
    ] { .source("docs.rs/diesel_migrations MigrationHarness") }
    blocks (Db) "r2d2::Pool" [new get get_timeout] {
        .has_async_api().note("waits up to 30 seconds for a connection by default").source("docs.rs/r2d2 Pool::get")
    }
    blocks (Db) "r2d2::Builder" [build] { .has_async_api().source("docs.rs/r2d2 Builder::build") }
    blocks (Db) "memcache" [connect] { .has_async_api().source("docs.rs/memcache") }
    blocks (Db) "memcache::Client" [
        connect get gets set cas add replace append prepend delete increment decrement touch flush version stats
    ] { .has_async_api().source("docs.rs/memcache Client") }
};

/// Embedded databases: the work is done on the calling thread.
pub(super) const EMBEDDED: &[Entry] = table! {
    blocks (Db) "rusqlite::Connection" [
        open open_with_flags execute execute_batch query_row query_row_and_then query_one prepare prepare_cached
        transaction transaction_with_behavior unchecked_transaction savepoint pragma_update pragma_query pragma_query_value
        backup restore close
    ] { .source("docs.rs/tokio-rusqlite") }
    blocks (Db) "rusqlite::Statement" [
        execute insert query query_map query_and_then query_row query_one exists raw_execute
    ] { .source("docs.rs/tokio-rusqlite") }
    blocks (Db) "rusqlite::CachedStatement" [execute query query_map] { .source("docs.rs/tokio-rusqlite") }
    blocks (Db) "rusqlite::Rows" [next] { .source("docs.rs/tokio-rusqlite") }
    blocks (Db) "rusqlite::Transaction" [commit rollback finish] { .source("docs.rs/tokio-rusqlite") }
    blocks (Db) "rusqlite::Savepoint" [commit rollback finish] { .source("docs.rs/tokio-rusqlite") }
    blocks (Db) "sqlite::Connection" [open execute iterate prepare] { .source("docs.rs/sqlite Connection") }
    blocks (Db) "sqlite::Statement" [next] { .source("docs.rs/sqlite Statement") }
    blocks (Db) "sqlite" [open] { .source("docs.rs/sqlite") }
    blocks (Db) "duckdb::Connection" [open open_with_flags execute execute_batch query_row prepare prepare_cached transaction close] {
        .source("docs.rs/duckdb Connection")
    }
    blocks (Db) "duckdb::Statement" [execute insert query query_map query_and_then query_row query_arrow] { .source("docs.rs/duckdb Statement") }
    blocks (Db) "sled" [open] { .source("docs.rs/sled") }
    blocks (Db) "sled::Config" [open] { .source("docs.rs/sled Config") }
    blocks (Db) "sled::Db" [open_tree drop_tree] { .source("docs.rs/sled Db") }
    // Reads mostly come from the page cache of the database.
    blocks (Db) "sled::Tree" [
        get get_lt get_gt contains_key insert remove apply_batch transaction compare_and_swap update_and_fetch
        fetch_and_update first last pop_min pop_max
    ] { .cheap().source("docs.rs/sled Tree") }
    blocks (Db) "sled::Tree" [flush] {
        .twin("{recv}.flush_async().await", "sled", "").source("docs.rs/sled Tree::flush_async")
    }
    blocks (Db) "rocksdb::DBCommon" [
        get get_cf get_opt get_pinned get_pinned_cf multi_get put put_cf put_opt delete delete_cf merge merge_cf write write_opt
        flush flush_cf iterator iterator_cf prefix_iterator compact_range compact_range_cf ingest_external_file
    ] { .source("docs.rs/rocksdb DB") }
    blocks (Db) "rocksdb::DBWithThreadMode" [open open_default open_cf open_cf_descriptors open_for_read_only] {
        .source("docs.rs/rocksdb DB")
    }
    blocks (Db) "redb::Database" [create open begin_write begin_read compact check_integrity] { .source("docs.rs/redb Database") }
    blocks (Db) "redb::ReadableDatabase" [begin_read] { .source("docs.rs/redb ReadableDatabase") }
    blocks (Db) "redb::Builder" [create open] { .source("docs.rs/redb Builder") }
    blocks (Db) "redb::WriteTransaction" [commit abort open_table open_multimap_table delete_table] { .source("docs.rs/redb WriteTransaction") }
    blocks (Db) "redb::Table" [insert remove retain pop_first pop_last] { .source("docs.rs/redb Table") }
    blocks (Db) "redb::ReadableTable" [get range iter first last] { .source("docs.rs/redb ReadableTable") }
    blocks (Db) "heed::EnvOpenOptions" [open] { .source("docs.rs/heed EnvOpenOptions") }
    blocks (Db) "heed::Env" [read_txn write_txn force_sync copy_to_path] { .source("docs.rs/heed Env") }
    blocks (Db) "heed::RwTxn" [commit] { .source("docs.rs/heed RwTxn") }
    blocks (Db) "heed::Database" [get put delete clear iter range len] { .source("docs.rs/heed Database") }
    blocks (Db) "fjall::Config" [open] { .source("docs.rs/fjall") }
    blocks (Db) "fjall::Database" [persist keyspace] { .source("docs.rs/fjall Database") }
    blocks (Db) "fjall::Keyspace" [
        persist open_partition get insert remove contains_key iter range prefix
    ] { .source("docs.rs/fjall Keyspace") }
    blocks (Db) "fjall::PartitionHandle" [get insert remove contains_key iter range prefix] { .source("docs.rs/fjall PartitionHandle") }
    blocks (Db) "tantivy::IndexWriter" [commit rollback delete_all_documents wait_merging_threads] { .source("docs.rs/tantivy IndexWriter") }
    blocks (Db) "tantivy::Searcher" [search search_with_executor doc] { .source("docs.rs/tantivy Searcher") }
    blocks (Db) "tantivy::Index" [create_in_dir open_in_dir open_or_create writer] { .source("docs.rs/tantivy Index") }
    blocks (Db) "oracle::Connection" [connect execute query query_row query_as query_row_as commit rollback statement] {
        .source("docs.rs/oracle Connection")
    }
    blocks (Db) "odbc_api::Environment" [connect connect_with_connection_string] { .source("docs.rs/odbc-api Environment") }
    blocks (Db) "odbc_api::Connection" [execute prepare commit rollback] { .source("docs.rs/odbc-api Connection") }
};

/// Version control: opens, walks and fetches.
pub(super) const REPOSITORIES: &[Entry] = table! {
    blocks (super::Family::Io) "git2::Repository" [
        open open_ext open_bare discover init init_bare init_opts clone clone_recurse statuses status_file checkout_head
        checkout_index checkout_tree commit diff_index_to_workdir diff_tree_to_index diff_tree_to_tree
        diff_tree_to_workdir diff_tree_to_workdir_with_index blame_file merge reset stash_save stash_apply find_remote
        graph_ahead_behind
    ] { .source("docs.rs/git2 Repository") }
    blocks (super::Family::Io) "git2::Remote" [fetch push download connect connect_auth update_tips prune] { .source("docs.rs/git2 Remote") }
    blocks (super::Family::Io) "git2::Index" [read write write_tree write_tree_to add_path add_all update_all remove_path] {
        .source("docs.rs/git2 Index")
    }
    blocks (super::Family::Io) "git2::build::RepoBuilder" [clone] { .source("docs.rs/git2 build::RepoBuilder") }
    blocks (super::Family::Io) "git2::Submodule" [update clone open] { .source("docs.rs/git2 Submodule") }
    blocks (super::Family::Io) "gix" [open discover init prepare_clone prepare_clone_bare] { .source("docs.rs/gix") }
    blocks (super::Family::Io) "gix::clone::PrepareFetch" [fetch_then_checkout fetch_only] { .source("docs.rs/gix clone::PrepareFetch") }
    blocks (super::Family::Io) "gix::clone::PrepareCheckout" [main_worktree] { .source("docs.rs/gix clone::PrepareCheckout") }
};
