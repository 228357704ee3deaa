package edtech.analytics.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SparkInternalsTest {
  private static final Path MAIN = Path.of("src/main/java/edtech/analytics");

  /** But what Spark's public interface for sources and sinks demands of who implements it. */
  private static final Pattern INTERNAL =
      Pattern.compile(
          "org\\.apache\\.spark\\.sql\\.(catalyst|execution|classic|internal)\\."
              + "(?!InternalRow\\b|analysis\\.NoSuchTableException\\b)\\w+");

  @Test
  void internalsOfSpark_areUsedInOnePackage() throws IOException {
    List<Path> using;
    try (Stream<Path> files = Files.walk(MAIN)) {
      using =
          files
              .filter(file -> file.toString().endsWith(".java"))
              .filter(file -> INTERNAL.matcher(read(file)).find())
              .map(file -> MAIN.relativize(file))
              .toList();
    }

    assertThat(using).isNotEmpty().allMatch(file -> file.startsWith("spark"));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
