package edtech.analytics.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Where a secret is, not the secret: {@code env:NAME}, {@code file:/path}, or '' for none. Safe to
 * print.
 */
public record Secret(String reference) {
  private static final String ENV = "env:";
  private static final String FILE = "file:";

  public Secret {
    if (!reference.isEmpty() && !reference.startsWith(ENV) && !reference.startsWith(FILE)) {
      throw new IllegalArgumentException(
          "must be env:NAME, file:/path or \"\", not the secret itself");
    }
  }

  /**
   * Reads the secret; '' when there is none.
   *
   * @throws SettingsException when the file it names cannot be read
   */
  public String resolve(Map<String, String> environment) {
    if (reference.startsWith(ENV)) {
      return environment.getOrDefault(reference.substring(ENV.length()), "");
    }
    if (reference.startsWith(FILE)) {
      Path file = Path.of(reference.substring(FILE.length()));
      try {
        return Files.readString(file).lines().findFirst().orElse("");
      } catch (IOException e) {
        throw new SettingsException(
            List.of(
                "clickhouse.password = \""
                    + reference
                    + "\": cannot be read: name a readable file"));
      }
    }
    return "";
  }
}
