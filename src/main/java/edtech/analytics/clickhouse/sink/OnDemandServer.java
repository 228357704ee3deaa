package edtech.analytics.clickhouse.sink;

import edtech.analytics.clickhouse.ClickHouse;
import edtech.analytics.clickhouse.Connection;

/** A server that several writers share, connected to when one of them needs it. Not thread-safe. */
final class OnDemandServer implements AutoCloseable {
  private final Connection connection;
  private ClickHouse server;

  OnDemandServer(Connection connection) {
    this.connection = connection;
  }

  ClickHouse get() {
    if (server == null) {
      server = new ClickHouse(connection);
    }
    return server;
  }

  @Override
  public void close() {
    if (server != null) {
      server.close();
    }
  }
}
