package edtech.analytics.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Layers the sources of settings (reference, file, environment, {@code --set}) and reads them
 * typed. Collects every problem before it throws.
 */
public final class SettingsReader {
  private static final String REFERENCE = "reference.conf";
  private static final String ENVIRONMENT_PREFIX = "EDTECH_";

  /** Names that other tools use for the same thing; the job's own name wins. */
  private static final Map<String, String> USUAL_VARIABLES =
      Map.of(
          "events-uri", "EVENTS_URI",
          "s3.endpoint", "S3_ENDPOINT",
          "clickhouse.url", "CLICKHOUSE_URL",
          "clickhouse.user", "CLICKHOUSE_USER");

  /** What a run reaches. */
  private enum Needs {
    EVENTS,
    SERVER,
    BOTH
  }

  private final List<String> problems = new ArrayList<>();
  private final Needs needs;
  private final Map<String, String> environment;
  private final Config config;

  private SettingsReader(
      Needs needs,
      Optional<Path> file,
      Map<String, String> environment,
      Map<String, String> overrides) {
    this.needs = needs;
    this.environment = environment;
    Config defaults = ConfigFactory.parseResources(SettingsReader.class, REFERENCE);
    Set<String> keys = keys(defaults);
    Config layered =
        of(overrides, keys, "--set")
            .withFallback(fromEnvironment(keys))
            .withFallback(file.map(f -> fromFile(f, keys)).orElse(ConfigFactory.empty()))
            .withFallback(defaults);
    this.config = layered;
  }

  /**
   * Reads all settings, for a run that reads events.
   *
   * @param file settings that differ from the reference, if any
   * @param environment the process environment
   * @param overrides {@code --set} pairs, key to value
   * @throws SettingsException with all problems, when there is one
   */
  public static Settings read(
      Optional<Path> file, Map<String, String> environment, Map<String, String> overrides) {
    return new SettingsReader(Needs.BOTH, file, environment, overrides).settings();
  }

  /** The same for a run that only talks to ClickHouse: {@code events-uri} may be ''. */
  public static Settings readForServer(
      Optional<Path> file, Map<String, String> environment, Map<String, String> overrides) {
    return new SettingsReader(Needs.SERVER, file, environment, overrides).settings();
  }

  /**
   * The same for a run that only reads events: {@code clickhouse.url} may be '', and the password
   * is not looked at.
   */
  public static Settings readForEvents(
      Optional<Path> file, Map<String, String> environment, Map<String, String> overrides) {
    return new SettingsReader(Needs.EVENTS, file, environment, overrides).settings();
  }

  private Settings settings() {
    if (needs != Needs.SERVER) {
      requireEventsUri();
    }
    Settings settings = typed();
    if (!problems.isEmpty()) {
      throw new SettingsException(problems);
    }
    return settings;
  }

  private Settings typed() {
    return new Settings(
        eventsUri(),
        address("s3.endpoint", true),
        bool("allow-empty-day"),
        new Settings.Events(
            value("day.timezone", SettingsReader::zone, ZoneId.of("UTC")),
            integer("lateness-days", 0, 7),
            integer("max-line-bytes", 1024, 64 << 20),
            words("event-types.purchase"),
            words("event-types.task-result"),
            words("event-types.ab-test-assignment"),
            words("success-values"),
            value("currency", SettingsReader::currency, "USD"),
            wordsOrNone("placeholder-ids")),
        new Settings.Refusal(
            ratio("max-rejected-ratio"),
            integer("max-rejected-lines", 0, Integer.MAX_VALUE),
            ratio("max-outside-day-ratio")),
        new Settings.ClickHouse(
            address("clickhouse.url", needs == Needs.EVENTS),
            text("clickhouse.user"),
            password(),
            integer("clickhouse.connect-timeout", 1, 3600),
            integer("clickhouse.request-timeout", 1, 86_400),
            integer("clickhouse.batch-rows", 1, 10_000_000),
            integer("clickhouse.batch-bytes", 1024, 1 << 30),
            integer("clickhouse.retries", 0, 100),
            text("clickhouse.catalog")),
        new Settings.Publication(
            integer("keep-loads", 1, 1000),
            integer("sweep-grace-minutes", 0, 1_000_000),
            integer("rejected-retention-days", 0, 36_500),
            value(
                "hold-below-ratio",
                SettingsReader::ratioOrOff,
                OptionalDouble.empty(),
                "must be off, or a share from 0 to 1")),
        text("metrics-file"));
  }

  private Config fromFile(Path file, Set<String> keys) {
    // Of a directory the parser says nothing, and reads no setting.
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      problems.add("--config " + file + " cannot be read: name a readable file");
      return ConfigFactory.empty();
    }
    try {
      Config parsed =
          ConfigFactory.parseFile(file.toFile()).resolve(ConfigResolveOptions.noSystem());
      keys(parsed).forEach(key -> requireKnown(key, keys, file.toString()));
      return parsed;
    } catch (ConfigException e) {
      problems.add(file + ": " + e.getMessage());
      return ConfigFactory.empty();
    }
  }

  private Config fromEnvironment(Set<String> keys) {
    Set<String> known = keys.stream().map(SettingsReader::variable).collect(Collectors.toSet());
    environment.keySet().stream()
        .filter(name -> name.startsWith(ENVIRONMENT_PREFIX) && !known.contains(name))
        .sorted()
        .forEach(
            name ->
                problems.add(
                    "environment: no setting belongs to the variable "
                        + name
                        + "; conf/reference.conf has them all"));
    Config found = ConfigFactory.empty();
    for (String key : keys) {
      String value = environment.getOrDefault(variable(key), "");
      if (value.isEmpty()) {
        value = environment.getOrDefault(USUAL_VARIABLES.getOrDefault(key, ""), "");
      }
      // An empty variable means "not set": Makefiles and Airflow pass on what they don't have as
      // ''.
      if (!value.isEmpty()) {
        found = with(found, key, value);
      }
    }
    return found;
  }

  private Config of(Map<String, String> pairs, Set<String> keys, String source) {
    Config found = ConfigFactory.empty();
    for (Map.Entry<String, String> pair : pairs.entrySet()) {
      if (requireKnown(pair.getKey(), keys, source)) {
        found = with(found, pair.getKey(), pair.getValue());
      }
    }
    return found;
  }

  private boolean requireKnown(String key, Set<String> keys, String source) {
    if (!keys.contains(key)) {
      problems.add(
          source + ": unknown setting \"" + key + "\"; known are " + String.join(", ", keys));
      return false;
    }
    return true;
  }

  private void requireEventsUri() {
    if (config.getValue("events-uri").unwrapped() instanceof String uri && uri.isBlank()) {
      problems.add(
          "events-uri is not set: name the folder of the dt= folders, as EVENTS_URI=s3a://bucket/path");
    }
  }

  private String eventsUri() {
    String uri = text("events-uri").replaceAll("/+$", "");
    if (uri.isEmpty()) {
      return uri;
    }
    if (uri.contains("@")) {
      problems.add("events-uri must not hold keys: S3A finds them by itself (docs/security.md)");
    } else if (!uri.matches("s3a?://[A-Za-z0-9][A-Za-z0-9.-]*(/.*)?|file:///.*")) {
      problem("events-uri", uri, "must be s3a://bucket/path, s3://bucket/path or file:///path");
    }
    return uri.replaceFirst("^s3:", "s3a:");
  }

  /** Where the password is; looked at now, so that a missing one is reported with all the rest. */
  private Secret password() {
    Secret password = value("clickhouse.password", Secret::new, new Secret(""));
    if (needs == Needs.EVENTS) {
      return password;
    }
    try {
      if (!password.resolve(environment).isEmpty()) {
        requirePrivate("clickhouse.url");
      }
    } catch (SettingsException e) {
      problems.addAll(e.problems());
    }
    return password;
  }

  /** With a password the requests are readable to nobody else: encrypted, or on this machine. */
  private void requirePrivate(String key) {
    String text = text(key);
    try {
      URI uri = URI.create(text);
      // By name, not by what the name resolves to, which others may decide.
      boolean isLoopback =
          uri.getHost() == null || uri.getHost().matches("localhost|127(\\.\\d+){3}|\\[::1]");
      if ("http".equals(uri.getScheme()) && !isLoopback) {
        problem(
            key, text, "would send the password in clear over the network: give https://host:port");
      }
    } catch (IllegalArgumentException reportedWithTheAddress) {
      // No address at all is a problem of its own.
    }
  }

  private String address(String key, boolean optional) {
    String text = text(key);
    if (text.isEmpty()) {
      if (!optional) {
        problems.add(key + " is not set: give http://host:port, as CLICKHOUSE_URL or in --config");
      }
      return text;
    }
    try {
      URI uri = URI.create(text);
      if (uri.getHost() == null || !Set.of("http", "https").contains(uri.getScheme())) {
        problem(key, text, "must be http://host:port or https://host:port");
      } else if (uri.getUserInfo() != null || uri.getQuery() != null) {
        problems.add(key + " must not hold a user, a password or parameters: set them by name");
      }
    } catch (IllegalArgumentException e) {
      problem(key, text, "must be http://host:port or https://host:port");
    }
    return text;
  }

  private String text(String key) {
    return config.getValue(key).valueType() == ConfigValueType.STRING
        ? config.getString(key).strip()
        : value(key, Function.identity(), "");
  }

  private boolean bool(String key) {
    return value(
        key,
        text ->
            switch (text.toLowerCase(Locale.ROOT)) {
              case "true" -> true;
              case "false" -> false;
              default -> throw new IllegalArgumentException("must be true or false");
            },
        false);
  }

  private int integer(String key, int least, int most) {
    return value(
        key,
        text -> {
          int number = Integer.parseInt(text);
          if (number < least || number > most) {
            throw new NumberFormatException();
          }
          return number;
        },
        least,
        "must be a whole number from " + least + " to " + most);
  }

  private double ratio(String key) {
    return value(
        key,
        text -> {
          double number = Double.parseDouble(text);
          if (!(number >= 0 && number <= 1)) {
            throw new NumberFormatException();
          }
          return number;
        },
        0.0,
        "must be a share from 0 to 1");
  }

  private Set<String> words(String key) {
    return words(key, "must be a list of one or more texts that are not blank", List::isEmpty);
  }

  private Set<String> wordsOrNone(String key) {
    return words(key, "must be a list of texts that are not blank", none -> false);
  }

  private Set<String> words(String key, String rule, Predicate<List<String>> isWrong) {
    List<String> words;
    if (config.getValue(key).valueType() == ConfigValueType.LIST) {
      try {
        words = config.getStringList(key);
      } catch (ConfigException e) {
        problems.add(key + " must be a list of texts");
        return Set.of();
      }
    } else {
      String text = text(key);
      words =
          text.isEmpty()
              ? List.of()
              : Arrays.stream(text.split(",", -1)).map(String::strip).toList();
    }
    if (isWrong.test(words) || words.stream().anyMatch(String::isBlank)) {
      problem(key, words.toString(), rule);
    }
    return new TreeSet<>(words);
  }

  private <T> T value(String key, Function<String, T> parser, T otherwise) {
    return value(key, parser, otherwise, null);
  }

  private <T> T value(String key, Function<String, T> parser, T otherwise, String rule) {
    String text;
    try {
      text = config.getString(key).strip();
    } catch (ConfigException e) {
      problems.add(key + " must be one value, not a list or an object");
      return otherwise;
    }
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException | DateTimeException e) {
      // A value of the wrong kind at clickhouse.password may be the password itself.
      String shown = key.endsWith("password") ? "(hidden)" : text;
      problem(key, shown, rule == null ? e.getMessage() : rule);
      return otherwise;
    }
  }

  private void problem(String key, String value, String rule) {
    problems.add(key + " = \"" + value + "\": " + rule);
  }

  private static OptionalDouble ratioOrOff(String text) {
    if (text.equals("off")) {
      return OptionalDouble.empty();
    }
    double share = Double.parseDouble(text);
    if (!(share >= 0 && share <= 1)) {
      throw new NumberFormatException();
    }
    return OptionalDouble.of(share);
  }

  private static ZoneId zone(String text) {
    if (!text.equals("UTC") && !ZoneId.getAvailableZoneIds().contains(text)) {
      throw new IllegalArgumentException("must be an IANA zone such as Europe/Berlin, or UTC");
    }
    return ZoneId.of(text);
  }

  private static String currency(String text) {
    String upper = text.toUpperCase(Locale.ROOT);
    if (!upper.matches("[A-Z]{3}")) {
      throw new IllegalArgumentException("must be an ISO 4217 code of three letters");
    }
    return upper;
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
