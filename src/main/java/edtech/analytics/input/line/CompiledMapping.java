package edtech.analytics.input.line;

import static java.nio.charset.StandardCharsets.UTF_8;

import edtech.analytics.measure.Measures;
import edtech.analytics.source.Condition;
import edtech.analytics.source.EventField;
import edtech.analytics.source.EventRule;
import edtech.analytics.source.FieldPath;
import edtech.analytics.source.FieldValue;
import edtech.analytics.source.Mapping;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A mapping with its paths as slots and its texts as bytes, as readers of lines need it. */
final class CompiledMapping {

  /** The slots and texts that a value is made of; see {@link FieldValue}. */
  record Origin(FieldValue.How how, int[] slots, byte[][] absent, byte[] constant) {}

  /** See {@link Condition}. */
  record Test(Origin origin, byte[][] texts, byte[][] beginnings, boolean allowsAbsent) {}

  /**
   * See {@link EventRule}.
   *
   * @param kind null = by the event's type
   * @param fields by {@link EventField}, those of the mapping among them; null = never there
   */
  record Rule(
      Test[] tests, boolean isIgnored, EventKind kind, boolean negatesAmount, Origin[] fields) {}

  private final PathTree tree;
  private final Rule[] rules;
  private final MeasurePaths measures;
  private final int[] measured;

  CompiledMapping(Mapping mapping, Measures measures) {
    this.tree = new PathTree(mapping.properties());
    this.measures = new MeasurePaths(measures);
    this.measured = this.measures.slots(tree);
    List<Rule> compiled = new ArrayList<>();
    mapping.rules().forEach(rule -> compiled.add(rule(rule, mapping.fields())));
    compiled.add(new Rule(new Test[0], false, null, false, origins(mapping.fields())));
    this.rules = compiled.toArray(Rule[]::new);
  }

  PathTree tree() {
    return tree;
  }

  /** In the order in which they are tried; the last one holds for every line. */
  Rule[] rules() {
    return rules;
  }

  /** What else of a line is asked for. */
  MeasurePaths measures() {
    return measures;
  }

  /** The slots of the measures' paths, by number; -1 where it is a field. */
  int[] measured() {
    return measured;
  }

  private Rule rule(EventRule rule, Map<EventField, FieldValue> fields) {
    Map<EventField, FieldValue> all = new EnumMap<>(EventField.class);
    all.putAll(fields);
    all.putAll(rule.fields());
    if (!rule.name().isEmpty()) {
      all.put(
          EventField.EVENT_TYPE,
          new FieldValue(FieldValue.How.CONSTANT, List.of(), Set.of(), rule.name()));
    }
    return new Rule(
        rule.when().stream().map(condition -> test(condition, fields)).toArray(Test[]::new),
        rule.as() == EventRule.As.IGNORED,
        kind(rule.as()),
        rule.negate(),
        origins(all));
  }

  private Test test(Condition condition, Map<EventField, FieldValue> fields) {
    return new Test(
        condition.field() == null
            ? new Origin(
                FieldValue.How.FIRST, slots(List.of(condition.path())), new byte[0][], null)
            : origin(fields.get(condition.field())),
        bytes(condition.texts()),
        bytes(condition.beginnings()),
        condition.allowsAbsent());
  }

  private static EventKind kind(EventRule.As as) {
    return as == null
        ? null
        : switch (as) {
          case PURCHASE -> EventKind.PURCHASE;
          case TASK_RESULT -> EventKind.TASK_RESULT;
          case AB_TEST_ASSIGNMENT -> EventKind.AB_ASSIGNMENT;
          case LESSON_START -> EventKind.LESSON_START;
          case LESSON_COMPLETE -> EventKind.LESSON_COMPLETE;
          case EVENT, IGNORED -> EventKind.PLAIN;
        };
  }

  private Origin[] origins(Map<EventField, FieldValue> fields) {
    Origin[] origins = new Origin[EventField.values().length];
    fields.forEach((field, value) -> origins[field.ordinal()] = origin(value));
    return origins;
  }

  private Origin origin(FieldValue value) {
    return value == null
        ? null
        : new Origin(
            value.how(),
            slots(value.paths()),
            bytes(value.absent()),
            value.constant().getBytes(UTF_8));
  }

  private int[] slots(List<FieldPath> paths) {
    return paths.stream().mapToInt(tree::slot).toArray();
  }

  private static byte[][] bytes(Collection<String> texts) {
    return texts.stream().map(text -> text.getBytes(UTF_8)).toArray(byte[][]::new);
  }
}
