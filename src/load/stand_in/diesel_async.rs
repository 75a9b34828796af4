//! Stands in for `diesel-async`: what the analysis needs of it. The real futures are made of projections through the traits of `diesel`,
//! which take long to infer. Here each is one type that says what it gives.

use std::future::Future;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::pin::Pin;
use std::task::{Context, Poll};

use diesel::result::{ConnectionResult, Error, QueryResult};

/// What each call gives, until it is awaited.
pub struct Pending<'conn, T>(PhantomData<&'conn mut T>);

impl<T> Future for Pending<'_, T> {
    type Output = T;
    fn poll(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<T> {
        loop {}
    }
}

pub struct RowStream<U>(PhantomData<U>);

impl<U> futures_core::Stream for RowStream<U> {
    type Item = QueryResult<U>;
    fn poll_next(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Option<QueryResult<U>>> {
        loop {}
    }
}

pub trait RunQueryDsl<Conn>: Sized {
    fn execute(self, conn: &mut Conn) -> Pending<'_, QueryResult<usize>> {
        loop {}
    }
    fn load<U>(self, conn: &mut Conn) -> Pending<'_, QueryResult<Vec<U>>> {
        loop {}
    }
    fn load_stream<U>(self, conn: &mut Conn) -> Pending<'_, QueryResult<RowStream<U>>> {
        loop {}
    }
    fn get_result<U>(self, conn: &mut Conn) -> Pending<'_, QueryResult<U>> {
        loop {}
    }
    fn get_results<U>(self, conn: &mut Conn) -> Pending<'_, QueryResult<Vec<U>>> {
        loop {}
    }
    fn first<U>(self, conn: &mut Conn) -> Pending<'_, QueryResult<U>> {
        loop {}
    }
}

// The real one is as wide, since a query can be a type of the workspace.
impl<T, Conn> RunQueryDsl<Conn> for T {}

pub trait SaveChangesDsl<Conn> {
    fn save_changes<T>(self, connection: &mut Conn) -> Pending<'_, QueryResult<T>>
    where
        Self: Sized,
    {
        loop {}
    }
}

impl<T, Conn> SaveChangesDsl<Conn> for &T {}

pub trait UpdateAndFetchResults<Changes, Output> {}

pub mod methods {
    pub trait ExecuteDsl<Conn, DB = ()> {}
    pub trait LoadQuery<'query, Conn, U> {}
    impl<T, Conn, DB> ExecuteDsl<Conn, DB> for T {}
    impl<'query, T, Conn, U> LoadQuery<'query, Conn, U> for T {}
}

pub trait SimpleAsyncConnection {
    fn batch_execute(&mut self, query: &str) -> Pending<'_, QueryResult<()>> {
        loop {}
    }
}

pub trait AsyncConnectionCore: SimpleAsyncConnection + Send {
    type Backend: diesel::backend::Backend;
}

pub trait AsyncConnection: AsyncConnectionCore + Sized {
    type TransactionManager;

    fn establish(database_url: &str) -> Pending<'_, ConnectionResult<Self>> {
        loop {}
    }
    fn transaction<R, E, F>(&mut self, callback: F) -> Pending<'_, Result<R, E>>
    where
        F: AsyncFnOnce(&mut Self) -> Result<R, E>,
        E: From<Error>,
    {
        loop {}
    }
    fn begin_test_transaction(&mut self) -> Pending<'_, QueryResult<()>> {
        loop {}
    }
    fn test_transaction<R, E, F>(&mut self, f: F) -> Pending<'_, R>
    where
        F: AsyncFnOnce(&mut Self) -> Result<R, E>,
    {
        loop {}
    }
    fn set_instrumentation(&mut self, instrumentation: impl diesel::connection::Instrumentation) {}
    fn set_prepared_statement_cache_size(&mut self, size: diesel::connection::CacheSize) {}
}

pub struct AnsiTransactionManager;

pub trait TransactionManager<Conn> {
    fn begin_transaction(conn: &mut Conn) -> Pending<'_, QueryResult<()>> {
        loop {}
    }
    fn rollback_transaction(conn: &mut Conn) -> Pending<'_, QueryResult<()>> {
        loop {}
    }
    fn commit_transaction(conn: &mut Conn) -> Pending<'_, QueryResult<()>> {
        loop {}
    }
}

impl<Conn> TransactionManager<Conn> for AnsiTransactionManager {}

macro_rules! connection {
    ($name:ident of $backend:ty) => {
        pub struct $name(());

        impl SimpleAsyncConnection for $name {}
        impl AsyncConnectionCore for $name {
            type Backend = $backend;
        }
        impl AsyncConnection for $name {
            type TransactionManager = AnsiTransactionManager;
        }
        impl pooled_connection::PoolableConnection for $name {}
    };
}

connection!(AsyncPgConnection of diesel::pg::Pg);
connection!(AsyncMysqlConnection of diesel::mysql::Mysql);

// A connection of a pool is one as well.
impl<C: DerefMut + Send> SimpleAsyncConnection for C where C::Target: SimpleAsyncConnection {}

impl<C: DerefMut + Send> AsyncConnectionCore for C
where
    C::Target: AsyncConnectionCore,
{
    type Backend = <C::Target as AsyncConnectionCore>::Backend;
}

impl<C: DerefMut + Send> AsyncConnection for C
where
    C::Target: AsyncConnection,
{
    type TransactionManager = <C::Target as AsyncConnection>::TransactionManager;
}

impl AsyncPgConnection {
    pub fn build_transaction(&mut self) -> pg::TransactionBuilder<'_, Self> {
        loop {}
    }
    pub async fn try_from(conn: tokio_postgres::Client) -> ConnectionResult<Self> {
        loop {}
    }
    pub async fn try_from_client_and_connection<S>(
        client: tokio_postgres::Client,
        conn: tokio_postgres::Connection<tokio_postgres::Socket, S>,
    ) -> ConnectionResult<Self> {
        loop {}
    }
}

pub mod pg {
    pub use super::AsyncPgConnection;

    pub struct TransactionBuilder<'a, C>(&'a mut C);

    impl<'a, C> TransactionBuilder<'a, C> {
        pub fn read_only(self) -> Self {
            self
        }
        pub fn read_write(self) -> Self {
            self
        }
        pub fn deferrable(self) -> Self {
            self
        }
        pub fn not_deferrable(self) -> Self {
            self
        }
        pub fn read_committed(self) -> Self {
            self
        }
        pub fn repeatable_read(self) -> Self {
            self
        }
        pub fn serializable(self) -> Self {
            self
        }
        pub fn run<T, E, F>(&mut self, f: F) -> super::Pending<'_, Result<T, E>>
        where
            F: AsyncFnOnce(&mut C) -> Result<T, E>,
            E: From<diesel::result::Error>,
        {
            loop {}
        }
    }
}

/// What closures give to a transaction before 0.9.
pub mod scoped_futures {
    use super::Pending;

    pub type ScopedBoxFuture<'upper, 'sub, T> = Pending<'sub, T>;

    pub trait ScopedFutureExt: std::future::Future + Sized {
        fn scope_boxed<'sub>(self) -> Pending<'sub, Self::Output> {
            loop {}
        }
        fn scoped<'sub>(self) -> Pending<'sub, Self::Output> {
            loop {}
        }
    }

    impl<F: std::future::Future> ScopedFutureExt for F {}
}

pub mod pooled_connection {
    use std::borrow::Cow;
    use std::marker::PhantomData;

    use super::{AsyncConnection, Pending};
    use diesel::result::{ConnectionResult, QueryResult};

    #[derive(Debug)]
    pub enum PoolError {
        ConnectionError(diesel::result::ConnectionError),
        QueryError(diesel::result::Error),
    }

    impl std::fmt::Display for PoolError {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            loop {}
        }
    }

    impl std::error::Error for PoolError {}

    pub type SetupCallback<C> = Box<dyn Fn(&str) -> Pending<'_, ConnectionResult<C>> + Send + Sync>;
    pub type RecycleCheckCallback<C> = dyn Fn(&mut C) -> Pending<'_, QueryResult<()>> + Send + Sync;

    pub enum RecyclingMethod<C> {
        Fast,
        Verified,
        CustomQuery(Cow<'static, str>),
        CustomFunction(Box<RecycleCheckCallback<C>>),
    }

    pub struct ManagerConfig<C> {
        pub recycling_method: RecyclingMethod<C>,
        pub custom_setup: SetupCallback<C>,
    }

    impl<C> Default for ManagerConfig<C> {
        fn default() -> Self {
            loop {}
        }
    }

    pub struct AsyncDieselConnectionManager<C>(PhantomData<fn() -> C>);

    impl<C> AsyncDieselConnectionManager<C> {
        pub fn new(connection_url: impl Into<String>) -> Self {
            loop {}
        }
        pub fn new_with_config(connection_url: impl Into<String>, manager_config: ManagerConfig<C>) -> Self {
            loop {}
        }
    }

    pub trait PoolableConnection: AsyncConnection {
        fn ping(&mut self, config: &RecyclingMethod<Self>) -> Pending<'_, QueryResult<()>> {
            loop {}
        }
        fn is_broken(&mut self) -> bool {
            false
        }
    }

    #[cfg(feature = "bb8")]
    pub mod bb8 {
        use super::AsyncDieselConnectionManager;

        pub type Pool<C> = bb8::Pool<AsyncDieselConnectionManager<C>>;
        pub type PooledConnection<'a, C> = bb8::PooledConnection<'a, AsyncDieselConnectionManager<C>>;
        pub type RunError = bb8::RunError<super::PoolError>;

        impl<C: Send + 'static> bb8::ManageConnection for AsyncDieselConnectionManager<C> {
            type Connection = C;
            type Error = super::PoolError;

            async fn connect(&self) -> Result<C, super::PoolError> {
                loop {}
            }
            async fn is_valid(&self, conn: &mut C) -> Result<(), super::PoolError> {
                loop {}
            }
            fn has_broken(&self, conn: &mut C) -> bool {
                false
            }
        }
    }

    #[cfg(feature = "deadpool")]
    pub mod deadpool {
        use super::AsyncDieselConnectionManager;

        pub type Pool<C> = deadpool::managed::Pool<AsyncDieselConnectionManager<C>>;
        pub type PoolBuilder<C> = deadpool::managed::PoolBuilder<AsyncDieselConnectionManager<C>>;
        pub type BuildError = deadpool::managed::BuildError;
        pub type PoolError = deadpool::managed::PoolError<super::PoolError>;
        pub type Object<C> = deadpool::managed::Object<AsyncDieselConnectionManager<C>>;
        pub type Hook<C> = deadpool::managed::Hook<AsyncDieselConnectionManager<C>>;
        pub type HookError = deadpool::managed::HookError<super::PoolError>;

        impl<C: Send + 'static> deadpool::managed::Manager for AsyncDieselConnectionManager<C> {
            type Type = C;
            type Error = super::PoolError;

            async fn create(&self) -> Result<C, super::PoolError> {
                loop {}
            }
            async fn recycle(
                &self,
                conn: &mut C,
                metrics: &deadpool::managed::Metrics,
            ) -> deadpool::managed::RecycleResult<super::PoolError> {
                loop {}
            }
        }
    }

    #[cfg(feature = "mobc")]
    pub mod mobc {
        use super::AsyncDieselConnectionManager;

        pub type Pool<C> = mobc::Pool<AsyncDieselConnectionManager<C>>;
        pub type PooledConnection<C> = mobc::Connection<AsyncDieselConnectionManager<C>>;
    }
}

/// A sync connection of `diesel` that waits for an async one.
pub mod async_connection_wrapper {
    use super::*;

    pub struct AsyncConnectionWrapper<C, B = ()> {
        inner: C,
        runtime: PhantomData<B>,
    }

    impl<C, B> From<C> for AsyncConnectionWrapper<C, B> {
        fn from(inner: C) -> Self {
            loop {}
        }
    }

    impl<C, B> Deref for AsyncConnectionWrapper<C, B> {
        type Target = C;
        fn deref(&self) -> &C {
            &self.inner
        }
    }

    impl<C, B> DerefMut for AsyncConnectionWrapper<C, B> {
        fn deref_mut(&mut self) -> &mut C {
            &mut self.inner
        }
    }

    impl<C, B> diesel::connection::SimpleConnection for AsyncConnectionWrapper<C, B> {
        fn batch_execute(&mut self, query: &str) -> QueryResult<()> {
            loop {}
        }
    }

    impl<C: AsyncConnection, B: Send> diesel::connection::Connection for AsyncConnectionWrapper<C, B> {
        type Backend = C::Backend;
        type TransactionManager = ();
        fn establish(database_url: &str) -> ConnectionResult<Self> {
            loop {}
        }
    }

    impl<C: AsyncConnection, B: Send> diesel::migration::MigrationConnection for AsyncConnectionWrapper<C, B> {
        fn setup(&mut self) -> QueryResult<usize> {
            loop {}
        }
    }
}

/// An async connection that hands its work over to the blocking pool.
pub mod sync_connection_wrapper {
    use super::*;

    pub struct SyncConnectionWrapper<C, B = ()>(PhantomData<fn() -> (C, B)>);

    impl<C, B> SyncConnectionWrapper<C, B> {
        pub fn new(connection: C) -> Self {
            loop {}
        }
        pub fn spawn_blocking<'a, R, E, F>(&mut self, task: F) -> Pending<'a, Result<R, E>>
        where
            F: FnOnce(&mut C) -> Result<R, E> + Send + 'a,
        {
            loop {}
        }
    }

    impl<C, B> SimpleAsyncConnection for SyncConnectionWrapper<C, B> {}

    impl<C: diesel::Connection, B> AsyncConnectionCore for SyncConnectionWrapper<C, B> {
        type Backend = C::Backend;
    }

    impl<C: diesel::Connection, B> AsyncConnection for SyncConnectionWrapper<C, B> {
        type TransactionManager = AnsiTransactionManager;
    }

    impl<C: diesel::Connection, B> pooled_connection::PoolableConnection for SyncConnectionWrapper<C, B> {}
}

/// Migrations run on a sync connection around an async one.
pub struct AsyncMigrationHarness<C>(C);

impl<C> AsyncMigrationHarness<C> {
    pub fn new(connection: C) -> Self {
        AsyncMigrationHarness(connection)
    }
    pub fn into_inner(self) -> C {
        self.0
    }
}

#[cfg(feature = "migrations")]
impl<C: AsyncConnection> diesel_migrations::MigrationHarness<C::Backend> for AsyncMigrationHarness<C> {
    fn run_migration(
        &mut self,
        migration: &dyn diesel::migration::Migration<C::Backend>,
    ) -> diesel::migration::Result<diesel::migration::MigrationVersion<'static>> {
        loop {}
    }
    fn revert_migration(
        &mut self,
        migration: &dyn diesel::migration::Migration<C::Backend>,
    ) -> diesel::migration::Result<diesel::migration::MigrationVersion<'static>> {
        loop {}
    }
    fn applied_migrations(
        &mut self,
    ) -> diesel::migration::Result<Vec<diesel::migration::MigrationVersion<'static>>> {
        loop {}
    }
}
