/**
 * From objects in S3 to parsed events and rejected lines, as a Spark source. Judges each line by
 * itself: it knows JSON and the rules of the fields, but no other line of the same id, no table and
 * no ClickHouse.
 */
package edtech.analytics.input;
