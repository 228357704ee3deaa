package edtech.analytics.clickhouse;

import edtech.analytics.model.Table;
import java.time.LocalDate;
import java.util.Map;

/** The tables that one load fills, and their way into the store. Visible to nobody else. */
public final class Stage {
  private final ClickHouse server;
  private final LocalDate date;
  private final long loadId;

  public Stage(ClickHouse server, LocalDate date, long loadId) {
    this.server = server;
    this.date = date;
    this.loadId = loadId;
  }

  /** Makes the load's empty table of the same form as the store's. */
  public void create(Table table) {
    server.execute("CREATE TABLE IF NOT EXISTS " + table.stage(loadId) + " AS " + table.physical());
  }

  /** Rows that the load has staged. */
  public long staged(Table table) {
    return server.number("SELECT count() FROM " + table.stage(loadId), Map.of());
  }

  /** Moves what was staged into the store, where it stays invisible until published. */
  public void move(Table table) {
    server.execute(
        "ALTER TABLE "
            + table.stage(loadId)
            + " MOVE PARTITION ('"
            + date
            + "', "
            + loadId
            + ") TO TABLE "
            + table.physical());
  }

  /** Rows of the load that the store holds. */
  public long stored(Table table) {
    return server.number(
        "SELECT count() FROM "
            + table.physical()
            + " WHERE event_date = {date:Date} AND load_id = {load:UInt64}",
        Map.of("date", date.toString(), "load", loadId));
  }

  /** Drops the load's table, whatever it still holds. */
  public void drop(Table table) {
    server.execute("DROP TABLE IF EXISTS " + table.stage(loadId) + " SYNC");
  }
}
