package edtech.analytics.config;

import edtech.analytics.measure.MeasureReader;
import edtech.analytics.measure.Measures;
import edtech.analytics.source.Source;
import edtech.analytics.source.SourceReader;
import edtech.analytics.source.Zones;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Reads all settings: each by a method of its name, which says its type and bounds. Collects every
 * problem before it throws.
 */
public final class SettingsReader {
  /** What a run reaches. */
  private enum Needs {
    EVENTS,
    SERVER,
    BOTH,
    NEITHER
  }

  private final List<String> problems = new ArrayList<>();
  private final Needs needs;
  private final Map<String, String> environment;
  private final SettingParser parser;

  private SettingsReader(
      Needs needs,
      Optional<Path> file,
      Map<String, String> environment,
      Map<String, String> overrides) {
    this.needs = needs;
    this.environment = environment;
    this.parser =
        new SettingParser(
            new SettingSources(problems).layered(file, environment, overrides), problems);
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

  /** The same for a run that is told which objects it reads: {@code events-uri} may be '', too. */
  public static Settings readForTrial(
      Optional<Path> file, Map<String, String> environment, Map<String, String> overrides) {
    return new SettingsReader(Needs.NEITHER, file, environment, overrides).settings();
  }

  private Settings settings() {
    Settings.Events events = events();
    Settings settings =
        new Settings(
            eventsUri(),
            s3Endpoint(),
            allowEmptyDay(),
            source(events),
            measures(),
            events,
            refusal(),
            clickhouse(),
            publication(),
            metricsFile());
    if (!problems.isEmpty()) {
      throw new SettingsException(problems);
    }
    return settings;
  }

  private Source source(Settings.Events events) {
    return SourceReader.read(
        parser.object(SettingKeys.SOURCE), events.zone(), events.latenessDays(), problems);
  }

  private Measures measures() {
    return MeasureReader.read(
        parser.objectOrNone(MeasureReader.DIMENSIONS),
        parser.objectOrNone(MeasureReader.METRICS),
        problems);
  }

  private Settings.Events events() {
    return new Settings.Events(
        dayTimezone(),
        latenessDays(),
        maxLineBytes(),
        eventTypes(),
        parser.words(SettingKeys.SUCCESS_VALUES),
        currency(),
        parser.wordsOrNone(SettingKeys.PLACEHOLDER_IDS),
        parser.wordsOrNone(SettingKeys.IGNORED_PROPERTIES));
  }

  private Settings.EventTypes eventTypes() {
    return new Settings.EventTypes(
        parser.words(SettingKeys.PURCHASE_TYPES),
        parser.words(SettingKeys.TASK_RESULT_TYPES),
        parser.words(SettingKeys.ASSIGNMENT_TYPES),
        parser.wordsOrNone(SettingKeys.LESSON_START_TYPES),
        parser.wordsOrNone(SettingKeys.LESSON_COMPLETE_TYPES));
  }

  private Settings.Refusal refusal() {
    return new Settings.Refusal(
        maxRejectedRatio(), maxRejectedLines(), maxOutsideDayRatio(), maxRejectedRatioOfAnyDay());
  }

  private Settings.ClickHouse clickhouse() {
    ClickHouseSettings clickhouse = new ClickHouseSettings(parser, problems);
    return needs == Needs.EVENTS || needs == Needs.NEITHER
        ? clickhouse.unused()
        : clickhouse.used(environment);
  }

  private Settings.Publication publication() {
    return new Settings.Publication(
        keepLoads(), sweepGraceMinutes(), rejectedRetentionDays(), holdBelowRatio());
  }

  private String eventsUri() {
    String key = SettingKeys.EVENTS_URI;
    String uri = parser.text(key).replaceAll("/+$", "");
    if (uri.isEmpty()) {
      if (needs == Needs.EVENTS || needs == Needs.BOTH) {
        problems.add(
            key + " is not set: name the folder of the events, as EVENTS_URI=s3a://bucket/path");
      }
    } else if (uri.contains("@")) {
      problems.add(key + " must not hold keys: S3A finds them by itself (docs/security.md)");
    } else if (!uri.matches("s3a?://[A-Za-z0-9][A-Za-z0-9.-]*(/.*)?|file:///.*")) {
      parser.problem(key, uri, "must be s3a://bucket/path, s3://bucket/path or file:///path");
    }
    return uri.replaceFirst("^s3:", "s3a:");
  }

  private String s3Endpoint() {
    String text = parser.text(SettingKeys.S3_ENDPOINT);
    if (!text.isEmpty()) {
      parser.address(SettingKeys.S3_ENDPOINT);
    }
    return text;
  }

  private boolean allowEmptyDay() {
    return parser.bool(SettingKeys.ALLOW_EMPTY_DAY);
  }

  private ZoneId dayTimezone() {
    return parser.value(SettingKeys.DAY_TIMEZONE, Zones::parse, ZoneId.of("UTC"));
  }

  private int latenessDays() {
    return parser.integer(SettingKeys.LATENESS_DAYS, 0, 7);
  }

  private int maxLineBytes() {
    return parser.integer(SettingKeys.MAX_LINE_BYTES, 1024, 64 << 20);
  }

  private String currency() {
    return parser.value(
        SettingKeys.CURRENCY,
        text -> {
          String upper = text.toUpperCase(Locale.ROOT);
          if (!upper.matches("[A-Z]{3}")) {
            throw new IllegalArgumentException("must be an ISO 4217 code of three letters");
          }
          return upper;
        },
        "USD");
  }

  private double maxRejectedRatio() {
    return parser.ratio(SettingKeys.MAX_REJECTED_RATIO);
  }

  private int maxRejectedLines() {
    return parser.integer(SettingKeys.MAX_REJECTED_LINES, 0, Integer.MAX_VALUE);
  }

  private double maxOutsideDayRatio() {
    return parser.ratio(SettingKeys.MAX_OUTSIDE_DAY_RATIO);
  }

  private double maxRejectedRatioOfAnyDay() {
    return parser.ratio(SettingKeys.MAX_RATIO_OF_ANY_DAY);
  }

  private int keepLoads() {
    return parser.integer(SettingKeys.KEEP_LOADS, 1, 1000);
  }

  private int sweepGraceMinutes() {
    return parser.integer(SettingKeys.SWEEP_GRACE_MINUTES, 0, 1_000_000);
  }

  private int rejectedRetentionDays() {
    return parser.integer(SettingKeys.REJECTED_RETENTION_DAYS, 0, 36_500);
  }

  private OptionalDouble holdBelowRatio() {
    return parser.value(
        SettingKeys.HOLD_BELOW_RATIO,
        text ->
            text.equals("off")
                ? OptionalDouble.empty()
                : OptionalDouble.of(SettingParser.share(text)),
        OptionalDouble.empty(),
        "must be off, or a share from 0 to 1");
  }

  private String metricsFile() {
    return parser.text(SettingKeys.METRICS_FILE);
  }
}
