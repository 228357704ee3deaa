package edtech.analytics.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A proxy that answers nothing, and keeps the first line of whatever it is asked. */
public final class RecordingProxy implements AutoCloseable {
  private final ServerSocket socket;
  private final List<String> requests = new CopyOnWriteArrayList<>();

  public RecordingProxy() throws IOException {
    socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread listener = new Thread(this::listen, "recording-proxy");
    listener.setDaemon(true);
    listener.start();
  }

  /** The variables that make programs ask it. */
  public Map<String, String> environment() {
    String address = "http://127.0.0.1:" + socket.getLocalPort();
    return Map.of(
        "http_proxy", address,
        "https_proxy", address,
        "HTTP_PROXY", address,
        "HTTPS_PROXY", address,
        "no_proxy", "",
        "NO_PROXY", "");
  }

  /** What it was asked for so far, one request each. */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  private void listen() {
    while (!socket.isClosed()) {
      try (Socket client = socket.accept();
          BufferedReader lines =
              new BufferedReader(
                  new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1))) {
        requests.add(String.valueOf(lines.readLine()));
      } catch (IOException e) {
        if (!socket.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
