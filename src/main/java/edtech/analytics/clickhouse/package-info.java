/**
 * The client of ClickHouse: connection, requests, and the text of what went wrong. Knows no table.
 */
package edtech.analytics.clickhouse;
