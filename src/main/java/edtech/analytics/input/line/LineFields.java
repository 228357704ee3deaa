package edtech.analytics.input.line;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import edtech.analytics.measure.Measures;
import edtech.analytics.source.EventField;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * The fields of any line, read in one pass of Jackson's parser. Decides what is valid JSON and
 * which keys occur twice; {@link EventRules} decides what a field may hold.
 *
 * <p>Reused from line to line; not thread-safe.
 */
final class LineFields extends Fields {

  private final Slot[] slots;
  private final String[] texts;
  private final CanonicalJson others = new CanonicalJson();
  private final MeasurePaths measures;
  // The measures' paths that are no field, and what lies at them.
  private final PathTree tree = new PathTree(List.of());
  private final int[] measured;
  private final Slot[] found;
  private final ValueWalker walker;
  private int duplicates;

  LineFields(Measures measures) {
    this(slots(EventField.values().length), measures);
  }

  private LineFields(Slot[] slots, Measures measures) {
    super(slots);
    this.slots = slots;
    this.measures = new MeasurePaths(measures);
    this.measured = this.measures.slots(tree);
    this.found = slots(tree.slots());
    this.walker = new ValueWalker(tree, this, found);
    this.texts = new String[slots.length];
    this.bytes = new byte[1024];
  }

  private static Slot[] slots(int count) {
    return Stream.generate(Slot::new).limit(count).toArray(Slot[]::new);
  }

  /**
   * Takes the fields of a line.
   *
   * @return whether the line is exactly one JSON object; if not, nothing else here is valid
   */
  boolean read(byte[] buffer, int offset, int length) {
    for (Slot slot : slots) {
      slot.kind = ValueKind.ABSENT;
    }
    for (Slot slot : found) {
      slot.kind = ValueKind.ABSENT;
    }
    others.clear();
    walker.clear();
    clearTexts();
    duplicates = 0;
    if (!beginsAsObject(buffer, offset, length)) {
      return false;
    }
    try (JsonParser parser = LineJson.FACTORY.createParser(buffer, offset, length)) {
      parser.nextToken();
      String key = parser.nextFieldName();
      while (key != null) {
        parser.nextToken();
        member(key, parser);
        key = parser.nextFieldName();
      }
      return parser.nextToken() == null;
    } catch (IOException notJson) {
      return false;
    }
  }

  /** To be called once for a line. */
  @Override
  UTF8String properties(EventKind kind) {
    for (int i = EventField.PURCHASE_AMOUNT.ordinal(); i < slots.length; i++) {
      EventField field = EventField.at(i);
      if (slots[i].kind != ValueKind.ABSENT && !kind.uses(field)) {
        others.add(field.key(), json(field));
      }
    }
    String properties = others.toText();
    boolean hasDuplicateKey = duplicates != 0 || others.hasDuplicateKey();
    return hasDuplicateKey ? null : UTF8String.fromString(properties);
  }

  @Override
  String duplicateField() {
    return duplicates == 0 ? "" : EventField.at(Integer.numberOfTrailingZeros(duplicates)).key();
  }

  // Jackson takes a byte order mark, or a NUL among the first four bytes, as a sign of UTF-16 or
  // UTF-32 and would then decode the line as that.
  static boolean beginsAsObject(byte[] buffer, int offset, int length) {
    int end = offset + length;
    int first = offset;
    while (first < end && isJsonSpace(buffer[first])) {
      first++;
    }
    return first < end
        && buffer[first] == '{'
        && ByteScan.indexOf((byte) 0, buffer, offset, Math.min(end, offset + 4)) < 0;
  }

  private static boolean isJsonSpace(byte b) {
    return b == ' ' || b == '\t' || b == '\r' || b == '\n';
  }

  private void member(String key, JsonParser parser) throws IOException {
    EventField field = EventField.named(key);
    if (field == null) {
      other(key, parser);
      return;
    }
    int i = field.ordinal();
    Slot slot = slots[i];
    if (slot.kind != ValueKind.ABSENT) {
      duplicates |= 1 << i;
    }
    texts[i] = take(parser, this, slot);
    if (slot.kind == ValueKind.NESTED) {
      texts[i] = others.value(parser);
      // On an event of a kind that has no use for the field, it may be an object.
      PathTree.Node node = tree.root().member(key);
      if (node != null) {
        walker.takeAgain(texts[i], node);
      }
    }
  }

  private void other(String key, JsonParser parser) throws IOException {
    PathTree.Node node = tree.root().member(key);
    if (node == null) {
      others.add(key, parser);
      return;
    }
    String json = others.value(parser);
    others.add(key, json);
    walker.takeAgain(json, node);
  }

  @Override
  void take(int path, Text into) {
    EventField field = measures.nativeField(path);
    into.set(field == null ? found[measured[path]] : slots[field.ordinal()], bytes);
  }

  /** Takes the value that the parser stands on; its text, or null when it is nested. */
  static String take(JsonParser parser, Fields into, Slot slot) throws IOException {
    slot.kind = kindOf(parser.currentToken());
    if (slot.kind == ValueKind.NESTED) {
      return null;
    }
    String text = parser.getText();
    if (slot.kind == ValueKind.STRING && text.indexOf('\0') >= 0) {
      slot.kind = ValueKind.STRING_WITH_NUL;
    }
    into.add(slot, text.getBytes(StandardCharsets.UTF_8));
    return text;
  }

  private String json(EventField field) {
    String text = texts[field.ordinal()];
    return switch (kind(field)) {
      case STRING, STRING_WITH_NUL -> {
        StringBuilder string = new StringBuilder();
        JsonStrings.append(string, text);
        yield string.toString();
      }
      default -> text;
    };
  }

  private static ValueKind kindOf(JsonToken token) {
    return switch (token) {
      case VALUE_STRING -> ValueKind.STRING;
      case VALUE_NUMBER_INT -> ValueKind.INTEGER;
      case VALUE_NUMBER_FLOAT -> ValueKind.DECIMAL;
      case VALUE_NULL -> ValueKind.NULL;
      case VALUE_TRUE, VALUE_FALSE -> ValueKind.BOOLEAN;
      default -> ValueKind.NESTED;
    };
  }
}
