package edtech.analytics.input.line;

import edtech.analytics.source.EventField;
import java.nio.charset.StandardCharsets;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * The fields of one line, as a reader found them: each has a slot with the kind of its value and
 * the place of its text in UTF-8. {@link EventRules} judges slots and does not know which reader
 * filled them.
 *
 * <p>Reused from line to line; not thread-safe.
 */
abstract class Fields {

  /** The value of one field. */
  static class Slot {
    ValueKind kind = ValueKind.ABSENT;

    /** Of strings, numbers and booleans: where the text begins; a string's has no quotes. */
    int start;

    /** Where it ends, exclusive. */
    int end;
  }

  private final Slot[] slots;
  private final Characters characters = new Characters();

  /** Holds the text of every slot. */
  byte[] bytes;

  /**
   * @param slots one for each {@link EventField}, in their order
   */
  Fields(Slot[] slots) {
    this.slots = slots;
  }

  /**
   * The fields that an event of a kind has no column for, as canonical JSON; '' when there are
   * none. Null when the line names a key twice, at any depth.
   */
  abstract UTF8String properties(EventKind kind);

  /** The first {@link EventField} that the line names twice; '' when it is another key. */
  abstract String duplicateField();

  final ValueKind kind(EventField field) {
    return slots[field.ordinal()].kind;
  }

  final int start(EventField field) {
    return slots[field.ordinal()].start;
  }

  final int end(EventField field) {
    return slots[field.ordinal()].end;
  }

  /** The text of a value, where it lies in {@link #bytes}. */
  final UTF8String text(EventField field) {
    Slot slot = slots[field.ordinal()];
    return UTF8String.fromBytes(bytes, slot.start, slot.end - slot.start);
  }

  /**
   * The text of a value with each byte as a character, for grammars that know ASCII only. Valid
   * until the next call.
   */
  final CharSequence characters(EventField field) {
    Slot slot = slots[field.ordinal()];
    characters.bytes = bytes;
    characters.start = slot.start;
    characters.length = slot.end - slot.start;
    return characters;
  }

  private static final class Characters implements CharSequence {
    private byte[] bytes;
    private int start;
    private int length;

    @Override
    public int length() {
      return length;
    }

    @Override
    public char charAt(int index) {
      return (char) (bytes[start + index] & 0xFF);
    }

    @Override
    public CharSequence subSequence(int from, int to) {
      return toString().subSequence(from, to);
    }

    @Override
    public String toString() {
      return new String(bytes, start, length, StandardCharsets.ISO_8859_1);
    }
  }
}
