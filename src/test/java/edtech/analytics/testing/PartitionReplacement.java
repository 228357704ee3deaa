package edtech.analytics.testing;

import edtech.analytics.clickhouse.ClickHouse;
import edtech.analytics.clickhouse.ClickHouseException;
import edtech.analytics.load.Progress;
import edtech.analytics.load.Step;
import edtech.analytics.model.Table;
import edtech.analytics.model.Tables;
import java.time.LocalDate;
import java.util.List;

/**
 * The control: what many loaders do. The day is filled into a new table and put in place with
 * REPLACE PARTITION, one table after the other. The contents are copies of what the load made.
 */
public final class PartitionReplacement implements Replacing {
  private final ClickHouse server;
  private final LocalDate date;

  public PartitionReplacement(ClickHouse server, LocalDate date) {
    this.server = server;
    this.date = date;
    server.execute("CREATE DATABASE control");
    for (Table table : Tables.PUBLISHED) {
      create(target(table), table);
      server.execute("INSERT INTO " + target(table) + " " + visible(table));
    }
  }

  /** Keeps what readers see now as a content. */
  public void keep(int content) {
    for (Table table : Tables.PUBLISHED) {
      create(kept(table, content), table);
      server.execute("INSERT INTO " + kept(table, content) + " " + visible(table));
    }
  }

  @Override
  public List<String> tables() {
    return Tables.PUBLISHED.stream().map(PartitionReplacement::target).toList();
  }

  @Override
  public List<Step> steps() {
    return List.of(Step.PUBLISH);
  }

  @Override
  public String replace(int content, Progress progress) {
    try {
      progress.begins(date, Step.WRITE);
      for (Table table : Tables.PUBLISHED) {
        server.execute("DROP TABLE IF EXISTS " + filled(table) + " SYNC");
        create(filled(table), table);
        server.execute("INSERT INTO " + filled(table) + " SELECT * FROM " + kept(table, content));
      }
      progress.begins(date, Step.PUBLISH);
      for (Table table : Tables.PUBLISHED) {
        progress.begins(date, Step.PUBLISH, table.logical());
        server.execute(
            "ALTER TABLE "
                + target(table)
                + " REPLACE PARTITION '"
                + date
                + "' FROM "
                + filled(table));
      }
      return "";
    } catch (ClickHouseException e) {
      return e.getMessage();
    }
  }

  private void create(String name, Table like) {
    server.execute(
        "CREATE TABLE "
            + name
            + " ENGINE = MergeTree PARTITION BY event_date ORDER BY tuple() EMPTY AS "
            + visible(like));
  }

  private String visible(Table table) {
    return "SELECT * FROM " + table.logical() + " WHERE event_date = '" + date + "'";
  }

  private static String target(Table table) {
    return table.physical().replace("store.", "control.");
  }

  private static String filled(Table table) {
    return "control.filled_" + table.name();
  }

  private static String kept(Table table, int content) {
    return "control.kept" + content + "_" + table.name();
  }
}
