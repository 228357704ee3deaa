package edtech.analytics.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;

import com.clickhouse.client.api.query.GenericRecord;
import edtech.analytics.testing.LocalServices;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An answer that ends early, wherever it is cut, is a failure: never an answer of fewer rows. */
class CutAnswerIT {
  private static final String QUERY =
      "SELECT concat('row ', toString(number)) AS name FROM numbers(3)";
  private static final List<String> ROWS = List.of("row 0", "row 1", "row 2");
  private static final int ROWS_AND_END = 100;

  @Test
  void answerCutAtAnyByte_isAFailureNotFewerRows() throws Exception {
    try (CuttingWay way = new CuttingWay()) {
      int whole = way.pass(Integer.MAX_VALUE, CutAnswerIT::names);

      int passed = 0;
      for (int cut = 0; cut < whole; cut++) {
        passed += rowsAfter(way, cut, CutAnswerIT::names);
      }
      for (int cut = whole - ROWS_AND_END; cut < whole; cut++) {
        passed += rowsAfter(way, cut, CutAnswerIT::streamed);
      }
      // The rows are whole when no more than the end of the last, empty chunk is missing.
      assertThat(passed).isLessThanOrEqualTo(2 * "0\r\n\r\n".length());
    }
  }

  /** 1 when the answer had all rows, 0 when it was a failure. */
  private static int rowsAfter(CuttingWay way, int cut, Question question) throws Exception {
    try {
      way.pass(cut, question);
      assertThat(way.names).as("cut after %d bytes", cut).isEqualTo(ROWS);
      return 1;
    } catch (ClickHouseException e) {
      return 0;
    }
  }

  private static List<String> names(ClickHouse server) {
    List<String> names = new ArrayList<>();
    for (GenericRecord row : server.rows(QUERY)) {
      names.add(row.getString("name"));
    }
    return names;
  }

  private static List<String> streamed(ClickHouse server) {
    List<String> names = new ArrayList<>();
    try (ClickHouse.Rows rows = server.stream(QUERY)) {
      while (rows.next()) {
        names.add(rows.row().getString("name"));
      }
    }
    return names;
  }

  /** What is asked of a server. */
  private interface Question {
    List<String> ask(ClickHouse server);
  }

  /** Passes one request to the server, and so many bytes of its answer back. */
  private static final class CuttingWay implements AutoCloseable {
    private final ServerSocket socket = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    private final URI server = URI.create(LocalServices.ENVIRONMENT.get("CLICKHOUSE_URL"));
    private List<String> names;
    private volatile Socket answering;
    private volatile int passed;

    private CuttingWay() throws IOException {}

    /** Asks on a connection of its own; how many bytes came back. */
    private int pass(int bytes, Question question) throws InterruptedException, IOException {
      Thread thread = new Thread(() -> relay(bytes), "cutting-way");
      thread.start();
      Connection connection =
          new Connection(
              "http://127.0.0.1:" + socket.getLocalPort(),
              LocalServices.ENVIRONMENT.get("CLICKHOUSE_USER"),
              LocalServices.ENVIRONMENT.get("CLICKHOUSE_PASSWORD"),
              10,
              120,
              0);
      try (ClickHouse cut = new ClickHouse(connection)) {
        names = question.ask(cut);
      } finally {
        answering.close();
        thread.join(60_000);
      }
      return passed;
    }

    private void relay(int bytes) {
      try (Socket asking = socket.accept();
          Socket behind = new Socket(server.getHost(), server.getPort())) {
        answering = behind;
        Thread upwards = new Thread(() -> copy(asking, behind, Integer.MAX_VALUE), "request");
        upwards.start();
        passed = copy(behind, asking, bytes);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** How many bytes were copied until the limit, or until one side left. */
    private static int copy(Socket from, Socket to, int limit) {
      byte[] buffer = new byte[8192];
      int copied = 0;
      try {
        while (copied < limit) {
          int read = from.getInputStream().read(buffer, 0, Math.min(buffer.length, limit - copied));
          if (read < 0) {
            to.shutdownOutput();
            break;
          }
          to.getOutputStream().write(buffer, 0, read);
          copied += read;
        }
      } catch (IOException oneSideLeft) {
        // What was copied is what counts.
      }
      return copied;
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
