package edtech.analytics.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Text of a query that lies beside the classes. */
public final class SqlFile {
  private static final String QUERIES = "sql";

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

  /**
   * Every query that makes rows of a day, with its name, and without comments and layout: equal
   * unless a query was changed, added or removed.
   */
  public static String queries() {
    try {
      Path code =
          Path.of(SqlFile.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      if (Files.isDirectory(code)) {
        return queries(code.resolve(QUERIES));
      }
      try (FileSystem jar = FileSystems.newFileSystem(code)) {
        return queries(jar.getPath(QUERIES));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String queries(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .map(file -> folder.relativize(file).toString())
          .filter(name -> name.endsWith(".sql"))
          .sorted()
          .map(name -> name + ": " + bare(read("/" + QUERIES + "/" + name)))
          .collect(Collectors.joining("\n"));
    }
  }

  private static String bare(String sql) {
    return sql.replaceAll("--[^\n]*", "").replaceAll("\\s+", " ").strip();
  }
}
