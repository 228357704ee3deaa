/**
 * All that is said to ClickHouse: the Spark sink for stage tables, the schema, publications, the
 * ledger and the sweep. Knows how rows are kept and made visible, not what they mean, nor in which
 * order a load takes its steps.
 */
package edtech.analytics.clickhouse;
