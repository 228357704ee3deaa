package edtech.analytics.load;

import edtech.analytics.clickhouse.store.Stage;
import edtech.analytics.job.JobContext;
import edtech.analytics.model.Table;
import edtech.analytics.model.Tables;
import java.time.LocalDate;
import java.util.Map;

/** Whether an earlier load is still there, before and after it is published. */
final class WholeLoad {
  private WholeLoad() {}

  /**
   * Requires all rows of a load.
   *
   * @param rows that it staged, by logical name of the table; a table that is not there had none
   * @param otherwise why it may not be whole, or what to do
   * @throws LoadFailedException when rows of a table are gone
   */
  static void require(
      JobContext job, LocalDate date, long loadId, Map<String, Long> rows, String otherwise) {
    Stage store = new Stage(job.server(), date, loadId);
    store.catchUp();
    Map<Table, Long> byTable = store.stored();
    for (Table table : Tables.PUBLISHED) {
      long staged = rows.getOrDefault(table.logical(), 0L);
      long stored = byTable.get(table);
      if (stored != staged) {
        throw new LoadFailedException(
            "load "
                + loadId
                + " of "
                + date
                + " is no longer whole ("
                + table
                + " has "
                + stored
                + " of "
                + staged
                + " rows): "
                + otherwise);
      }
    }
  }
}
