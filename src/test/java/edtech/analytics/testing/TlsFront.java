package edtech.analytics.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** TLS in front of a server on loopback, with a certificate of its own making. */
public final class TlsFront implements AutoCloseable {
  private static final String PASSWORD = "changeit";

  private final URI server;
  private final Path keys;
  private final ServerSocket front;

  /**
   * @param host that the certificate is for, as dns:name or ip:address
   */
  public TlsFront(URI server, String host, Path folder)
      throws IOException, GeneralSecurityException, InterruptedException {
    this.server = server;
    this.keys = folder.resolve(host.replace(':', '-') + ".p12");
    keytool("-genkeypair", "-keyalg", "EC", "-dname", "CN=test", "-ext", "san=" + host);
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keys)) {
      store.load(in, PASSWORD.toCharArray());
    }
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(store, PASSWORD.toCharArray());
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(managers.getKeyManagers(), null, null);
    front =
        tls.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  public String url() {
    return "https://localhost:" + front.getLocalPort();
  }

  /** What makes a JVM trust the certificate; its own option, as an operator would give it. */
  public List<String> trust() {
    return List.of(
        "-Djavax.net.ssl.trustStore=" + keys, "-Djavax.net.ssl.trustStorePassword=" + PASSWORD);
  }

  private void keytool(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/keytool");
    command.addAll(List.of(arguments));
    command.addAll(List.of("-keystore", keys.toString(), "-storepass", PASSWORD));
    int code =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor();
    if (code != 0) {
      throw new IOException("keytool ended with " + code);
    }
  }

  private void accept() {
    while (!front.isClosed()) {
      try {
        Socket client = front.accept();
        Socket behind = new Socket(server.getHost(), server.getPort());
        start(() -> copy(client, behind));
        start(() -> copy(behind, client));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "tls-front");
    thread.setDaemon(true);
    thread.start();
  }

  private static void copy(Socket from, Socket to) {
    try (from;
        to) {
      OutputStream out = to.getOutputStream();
      from.getInputStream().transferTo(out);
    } catch (IOException oneSideLeft) {
      // Both are closed.
    }
  }

  @Override
  public void close() throws IOException {
    front.close();
  }
}
