/**
 * Product analytics for a learning app, computed once a day. The packages, in the order in which
 * data flows:
 *
 * <ol>
 *   <li>{@code cli}: commands; nothing but arguments, settings, job, exit code.
 *   <li>{@code config}: typed settings; all problems reported at once.
 *   <li>{@code source}: what a company's own events look like, as checked settings.
 *   <li>{@code measure}: the dimensions and metrics that the settings ask of every event.
 *   <li>{@code input}: S3 objects to Spark rows: listing, splits, reading, decompression. {@code
 *       input.line}: one line to one event or one reason. They know JSON, not ClickHouse.
 *   <li>{@code model}: the tables and the names derived from theirs.
 *   <li>{@code spark}: what Spark's public interface does not offer. Knows no event and no table.
 *   <li>{@code transform}: the SQL queries over the parsed day. Knows neither S3 nor ClickHouse.
 *   <li>{@code clickhouse}: the client. {@code clickhouse.sink}: Spark's write path. {@code
 *       clickhouse.store}: schema, stage, publications, ledger, sweep. They know no metric.
 *   <li>{@code job}: the session, the settings in force, access to S3.
 *   <li>{@code load}: one day, or a range of days: the only place that knows the order of steps.
 *   <li>{@code forget}: erasure of a user from all loads.
 *   <li>{@code trial}: a source tried on a few objects, without Spark and ClickHouse.
 *   <li>{@code shell}: a day as views of spark-shell, nothing written.
 * </ol>
 */
package edtech.analytics;
