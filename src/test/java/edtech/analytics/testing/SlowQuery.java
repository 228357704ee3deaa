package edtech.analytics.testing;

import edtech.analytics.model.Table;
import edtech.analytics.model.Tables;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * One query of the user reader over all tables of a day, which goes on for as long as nobody takes
 * its rows: they are padded, so that no buffer on the way holds them, and the server waits.
 */
public final class SlowQuery implements AutoCloseable {
  /** Four hundred rows of these are more than the buffers of a connection hold. */
  private static final int PADDING = 50_000;

  private final LocalServices services;
  private final String id = UUID.randomUUID().toString();
  private final HttpURLConnection connection;
  private final BufferedReader answer;
  private final List<String> rows = new ArrayList<>();

  /** Asks; the server has begun to answer when this returns. */
  public SlowQuery(LocalServices services, LocalDate day) throws IOException {
    this.services = services;
    Map<String, String> environment = LocalServices.ENVIRONMENT;
    String query =
        Tables.PUBLISHED.stream()
            .filter(table -> !table.equals(Tables.REJECTED_EVENTS))
            .map(table -> rowsOf(table, day))
            .collect(Collectors.joining(" UNION ALL "));
    connection =
        (HttpURLConnection)
            URI.create(
                    environment.get("CLICKHOUSE_URL")
                        // By default a server ends a query whose rows nobody takes for 30 s.
                        + "/?max_threads=1&max_block_size=8&http_send_timeout=900&query_id="
                        + id
                        + "&query="
                        + URLEncoder.encode(query, StandardCharsets.UTF_8))
                .toURL()
                .openConnection();
    connection.setRequestProperty("X-ClickHouse-User", environment.get("CLICKHOUSE_READER_USER"));
    connection.setRequestProperty(
        "X-ClickHouse-Key", environment.get("CLICKHOUSE_READER_PASSWORD"));
    InputStream body =
        connection.getResponseCode() == 200
            ? connection.getInputStream()
            : connection.getErrorStream();
    answer = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
  }

  private static String rowsOf(Table table, LocalDate day) {
    return "SELECT '%1$s', toString(tuple(*)), repeat('.', %2$d) FROM %1$s WHERE event_date = '%3$s'"
        .formatted(table.logical(), PADDING, day);
  }

  /** Takes so many rows. */
  public void take(int count) {
    for (int i = 0; i < count; i++) {
      takeOne();
    }
  }

  /** Takes what is left; returns all the rows, sorted. A failure is among them, as its text. */
  public List<String> all() {
    while (takeOne()) {
      // The next one.
    }
    return rows.stream().sorted().toList();
  }

  /** Whether the server is still at it. */
  public boolean isRunning() {
    return services.number("SELECT count() FROM system.processes WHERE query_id = '" + id + "'")
        == 1;
  }

  @Override
  public void close() {
    connection.disconnect();
  }

  private boolean takeOne() {
    try {
      String line = answer.readLine();
      if (line == null) {
        return false;
      }
      int padding = line.lastIndexOf('\t');
      rows.add(padding < 0 ? line : line.substring(0, padding));
      return true;
    } catch (IOException cut) {
      rows.add("cut: " + cut);
      return false;
    }
  }
}
