package edtech.analytics.transform;

import edtech.analytics.measure.MeasureNames;
import edtech.analytics.model.SqlFile;
import edtech.analytics.model.Table;
import edtech.analytics.model.Tables;
import edtech.analytics.spark.Rows;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * The rows of every table of one day, by SQL files over the views of {@link ParsedDay}. A query may
 * also read {@code user_sessions}, {@code user_dimensions} and {@code day_totals}, the rows of a
 * staging table as {@code staging_<name>}, the loaded day as {@code :event_date}, which a day
 * without events has, too, and the names of the settings' dimensions and metrics as {@code
 * :dimensions} and {@code :metrics}.
 *
 * <p>Owns what queries share: computed at its first use, and kept until closed.
 */
public final class DayTables implements AutoCloseable {
  private static final String TOTALS = "/sql/day/day_totals.sql";

  private final SparkSession spark;
  private final Map<String, Object> parameters;
  private final Map<Table, Dataset<Row>> staging = new HashMap<>();
  private final List<Rows> kept = new ArrayList<>();

  /**
   * @param names of the dimensions and metrics that the events were parsed for
   */
  public DayTables(SparkSession spark, LocalDate date, MeasureNames names) {
    this(spark, date, names, Map.of());
  }

  /**
   * @param stored tables that are there already: their rows are taken, not computed
   */
  DayTables(
      SparkSession spark, LocalDate date, MeasureNames names, Map<Table, Dataset<Row>> stored) {
    this.spark = spark;
    this.parameters =
        Map.of(
            "event_date", date,
            "dimensions", array(names.dimensions()),
            "metrics", array(names.metrics()));
    keep(query("/sql/day/user_sessions.sql")).createOrReplaceTempView("user_sessions");
    query("/sql/day/user_dimensions.sql").createOrReplaceTempView("user_dimensions");
    for (Table table : Tables.in("staging")) {
      staging.put(table, stored.containsKey(table) ? stored.get(table) : staged(table));
      staging.get(table).createOrReplaceTempView(table.view());
    }
    keep(query(TOTALS)).createOrReplaceTempView("day_totals");
  }

  /** The rows of a table, with the columns of its DDL but {@code load_id} and {@code _task}. */
  public Dataset<Row> rows(Table table) {
    return staging.containsKey(table) ? staging.get(table) : query(table.query());
  }

  /** Frees what was kept of the day. */
  @Override
  public void close() {
    kept.forEach(Rows::free);
  }

  private static Column array(List<String> names) {
    return functions.array(names.stream().map(functions::lit).toArray(Column[]::new));
  }

  private Dataset<Row> staged(Table table) {
    Dataset<Row> rows = query(table.query());
    return isRead(table) ? keep(rows) : rows;
  }

  private Dataset<Row> query(String resource) {
    return spark.sql(SqlFile.read(resource), parameters);
  }

  /** Rows that no other query reads are not worth the memory. */
  private static boolean isRead(Table staged) {
    return Stream.concat(Stream.of(TOTALS), Tables.in("marts").stream().map(Table::query))
        .anyMatch(query -> SqlFile.read(query).contains(staged.view()));
  }

  private Dataset<Row> keep(Dataset<Row> rows) {
    Rows computedOnce = Rows.of(rows).kept();
    kept.add(computedOnce);
    return computedOnce.as(rows);
  }
}
