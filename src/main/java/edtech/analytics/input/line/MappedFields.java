package edtech.analytics.input.line;

import edtech.analytics.input.line.CompiledMapping.Origin;
import edtech.analytics.input.line.CompiledMapping.Rule;
import edtech.analytics.input.line.CompiledMapping.Test;
import edtech.analytics.source.EventField;
import edtech.analytics.source.FieldValue;
import java.util.Arrays;
import java.util.stream.Stream;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * The fields of a line as a mapping finds them. A reader puts the values at the mapping's paths
 * into {@link #found}; the first rule that holds says what the event's fields are made of.
 *
 * <p>Reused from line to line; not thread-safe.
 */
final class MappedFields extends Fields {

  /** What of a line is kept as properties. */
  interface Kept {
    /**
     * The properties as canonical JSON; null when a key occurs twice on the way to a path or inside
     * the properties.
     *
     * @param columns slots of members that have a column of their own, by slot
     */
    UTF8String properties(boolean[] columns);
  }

  private final CompiledMapping mapping;
  private final Kept kept;
  private final Text[] texts;
  private final Text tested = new Text();
  private final boolean[] columns;
  private final MadeTexts made = new MadeTexts();
  private Rule rule;
  private byte[] line;
  private int lineStart;
  private int lineEnd;

  /** The values at the paths, by slot; their texts lie in {@link #bytes}. */
  final Slot[] found;

  MappedFields(CompiledMapping mapping, Kept kept) {
    this(mapping, kept, texts());
  }

  private MappedFields(CompiledMapping mapping, Kept kept, Text[] texts) {
    super(texts);
    this.texts = texts;
    this.mapping = mapping;
    this.kept = kept;
    this.found = Stream.generate(Slot::new).limit(mapping.tree().slots()).toArray(Slot[]::new);
    this.columns = new boolean[found.length];
  }

  private static Text[] texts() {
    return Stream.generate(Text::new).limit(EventField.values().length).toArray(Text[]::new);
  }

  void clear() {
    for (Slot slot : found) {
      slot.kind = ValueKind.ABSENT;
    }
    clearTexts();
  }

  /**
   * Makes the event's fields of what was found, unless the line is to be ignored.
   *
   * @param buffer holds the line from {@code from} to {@code to}
   */
  void resolve(byte[] buffer, int from, int to) {
    line = buffer;
    lineStart = from;
    lineEnd = to;
    made.clear();
    rule = firstRule();
    if (rule.isIgnored()) {
      return;
    }
    for (int i = 0; i < texts.length; i++) {
      take(rule.fields()[i], texts[i]);
    }
    takeAsText(EventField.PLATFORM);
    takeAsText(EventField.TASK_RESULT);
    takeAsText(EventField.AB_GROUP);
  }

  boolean isIgnored() {
    return rule.isIgnored();
  }

  @Override
  byte[] bytes(EventField field) {
    return texts[field.ordinal()].bytes;
  }

  @Override
  void take(int path, Text into) {
    EventField field = mapping.measures().field(path);
    if (field == null) {
      into.set(found[mapping.measured()[path]], bytes);
    } else {
      into.set(texts[field.ordinal()], texts[field.ordinal()].bytes);
    }
  }

  @Override
  EventKind givenKind() {
    return rule.kind();
  }

  @Override
  boolean negatesAmount() {
    return rule.negatesAmount();
  }

  @Override
  long timestampMicros() {
    return TimestampParser.parseAny(characters(EventField.EVENT_TIMESTAMP));
  }

  /** To be called once for a line. */
  @Override
  UTF8String properties(EventKind kind) {
    Arrays.fill(columns, false);
    if (mapping.tree().keepsAll()) {
      for (EventField field : kind.used()) {
        markUsed(rule.fields()[field.ordinal()], texts[field.ordinal()]);
      }
    }
    return kept.properties(columns);
  }

  /** The path is not told apart from any other key. */
  @Override
  String duplicateField() {
    return "";
  }

  /** Marks the slots whose values are a field: of alternatives the first up to the one taken. */
  private void markUsed(Origin origin, Text text) {
    if (origin == null || origin.how() == FieldValue.How.JOIN && text.kind == ValueKind.ABSENT) {
      return;
    }
    boolean isFirst = origin.how() == FieldValue.How.FIRST;
    for (int slot : origin.slots()) {
      columns[slot] |= found[slot].kind != ValueKind.NESTED;
      if (isFirst && isValue(found[slot], origin.absent())) {
        return;
      }
    }
  }

  private Rule firstRule() {
    Rule[] rules = mapping.rules();
    int i = 0;
    while (!holds(rules[i].tests())) {
      i++;
    }
    return rules[i];
  }

  private boolean holds(Test[] tests) {
    for (Test test : tests) {
      take(test.origin(), tested);
      boolean holds =
          tested.kind == ValueKind.ABSENT
              ? test.allowsAbsent()
              : isOneOf(test.texts(), tested.bytes, tested) || begins(test.beginnings());
      if (!holds) {
        return false;
      }
    }
    return true;
  }

  private boolean begins(byte[][] beginnings) {
    for (byte[] beginning : beginnings) {
      if (beginning.length <= tested.end - tested.start
          && Arrays.equals(
              beginning,
              0,
              beginning.length,
              tested.bytes,
              tested.start,
              tested.start + beginning.length)) {
        return true;
      }
    }
    return false;
  }

  private void take(Origin origin, Text into) {
    into.kind = ValueKind.ABSENT;
    if (origin == null) {
      return;
    }
    switch (origin.how()) {
      case FIRST -> takeFirst(origin, into);
      case JOIN -> join(origin, into);
      case DIGEST -> digest(into);
      case CONSTANT -> into.set(ValueKind.STRING, origin.constant(), 0, origin.constant().length);
    }
  }

  private void takeFirst(Origin origin, Text into) {
    for (int slot : origin.slots()) {
      Slot value = found[slot];
      if (isValue(value, origin.absent())) {
        into.set(value.kind, bytes, value.start, value.end);
        return;
      }
    }
  }

  private boolean isValue(Slot slot, byte[][] absent) {
    boolean isThere =
        switch (slot.kind) {
          case ABSENT, NULL, NESTED -> false;
          case STRING -> !UnicodeWhitespace.isBlank(bytes, slot.start, slot.end);
          default -> true;
        };
    return isThere && !isOneOf(absent, bytes, slot);
  }

  private static boolean isOneOf(byte[][] texts, byte[] bytes, Slot slot) {
    for (byte[] text : texts) {
      if (text.length == slot.end - slot.start
          && Arrays.equals(text, 0, text.length, bytes, slot.start, slot.end)) {
        return true;
      }
    }
    return false;
  }

  private void join(Origin origin, Text into) {
    ValueKind kind = ValueKind.STRING;
    int start = made.end();
    for (int slot : origin.slots()) {
      Slot part = found[slot];
      if (!isValue(part, origin.absent())) {
        made.cut(start);
        return;
      }
      if (made.end() > start) {
        made.add((byte) ':');
      }
      made.add(bytes, part.start, part.end);
      kind = part.kind == ValueKind.STRING_WITH_NUL ? part.kind : kind;
    }
    into.set(kind, made.bytes(), start, made.end());
  }

  private void digest(Text into) {
    int start = made.end();
    made.addDigest(line, lineStart, lineEnd);
    into.set(ValueKind.STRING, made.bytes(), start, made.end());
  }

  /** Numbers and literals of a field that holds text are that text. */
  private void takeAsText(EventField field) {
    Text text = texts[field.ordinal()];
    boolean isOther =
        switch (text.kind) {
          case INTEGER, DECIMAL, BOOLEAN -> true;
          default -> false;
        };
    if (isOther && !ValueRule.of(field).accepts(this, field)) {
      text.kind = ValueKind.STRING;
    }
  }
}
