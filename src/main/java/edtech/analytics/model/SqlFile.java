package edtech.analytics.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Text of a query that lies beside the classes. */
public final class SqlFile {
  private SqlFile() {}

  /**
   * Reads a resource.
   *
   * @throws IllegalStateException when there is none of that name
   */
  public static String read(String resource) {
    try (InputStream in = SqlFile.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("the job jar holds no " + resource);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
