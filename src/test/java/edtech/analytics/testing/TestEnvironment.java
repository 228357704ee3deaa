package edtech.analytics.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The environment of the tests. Where Maven runs integration tests in two JVMs, the second has
 * services of its own: a sweep or an erasure of one would hit the loads of the other. It has the
 * same passwords, since some code reads the environment of the process, which stays as it was.
 */
final class TestEnvironment {
  static final Map<String, String> ALL = all();

  private TestEnvironment() {}

  private static Map<String, String> all() {
    Map<String, String> all = new HashMap<>(System.getenv());
    String name = all.getOrDefault("TEST_SERVICES", "");
    String own = all.get(name);
    if (own != null) {
      all.putAll(pairs(Path.of(own)));
    } else if (!name.isEmpty() && !name.endsWith("_1")) {
      throw new IllegalStateException(
          "this JVM has no services of its own, for " + name + " is not set: run make test-its");
    }
    return Map.copyOf(all);
  }

  /** The KEY=VALUE lines of a file. */
  static Map<String, String> pairs(Path file) {
    Map<String, String> pairs = new TreeMap<>();
    try {
      for (String line : Files.readAllLines(file)) {
        String[] pair = line.split("=", 2);
        pairs.put(pair[0], pair[1]);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return pairs;
  }
}
