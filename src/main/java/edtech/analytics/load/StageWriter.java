package edtech.analytics.load;

import edtech.analytics.clickhouse.ClickHouseException;
import edtech.analytics.clickhouse.sink.OnePass;
import edtech.analytics.clickhouse.store.LoadRecord;
import edtech.analytics.clickhouse.store.Stage;
import edtech.analytics.job.Writing;
import edtech.analytics.measure.MeasureNames;
import edtech.analytics.model.Table;
import edtech.analytics.transform.DayTables;
import edtech.analytics.transform.ParsedDay;
import edtech.analytics.transform.RowSizes;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;
import org.apache.spark.sql.functions;

/**
 * Writes the tables of a day into the stage through the Spark catalog {@link Writing#CATALOG}: in
 * one pass over the day with the built-in sink, table by table with another one. Plans the queries
 * when it is made, while the day is still read.
 */
final class StageWriter implements AutoCloseable {
  private final List<Table> tables;
  private final DayTables dayTables;
  private final Stage stage;
  private final Writing writing;
  private final long loadId;

  /** Empty where each table is appended by itself. */
  private final List<OnePass> passes;

  /**
   * @param names of the dimensions and metrics that the day was parsed for
   */
  StageWriter(
      ParsedDay day,
      List<Table> tables,
      MeasureNames names,
      Stage stage,
      Writing writing,
      LoadRecord load) {
    this.tables = tables;
    this.stage = stage;
    this.writing = writing;
    this.loadId = load.loadId();
    this.dayTables = new DayTables(day.spark(), load.date(), names);
    this.passes = writing.reportsRows() ? passes(day) : List.of();
  }

  /** Writes; returns how many rows the server then holds, by logical name. */
  Map<String, Long> write() {
    Map<String, Long> staged = new HashMap<>();
    passes.forEach(pass -> staged.putAll(pass.run()));
    Map<String, Long> rows = new LinkedHashMap<>();
    for (Table table : tables) {
      rows.put(table.logical(), passes.isEmpty() ? append(table) : staged.get(table.stage(loadId)));
    }
    return rows;
  }

  /** Frees what was kept of the day, and its connections. */
  @Override
  public void close() {
    passes.forEach(OnePass::close);
    dayTables.close();
  }

  private List<OnePass> passes(ParsedDay day) {
    OnePass lines = new OnePass(day.spark(), Writing.CATALOG, loadId);
    lines.compute(day.outcomes());
    // Marts are made of what the first pass keeps; in the same pass, Spark would compute a shuffle
    // of theirs before it, out of lines that are then fetched and resolved twice.
    OnePass kept = new OnePass(day.spark(), Writing.CATALOG, loadId);
    for (Table table : tables) {
      OnePass pass = table.isMart() ? kept : lines;
      pass.append(dayTables.rows(table), "stage", table.stageName(loadId));
    }
    return List.of(lines, kept);
  }

  private long append(Table table) {
    Dataset<Row> rows = dayTables.rows(table);
    RowSizes sizes = RowSizes.of(rows);
    writing.boundBatches(rows.sparkSession(), sizes::rowsWithin);
    long expected = sizes.rows();
    try {
      // The connector sends no tokens, so the server knows a batch that came twice by its content.
      // With a number of its own in every row, no two batches of equal lines look like one.
      rows.withColumn("load_id", functions.lit(loadId))
          .withColumn("_task", functions.monotonically_increasing_id())
          .writeTo(Writing.CATALOG + "." + table.stage(loadId))
          .append();
    } catch (NoSuchTableException e) {
      throw new IllegalStateException(e);
    }
    long staged = stage.staged(table);
    if (staged != expected) {
      throw new ClickHouseException(
          table.stage(loadId)
              + " holds "
              + staged
              + " rows, the query gave "
              + expected
              + ": load the day again");
    }
    return staged;
  }
}
