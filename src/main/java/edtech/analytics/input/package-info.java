/**
 * From objects in S3 to Spark rows: listing, splits, reading and decompression, as a Spark source.
 * Leaves the judgement of a line to {@code input.line}; knows no table and no ClickHouse.
 */
package edtech.analytics.input;
