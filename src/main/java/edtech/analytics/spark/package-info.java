/**
 * The one place that uses classes which Spark does not promise to keep: its {@code catalyst},
 * {@code execution}, {@code classic} and {@code internal} packages. A newer Spark is tried out
 * here.
 *
 * <ul>
 *   <li>{@code Sessions}: a copy of a session, a catalog of a session, a frame in another session.
 *   <li>{@code Rows}: the rows of a frame as Spark computes them: kept, shuffled, shared by the
 *       tables that read them, or taken together with other rows in one job. Spark's public
 *       interface computes a query anew for each table that is made of it.
 *   <li>{@code RowStore}, {@code BinaryForm}, {@code BinaryRow}, {@code InternalRows}: rows in the
 *       binary form, so that none is copied into that form and out of it again.
 * </ul>
 *
 * <p>Other packages name {@code InternalRow} and {@code NoSuchTableException}, which Spark's public
 * interface for sources and sinks demands, and nothing else of those packages. Knows nothing of
 * events, tables or ClickHouse.
 */
package edtech.analytics.spark;
