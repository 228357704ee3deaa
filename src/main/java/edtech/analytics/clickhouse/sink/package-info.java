/**
 * Spark's write path into stage tables: catalog, table, writers, and ClickHouse's native format.
 * Knows columns and blocks, not what a row means.
 */
package edtech.analytics.clickhouse.sink;
