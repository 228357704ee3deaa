package edtech.analytics.load;

import edtech.analytics.clickhouse.ClickHouseException;
import edtech.analytics.clickhouse.OnePass;
import edtech.analytics.clickhouse.Stage;
import edtech.analytics.model.Table;
import edtech.analytics.transform.DayTables;
import edtech.analytics.transform.ParsedDay;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;
import org.apache.spark.sql.functions;

/**
 * Writes the tables of a day into the stage through the Spark catalog {@link Writing#CATALOG}: in
 * one pass over the day with the built-in one, table by table with another.
 */
final class StageWriter {
  private final ParsedDay day;
  private final DayTables dayTables;
  private final Stage stage;
  private final Writing writing;
  private final long loadId;

  StageWriter(ParsedDay day, DayTables dayTables, Stage stage, Writing writing, long loadId) {
    this.day = day;
    this.dayTables = dayTables;
    this.stage = stage;
    this.writing = writing;
    this.loadId = loadId;
  }

  /** Writes; returns how many rows the server then holds, by logical name. */
  Map<String, Long> write(List<Table> tables) {
    Map<String, Long> rows = new LinkedHashMap<>();
    if (!writing.reportsRows()) {
      tables.forEach(table -> rows.put(table.logical(), append(table)));
      return rows;
    }
    OnePass lines = new OnePass(day.spark(), Writing.CATALOG, loadId);
    lines.compute(day.outcomes());
    // Marts are made of what the first pass keeps; in the same pass, Spark would compute a shuffle
    // of theirs before it, out of lines that are then fetched and resolved twice.
    OnePass kept = new OnePass(day.spark(), Writing.CATALOG, loadId);
    for (Table table : tables) {
      OnePass pass = table.isMart() ? kept : lines;
      pass.append(dayTables.rows(table), "stage", table.stageName(loadId));
    }
    Map<String, Long> staged = lines.run();
    staged.putAll(kept.run());
    tables.forEach(table -> rows.put(table.logical(), staged.get(table.stage(loadId))));
    return rows;
  }

  private long append(Table table) {
    Dataset<Row> rows = dayTables.rows(table);
    long expected = rows.count();
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
