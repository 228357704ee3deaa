package edtech.analytics.trial;

import edtech.analytics.config.Settings;
import edtech.analytics.input.LineSource;
import edtech.analytics.input.OneObject;
import edtech.analytics.input.line.LineParser;
import edtech.analytics.input.line.Measured;
import edtech.analytics.input.line.ParseRules;
import edtech.analytics.input.line.ParsedLine;
import edtech.analytics.input.line.Reason;
import edtech.analytics.measure.MeasureNames;
import edtech.analytics.source.EventField;
import edtech.analytics.source.FieldPath;
import edtech.analytics.source.FieldValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;

/**
 * What the settings make of lines, one after the other. Holds the first few lines and counts,
 * however many there are.
 */
public final class SourceTrial {
  private static final int MOST_SAMPLES = 20;
  private static final int MOST_TYPES = 1000;

  /**
   * A line, and what it was taken for.
   *
   * @param outcome as in {@link #outcomes}
   * @param fields name to value of an event's columns; empty of other lines
   */
  record Sample(String line, String outcome, Map<String, String> fields) {}

  private final ParseRules rules;
  private final LineParser parser;
  private final ParsedLine parsed = new ParsedLine();
  private final Settings settings;
  private final List<Sample> samples = new ArrayList<>();
  private final Map<String, Long> outcomes = new TreeMap<>();
  private final Map<String, Map<String, Long>> kindsByType = new TreeMap<>();
  private final Map<LocalDate, Long> days = new TreeMap<>();
  private final SeenPaths paths;
  private final MeasureNames names;
  private final Map<String, Long> valued = new TreeMap<>();
  private final Map<String, long[]> counted = new TreeMap<>();
  private long lines;

  public SourceTrial(Settings settings) {
    this.settings = settings;
    this.paths = new SeenPaths(typePaths(settings));
    this.rules = ParseRules.of(settings);
    this.parser = new LineParser(rules);
    this.names = settings.measures().names();
    names.dimensions().forEach(name -> valued.put(name, 0L));
    names.metrics().forEach(name -> counted.put(name, new long[2]));
  }

  private static Set<String> typePaths(Settings settings) {
    FieldValue types = settings.source().mapping().fields().get(EventField.EVENT_TYPE);
    return types == null
        ? Set.of()
        : types.paths().stream().map(FieldPath::toString).collect(Collectors.toSet());
  }

  /**
   * Takes the texts of an object.
   *
   * @param path in the form of the file system
   * @throws IOException when it cannot be read
   */
  public void read(Configuration hadoop, String path) throws IOException {
    OneObject.read(hadoop, path, rules, this::take);
  }

  private void take(LineSource source) {
    lines++;
    if (source.isBlank()) {
      count("blank");
      return;
    }
    byte[] buffer = source.buffer();
    String text = new String(buffer, source.offset(), source.length(), StandardCharsets.UTF_8);
    paths.add(text.substring(Math.max(0, text.indexOf('{'))));
    String outcome;
    if (source.isTooLong()) {
      outcome = "rejected  " + Reason.LINE_TOO_LONG.code();
    } else {
      parser.parse(buffer, source.offset(), source.length(), parsed);
      outcome = outcome();
    }
    count(outcome);
    boolean isEvent = outcome.equals("event");
    if (isEvent) {
      days.merge(LocalDate.ofEpochDay(parsed.eventDay()), 1L, Long::sum);
      countType();
      countMeasures(parsed.measured);
    }
    if (samples.size() < MOST_SAMPLES) {
      samples.add(new Sample(text, outcome, isEvent ? EventColumns.of(parsed, names) : Map.of()));
    }
  }

  private String outcome() {
    if (parsed.isIgnored()) {
      return "ignored";
    }
    return parsed.reason() == null
        ? "event"
        : ("rejected  " + parsed.reason().code() + " " + parsed.detail()).strip();
  }

  private void count(String outcome) {
    outcomes.merge(outcome, 1L, Long::sum);
  }

  private void countType() {
    String type = parsed.eventType();
    boolean isKnown = kindsByType.containsKey(type);
    kindsByType
        .computeIfAbsent(
            isKnown || kindsByType.size() < MOST_TYPES ? type : "(other types)",
            t -> new TreeMap<>())
        .merge(parsed.kind().code(), 1L, Long::sum);
  }

  private void countMeasures(Measured measured) {
    for (int i = 0; i < measured.dimensions(); i++) {
      if (measured.value(i) != null) {
        valued.merge(names.dimensions().get(i), 1L, Long::sum);
      }
    }
    for (int i = 0; i < measured.metrics(); i++) {
      long[] counts = counted.get(names.metrics().get(measured.metric(i)));
      counts[0]++;
      counts[1] += measured.isNumeric(i) ? 0 : 1;
    }
  }

  /** Events that have a value, by dimension. */
  Map<String, Long> eventsByDimension() {
    return valued;
  }

  /** By metric, the events that count, and those of them that have no number to add. */
  Map<String, long[]> eventsByMetric() {
    return counted;
  }

  /** The first lines, with what they were taken for. */
  List<Sample> samples() {
    return samples;
  }

  /** Lines by how they end: {@code event}, {@code ignored}, {@code blank}, or rejected and why. */
  Map<String, Long> outcomes() {
    return outcomes;
  }

  /** Events by type and kind. */
  Map<String, Map<String, Long>> kindsByType() {
    return kindsByType;
  }

  /** Events by date, in {@code day.timezone}. */
  Map<LocalDate, Long> days() {
    return days;
  }

  SeenPaths paths() {
    return paths;
  }

  long lines() {
    return lines;
  }

  /** Lines that became events. */
  public long events() {
    return outcomes.getOrDefault("event", 0L);
  }

  /** What is wrong where no line became an event, and what to do. */
  public String whyNone() {
    if (lines == outcomes.getOrDefault("blank", 0L)) {
      return "the objects have no line that is not blank: name objects that hold events";
    }
    if (lines == outcomes.getOrDefault("ignored", 0L) + outcomes.getOrDefault("blank", 0L)) {
      return "every line is ignored: look at the rules with as = ignored in source.events";
    }
    Map.Entry<String, Long> most =
        outcomes.entrySet().stream()
            .filter(outcome -> outcome.getKey().startsWith("rejected"))
            .max(Map.Entry.comparingByValue())
            .orElseThrow();
    String field = most.getKey().replaceFirst("^rejected  \\S+ ?", "");
    String what = most.getKey().replaceFirst("^rejected  ", "");
    EventField named = EventField.named(field);
    return "none of the "
        + lines
        + " lines is an event, and "
        + most.getValue()
        + " are rejected as "
        + what
        + (named == null
            ? ": look at the lines above"
            : "; " + new Hint(settings, paths).of(named));
  }
}
