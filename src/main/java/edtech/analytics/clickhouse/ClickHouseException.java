package edtech.analytics.clickhouse;

/** The server refused a statement, could not be reached, or holds what it should not. */
public final class ClickHouseException extends RuntimeException {
  public ClickHouseException(String message) {
    super(message);
  }

  public ClickHouseException(String message, Throwable cause) {
    super(message, cause);
  }
}
