package edtech.analytics.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * As much of AWS STS as a web identity needs, on a port of its own: one token is exchanged for one
 * pair of keys, any other is refused as AWS refuses it.
 */
public final class TokenService implements AutoCloseable {
  /** What goes with the keys, and is as secret. */
  public static final String SESSION_TOKEN = "session-canary-3f1c9be2";

  private final HttpServer server;
  private final String token;
  private final String keyId;
  private final String key;
  private final AtomicInteger exchanges = new AtomicInteger();

  public TokenService(String token, String keyId, String key) throws IOException {
    this.token = token;
    this.keyId = keyId;
    this.key = key;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** How many times the keys were given out. */
  public int exchanges() {
    return exchanges.get();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String request =
        URLDecoder.decode(new String(exchange.getRequestBody().readAllBytes(), UTF_8), UTF_8);
    boolean isKnown =
        request.contains("Action=AssumeRoleWithWebIdentity")
            && request.contains("WebIdentityToken=" + token);
    byte[] body = (isKnown ? keys() : refusal()).getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/xml");
    exchange.sendResponseHeaders(isKnown ? 200 : 403, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private String keys() {
    exchanges.incrementAndGet();
    return """
        <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
          <AssumeRoleWithWebIdentityResult><Credentials>
            <AccessKeyId>%s</AccessKeyId><SecretAccessKey>%s</SecretAccessKey>
            <SessionToken>%s</SessionToken><Expiration>%s</Expiration>
          </Credentials></AssumeRoleWithWebIdentityResult>
        </AssumeRoleWithWebIdentityResponse>
        """
        .formatted(keyId, key, SESSION_TOKEN, Instant.now().plus(1, ChronoUnit.HOURS));
  }

  private static String refusal() {
    return """
        <ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
          <Error><Type>Sender</Type><Code>AccessDenied</Code>
            <Message>Not authorized to perform sts:AssumeRoleWithWebIdentity</Message></Error>
        </ErrorResponse>
        """;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
