package edtech.analytics.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Where a secret is, not the secret: {@code env:NAME}, {@code file:/path}, {@code
 * aws-secret:ID[#key]}, or '' for none. Safe to print.
 */
public record Secret(String reference) {
  private static final String ENV = "env:";
  private static final String FILE = "file:";
  private static final String AWS = "aws-secret:";

  public Secret {
    if (!reference.isEmpty() && !reference.matches("(" + ENV + "|" + FILE + "|" + AWS + ").+")) {
      throw new IllegalArgumentException(
          "must be env:NAME, file:/path, aws-secret:ID or \"\", not the secret itself");
    }
  }

  /**
   * Reads the secret; '' when there is none.
   *
   * @throws SettingsException when the variable it names is not set, the file cannot be read, or
   *     AWS does not give it
   */
  public String resolve(Map<String, String> environment) {
    if (reference.startsWith(ENV)) {
      String name = reference.substring(ENV.length());
      if (!environment.containsKey(name)) {
        throw unusable(
            "the variable "
                + name
                + " is not set: export it, name another place, or set clickhouse.password=\"\" for a"
                + " user without a password");
      }
      return environment.get(name);
    }
    if (reference.startsWith(FILE)) {
      Path file = Path.of(reference.substring(FILE.length()));
      try {
        return Files.readString(file).lines().findFirst().orElse("");
      } catch (IOException e) {
        throw unusable("cannot be read: name a readable file");
      }
    }
    return reference.startsWith(AWS) ? fromAws(reference.substring(AWS.length())) : "";
  }

  private String fromAws(String id) {
    try {
      return AwsSecret.read(id);
    } catch (AwsSecret.UnreadableException e) {
      throw unusable(e.getMessage());
    } catch (NoClassDefFoundError e) {
      throw unusable(
          "this Spark has no AWS SDK with Secrets Manager: give spark-submit"
              + " software.amazon.awssdk:secretsmanager in --packages, or name another place");
    }
  }

  private SettingsException unusable(String why) {
    return new SettingsException(List.of("clickhouse.password = \"" + reference + "\": " + why));
  }
}
