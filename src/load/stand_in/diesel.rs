//! Stands in for `diesel` 2: what the analysis needs of it. The real `table!` is a procedural macro, which is not run, so
//! that tables had no types and a query on one was not found. Nor are the traits wanted by which the real queries are
//! proven sound: a compiler has done that, and it takes long. Here a table or a column is a `SchemaItem`, all that is
//! built of them is a `Query`, and both are run by the same traits as the real ones.

use std::marker::PhantomData;
use std::ops::{Add, Div, Mul, Sub};

/// A table, a column, or another thing that borrows nothing and is a value as well as a type.
#[derive(Clone, Copy, Debug)]
pub struct SchemaItem;

/// What is built of them. It has a lifetime, since a query can borrow the values that it is given.
#[derive(Clone, Debug)]
pub struct Query<'a>(PhantomData<&'a ()>);

/// Methods that build, each with the names of its arguments. They are no trait's, so that none has to be found.
macro_rules! building {
    ($($name:ident($($arg:ident),*))*) => {
        impl SchemaItem {
            building!(@methods $($name($($arg),*))*);
        }
        impl<'a> Query<'a> {
            building!(@methods $($name($($arg),*))*);
        }
    };
    (@methods $($name:ident($($arg:ident),*))*) => {
        $(
            pub fn $name<$($arg),*>(self, $($arg: $arg),*) -> Query<'static> {
                loop {}
            }
        )*
        pub fn into_boxed<DB>(self) -> Query<'static> {
            loop {}
        }
        pub fn bind<ST, U>(self, value: U) -> Query<'static> {
            loop {}
        }
        pub fn cast<ST>(self) -> Query<'static> {
            loop {}
        }
        pub fn fallible_cast<ST>(self) -> Query<'static> {
            loop {}
        }
    };
}

building! {
    // Queries.
    distinct() distinct_on(expr) select(selection) count() inner_join(rhs) left_join(rhs) left_outer_join(rhs) on(on) filter(predicate)
    or_filter(predicate) find(id) order(expr) order_by(expr) then_order_by(expr) limit(limit) offset(offset) group_by(expr)
    having(predicate) for_update() for_no_key_update() for_share() for_key_share() skip_locked() no_wait() single_value() nullable()
    union(rhs) union_all(rhs) intersect(rhs) intersect_all(rhs) except(rhs) except_all(rhs) positional_order_by(expr) as_query() only()
    tablesample_bernoulli(portion) tablesample_system(portion) with_seed(seed) sql(text)
    // Statements.
    values(records) default_values() into_columns(columns) set(changes) returning(selection) on_conflict(target) on_conflict_do_nothing()
    filter_target(predicate) do_nothing() do_update() from_raw_data(target, action) from_insertable(records) with_format(format)
    with_delimiter(character) with_header(header) with_null(text) with_quote(character) with_escape(character) with_freeze(freeze)
    // Expressions.
    eq(other) ne(other) eq_any(values) ne_all(values) eq_all(values) is_null() is_not_null() gt(other) ge(other) lt(other) le(other)
    between(lower, upper) not_between(lower, upper) desc() asc() assume_not_null() and(other) or(other) like(other) not_like(other)
    escape(character) concat(other) is(other) is_not(other) when(condition, value) otherwise(value) fields(fields) field(field)
    ilike(other) not_ilike(other) similar_to(other) not_similar_to(other) is_distinct_from(other) is_not_distinct_from(other)
    nulls_first() nulls_last() at_time_zone(zone) contains(other) contains_or_eq(other) is_contained_by(other)
    is_contained_by_or_eq(other) overlaps_with(other) index(other) contains_range(other) is_contained_by_range(other)
    range_extends_right_to(other) range_extends_left_to(other) lesser_than(other) greater_than(other) range_adjacent(other)
    union_range(other) difference_range(other) intersection_range(other) diff(other) has_key(other) has_any_key(other)
    has_all_keys(other) remove(other) remove_by_path(other) retrieve_as_object(other) retrieve_as_text(other)
    retrieve_by_path_as_object(other) retrieve_by_path_as_text(other) is_json() is_not_json() is_json_object() is_not_json_object()
    is_json_array() is_not_json_array() is_json_scalar() is_not_json_scalar() over() partition_by(expr) window_order(expr)
    window_filter(predicate) frame_by(frame) aggregate_distinct() aggregate_all() aggregate_filter(predicate) aggregate_order(expr)
}

impl Query<'static> {
    /// What an operator of the workspace is made by.
    pub fn new<L, R>(left: L, right: R) -> Query<'static> {
        loop {}
    }
}

macro_rules! arithmetic {
    ($($name:ident $method:ident)*) => {
        $(
            impl<R> $name<R> for SchemaItem {
                type Output = Query<'static>;
                fn $method(self, other: R) -> Query<'static> {
                    loop {}
                }
            }
            impl<'a, R> $name<R> for Query<'a> {
                type Output = Query<'static>;
                fn $method(self, other: R) -> Query<'static> {
                    loop {}
                }
            }
        )*
    };
}

arithmetic!(Add add Sub sub Mul mul Div div);

/// Functions that build.
macro_rules! functions {
    ($($name:ident($($arg:ident),*))*) => {
        $(
            pub fn $name<$($arg),*>($($arg: $arg),*) -> $crate::Query<'static> {
                loop {}
            }
        )*
    };
}

/// Traits of which nothing but the name is needed.
macro_rules! named_traits {
    ($($name:ident $(<$($parameter:ident),*>)?)*) => {
        $(pub trait $name<$($($parameter = ()),*)?> {})*
    };
}

/// Types that stand for any query.
macro_rules! queries {
    ($($name:ident)*) => {
        $(pub use $crate::Query as $name;)*
    };
}

/// Types without a value.
macro_rules! types {
    ($($name:ident $(<$parameter:ident>)?)*) => {
        $(
            #[derive(Clone, Copy, Debug, Default)]
            pub struct $name $(<$parameter>($parameter))?;
        )*
    };
}

pub mod backend {
    pub trait DieselReserveSpecialization {}

    pub trait Backend: Sized + 'static {
        type QueryBuilder;
        type RawValue<'a>;
        type BindCollector<'a>;
        type MetadataLookup: ?Sized;
        type TypeMetadata;
    }

    pub type RawValue<'a, DB> = <DB as Backend>::RawValue<'a>;
    pub type BindCollector<'a, DB> = <DB as Backend>::BindCollector<'a>;
}

/// A backend with its connection.
macro_rules! database {
    ($backend:ident $connection:ident $value:ident $builder:ident) => {
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub struct $backend;

        pub struct $connection(());

        #[derive(Clone)]
        pub struct $value<'a>(&'a [u8]);

        impl<'a> $value<'a> {
            pub fn as_bytes(&self) -> &'a [u8] {
                loop {}
            }
        }

        #[derive(Default)]
        pub struct $builder(());

        impl $crate::backend::DieselReserveSpecialization for $backend {}

        impl $crate::backend::Backend for $backend {
            type QueryBuilder = $builder;
            type RawValue<'a> = $value<'a>;
            type BindCollector<'a> = $crate::query_builder::Collector;
            type MetadataLookup = ();
            type TypeMetadata = ();
        }

        impl $crate::connection::SimpleConnection for $connection {
            fn batch_execute(&mut self, query: &str) -> $crate::QueryResult<()> {
                loop {}
            }
        }

        impl $crate::connection::ConnectionSealed for $connection {}

        impl $crate::connection::Connection for $connection {
            type Backend = $backend;
            type TransactionManager = $crate::connection::AnsiTransactionManager;
            fn establish(database_url: &str) -> $crate::ConnectionResult<Self> {
                loop {}
            }
        }

        impl<B> $crate::connection::LoadConnection<B> for $connection {}

        impl $crate::migration::MigrationConnection for $connection {
            fn setup(&mut self) -> $crate::QueryResult<usize> {
                loop {}
            }
        }

        impl $crate::r2d2::R2D2Connection for $connection {
            fn ping(&mut self) -> $crate::QueryResult<()> {
                loop {}
            }
        }
    };
}

pub mod pg {
    database!(Pg PgConnection PgValue PgQueryBuilder);

    impl PgConnection {
        pub fn build_transaction(&mut self) -> TransactionBuilder<'_, Self> {
            loop {}
        }
    }

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
        pub fn run<T, E, F>(&mut self, f: F) -> Result<T, E>
        where
            F: FnOnce(&mut C) -> Result<T, E>,
            E: From<crate::result::Error>,
        {
            loop {}
        }
    }

    types!(PgTypeMetadata PgNotification PgMetadataLookup PgRowByRowLoadingMode);

    #[derive(Clone, Copy, Debug)]
    pub enum CopyFormat {
        Text,
        Csv,
        Binary,
    }

    pub trait CopyTarget {}

    pub mod data_types {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct PgInterval {
            pub microseconds: i64,
            pub days: i32,
            pub months: i32,
        }
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub struct PgTimestamp(pub i64);
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub struct PgTime(pub i64);
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub struct PgDate(pub i32);
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub struct PgMoney(pub i64);
        pub use PgMoney as Cents;
    }

    pub use crate::sql_types;
    pub use crate::upsert;

    pub mod expression {
        pub use crate::dsl;
        pub use crate::expression_methods;
        pub mod extensions {
            pub use crate::dsl::IntervalDsl;
        }
    }
}

pub mod sqlite {
    database!(Sqlite SqliteConnection SqliteValue SqliteQueryBuilder);

    impl SqliteConnection {
        pub fn immediate_transaction<T, E, F>(&mut self, f: F) -> Result<T, E>
        where
            F: FnOnce(&mut Self) -> Result<T, E>,
            E: From<crate::result::Error>,
        {
            loop {}
        }
        pub fn exclusive_transaction<T, E, F>(&mut self, f: F) -> Result<T, E>
        where
            F: FnOnce(&mut Self) -> Result<T, E>,
            E: From<crate::result::Error>,
        {
            loop {}
        }
    }

    types!(SqliteType);
    pub use crate::sql_types;
}

pub mod mysql {
    database!(Mysql MysqlConnection MysqlValue MysqlQueryBuilder);
    types!(MysqlType);
    pub use crate::sql_types;

    pub mod data_types {
        types!(MysqlTime MysqlTimestampType);
    }
}

pub mod data_types {
    pub use crate::mysql::data_types::*;
    pub use crate::pg::data_types::*;
}

pub mod connection {
    use crate::result::{ConnectionResult, Error, QueryResult};

    pub trait ConnectionSealed {}

    pub trait SimpleConnection {
        fn batch_execute(&mut self, query: &str) -> QueryResult<()>;
    }

    pub trait Connection: SimpleConnection + Sized + Send {
        type Backend: crate::backend::Backend;
        type TransactionManager;

        fn establish(database_url: &str) -> ConnectionResult<Self>;
        fn transaction<T, E, F>(&mut self, f: F) -> Result<T, E>
        where
            F: FnOnce(&mut Self) -> Result<T, E>,
            E: From<Error>,
        {
            loop {}
        }
        fn begin_test_transaction(&mut self) -> QueryResult<()> {
            loop {}
        }
        fn test_transaction<T, E, F>(&mut self, f: F) -> T
        where
            F: FnOnce(&mut Self) -> Result<T, E>,
            E: std::fmt::Debug,
        {
            loop {}
        }
        fn set_instrumentation(&mut self, instrumentation: impl Instrumentation) {}
        fn set_prepared_statement_cache_size(&mut self, size: CacheSize) {}
    }

    pub trait LoadConnection<B = DefaultLoadingMode>: Connection {}

    pub trait BoxableConnection<DB>: SimpleConnection {}
    impl<C: Connection> BoxableConnection<C::Backend> for C {}

    pub trait TransactionManager<C> {
        type TransactionStateData;
    }

    types!(DefaultLoadingMode AnsiTransactionManager);

    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum CacheSize {
        Unbounded,
        Disabled,
    }

    pub trait Instrumentation: Send + 'static {
        fn on_connection_event(&mut self, event: InstrumentationEvent<'_>);
    }

    pub struct InstrumentationEvent<'a>(&'a ());

    pub fn set_default_instrumentation(default: fn() -> Option<Box<dyn Instrumentation>>) -> QueryResult<()> {
        loop {}
    }
    pub fn get_default_instrumentation() -> Option<Box<dyn Instrumentation>> {
        loop {}
    }
}

pub mod r2d2 {
    pub use r2d2::*;

    use crate::connection::{Connection, ConnectionSealed, LoadConnection, SimpleConnection};
    use crate::result::{ConnectionError, ConnectionResult, QueryResult};

    pub type PoolError = r2d2::Error;

    pub struct ConnectionManager<T> {
        database_url: String,
        connection: std::marker::PhantomData<T>,
    }

    impl<T> ConnectionManager<T> {
        pub fn new<S: Into<String>>(database_url: S) -> Self {
            loop {}
        }
        pub fn update_database_url<S: Into<String>>(&mut self, database_url: S) {}
    }

    #[derive(Debug)]
    pub enum Error {
        ConnectionError(ConnectionError),
        QueryError(crate::result::Error),
    }

    impl std::fmt::Display for Error {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            loop {}
        }
    }

    impl std::error::Error for Error {}

    impl From<crate::result::Error> for Error {
        fn from(error: crate::result::Error) -> Self {
            Error::QueryError(error)
        }
    }

    impl From<ConnectionError> for Error {
        fn from(error: ConnectionError) -> Self {
            Error::ConnectionError(error)
        }
    }

    pub trait R2D2Connection: Connection {
        fn ping(&mut self) -> QueryResult<()>;
        fn is_broken(&mut self) -> bool {
            false
        }
    }

    unsafe impl<T> Send for ConnectionManager<T> {}
    unsafe impl<T> Sync for ConnectionManager<T> {}

    impl<T: Send + 'static> ManageConnection for ConnectionManager<T> {
        type Connection = T;
        type Error = Error;

        fn connect(&self) -> Result<T, Error> {
            loop {}
        }
        fn is_valid(&self, conn: &mut T) -> Result<(), Error> {
            loop {}
        }
        fn has_broken(&self, conn: &mut T) -> bool {
            false
        }
    }

    impl<M: ManageConnection> SimpleConnection for PooledConnection<M>
    where
        M::Connection: SimpleConnection,
    {
        fn batch_execute(&mut self, query: &str) -> QueryResult<()> {
            loop {}
        }
    }

    impl<M: ManageConnection> ConnectionSealed for PooledConnection<M> {}

    impl<M: ManageConnection> Connection for PooledConnection<M>
    where
        M::Connection: Connection,
    {
        type Backend = <M::Connection as Connection>::Backend;
        type TransactionManager = <M::Connection as Connection>::TransactionManager;

        fn establish(database_url: &str) -> ConnectionResult<Self> {
            loop {}
        }
    }

    impl<B, M: ManageConnection> LoadConnection<B> for PooledConnection<M> where M::Connection: Connection {}

    impl<M: ManageConnection> crate::migration::MigrationConnection for PooledConnection<M>
    where
        M::Connection: crate::migration::MigrationConnection,
    {
        fn setup(&mut self) -> QueryResult<usize> {
            loop {}
        }
    }
}

pub mod result {
    use std::error::Error as StdError;
    use std::ffi::NulError;
    use std::fmt::{Display, Formatter};

    pub type QueryResult<T> = Result<T, Error>;
    pub type ConnectionResult<T> = Result<T, ConnectionError>;

    pub enum Error {
        InvalidCString(NulError),
        DatabaseError(DatabaseErrorKind, Box<dyn DatabaseErrorInformation + Send + Sync>),
        NotFound,
        QueryBuilderError(Box<dyn StdError + Send + Sync>),
        DeserializationError(Box<dyn StdError + Send + Sync>),
        SerializationError(Box<dyn StdError + Send + Sync>),
        RollbackErrorOnCommit { rollback_error: Box<Error>, commit_error: Box<Error> },
        RollbackTransaction,
        AlreadyInTransaction,
        NotInTransaction,
        BrokenTransactionManager,
    }

    #[derive(Debug, PartialEq, Eq, Clone, Copy)]
    pub enum DatabaseErrorKind {
        UniqueViolation,
        ForeignKeyViolation,
        UnableToSendCommand,
        SerializationFailure,
        ReadOnlyTransaction,
        RestrictViolation,
        NotNullViolation,
        CheckViolation,
        ExclusionViolation,
        ClosedConnection,
        Unknown,
    }

    pub trait DatabaseErrorInformation {
        fn message(&self) -> &str;
        fn details(&self) -> Option<&str>;
        fn hint(&self) -> Option<&str>;
        fn table_name(&self) -> Option<&str>;
        fn column_name(&self) -> Option<&str>;
        fn constraint_name(&self) -> Option<&str>;
        fn statement_position(&self) -> Option<i32>;
    }

    #[derive(Debug, PartialEq)]
    pub enum ConnectionError {
        InvalidCString(NulError),
        BadConnection(String),
        InvalidConnectionUrl(String),
        CouldntSetupConfiguration(Error),
    }

    macro_rules! errors {
        ($($name:ident)*) => {
            $(
                impl Display for $name {
                    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
                        loop {}
                    }
                }
                impl StdError for $name {}
            )*
        };
    }

    types!(UnexpectedNullError UnexpectedEndOfRow EmptyChangeset EmptyQuery);
    errors!(Error ConnectionError UnexpectedNullError UnexpectedEndOfRow EmptyChangeset EmptyQuery);

    impl std::fmt::Debug for Error {
        fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
            loop {}
        }
    }

    impl PartialEq for Error {
        fn eq(&self, other: &Error) -> bool {
            loop {}
        }
    }

    impl From<NulError> for Error {
        fn from(error: NulError) -> Self {
            Error::InvalidCString(error)
        }
    }

    impl From<NulError> for ConnectionError {
        fn from(error: NulError) -> Self {
            ConnectionError::InvalidCString(error)
        }
    }

    pub trait OptionalExtension<T> {
        fn optional(self) -> Result<Option<T>, Error>;
    }

    impl<T> OptionalExtension<T> for QueryResult<T> {
        fn optional(self) -> Result<Option<T>, Error> {
            loop {}
        }
    }

    pub trait OptionalEmptyChangesetExtension<T> {
        fn optional_empty_changeset(self) -> Result<Option<T>, Error>;
    }

    impl<T> OptionalEmptyChangesetExtension<T> for QueryResult<T> {
        fn optional_empty_changeset(self) -> Result<Option<T>, Error> {
            loop {}
        }
    }
}

pub mod query_dsl {
    use crate::result::QueryResult;
    use crate::{Query, SchemaItem};

    /// Its methods stand at the types themselves.
    pub trait QueryDsl {}
    impl QueryDsl for SchemaItem {}
    impl QueryDsl for Query<'_> {}

    named_traits!(CombineDsl JoinOnDsl PositionalOrderDsl UpdateAndFetchResults<Changes, Output> JoinWithImplicitOnClause<Rhs, Kind>);

    /// For tables and queries alone, as an iterator has a `first` too.
    pub trait RunQueryDsl<Conn>: Sized {
        fn execute(self, conn: &mut Conn) -> QueryResult<usize> {
            loop {}
        }
        fn load<U>(self, conn: &mut Conn) -> QueryResult<Vec<U>> {
            loop {}
        }
        fn load_iter<U, B>(self, conn: &mut Conn) -> QueryResult<LoadIter<'_, U>> {
            loop {}
        }
        fn get_result<U>(self, conn: &mut Conn) -> QueryResult<U> {
            loop {}
        }
        fn get_results<U>(self, conn: &mut Conn) -> QueryResult<Vec<U>> {
            loop {}
        }
        fn first<U>(self, conn: &mut Conn) -> QueryResult<U> {
            loop {}
        }
    }

    impl<Conn> RunQueryDsl<Conn> for SchemaItem {}
    impl<Conn> RunQueryDsl<Conn> for Query<'_> {}

    pub struct LoadIter<'conn, U>(std::marker::PhantomData<(&'conn mut (), U)>);

    impl<U> Iterator for LoadIter<'_, U> {
        type Item = QueryResult<U>;
        fn next(&mut self) -> Option<QueryResult<U>> {
            loop {}
        }
    }

    pub trait SaveChangesDsl<Conn> {
        fn save_changes<T>(self, connection: &mut Conn) -> QueryResult<T>
        where
            Self: Sized,
        {
            loop {}
        }
    }

    // Its derives are not expanded. Behind a reference, a method of the same name that a type has of its own comes first.
    impl<T, Conn> SaveChangesDsl<Conn> for &T {}

    pub trait BelongingToDsl<T> {
        fn belonging_to(parent: T) -> Query<'static> {
            loop {}
        }
    }

    impl<T, P> BelongingToDsl<P> for T {}

    pub trait CompatibleType<U, DB> {
        type SqlType;
    }

    impl<U, DB> CompatibleType<U, DB> for SchemaItem {
        type SqlType = SchemaItem;
    }

    pub mod methods {
        named_traits! {
            DistinctDsl DistinctOnDsl<S> FilterDsl<P> OrFilterDsl<P> FindDsl<PK> GroupByDsl<E> HavingDsl<P> LimitDsl
            ExecuteDsl<Conn, DB> LockingDsl<L> ModifyLockDsl<M> SelectNullableDsl OffsetDsl OrderDsl<E> ThenOrderDsl<E> SelectDsl<S>
            SingleValueDsl
        }

        pub trait BoxedDsl<'a, DB> {
            type Output;
        }
        impl<'a, DB> BoxedDsl<'a, DB> for crate::SchemaItem {
            type Output = crate::Query<'a>;
        }

        pub trait LoadQuery<'query, Conn, U, B = ()> {}
        impl<'query, T, Conn, U, B> LoadQuery<'query, Conn, U, B> for T {}
    }

    pub use methods::LoadQuery;
    pub mod load_dsl {
        pub use super::methods::{ExecuteDsl, LoadQuery};
    }
    pub mod filter_dsl {
        pub use super::methods::{FilterDsl, FindDsl, OrFilterDsl};
    }
    pub mod select_dsl {
        pub use super::methods::SelectDsl;
    }
    pub mod limit_dsl {
        pub use super::methods::LimitDsl;
    }
}

pub mod query_builder {
    use crate::result::QueryResult;
    use crate::{Query as Built, SchemaItem};

    queries! {
        SelectStatement BoxedSelectStatement InsertStatement BatchInsert IncompleteInsertStatement IncompleteInsertOrIgnoreStatement
        IncompleteReplaceStatement UpdateStatement BoxedUpdateStatement DeleteStatement BoxedDeleteStatement SqlQuery BoxedSqlQuery
        CollectedQuery
    }

    named_traits!(QueryId QueryBuilder<DB> SelectQuery UpdateTarget BindCollector<DB> MoveableBindCollector<DB> DecoratableTarget<P>);
    types!(Collector);

    pub trait Query {
        type SqlType;
    }

    pub trait AsQuery {
        type SqlType;
        type Query;
    }

    pub trait QueryFragment<DB, SP = ()> {
        fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
            loop {}
        }
    }

    impl<T: ?Sized, DB, SP> QueryFragment<DB, SP> for T {}
    impl<T: ?Sized> QueryId for T {}

    impl Query for SchemaItem {
        type SqlType = SchemaItem;
    }

    impl Query for Built<'_> {
        type SqlType = SchemaItem;
    }

    impl<T: Query> AsQuery for T {
        type SqlType = T::SqlType;
        type Query = T;
    }

    pub trait AsChangeset {
        type Target;
        type Changeset;
    }

    pub trait IntoUpdateTarget {
        type WhereClause;
    }

    pub struct AstPass<'a, 'b, DB>(std::marker::PhantomData<(&'a mut (), &'b (), DB)>);

    impl<'a, 'b, DB> AstPass<'a, 'b, DB> {
        pub fn reborrow(&mut self) -> AstPass<'_, 'b, DB> {
            loop {}
        }
        pub fn unsafe_to_cache_prepared(&mut self) {}
        pub fn push_sql(&mut self, sql: &str) {}
        pub fn push_identifier(&mut self, identifier: &str) -> QueryResult<()> {
            loop {}
        }
        pub fn push_bind_param<T: ?Sized, U: ?Sized>(&mut self, param: &'b U) -> QueryResult<()> {
            loop {}
        }
    }

    #[derive(Clone, Debug)]
    pub struct DebugQuery<'a, T, DB>(&'a T, std::marker::PhantomData<DB>);

    impl<T, DB> std::fmt::Display for DebugQuery<'_, T, DB> {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            loop {}
        }
    }

    pub fn debug_query<DB, T>(query: &T) -> DebugQuery<'_, T, DB> {
        loop {}
    }

    pub mod bind_collector {
        pub use super::{BindCollector, MoveableBindCollector};
        types!(RawBytesBindCollector<DB>);
    }

    pub mod functions {
        functions! {
            insert_into(target) insert_or_ignore_into(target) replace_into(target) update(source) delete(source) select(expression)
            sql_query(query) copy_from(target) copy_to(target)
        }
    }

    pub use functions::*;
}

pub mod query_source {
    queries!(Alias AliasedField);
    named_traits!(QuerySource Column Table JoinTo<T> AliasSource AppearsInFromClause<QS> TableNotEqual<T> SizeRestrictedColumn);
}

pub mod expression {
    use crate::Query;

    named_traits! {
        AppearsOnTable<QS> SelectableExpression<QS> Selectable<DB> ValidGrouping<G> NonAggregate MixedAggregates<O> TypedExpressionType
        QueryMetadata<T> IsContainedInGroupBy<T> AsExpression<T>
    }

    impl<T, DB> QueryMetadata<T> for DB {}

    pub trait Expression {
        type SqlType;
    }

    pub trait BoxableExpression<QS, DB, GB = (), IsAggregate = ()> {
        type SqlType;
    }

    pub trait IntoSql: Sized {
        fn into_sql<T>(self) -> Query<'static> {
            loop {}
        }
        fn as_sql<T>(&self) -> Query<'_> {
            loop {}
        }
    }

    impl<T> IntoSql for T {}

    pub trait SelectableHelper {
        fn as_select() -> Query<'static> {
            loop {}
        }
        fn as_returning() -> Query<'static> {
            loop {}
        }
    }

    impl<T> SelectableHelper for T {}

    pub trait HasQuery {
        fn query() -> Query<'static> {
            loop {}
        }
        fn base_query() -> Query<'static> {
            loop {}
        }
    }

    impl<T> HasQuery for T {}

    queries!(SqlLiteral UncheckedBind Concat CaseWhen);

    pub mod expression_types {
        types!(Untyped NotSelectable);
    }

    pub mod is_aggregate {
        types!(Yes No Never);
    }

    pub use crate::dsl;
    pub mod sql_literal {
        pub use crate::dsl::sql;
        queries!(SqlLiteral UncheckedBind);
    }
    pub mod exists {
        pub use crate::dsl::exists;
    }
    pub mod functions {
        pub use crate::{define_sql_function, sql_function};
    }
}

/// Its methods stand at the types themselves.
pub mod expression_methods {
    named_traits! {
        ExpressionMethods BoolExpressionMethods NullableExpressionMethods TextExpressionMethods EscapeExpressionMethods EqAll<Rhs>
        AggregateExpressionMethods WindowExpressionMethods PgExpressionMethods PgArrayExpressionMethods PgTextExpressionMethods
        PgTimestampExpressionMethods PgSortExpressionMethods PgRangeExpressionMethods PgNetExpressionMethods PgJsonbExpressionMethods
        PgAnyJsonExpressionMethods PgBinaryExpressionMethods SqliteExpressionMethods OnlyDsl TablesampleDsl
    }
}

pub mod dsl {
    pub use crate::SchemaItem as now;
    pub use crate::SchemaItem as today;
    pub use crate::query_builder::functions::*;

    functions! {
        count(expr) count_star() count_distinct(expr) sum(expr) avg(expr) max(expr) min(expr) exists(query) not(expr) date(expr) any(values)
        all(values) array(elements) case_when(condition, value) lower(expr) upper(expr) row_number() rank() dense_rank() percent_rank()
        cume_dist() ntile(buckets) lag(expr) lead(expr) first_value(expr) last_value(expr) nth_value(expr, n) array_append(array, element)
        array_length(array, dimension) array_position(array, element) array_remove(array, element) array_to_string(array, separator)
        cardinality(array) to_json(expr) to_jsonb(expr) jsonb_set(base, path, value) jsonb_array_length(json) json_array_length(json)
        json(expr) jsonb(expr) json_build_object(expr) range_merge(left, right)
    }

    pub fn sql<ST>(text: &str) -> crate::Query<'static> {
        loop {}
    }

    queries! {
        AsExpr AsExprOf AsSelect Asc AssumeNotNull And Between BareSelect Cast Concat Contains CountStar Desc Distinct DistinctOn Eq EqAny
        Escape Except Filter Find FindBy ForUpdate GroupBy Gt GtEq Having ILike InnerJoin InnerJoinOn InnerJoinQuerySource Intersect
        IntoBoxed IntoSql IsContainedBy IsDistinctFrom IsNotDistinctFrom IsNotNull IsNull LeftJoin LeftJoinOn LeftJoinQuerySource Like
        Limit Lt LtEq Ne NeAny NotBetween NotEq NotILike NotLike Nullable NullableSelect NullsFirst NullsLast Offset On Or OrFilter Order
        OrderBy Otherwise OverlapsWith Returning Select Set SingleValue SkipLocked SqlTypeOf ThenOrderBy Union UnionAll Update Values When
        Field Fields AliasedFields
    }

    use crate::pg::data_types::PgInterval;

    macro_rules! intervals {
        ($($unit:ident)*) => {
            pub trait IntervalDsl: Sized {
                $(
                    fn $unit(self) -> PgInterval {
                        loop {}
                    }
                )*
            }
        };
    }

    intervals! {
        microsecond microseconds millisecond milliseconds second seconds minute minutes hour hours day days week weeks month months year
        years
    }

    impl IntervalDsl for i32 {}
    impl IntervalDsl for i64 {}
    impl IntervalDsl for f64 {}
}

pub use dsl as helper_types;

pub mod upsert {
    pub use crate::query_builder::DecoratableTarget;
    functions!(excluded(column) on_constraint(name));
}

pub mod insertable {
    pub trait Insertable<T> {
        fn insert_into(self, table: T) -> crate::Query<'static>
        where
            Self: Sized,
        {
            loop {}
        }
    }

    // Its derive is not expanded. Behind a reference, a method of the same name that a type has of its own comes first.
    impl<T, U> Insertable<T> for &U {}
}

pub mod associations {
    named_traits!(Associations BelongsTo<Parent>);

    pub trait HasTable {
        type Table;
        fn table() -> Self::Table;
    }

    pub trait Identifiable {
        type Id;
        fn id(self) -> Self::Id;
    }

    pub trait GroupedBy<'a, Parent>: IntoIterator + Sized {
        fn grouped_by(self, parents: &'a [Parent]) -> Vec<Vec<Self::Item>> {
            loop {}
        }
    }

    impl<'a, Parent, Child> GroupedBy<'a, Parent> for Vec<Child> {}
}

pub mod deserialize {
    use crate::backend::Backend;

    pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

    pub trait FromSql<A, DB: Backend>: Sized {
        fn from_sql(bytes: DB::RawValue<'_>) -> Result<Self> {
            loop {}
        }
    }

    impl<T, A, DB: Backend> FromSql<A, DB> for T {}

    pub trait FromSqlRow<ST, DB>: Sized {}
    impl<T, ST, DB> FromSqlRow<ST, DB> for T {}

    pub trait Queryable<ST, DB>: Sized {
        type Row;
        fn build(row: Self::Row) -> Result<Self>;
    }

    pub trait QueryableByName<DB>: Sized {}

    named_traits!(StaticallySizedRow<ST, DB> FromStaticSqlRow<ST, DB>);
}

pub mod serialize {
    pub type Result = std::result::Result<IsNull, Box<dyn std::error::Error + Send + Sync>>;

    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum IsNull {
        Yes,
        No,
    }

    pub struct Output<'a, 'b, DB>(std::marker::PhantomData<(&'a (), &'b mut (), DB)>);

    impl<'a, 'b, DB> Output<'a, 'b, DB> {
        pub fn reborrow<'c>(&'c mut self) -> Output<'c, 'c, DB> {
            loop {}
        }
        pub fn set_value<V>(&mut self, value: V) {}
    }

    impl<DB> std::io::Write for Output<'_, '_, DB> {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            loop {}
        }
        fn flush(&mut self) -> std::io::Result<()> {
            loop {}
        }
    }

    pub trait ToSql<A, DB> {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> Result {
            loop {}
        }
    }

    impl<T: ?Sized, A, DB> ToSql<A, DB> for T {}
}

pub mod row {
    named_traits!(Row<DB> NamedRow<DB> Field<DB> RowIndex<I> RowSealed IntoOwnedRow<DB>);
    pub struct PartialRow<'a, R>(&'a R);
}

pub mod migration {
    use std::error::Error;

    pub type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

    #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct MigrationVersion<'a>(std::borrow::Cow<'a, str>);

    impl std::fmt::Display for MigrationVersion<'_> {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            loop {}
        }
    }

    pub trait MigrationName: std::fmt::Display {
        fn version(&self) -> MigrationVersion<'_>;
    }

    pub trait MigrationMetadata {}

    pub trait Migration<DB> {
        fn run(&self, conn: &mut dyn crate::connection::BoxableConnection<DB>) -> Result<()>;
        fn revert(&self, conn: &mut dyn crate::connection::BoxableConnection<DB>) -> Result<()>;
        fn metadata(&self) -> &dyn MigrationMetadata;
        fn name(&self) -> &dyn MigrationName;
    }

    pub trait MigrationSource<DB> {
        fn migrations(&self) -> Result<Vec<Box<dyn Migration<DB>>>>;
    }

    pub trait MigrationConnection: crate::connection::Connection {
        fn setup(&mut self) -> crate::QueryResult<usize>;
    }
}

/// What `diesel_migrations` asks of a connection.
pub mod internal {
    pub mod migrations {
        pub use crate::backend::DieselReserveSpecialization;
        types!(DefaultValues);
    }
}

pub mod sql_types {
    types! {
        Bool TinyInt SmallInt Integer BigInt Float Double Numeric Text Binary Date Interval Time Timestamp Json Jsonb Oid Timestamptz Uuid
        Money MacAddr MacAddr8 Inet Cidr CChar Citext PgLsn Datetime TimestamptzSqlite Nullable<T> Array<T> Range<T> Multirange<T>
        Record<T> Unsigned<T>
    }

    pub use self::BigInt as Int8;
    pub use self::BigInt as Bigint;
    pub use self::BigInt as BigSerial;
    pub use self::Binary as Blob;
    pub use self::Binary as Bytea;
    pub use self::Binary as Varbinary;
    pub use self::Double as Float8;
    pub use self::Float as Float4;
    pub use self::Integer as Int4;
    pub use self::Integer as Serial;
    pub use self::MacAddr as Macaddr;
    pub use self::MacAddr8 as Macaddr8;
    pub use self::Numeric as Decimal;
    pub use self::SmallInt as Int2;
    pub use self::SmallInt as Smallint;
    pub use self::SmallInt as SmallSerial;
    pub use self::Text as Bpchar;
    pub use self::Text as Char;
    pub use self::Text as Longtext;
    pub use self::Text as Mediumtext;
    pub use self::Text as Tinytext;
    pub use self::Text as VarChar;
    pub use self::Text as Varchar;
    pub use self::TinyInt as Tinyint;
    pub use crate::expression::expression_types::Untyped;

    pub type Int4range = Range<Integer>;
    pub type Int8range = Range<BigInt>;
    pub type Daterange = Range<Date>;
    pub type Numrange = Range<Numeric>;
    pub type Tsrange = Range<Timestamp>;
    pub type Tstzrange = Range<Timestamptz>;

    named_traits!(SqlType SingleValue HasSqlType<ST> TypeMetadata IntoNullable IntoNotNullable SqlOrd Foldable BoolOrNullableBool);
}

pub mod prelude {
    pub use crate::associations::{Associations, GroupedBy, Identifiable};
    pub use crate::connection::Connection;
    pub use crate::deserialize::{Queryable, QueryableByName};
    pub use crate::expression::{AppearsOnTable, BoxableExpression, Expression, HasQuery, IntoSql};
    pub use crate::expression::{Selectable, SelectableExpression, SelectableHelper};
    pub use crate::expression_methods::*;
    pub use crate::insertable::Insertable;
    pub use crate::mysql::MysqlConnection;
    pub use crate::pg::PgConnection;
    pub use crate::query_builder::{AsChangeset, DecoratableTarget};
    pub use crate::query_dsl::{
        BelongingToDsl, CombineDsl, JoinOnDsl, QueryDsl, RunQueryDsl, SaveChangesDsl,
    };
    pub use crate::query_source::{Column, JoinTo, QuerySource, Table};
    pub use crate::result::{
        ConnectionError, ConnectionResult, OptionalEmptyChangesetExtension, OptionalExtension, QueryResult,
    };
    pub use crate::sqlite::SqliteConnection;
    pub use crate::{
        allow_columns_to_appear_in_same_group_by_clause, allow_tables_to_appear_in_same_query, joinable,
        table,
    };
    pub use crate::{define_sql_function, sql_function};
}

pub use crate::prelude::*;
pub use crate::query_builder::debug_query;
pub use crate::query_builder::functions::*;
pub use crate::result::Error::NotFound;

/// A table is a module of names: an import each, without an item to be lowered.
#[macro_export]
macro_rules! table {
    (use $($import:tt)::+ $(as $other:ident)?; $($rest:tt)*) => { $crate::table! { $($rest)* } };
    (
        $(#[$($attribute:tt)*])*
        $name:ident $(($($key:ident),* $(,)?))? {
            $($(#[$($note:tt)*])* $column:ident -> $type:ty),* $(,)?
        }
    ) => {
        pub mod $name {
            pub use $crate::SchemaItem as table;
            pub use $crate::SchemaItem as all_columns;
            pub use $crate::SchemaItem as SqlType;
            pub use $crate::Query as BoxedQuery;
            pub use columns::*;

            pub mod columns {
                pub use $crate::SchemaItem as star;
                $(pub use $crate::SchemaItem as $column;)*
            }

            pub mod dsl {
                pub use $crate::SchemaItem as $name;
                pub use super::columns::*;
            }
        }
    };
    (
        $(#[$($attribute:tt)*])*
        $schema:ident . $name:ident $($rest:tt)*
    ) => {
        $crate::table! { $name $($rest)* }
    };
}

#[macro_export]
macro_rules! joinable {
    ($($any:tt)*) => {};
}

#[macro_export]
macro_rules! allow_tables_to_appear_in_same_query {
    ($($any:tt)*) => {};
}

#[macro_export]
macro_rules! allow_columns_to_appear_in_same_group_by_clause {
    ($($any:tt)*) => {};
}

/// A function of the database takes any arguments.
#[macro_export]
macro_rules! define_sql_function {
    ($(#[$($attribute:tt)*])* $visibility:vis fn $name:ident ($($arg:ident : $type:ty),* $(,)?) $($rest:tt)*) => {
        pub fn $name<$($arg),*>($($arg: $arg),*) -> $crate::Query<'static> {
            loop {}
        }
    };
    ($(#[$($attribute:tt)*])* $visibility:vis fn $name:ident < $($rest:tt)*) => {
        $crate::define_sql_function! { @parameters $name $($rest)* }
    };
    (@parameters $name:ident > ($($arg:tt)*) $($rest:tt)*) => {
        $crate::define_sql_function! { fn $name ($($arg)*) }
    };
    (@parameters $name:ident $first:tt $($rest:tt)*) => {
        $crate::define_sql_function! { @parameters $name $($rest)* }
    };
}

#[macro_export]
macro_rules! sql_function {
    ($($function:tt)*) => { $crate::define_sql_function! { $($function)* } };
}

#[macro_export]
macro_rules! no_arg_sql_function {
    ($name:ident $($rest:tt)*) => {
        pub use $crate::SchemaItem as $name;
    };
}

#[macro_export]
macro_rules! alias {
    (@value $alias:ident) => { $crate::SchemaItem };
    ($($($table:ident)::+ as $alias:ident),* $(,)?) => { ($($crate::alias!(@value $alias)),*) };
    ($($($table:ident)::+ as $alias:ident : $type:ident),* $(,)?) => {
        $(
            pub use $crate::SchemaItem as $type;
            pub use $crate::SchemaItem as $alias;
        )*
    };
    ($($visibility:vis const $name:ident : Alias<$type:ident> = $($table:ident)::+ as $alias:ident);* $(;)?) => {
        $(
            pub use $crate::SchemaItem as $type;
            pub use $crate::SchemaItem as $name;
        )*
    };
}

#[macro_export]
macro_rules! infix_operator {
    ($name:ident, $($any:tt)*) => {
        pub use $crate::Query as $name;
    };
}

#[macro_export]
macro_rules! prefix_operator {
    ($name:ident, $($any:tt)*) => {
        pub use $crate::Query as $name;
    };
}

#[macro_export]
macro_rules! postfix_operator {
    ($name:ident, $($any:tt)*) => {
        pub use $crate::Query as $name;
    };
}
