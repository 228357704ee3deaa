package edtech.analytics.clickhouse;

import com.clickhouse.client.api.Client;
import com.clickhouse.client.api.DataStreamWriter;
import com.clickhouse.client.api.data_formats.ClickHouseBinaryFormatReader;
import com.clickhouse.client.api.data_formats.RowBinaryWithNamesAndTypesFormatReader;
import com.clickhouse.client.api.data_formats.internal.BinaryStreamReader;
import com.clickhouse.client.api.data_formats.internal.MapBackedRecord;
import com.clickhouse.client.api.insert.InsertResponse;
import com.clickhouse.client.api.insert.InsertSettings;
import com.clickhouse.client.api.query.GenericRecord;
import com.clickhouse.client.api.query.QueryResponse;
import com.clickhouse.client.api.query.QuerySettings;
import com.clickhouse.data.ClickHouseFormat;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Statements to one server over HTTP. Every statement sent through here may be sent twice without
 * harm, so that a lost answer can be retried. Whatever goes wrong is a {@link ClickHouseException}
 * that names the server, the cause and the statement.
 */
public final class ClickHouse implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Connection connection;
  private final Client client;
  private final ReplicatedTables replicatedTables;
  private volatile Map<String, String> serverSettings;

  public ClickHouse(Connection connection) {
    this.connection = connection;
    this.replicatedTables = new ReplicatedTables(this, connection.retries() + 1);
    this.client =
        new Client.Builder()
            .addEndpoint(connection.url())
            .setUsername(connection.user())
            .setPassword(connection.password())
            .setConnectTimeout(connection.connectTimeout(), ChronoUnit.SECONDS)
            .setSocketTimeout(connection.requestTimeout(), ChronoUnit.SECONDS)
            .setMaxRetries(connection.retries())
            .compressClientRequest(true)
            .compressServerResponse(false)
            .build();
  }

  /** Runs a statement that gives no rows. */
  public void execute(String sql) {
    execute(sql, Map.of());
  }

  /** Runs a statement with values bound to its {@code {name:Type}} places. */
  public void execute(String sql, Map<String, Object> values) {
    execute(sql, values, new QuerySettings());
  }

  private void execute(String sql, Map<String, Object> values, QuerySettings settings) {
    try (QueryResponse response = ask(sql, values, settings)) {
      response.getReadRows();
    } catch (ClickHouseException e) {
      throw e;
    } catch (Exception e) {
      throw failed(sql, e);
    }
  }

  /** The rows of a query, all in memory; for small results. */
  public List<GenericRecord> rows(String sql) {
    return rows(sql, Map.of());
  }

  /** The rows of a query with values bound to its {@code {name:Type}} places. */
  public List<GenericRecord> rows(String sql, Map<String, Object> values) {
    try (Rows answer = stream(sql, values)) {
      return answer.all();
    }
  }

  /** The rows of a query as they come, for results of any size. */
  public Rows stream(String sql) {
    return stream(sql, Map.of());
  }

  private Rows stream(String sql, Map<String, Object> values) {
    return new Rows(sql, ask(sql, values, new QuerySettings().setFormat(Rows.FORMAT)));
  }

  /**
   * Server setting to value, for each that statements depend on and that the user's profile does
   * not hold constant: what every statement from here sends.
   */
  private Map<String, String> serverSettings() {
    if (serverSettings == null) {
      String sql = ServerSettings.query();
      QuerySettings plain = new QuerySettings().setFormat(Rows.FORMAT);
      try (Rows rows = new Rows(sql, sent(sql, Map.of(), plain))) {
        String answer = rows.all().get(0).getString(1);
        serverSettings = ServerSettings.toSend(connection, ServerSettings.found(answer));
      }
    }
    return serverSettings;
  }

  /** What an insert sends: all of it at every call, as a request may be sent again. */
  public interface Block {
    void writeTo(OutputStream out) throws IOException;
  }

  /** The rows of one answer, one after the other. */
  public final class Rows implements AutoCloseable {
    private static final ClickHouseFormat FORMAT = ClickHouseFormat.RowBinaryWithNamesAndTypes;

    private final String sql;
    private final QueryResponse answer;
    private final RowBinaryWithNamesAndTypesFormatReader reader;

    private Rows(String sql, QueryResponse answer) {
      this.sql = sql;
      this.answer = answer;
      try {
        // Buffered, as the client takes the end of a connection that breaks for the end of the rows
        // wherever it reads a single byte.
        this.reader =
            new RowBinaryWithNamesAndTypesFormatReader(
                new BufferedInputStream(answer.getInputStream(), 1 << 16),
                answer.getSettings(),
                new BinaryStreamReader.CachingByteBufferAllocator());
      } catch (RuntimeException e) {
        throw failed(sql, e);
      }
      if (reader.getSchema() == null) {
        throw failed(sql, new EOFException("the answer ended before its rows"));
      }
    }

    /** Goes to the next row, if there is one. */
    public boolean next() {
      try {
        return reader.hasNext() && reader.next() != null;
      } catch (RuntimeException e) {
        throw failed(sql, e);
      }
    }

    /** The current row. */
    public ClickHouseBinaryFormatReader row() {
      return reader;
    }

    private List<GenericRecord> all() {
      List<GenericRecord> rows = new ArrayList<>();
      try {
        Map<String, Object> row = new HashMap<>();
        while (reader.readRecord(row)) {
          rows.add(new MapBackedRecord(row, reader.getConvertions(), reader.getSchema()));
          row = new HashMap<>();
        }
      } catch (IOException | RuntimeException e) {
        throw failed(sql, e);
      }
      return rows;
    }

    @Override
    public void close() {
      try {
        reader.close();
        answer.close();
      } catch (Exception e) {
        throw failed(sql, e);
      }
    }
  }

  /**
   * The one number that a query gives; 0 where it gives none, as an aggregate over no rows does
   * under {@code empty_result_for_aggregation_by_empty_set}.
   */
  public long number(String sql, Map<String, Object> values) {
    return rows(sql, values).stream().findFirst().map(row -> row.getLong(1)).orElse(0L);
  }

  /** Waits until this server has what its replicas, if any, hold of a table: before decisions. */
  public void catchUp(String table) {
    replicatedTables.catchUp(table);
  }

  /** Those of this server's tables whose rows other servers may hold, too. */
  public ReplicatedTables replicatedTables() {
    return replicatedTables;
  }

  /**
   * Inserts a block in Native format.
   *
   * @param token the server ignores a second block with the same token
   */
  public void insert(String table, Block block, String token) {
    insert(table, block::writeTo, ClickHouseFormat.Native, token);
  }

  /**
   * Inserts a few rows, column name to value, as one block.
   *
   * @param token the server ignores a second block with the same token, where the table keeps any
   */
  public void insert(String table, List<Map<String, Object>> rows, String token) {
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    try {
      for (Map<String, Object> row : rows) {
        lines.write(JSON.writeValueAsBytes(row));
        lines.write('\n');
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    insert(table, lines::writeTo, ClickHouseFormat.JSONEachRow, token);
  }

  /**
   * @param rows writes all rows at every call. Of a stream that was read once, the client would
   *     send nothing when it tries again after a 503, and the server would take that for an insert
   *     of no rows
   */
  private void insert(String table, DataStreamWriter rows, ClickHouseFormat format, String token) {
    String what = "INSERT INTO " + table;
    InsertSettings settings = new InsertSettings().setDeduplicationToken(token);
    serverSettings().forEach(settings::serverSetting);
    try (InsertResponse response = await(client.insert(table, rows, format, settings), what)) {
      response.getWrittenRows();
    } catch (ClickHouseException e) {
      throw e;
    } catch (Exception e) {
      throw failed(what, e);
    }
  }

  @Override
  public void close() {
    client.close();
  }

  /** Runs a statement that gives no rows, with a setting of its own. */
  void execute(String sql, String setting, String value) {
    execute(sql, Map.of(), new QuerySettings().serverSetting(setting, value));
  }

  private QueryResponse ask(String sql, Map<String, Object> values, QuerySettings settings) {
    serverSettings().forEach(settings::serverSetting);
    return sent(sql, values, settings);
  }

  private QueryResponse sent(String sql, Map<String, Object> values, QuerySettings settings) {
    try {
      return await(client.query(sql, escaped(values), settings), sql);
    } catch (ClickHouseException e) {
      throw e;
    } catch (RuntimeException e) {
      throw failed(sql, e);
    }
  }

  /** The server reads the value of a parameter as a field of TabSeparated; the client does not. */
  private static Map<String, Object> escaped(Map<String, Object> values) {
    Map<String, Object> escaped = new HashMap<>(values);
    escaped.replaceAll(
        (name, value) ->
            value instanceof String text
                ? text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")
                : value);
    return escaped;
  }

  private <T> T await(CompletableFuture<T> answer, String sql) {
    try {
      return answer.get(connection.requestTimeout() * 4L, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClickHouseException("interrupted while waiting for ClickHouse", e);
    } catch (ExecutionException e) {
      throw failed(sql, e.getCause());
    } catch (TimeoutException e) {
      throw failed(sql, e);
    }
  }

  private ClickHouseException failed(String sql, Throwable cause) {
    return new ClickHouseException(FailureText.of(connection, sql, cause), cause);
  }
}
