package edtech.analytics.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * A proxy in front of the local S3 that does something wrong to the requests it is told of, and
 * passes all others on. The Host that the client signed goes on with them, so that signatures hold.
 * One request a connection.
 */
public final class FaultyS3 implements AutoCloseable {

  /**
   * A request.
   *
   * @param target path and query
   */
  public record Request(String method, String target) {
    public boolean isListing() {
      return target.contains("list-type=2");
    }

    /** Of a listing: whether it asks for a page after the first. */
    public boolean isLaterPage() {
      return target.contains("continuation-token=");
    }

    public boolean isReadOf(String name) {
      return method.equals("GET") && target.endsWith("/" + name);
    }
  }

  /** What S3 answered. */
  public static final class Answer {
    private final byte[] bytes;
    private final int body;

    private Answer(byte[] bytes) {
      this.bytes = bytes;
      this.body = new String(bytes, ISO_8859_1).indexOf("\r\n\r\n") + 4;
    }

    private String head() {
      return new String(bytes, 0, body, ISO_8859_1);
    }

    private byte[] body(int length) {
      return Arrays.copyOfRange(bytes, body, body + length);
    }
  }

  /** What becomes of an answer on its way. */
  public interface Fault {
    void send(Answer answer, OutputStream out) throws IOException;
  }

  /** Another answer than S3's: a status and an error code, as S3 writes them. */
  public static Fault status(int status, String code) {
    byte[] body =
        ("<Error><Code>" + code + "</Code><Message>by FaultyS3</Message></Error>").getBytes();
    return (answer, out) -> {
      out.write(
          ("HTTP/1.1 %d %s\r\nContent-Type: application/xml\r\nContent-Length: %d\r\n"
                  + "Connection: close\r\n\r\n")
              .formatted(status, code, body.length)
              .getBytes(ISO_8859_1));
      out.write(body);
    };
  }

  /** The connection ends in the middle of the body. */
  public static Fault brokenAfter(int bytes) {
    return (answer, out) -> {
      out.write(answer.head().getBytes(ISO_8859_1));
      out.write(answer.body(bytes));
    };
  }

  /** A whole answer by its Content-Length, with less in it. */
  public static Fault cutTo(int bytes) {
    return (answer, out) -> {
      String head =
          answer.head().replaceAll("(?i)content-length: \\d+", "Content-Length: " + bytes);
      out.write(head.getBytes(ISO_8859_1));
      out.write(answer.body(bytes));
    };
  }

  /** Another text in the place of one in the body. */
  public static Fault replacing(String text, String by) {
    return (answer, out) -> {
      byte[] body =
          new String(answer.body(answer.bytes.length - answer.body), ISO_8859_1)
              .replace(text, by)
              .getBytes(ISO_8859_1);
      String head =
          answer.head().replaceAll("(?i)content-length: \\d+", "Content-Length: " + body.length);
      out.write(head.getBytes(ISO_8859_1));
      out.write(body);
    };
  }

  /** As if the object were another by now, though S3 was asked for the listed one. */
  public static Fault otherVersion() {
    return (answer, out) -> {
      out.write(
          answer
              .head()
              .replaceAll("(?i)etag: \"[^\"]*\"", "ETag: \"0123456789abcdef0123456789abcdef\"")
              .getBytes(ISO_8859_1));
      out.write(answer.body(answer.bytes.length - answer.body));
    };
  }

  /** Sends some bytes of the body, and then nothing, with the connection open. */
  public static Fault stalledAfter(int bytes, long millis) {
    return (answer, out) -> {
      brokenAfter(bytes).send(answer, out);
      out.flush();
      pause(millis);
    };
  }

  /** A few bytes at a time. */
  public static Fault slow(int bytes, long millis) {
    return (answer, out) -> {
      out.write(answer.head().getBytes(ISO_8859_1));
      for (int at = answer.body; at < answer.bytes.length; at += bytes) {
        pause(millis);
        out.write(answer.bytes, at, Math.min(bytes, answer.bytes.length - at));
        out.flush();
      }
    };
  }

  private final URI s3;
  private final ServerSocket server;
  private final AtomicInteger requests = new AtomicInteger();
  private volatile Predicate<Request> which = request -> false;
  private volatile Fault fault;
  private final AtomicInteger remaining = new AtomicInteger();
  private volatile Runnable before = () -> {};

  public FaultyS3(URI s3) throws IOException {
    this.s3 = s3;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getLocalPort());
  }

  /** From now on, the next so many requests of a kind go wrong. */
  public void spoil(Predicate<Request> kind, int times, Fault how) {
    spoil(kind, times, how, () -> {});
  }

  /** The same; before each of them something else happens. */
  public void spoil(Predicate<Request> kind, int times, Fault how, Runnable first) {
    which = kind;
    fault = how;
    before = first;
    remaining.set(times);
    requests.set(0);
  }

  /** How many requests of the kind that {@link #spoil} named came since. */
  public int requests() {
    return requests.get();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        start(() -> serve(client));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "faulty-s3");
    thread.setDaemon(true);
    thread.start();
  }

  private void serve(Socket client) {
    try (client) {
      String head = readHead(client.getInputStream());
      if (head.isEmpty()) {
        return;
      }
      String[] line = head.split(" ", 3);
      Request request = new Request(line[0], line[1]);
      boolean isMeant = which.test(request);
      boolean isSpoilt = isMeant && remaining.getAndDecrement() > 0;
      if (isMeant) {
        requests.incrementAndGet();
      }
      Answer answer = ask(head);
      OutputStream out = client.getOutputStream();
      if (isSpoilt) {
        before.run();
        fault.send(answer, out);
      } else {
        out.write(answer.bytes);
      }
      out.flush();
    } catch (IOException clientLeft) {
      // As a broken connection is to end.
    }
  }

  private Answer ask(String head) throws IOException {
    try (Socket upstream = new Socket(s3.getHost(), s3.getPort())) {
      // Not a header that a signature covers.
      String once = head.replaceAll("(?im)^connection:.*\r\n", "");
      String last = once.substring(0, once.length() - 2) + "Connection: close\r\n\r\n";
      upstream.getOutputStream().write(last.getBytes(ISO_8859_1));
      return new Answer(upstream.getInputStream().readAllBytes());
    }
  }

  private static String readHead(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int end = 0;
    while (end < 4) {
      int b = in.read();
      if (b < 0) {
        return "";
      }
      head.write(b);
      end = b == "\r\n\r\n".charAt(end) ? end + 1 : b == '\r' ? 1 : 0;
    }
    return head.toString(ISO_8859_1);
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
