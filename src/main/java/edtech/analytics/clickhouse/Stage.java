package edtech.analytics.clickhouse;

import edtech.analytics.model.SqlFile;
import edtech.analytics.model.Table;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The tables that one load fills, and their way into the store. Visible to nobody else. */
public final class Stage {
  private static final Pattern LOGICAL_NAME = Pattern.compile("\\b(raw|staging|marts)\\.(\\w+)");

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

  /** Which of the identities in {@code clickhouse/identities.sql} the staged rows break. */
  public List<String> brokenIdentities() {
    String sql =
        LOGICAL_NAME
            .matcher(SqlFile.read("/clickhouse/identities.sql"))
            .replaceAll(name -> new Table(name.group(1), name.group(2)).stage(loadId));
    return server.rows(sql).stream()
        .map(
            row ->
                "%s is %s, %s is %s"
                    .formatted(
                        row.getString("figure"),
                        row.getString("found"),
                        row.getString("counted"),
                        row.getString("expected")))
        .toList();
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
