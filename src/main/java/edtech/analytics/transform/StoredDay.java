package edtech.analytics.transform;

import edtech.analytics.input.line.EventKind;
import edtech.analytics.measure.MeasureNames;
import edtech.analytics.model.SqlFile;
import edtech.analytics.model.Table;
import java.time.LocalDate;
import java.util.Map;
import java.util.function.Function;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A day that was loaded before, read back from where it is stored: the tables that are still to be
 * made of it, by the queries that made them when it was loaded. These may read {@code events} and
 * its parts, and every staging table; of rejected lines and source files nothing is known here.
 */
public final class StoredDay implements AutoCloseable {
  private final DayTables tables;

  /**
   * @param names of the dimensions and metrics that the day was loaded with
   * @param stored the tables that are there, to their rows; nothing is read before it is used
   */
  public StoredDay(
      SparkSession spark, LocalDate date, MeasureNames names, Map<Table, Dataset<Row>> stored) {
    // The tables have few rows: a shuffle into many partitions would cost more than all the rest.
    spark.conf().set("spark.sql.shuffle.partitions", 1);
    // Adaptive execution would run parts of the queries while they are planned, even of those that
    // nothing reads.
    spark.conf().set("spark.sql.adaptive.enabled", false);
    stored.forEach((table, rows) -> rows.createOrReplaceTempView(table.view()));
    spark.sql(SqlFile.read("/stored/events.sql")).createOrReplaceTempView("events");
    Function<EventKind, Dataset<Row>> of =
        kind -> spark.table("events").where("event_kind = '" + kind.code() + "'");
    of.apply(EventKind.PURCHASE).createOrReplaceTempView("purchases");
    of.apply(EventKind.TASK_RESULT).createOrReplaceTempView("task_results");
    of.apply(EventKind.AB_ASSIGNMENT).createOrReplaceTempView("ab_assignments");
    tables = new DayTables(spark, date, names, stored);
  }

  /** The rows of a table that is not stored. */
  public Dataset<Row> rows(Table table) {
    return tables.rows(table);
  }

  @Override
  public void close() {
    tables.close();
  }
}
