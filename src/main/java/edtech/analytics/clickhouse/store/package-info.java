/**
 * What ClickHouse keeps: the schema, stage tables, publications, the ledger, erasures and the
 * sweep. Knows how rows are kept and made visible, not the order in which a load takes its steps.
 */
package edtech.analytics.clickhouse.store;
