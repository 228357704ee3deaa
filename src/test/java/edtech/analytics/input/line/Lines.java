package edtech.analytics.input.line;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import edtech.analytics.config.Settings;
import edtech.analytics.measure.MeasureReader;
import edtech.analytics.measure.Measures;
import edtech.analytics.source.Source;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** Lines and rules for the tests of this package. */
public final class Lines {

  public static final ParseRules RULES = rules("UTC");

  private Lines() {}

  static ParseRules rules(String zone) {
    return rules(zone, 0, 1 << 20);
  }

  /** Rules in UTC with other limits. */
  public static ParseRules limited(int latenessDays, int maxLineBytes) {
    return rules("UTC", latenessDays, maxLineBytes);
  }

  private static ParseRules rules(String zone, int latenessDays, int maxLineBytes) {
    return rules(ZoneId.of(zone), maxLineBytes, Source.ofContract(ZoneId.of(zone), latenessDays));
  }

  /** Rules in UTC for lines of another source. */
  public static ParseRules rules(Source source) {
    return rules(ZoneOffset.UTC, 1 << 20, source);
  }

  private static ParseRules rules(ZoneId zone, int maxLineBytes, Source source) {
    return rules(zone, maxLineBytes, source, Measures.NONE);
  }

  /** Rules in UTC that ask for dimensions and metrics. */
  public static ParseRules measuring(Measures measures, Source source) {
    return rules(ZoneOffset.UTC, 1 << 20, source, measures);
  }

  private static ParseRules rules(ZoneId zone, int maxLineBytes, Source source, Measures measures) {
    return new ParseRules(
        zone,
        new Settings.EventTypes(
            Set.of("purchase"),
            Set.of("task_result"),
            Set.of("ab_test_assignment"),
            Set.of("lesson_start"),
            Set.of("lesson_complete")),
        Set.of("success", "passed"),
        "USD",
        Set.of("null", "undefined", "0"),
        maxLineBytes,
        source,
        measures);
  }

  /** A valid event of a type with more members, such as {@code "a":1,"b":2}. */
  public static String event(String type, String more) {
    return "{\"event_id\":\"e1\",\"user_id\":\"u1\",\"event_type\":\""
        + type
        + "\",\"event_timestamp\":\"2026-03-01T10:00:00Z\""
        + (more.isEmpty() ? "" : "," + more)
        + "}";
  }

  public static String plain(String more) {
    return event("page_view", more);
  }

  public static String purchase(String more) {
    return event("purchase", more);
  }

  /** A valid event but for one of its four needed fields, given as JSON; null leaves it out. */
  static String with(String field, String json) {
    StringBuilder line = new StringBuilder("{\"x\":1");
    String[][] members = {
      {"event_id", "\"e1\""},
      {"user_id", "\"u1\""},
      {"event_type", "\"page_view\""},
      {"event_timestamp", "\"2026-03-01T10:00:00Z\""}
    };
    for (String[] member : members) {
      String value = member[0].equals(field) ? json : member[1];
      if (value != null) {
        line.append(",\"").append(member[0]).append("\":").append(value);
      }
    }
    return line.append('}').toString();
  }

  static ParsedLine parse(String line) {
    return parse(line.getBytes(UTF_8));
  }

  static ParsedLine parse(byte[] line) {
    return parse(line, RULES);
  }

  /** Parses the line from the middle of a larger buffer, as the reader gives it out. */
  static ParsedLine parse(byte[] line, ParseRules rules) {
    byte[] buffer = new byte[line.length + 20];
    Arrays.fill(buffer, (byte) '"');
    System.arraycopy(line, 0, buffer, 10, line.length);
    ParsedLine parsed = new ParsedLine();
    new LineParser(rules).parse(buffer, 10, line.length, parsed);
    return parsed;
  }

  /** What a line comes to: '' for an event, else the reason's code and the detail. */
  static String verdict(String line) {
    return verdict(parse(line));
  }

  static String verdict(ParsedLine parsed) {
    return parsed.reason() == null ? "" : (parsed.reason().code() + " " + parsed.detail()).strip();
  }

  /** All that a line came to, for comparing. */
  static List<Object> outcome(ParsedLine line) {
    if (line.isIgnored()) {
      return List.of("ignored");
    }
    return line.reason() == null
        ? columns(line)
        : List.of(line.reason(), line.detail(), line.userId());
  }

  private static List<Object> columns(ParsedLine line) {
    return List.of(
        line.eventDay(),
        line.timestampMicros(),
        line.eventId(),
        line.userId(),
        line.sessionId(),
        line.eventType(),
        line.platform(),
        line.screenName(),
        line.courseId(),
        line.lessonId(),
        line.properties(),
        line.kind(),
        line.amountCents(),
        line.currency(),
        line.taskId(),
        line.taskResult(),
        line.isSuccess(),
        line.abTestId(),
        line.abGroup(),
        values(line.measured),
        metrics(line.measured));
  }

  /** As they are written in settings. */
  public static Measures measures(String hocon) {
    ConfigObject settings = ConfigFactory.parseString(hocon).root();
    List<String> problems = new ArrayList<>();
    Measures measures =
        MeasureReader.read(
            (ConfigObject) settings.get("dimensions"),
            (ConfigObject) settings.get("metrics"),
            problems);
    assertThat(problems).isEmpty();
    return measures;
  }

  /** The values of the dimensions; '' = none. */
  static List<String> values(Measured measured) {
    return IntStream.range(0, measured.dimensions())
        .mapToObj(i -> measured.value(i) == null ? "" : measured.value(i).toString())
        .toList();
  }

  /** The metrics by number, each with what it gets in millionths; ? = no number. */
  static List<String> metrics(Measured measured) {
    return IntStream.range(0, measured.metrics())
        .mapToObj(
            i ->
                measured.metric(i)
                    + "="
                    + (measured.isNumeric(i) ? String.valueOf(measured.millionths(i)) : "?"))
        .toList();
  }

  /** Bytes written as chars U+0000 to U+00FF. */
  static byte[] bytes(String latin1) {
    return latin1.getBytes(ISO_8859_1);
  }
}
