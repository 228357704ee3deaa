package edtech.analytics.model;

/**
 * A logical table that a load publishes, and the names derived from it. Its columns are defined in
 * its {@link #ddl}, its rows in its {@link #query}, where the grain is written, too.
 *
 * @param database what readers see it under: {@code raw}, {@code staging} or {@code marts}
 * @param name name within it
 */
public record Table(String database, String name) {

  /** The view that readers query. */
  public String logical() {
    return database + "." + name;
  }

  /** The table that holds the rows of all loads. */
  public String physical() {
    return "store." + flat();
  }

  /** The table that one load fills before it publishes. */
  public String stage(long loadId) {
    return "stage." + stageName(loadId);
  }

  /** {@link #stage} without its database. */
  public String stageName(long loadId) {
    return flat() + "_" + loadId;
  }

  /** The Spark SQL that makes its rows. */
  public String query() {
    return "/sql/" + database + "/" + name + ".sql";
  }

  /** The DDL of {@link #physical}. */
  public String ddl() {
    return "/clickhouse/store/" + flat() + ".sql";
  }

  /** The Spark view of its rows, for the queries of other tables. */
  public String view() {
    return flat();
  }

  /** Whether it is made of staging tables, not of events. */
  public boolean isMart() {
    return database.equals("marts");
  }

  private String flat() {
    return database + "_" + name;
  }

  @Override
  public String toString() {
    return logical();
  }
}
