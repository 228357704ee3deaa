package edtech.analytics.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import edtech.analytics.measure.MeasureReader;
import edtech.analytics.source.EventField;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where settings come from. The later one wins: {@code reference.conf}, the preset of the source,
 * the file, the environment, {@code --set}.
 */
final class SettingSources {
  private static final String REFERENCE = "reference.conf";
  private static final String ENVIRONMENT_PREFIX = "EDTECH_";

  /** Names a dimension with its last part, in capitals. */
  private static final Pattern DIMENSION_VARIABLE =
      Pattern.compile(ENVIRONMENT_PREFIX + "DIMENSIONS_([A-Z0-9_]+)");

  /** Names the file where no option does. */
  private static final String FILE_VARIABLE = ENVIRONMENT_PREFIX + "CONFIG";

  /** Sources that are there already, by name; each a file of {@code conf/sources}. */
  static final List<String> PRESETS =
      List.of(
          "segment",
          "rudderstack",
          "amplitude",
          "mixpanel",
          "posthog",
          "edx",
          "xapi",
          "ga4",
          "firehose",
          "snowplow");

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

  /**
   * All settings there are, each from the last that has it.
   *
   * @param option the file, if an option names one
   */
  Config layered(
      Optional<Path> option, Map<String, String> environment, Map<String, String> overrides) {
    Optional<Path> file =
        option.or(
            () ->
                Optional.ofNullable(environment.get(FILE_VARIABLE))
                    .filter(name -> !name.isEmpty())
                    .map(Path::of));
    Config given = fromOverrides(overrides).withFallback(fromEnvironment(environment));
    Config written = file.map(this::fromFile).orElse(ConfigFactory.empty());
    Config below = over(preset(given.withFallback(written)), defaults);
    return given.withFallback(resolved(over(written, below), file, below));
  }

  private Config fromFile(Path file) {
    // Of a directory the parser says nothing, and reads no setting.
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      problems.add(
          "settings file "
              + file
              + " cannot be read: name a readable file in --config or "
              + FILE_VARIABLE);
      return ConfigFactory.empty();
    }
    try {
      Config parsed = ConfigFactory.parseFile(file.toFile());
      RepeatedNames.require(file, parsed.root(), problems);
      return parsed;
    } catch (ConfigException e) {
      problems.add(file + ": " + e.getMessage());
      return ConfigFactory.empty();
    }
  }

  /**
   * With what a file refers to: {@code events = [{ … }] ${source.events}} adds rules to those of
   * the preset.
   */
  private Config resolved(Config whole, Optional<Path> file, Config otherwise) {
    try {
      Config resolved = whole.resolve(ConfigResolveOptions.noSystem());
      // What lies below the source is looked at where it is read.
      keys(resolved).stream()
          .filter(key -> !(key + ".").startsWith(SettingKeys.SOURCE + "."))
          .filter(key -> !hasFreeName(key))
          .forEach(key -> requireKnown(key, file.map(Path::toString).orElse("")));
      ConfigValue source = resolved.root().get(SettingKeys.SOURCE);
      if (!(source instanceof ConfigObject)) {
        problems.add(
            SettingKeys.SOURCE + " = \"" + source.unwrapped() + "\": must be an object in braces");
        return otherwise;
      }
      return resolved;
    } catch (ConfigException e) {
      problems.add(file.map(Path::toString).orElse("") + ": " + e.getMessage());
      return otherwise;
    }
  }

  /** The settings of the preset that is named; none where none is. */
  private Config preset(Config settings) {
    String name = presetName(forLooking(settings));
    if (name.isEmpty()) {
      return ConfigFactory.empty();
    }
    if (!PRESETS.contains(name)) {
      problems.add(
          SettingKeys.SOURCE_PRESET
              + " = \""
              + name
              + "\": must be one of "
              + String.join(", ", PRESETS));
      return ConfigFactory.empty();
    }
    return ConfigFactory.parseResources(SettingSources.class, "sources/" + name + ".conf");
  }

  private static String presetName(Config settings) {
    try {
      return settings.hasPath(SettingKeys.SOURCE_PRESET)
          ? settings.getValue(SettingKeys.SOURCE_PRESET).unwrapped().toString().strip()
          : "";
    } catch (ConfigException.NotResolved refersToNothing) {
      return ""; // Named when all layers are there.
    }
  }

  /** One layer over another. The value of a field is taken as a whole, its parts never mixed. */
  private static Config over(Config upper, Config lower) {
    Config seen = forLooking(upper);
    Config rest = lower;
    for (EventField field : EventField.values()) {
      String key = SettingKeys.SOURCE + ".fields." + field.key();
      if (has(seen, key)) {
        rest = rest.withoutPath(key);
      }
    }
    return upper.withFallback(rest);
  }

  private static boolean has(Config settings, String key) {
    try {
      return settings.hasPathOrNull(key);
    } catch (ConfigException.NotResolved refersToAnotherLayer) {
      return true;
    }
  }

  /** A layer with what it refers to in itself, to be looked at only: the rest is not there yet. */
  private static Config forLooking(Config layer) {
    try {
      return layer.resolve(ConfigResolveOptions.noSystem().setAllowUnresolved(true));
    } catch (ConfigException e) {
      return layer;
    }
  }

  private Config fromEnvironment(Map<String, String> environment) {
    Set<String> variables =
        Stream.concat(known.stream().map(SettingSources::variable), Stream.of(FILE_VARIABLE))
            .collect(Collectors.toSet());
    environment.keySet().stream()
        .filter(name -> name.startsWith(ENVIRONMENT_PREFIX) && !variables.contains(name))
        .filter(name -> !DIMENSION_VARIABLE.matcher(name).matches())
        .sorted()
        .forEach(
            name ->
                problems.add(
                    "environment: no setting belongs to the variable "
                        + name
                        + "; conf/reference.conf has them all"));
    Config found = ConfigFactory.empty();
    Set<String> keys = new TreeSet<>(known);
    environment.keySet().stream()
        .map(DIMENSION_VARIABLE::matcher)
        .filter(Matcher::matches)
        .map(matched -> matched.group(1).toLowerCase(Locale.ROOT))
        .forEach(name -> keys.add(MeasureReader.DIMENSIONS + "." + name));
    for (String key : keys) {
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
        try {
          found = with(found, pair.getKey(), pair.getValue());
        } catch (ConfigException e) {
          problems.add("--set " + pair.getKey() + ": is no key: a part of it is empty or no name");
        }
      }
    }
    return found;
  }

  /** Whether it is below an object whose keys are names of one's own. */
  private static boolean hasFreeName(String key) {
    return (key + ".").startsWith(MeasureReader.DIMENSIONS + ".")
        || (key + ".").startsWith(MeasureReader.METRICS + ".");
  }

  private boolean requireKnown(String key, String source) {
    if (!known.contains(key) && !hasFreeName(key)) {
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
    // A name of one's own is taken away as in a file: null cannot be meant as a value there.
    boolean isTakenAway = value.equals("null") && hasFreeName(key) && key.split("\\.").length < 3;
    return config.withValue(key, ConfigValueFactory.fromAnyRef(isTakenAway ? null : value));
  }

  private static String variable(String key) {
    return ENVIRONMENT_PREFIX + key.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
  }
}
