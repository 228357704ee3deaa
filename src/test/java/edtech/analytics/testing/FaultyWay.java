package edtech.analytics.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Collectors;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4FastDecompressor;

/**
 * A proxy in front of ClickHouse's HTTP interface, on which requests and answers get lost, as a
 * test says for each of them.
 */
public final class FaultyWay implements AutoCloseable {
  /** What happens to a request. */
  public enum Fault {
    NONE,
    /** The server does what it is asked; nobody learns of it. */
    ANSWER_LOST,
    /** The same, the answer being code 319: it is not known whether it was done. */
    STATUS_UNKNOWN,
    /** A gateway says 503; the server never sees the request. */
    UNAVAILABLE,
    /** The connection ends; the server never sees the request. */
    REQUEST_LOST,
    /** The server runs out of the memory that this request may use. */
    NO_MEMORY,
    /** The server finds its disk too full to insert. */
    NO_SPACE,
    /** The server does what it is asked; the answer waits for {@link #letGo}. */
    ANSWER_HELD
  }

  /**
   * A request.
   *
   * @param statement its SQL, for an insert without the rows
   * @param token of deduplication, '' without one
   * @param port of the process that sent it
   */
  public record Request(String statement, String token, int port) {
    public boolean insertsInto(String table) {
      return statement.toUpperCase(Locale.ROOT).startsWith("INSERT")
          && statement.replace("`", "").contains(table);
    }

    /** The task attempt that sends a batch; its token is table/attempt/batch. */
    public long task() {
      return Long.parseLong(token.split("/")[1]);
    }
  }

  private static final int CHECKSUM_BYTES = 16;
  private static final int BLOCK_HEAD_BYTES = 9;
  private static final LZ4FastDecompressor LZ4 =
      LZ4Factory.fastestJavaInstance().fastDecompressor();

  private static final Set<String> OWN_HEADERS =
      Set.of("connection", "content-length", "expect", "host", "transfer-encoding", "upgrade");

  private final URI server;
  private final HttpServer way;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private volatile Function<Request, Fault> faults = request -> Fault.NONE;
  private volatile CountDownLatch held = new CountDownLatch(1);
  private volatile boolean takesTokens;

  /** A way without faults. */
  public FaultyWay(String serverUrl) {
    server = URI.create(serverUrl);
    try {
      way = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    way.createContext("/", this::pass);
    way.setExecutor(threads);
    way.start();
  }

  public String url() {
    return "http://127.0.0.1:" + way.getAddress().getPort();
  }

  /** From here on, what happens to each request; forgets the requests so far. */
  public void set(Function<Request, Fault> next) {
    requests.clear();
    held = new CountDownLatch(1);
    faults = next;
  }

  /** Gives the answers that were held. */
  public void letGo() {
    held.countDown();
  }

  /** From here on, no two requests that the server gets have one token. */
  public void takeTokens() {
    takesTokens = true;
  }

  /** Those that came, in their order. */
  public List<Request> requests() {
    return requests;
  }

  @Override
  public void close() {
    way.stop(0);
    threads.shutdownNow();
  }

  private void pass(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    Request request = request(exchange, body);
    requests.add(request);
    Fault fault = faults.apply(request);
    try (exchange) {
      switch (fault) {
        case UNAVAILABLE -> answer(exchange, 503, Map.of(), "no server is ready");
        case REQUEST_LOST -> {}
        case ANSWER_LOST -> forward(exchange, body, "");
        case STATUS_UNKNOWN -> {
          forward(exchange, body, "");
          answer(
              exchange,
              500,
              Map.of("X-ClickHouse-Exception-Code", List.of("319")),
              "Code: 319. DB::Exception: Unknown status of the insert. (UNKNOWN_STATUS_OF_INSERT)");
        }
        case NO_MEMORY ->
            // At once: the server would wait 5 s for others to free some.
            answer(
                exchange,
                forward(
                    exchange,
                    body,
                    "&max_memory_usage=1&max_untracked_memory=0"
                        + "&memory_usage_overcommit_max_wait_microseconds=0"));
        case NO_SPACE ->
            answer(
                exchange,
                forward(exchange, body, "&min_free_disk_bytes_to_perform_insert=" + (1L << 60)));
        case ANSWER_HELD -> {
          HttpResponse<byte[]> response = forward(exchange, body, "");
          held.await();
          answer(exchange, response);
        }
        case NONE -> answer(exchange, forward(exchange, body, ""));
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private HttpResponse<byte[]> forward(HttpExchange exchange, byte[] body, String settings)
      throws IOException, InterruptedException {
    URI asked = exchange.getRequestURI();
    String query = (asked.getRawQuery() == null ? "" : asked.getRawQuery()) + settings;
    if (takesTokens) {
      query = query.replaceFirst("(insert_deduplication_token=)[^&]*", "$1" + UUID.randomUUID());
    }
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server.resolve(asked.getRawPath() + "?" + query))
            .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> {
              if (!OWN_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
              }
            });
    return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private static void answer(HttpExchange exchange, HttpResponse<byte[]> response)
      throws IOException {
    answer(exchange, response.statusCode(), response.headers().map(), response.body());
  }

  private static void answer(
      HttpExchange exchange, int status, Map<String, List<String>> headers, String body)
      throws IOException {
    answer(exchange, status, headers, body.getBytes(StandardCharsets.UTF_8));
  }

  private static void answer(
      HttpExchange exchange, int status, Map<String, List<String>> headers, byte[] body)
      throws IOException {
    headers.forEach(
        (name, values) -> {
          if (!OWN_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
            exchange.getResponseHeaders().put(name, values);
          }
        });
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  private static Request request(HttpExchange exchange, byte[] body) {
    URI asked = exchange.getRequestURI();
    Map<String, String> values =
        Arrays.stream((asked.getRawQuery() == null ? "" : asked.getRawQuery()).split("&"))
            .map(pair -> pair.split("=", 2))
            .filter(pair -> pair.length == 2)
            .collect(
                Collectors.toMap(
                    pair -> pair[0],
                    pair -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8),
                    (first, last) -> last));
    String statement = values.get("query");
    if (statement == null) {
      boolean isCompressed = "1".equals(values.get("decompress"));
      statement = new String(isCompressed ? decompressed(body) : body, StandardCharsets.ISO_8859_1);
    }
    return new Request(
        statement.strip(),
        values.getOrDefault("insert_deduplication_token", ""),
        exchange.getRemoteAddress().getPort());
  }

  /** What is in the blocks that ClickHouse's clients compress a body into. */
  private static byte[] decompressed(byte[] body) {
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    ByteBuffer blocks = ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN);
    while (blocks.hasRemaining()) {
      blocks.position(blocks.position() + CHECKSUM_BYTES + 1);
      int bytes = blocks.getInt() - BLOCK_HEAD_BYTES;
      byte[] block = new byte[blocks.getInt()];
      LZ4.decompress(body, blocks.position(), block, 0, block.length);
      plain.writeBytes(block);
      blocks.position(blocks.position() + bytes);
    }
    return plain.toByteArray();
  }
}
