package edtech.analytics.input.line;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.io.IOException;
import java.util.Arrays;

/**
 * The fields of one line, taken in one pass of Jackson's parser. Owns what JSON is and which keys
 * are named twice; what a field may hold is for {@link EventRules}.
 *
 * <p>Reused from line to line; not thread-safe.
 */
final class LineFields {

  private static final int MAX_NESTING_DEPTH = 100;
  private static final int MAX_NUMBER_CHARS = 1000;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          // Both would make a line's fate or cost depend on the keys of lines before it.
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
          .recyclerPool(JsonRecyclerPools.threadLocalPool())
          .streamReadConstraints(
              // The length of the line bounds names and strings; Jackson checks them by buffer.
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_NESTING_DEPTH)
                  .maxNumberLength(MAX_NUMBER_CHARS)
                  .maxNameLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private final ValueKind[] kinds = new ValueKind[Field.values().length];
  private final String[] texts = new String[kinds.length];
  private final CanonicalJson others = new CanonicalJson();
  private String properties;
  private int duplicates;

  /**
   * Takes the fields of a line.
   *
   * @return false when the line is not exactly one JSON object; then nothing else has a meaning
   */
  boolean read(byte[] buffer, int offset, int length) {
    Arrays.fill(kinds, ValueKind.ABSENT);
    others.clear();
    duplicates = 0;
    if (!beginsAsObject(buffer, offset, length)) {
      return false;
    }
    try (JsonParser parser = JSON.createParser(buffer, offset, length)) {
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

  /**
   * Collects what the event has no column for. To be called once, before {@link #properties} and
   * {@link #hasDuplicateKey}.
   */
  void close(EventKind kind) {
    for (int i = Field.PURCHASE_AMOUNT.ordinal(); i < kinds.length; i++) {
      Field field = Field.at(i);
      if (kinds[i] != ValueKind.ABSENT && !kind.used().contains(field)) {
        others.add(field.key(), json(field));
      }
    }
    properties = others.toText();
  }

  boolean hasDuplicateKey() {
    return duplicates != 0 || others.hasDuplicateKey();
  }

  /** The first of the contract's fields that the line names twice, '' when it is another key. */
  String duplicateField() {
    return duplicates == 0 ? "" : Field.at(Integer.numberOfTrailingZeros(duplicates)).key();
  }

  /** The fields without a column as canonical JSON, '' when there is none. */
  String properties() {
    return properties;
  }

  ValueKind kind(Field field) {
    return kinds[field.ordinal()];
  }

  /** A string's value, a number as written; no meaning for other kinds of value. */
  String text(Field field) {
    return texts[field.ordinal()];
  }

  // Jackson takes a byte order mark, or a NUL among the first four bytes, as a sign of UTF-16 or
  // UTF-32 and would then decode the line as that.
  private static boolean beginsAsObject(byte[] buffer, int offset, int length) {
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
    Field field = Field.named(key);
    if (field == null) {
      others.add(key, parser);
      return;
    }
    int i = field.ordinal();
    if (kinds[i] != ValueKind.ABSENT) {
      duplicates |= 1 << i;
    }
    kinds[i] = kindOf(parser.currentToken());
    texts[i] = kinds[i] == ValueKind.NESTED ? others.value(parser) : parser.getText();
  }

  private String json(Field field) {
    if (kind(field) != ValueKind.STRING) {
      return text(field);
    }
    StringBuilder string = new StringBuilder();
    JsonStrings.append(string, text(field));
    return string.toString();
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
