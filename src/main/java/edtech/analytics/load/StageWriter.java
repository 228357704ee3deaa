package edtech.analytics.load;

import edtech.analytics.clickhouse.ClickHouseException;
import edtech.analytics.clickhouse.Stage;
import edtech.analytics.clickhouse.StageCatalog;
import edtech.analytics.model.Table;
import edtech.analytics.transform.DayTables;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;
import org.apache.spark.sql.functions;

/**
 * Writes the tables of a day into the stage through the Spark catalog {@link Writing#CATALOG},
 * several at a time: the small ones wait for the server more than for a core.
 */
final class StageWriter {
  private static final int TABLES_AT_A_TIME = 3;

  private final DayTables day;
  private final Stage stage;
  private final Writing writing;
  private final long loadId;

  StageWriter(DayTables day, Stage stage, Writing writing, long loadId) {
    this.day = day;
    this.stage = stage;
    this.writing = writing;
    this.loadId = loadId;
  }

  /** Writes; returns how many rows the server then holds, by logical name. */
  Map<String, Long> write(List<Table> tables, LoadJournal journal) {
    ExecutorService threads = Executors.newFixedThreadPool(TABLES_AT_A_TIME);
    try {
      Map<Table, Future<Long>> running = new LinkedHashMap<>();
      for (Table table : tables) {
        running.put(table, threads.submit(() -> write(table)));
      }
      Map<String, Long> rows = new LinkedHashMap<>();
      for (Map.Entry<Table, Future<Long>> one : running.entrySet()) {
        journal.part(one.getKey().logical());
        rows.put(one.getKey().logical(), await(one.getValue()));
      }
      return rows;
    } finally {
      shutdown(threads);
    }
  }

  private long write(Table table) throws NoSuchTableException {
    Dataset<Row> rows = day.rows(table);
    String target = Writing.CATALOG + "." + table.stage(loadId);
    if (writing.reportsRows()) {
      rows.writeTo(target).option(StageCatalog.LOAD_ID, String.valueOf(loadId)).append();
      return stage.staged(table);
    }
    long expected = rows.count();
    // The connector sends no tokens, so the server knows a batch that came twice by its content.
    // With a number of its own in every row, no two batches of equal lines look like one.
    rows.withColumn("load_id", functions.lit(loadId))
        .withColumn("_task", functions.monotonically_increasing_id())
        .writeTo(target)
        .append();
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

  private static long await(Future<Long> rows) {
    try {
      return rows.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LoadFailedException("interrupted while writing");
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException known
          ? known
          : new IllegalStateException(e.getCause());
    }
  }

  /** Waits for the writes that still run, so that none outlives the load. */
  private static void shutdown(ExecutorService threads) {
    threads.shutdownNow();
    try {
      threads.awaitTermination(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
