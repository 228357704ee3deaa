package edtech.analytics.input.line;

import edtech.analytics.source.EventField;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
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

  /** A value that may lie in bytes of its own. */
  static final class Text extends Slot {
    byte[] bytes;

    void set(ValueKind newKind, byte[] newBytes, int newStart, int newEnd) {
      kind = newKind;
      bytes = newBytes;
      start = newStart;
      end = newEnd;
    }

    void set(Slot other, byte[] newBytes) {
      set(other.kind, newBytes, other.start, other.end);
    }

    UTF8String toText() {
      return UTF8String.fromBytes(bytes, start, end - start);
    }
  }

  private final Slot[] slots;
  private final Characters characters = new Characters();

  /** Holds the text of every slot that a reader filled. */
  byte[] bytes;

  private int filled;

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

  /**
   * The value at a path that {@link MeasurePaths} has; of kind ABSENT where there is none.
   *
   * @param path its number there
   */
  abstract void take(int path, Text into);

  /** Holds the text of a field. */
  byte[] bytes(EventField field) {
    return bytes;
  }

  /** What the source says the event is; null = its type tells. */
  EventKind givenKind() {
    return null;
  }

  /** Whether the amount of a purchase is to change its sign. */
  boolean negatesAmount() {
    return false;
  }

  /**
   * The time of the event in epoch microseconds, or {@link TimestampParser#NOT_A_DATE_TIME}; its
   * type is valid.
   */
  long timestampMicros() {
    CharSequence text = characters(EventField.EVENT_TIMESTAMP);
    boolean isMillis = kind(EventField.EVENT_TIMESTAMP) == ValueKind.INTEGER;
    return isMillis ? TimestampParser.fromMillis(text) : TimestampParser.parse(text);
  }

  /** Forgets the texts that were added, for the next line. */
  final void clearTexts() {
    filled = 0;
  }

  /** Adds a text to {@link #bytes}, which must be this object's own. */
  final void add(Slot slot, byte[] text) {
    if (text.length > bytes.length - filled) {
      bytes = Arrays.copyOf(bytes, Math.addExact(filled, Math.max(text.length, filled)));
    }
    System.arraycopy(text, 0, bytes, filled, text.length);
    slot.start = filled;
    filled += text.length;
    slot.end = filled;
  }

  final ValueKind kind(EventField field) {
    return slots[field.ordinal()].kind;
  }

  final int start(EventField field) {
    return slots[field.ordinal()].start;
  }

  final int end(EventField field) {
    return slots[field.ordinal()].end;
  }

  /** The text of a value, where it lies. */
  final UTF8String text(EventField field) {
    Slot slot = slots[field.ordinal()];
    return UTF8String.fromBytes(bytes(field), slot.start, slot.end - slot.start);
  }

  /**
   * The text of a value with each byte as a character, for grammars that know ASCII only. Valid
   * until the next call.
   */
  final CharSequence characters(EventField field) {
    Slot slot = slots[field.ordinal()];
    characters.bytes = bytes(field);
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
