package edtech.analytics.input.line;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.measure.Measures;
import edtech.analytics.source.Condition;
import edtech.analytics.source.EventField;
import edtech.analytics.source.EventRule;
import edtech.analytics.source.FieldPath;
import edtech.analytics.source.FieldValue;
import edtech.analytics.source.Mapping;
import edtech.analytics.source.Source;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Mappings in few words, and what lines come to by them. Paths are written with {@code >} between
 * members here, as in {@code list[key]>value}.
 */
public final class MappedLines {
  private final Map<EventField, FieldValue> fields = new EnumMap<>(EventField.class);
  private List<EventRule> rules = List.of();
  private List<FieldPath> properties = List.of();
  private boolean dropsTextBefore;

  /**
   * The four fields that every event needs, at {@code id}, {@code who}, {@code what}, {@code at}.
   */
  MappedLines() {
    field(EventField.EVENT_ID, first("id"));
    field(EventField.USER_ID, first("who"));
    field(EventField.EVENT_TYPE, first("what"));
    field(EventField.EVENT_TIMESTAMP, first("at"));
  }

  /** The contract's mapping as any other source would write it. */
  static ParseRules contractInWords() {
    EventRule none = named("none", is("no such member", "none"));
    Mapping mapping = new Mapping(Mapping.NATIVE.fields(), List.of(none), List.of());
    return Lines.rules(source(mapping, false));
  }

  /** Rules of a source that has a bit of everything. */
  public static ParseRules ofEverything() {
    MappedLines mapping =
        new MappedLines()
            .field(EventField.EVENT_ID, join("id", "n"))
            .field(EventField.USER_ID, first("who", "c>who"))
            .field(EventField.SESSION_ID, firstBut("-1", "session", "l[session]>value"))
            .field(EventField.PLATFORM, first("c>os"))
            .field(EventField.SCREEN_NAME, constant("all"))
            .rules(
                named("page", begins("what", "/")),
                new EventRule(
                    List.of(is(EventField.EVENT_TYPE, "Order")),
                    EventRule.As.PURCHASE,
                    "",
                    false,
                    Map.of(EventField.PURCHASE_AMOUNT, first("p>total"))),
                new EventRule(
                    List.of(is("what", "Refund"), isAbsentOr("c>os", "web")),
                    EventRule.As.PURCHASE,
                    "refund",
                    true,
                    Map.of(EventField.PURCHASE_AMOUNT, first("p>total"))),
                as(
                    EventRule.As.TASK_RESULT,
                    Map.of(
                        EventField.EVENT_ID,
                        digest(),
                        EventField.TASK_ID,
                        first("p>task"),
                        EventField.TASK_RESULT,
                        first("p>ok")),
                    is("what", "Task")),
                as(
                    EventRule.As.EVENT,
                    Map.of(EventField.USER_ID, join("org", "who")),
                    is("what", "Joined")),
                as(
                    EventRule.As.AB_TEST_ASSIGNMENT,
                    Map.of(
                        EventField.AB_TEST_ID,
                        first("p>test"),
                        EventField.AB_GROUP,
                        first("p>group")),
                    is("what", "Test")))
            .properties("p", "c>page");
    return Lines.rules(source(mapping.mapping(), true));
  }

  MappedLines field(EventField field, FieldValue value) {
    fields.put(field, value);
    return this;
  }

  MappedLines rules(EventRule... inOrder) {
    rules = List.of(inOrder);
    return this;
  }

  MappedLines properties(String... paths) {
    properties = paths(paths);
    return this;
  }

  MappedLines droppingTextBefore() {
    dropsTextBefore = true;
    return this;
  }

  static FieldValue first(String... paths) {
    return value(FieldValue.How.FIRST, "", paths);
  }

  static FieldValue firstBut(String absent, String... paths) {
    return new FieldValue(FieldValue.How.FIRST, paths(paths), Set.of(absent), "");
  }

  static FieldValue join(String... paths) {
    return value(FieldValue.How.JOIN, "", paths);
  }

  static FieldValue constant(String text) {
    return value(FieldValue.How.CONSTANT, text);
  }

  static FieldValue digest() {
    return value(FieldValue.How.DIGEST, "");
  }

  static Condition is(String path, String... texts) {
    return new Condition(null, path(path), Set.of(texts), List.of(), false);
  }

  static Condition is(EventField field, String... texts) {
    return new Condition(field, null, Set.of(texts), List.of(), false);
  }

  static Condition begins(String path, String beginning) {
    return new Condition(null, path(path), Set.of(), List.of(beginning), false);
  }

  static Condition isAbsent(EventField field) {
    return new Condition(field, null, Set.of(), List.of(), true);
  }

  static Condition isAbsentOr(String path, String text) {
    return new Condition(null, path(path), Set.of(text), List.of(), true);
  }

  static EventRule as(EventRule.As as, Condition... when) {
    return new EventRule(List.of(when), as, "", false, Map.of());
  }

  static EventRule as(EventRule.As as, Map<EventField, FieldValue> changed, Condition... when) {
    return new EventRule(List.of(when), as, "", false, changed);
  }

  static EventRule named(String name, Condition... when) {
    return new EventRule(List.of(when), null, name, false, Map.of());
  }

  private static FieldValue value(FieldValue.How how, String constant, String... paths) {
    return new FieldValue(how, paths(paths), Set.of(), constant);
  }

  private static List<FieldPath> paths(String... paths) {
    return Arrays.stream(paths).map(MappedLines::path).toList();
  }

  private static FieldPath path(String text) {
    return new FieldPath(Arrays.stream(text.split(">")).map(MappedLines::step).toList());
  }

  private static FieldPath.Step step(String text) {
    int key = text.indexOf('[');
    return key < 0
        ? new FieldPath.Step(text, "")
        : new FieldPath.Step(text.substring(0, key), text.substring(key + 1, text.length() - 1));
  }

  private Mapping mapping() {
    return new Mapping(fields, rules, properties);
  }

  /** What a line comes to; it is the same with both readers. */
  ParsedLine parse(String line) {
    return parse(mapping(), dropsTextBefore, line.getBytes(UTF_8));
  }

  /** A line with the four needed fields and more members. */
  ParsedLine parseWith(String more) {
    return parse(line(more));
  }

  static String line(String more) {
    return "{\"id\":\"e1\",\"who\":\"u1\",\"what\":\"page\",\"at\":1772352000"
        + (more.isEmpty() ? "" : "," + more)
        + "}";
  }

  static ParsedLine parse(Mapping mapping, boolean dropsTextBefore, byte[] line) {
    ParseRules parseRules = Lines.rules(source(mapping, dropsTextBefore));
    ParsedLine parsed = Lines.parse(line, parseRules);
    if (!dropsTextBefore && Utf8.isValid(line, 0, line.length)) {
      MappedParser parser = new MappedParser(mapping, Measures.NONE, new EventRules(parseRules));
      ParsedLine inFull = new ParsedLine();
      parser.parseInFull(line, 0, line.length, inFull);
      assertThat(Lines.outcome(parsed)).isEqualTo(Lines.outcome(inFull));
    }
    return parsed;
  }

  private static Source source(Mapping mapping, boolean dropsTextBefore) {
    Source contract = Lines.RULES.source();
    return new Source(
        contract.layout(), contract.framing(), dropsTextBefore, contract.sameId(), mapping);
  }

  /** Whether a line need not be read in full. */
  boolean isReadInPlace(String line) {
    byte[] bytes = line.getBytes(UTF_8);
    return new MappedParser(mapping(), Measures.NONE, new EventRules(Lines.RULES))
        .parseInPlace(bytes, 0, bytes.length, new ParsedLine());
  }
}
