package edtech.analytics.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigValueFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Where settings come from. The later source wins: {@code reference.conf}, the file, the
 * environment, {@code --set}.
 */
final class SettingSources {
  private static final String REFERENCE = "reference.conf";
  private static final String ENVIRONMENT_PREFIX = "EDTECH_";

  /** Names that other tools use for the same thing; the job's own name wins. */
  private static final Map<String, String> USUAL_VARIABLES =
      Map.of(
          SettingKeys.EVENTS_URI, "EVENTS_URI",
          SettingKeys.S3_ENDPOINT, "S3_ENDPOINT",
          SettingKeys.CLICKHOUSE_URL, "CLICKHOUSE_URL",
          SettingKeys.CLICKHOUSE_USER, "CLICKHOUSE_USER");

  private final Config defaults = ConfigFactory.parseResources(SettingSources.class, REFERENCE);
  private final Set<String> known = keys(defaults);
  private final List<String> problems;

  /**
   * @param problems gets a sentence for each thing that cannot be used
   */
  SettingSources(List<String> problems) {
    this.problems = problems;
  }

  /** All settings there are, each from the last source that has it. */
  Config layered(
      Optional<Path> file, Map<String, String> environment, Map<String, String> overrides) {
    return fromOverrides(overrides)
        .withFallback(fromEnvironment(environment))
        .withFallback(file.map(this::fromFile).orElse(ConfigFactory.empty()))
        .withFallback(defaults);
  }

  private Config fromFile(Path file) {
    // Of a directory the parser says nothing, and reads no setting.
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      problems.add("--config " + file + " cannot be read: name a readable file");
      return ConfigFactory.empty();
    }
    try {
      Config parsed =
          ConfigFactory.parseFile(file.toFile()).resolve(ConfigResolveOptions.noSystem());
      keys(parsed).forEach(key -> requireKnown(key, file.toString()));
      return parsed;
    } catch (ConfigException e) {
      problems.add(file + ": " + e.getMessage());
      return ConfigFactory.empty();
    }
  }

  private Config fromEnvironment(Map<String, String> environment) {
    Set<String> variables =
        known.stream().map(SettingSources::variable).collect(Collectors.toSet());
    environment.keySet().stream()
        .filter(name -> name.startsWith(ENVIRONMENT_PREFIX) && !variables.contains(name))
        .sorted()
        .forEach(
            name ->
                problems.add(
                    "environment: no setting belongs to the variable "
                        + name
                        + "; conf/reference.conf has them all"));
    Config found = ConfigFactory.empty();
    for (String key : known) {
      String value = environment.getOrDefault(variable(key), "");
      if (value.isEmpty()) {
        value = environment.getOrDefault(USUAL_VARIABLES.getOrDefault(key, ""), "");
      }
      // Makefiles and Airflow pass on what they do not have as ''.
      if (!value.isEmpty()) {
        found = with(found, key, value);
      }
    }
    return found;
  }

  private Config fromOverrides(Map<String, String> pairs) {
    Config found = ConfigFactory.empty();
    for (Map.Entry<String, String> pair : pairs.entrySet()) {
      if (requireKnown(pair.getKey(), "--set")) {
        found = with(found, pair.getKey(), pair.getValue());
      }
    }
    return found;
  }

  private boolean requireKnown(String key, String source) {
    if (!known.contains(key)) {
      problems.add(
          source + ": unknown setting \"" + key + "\"; known are " + String.join(", ", known));
      return false;
    }
    return true;
  }

  private static Set<String> keys(Config config) {
    return config.entrySet().stream()
        .map(Map.Entry::getKey)
        .map(key -> key.replace("\"", ""))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Config with(Config config, String key, String value) {
    return config.withValue(key, ConfigValueFactory.fromAnyRef(value));
  }

  private static String variable(String key) {
    return ENVIRONMENT_PREFIX + key.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
  }
}
