package edtech.analytics.input.line;

import edtech.analytics.measure.Measures;
import edtech.analytics.source.EventField;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * The fields of a plain line, as nearly all are: one flat object of strings without escapes,
 * numbers without exponents, and literals. Reads the bytes in place and copies none. {@link
 * LineFields} reads the lines that are not plain.
 *
 * <p>Reused from line to line; not thread-safe.
 */
final class PlainFields extends Fields {

  private static final int MAX_OTHERS = 16;
  private static final int FIELDS = EventField.values().length;
  private static final byte[][] KEYS =
      Stream.of(EventField.values())
          .map(field -> field.key().getBytes(StandardCharsets.US_ASCII))
          .toArray(byte[][]::new);

  /** Indexes into KEYS by length, so that a key is compared only with keys as long as it. */
  private static final int[][] BY_LENGTH =
      IntStream.rangeClosed(0, Stream.of(KEYS).mapToInt(key -> key.length).max().orElseThrow())
          .mapToObj(n -> IntStream.range(0, FIELDS).filter(i -> KEYS[i].length == n).toArray())
          .toArray(int[][]::new);

  /** A member of the object: its value, and where its key lies, without quotes. */
  private static final class Member extends Slot {
    private int keyStart;
    private int keyEnd;

    private int textStart() {
      return kind == ValueKind.STRING ? start - 1 : start;
    }

    private int textEnd() {
      return kind == ValueKind.STRING ? end + 1 : end;
    }
  }

  private final Member[] fields;

  /** Members without a column; the special fields that an event has no use for join them. */
  private final Member[] others = members(MAX_OTHERS);

  private final Member[] properties = new Member[MAX_OTHERS + FIELDS];
  private final JsonCursor json = new JsonCursor();
  private int otherCount;
  private final MeasurePaths measures;

  PlainFields(Measures measures) {
    this(members(FIELDS), measures);
  }

  private PlainFields(Member[] fields, Measures measures) {
    super(fields);
    this.fields = fields;
    this.measures = new MeasurePaths(measures);
  }

  /**
   * Takes the fields of a line.
   *
   * @param buffer holds the line, in valid UTF-8
   * @return whether the line is plain; if not, nothing else here is valid
   */
  boolean read(byte[] buffer, int from, int to) {
    bytes = buffer;
    json.moveTo(buffer, from, to);
    otherCount = 0;
    for (Member field : fields) {
      field.kind = ValueKind.ABSENT;
    }
    if (!json.skip('{')) {
      return false;
    }
    do {
      if (!readMember()) {
        return false;
      }
    } while (json.skip(','));
    if (!json.skip('}')) {
      return false;
    }
    json.skipBlanks();
    return json.isAtEnd();
  }

  /** Plain members are canonical but for their order. */
  @Override
  UTF8String properties(EventKind kind) {
    int count = 0;
    for (; count < otherCount; count++) {
      properties[count] = others[count];
    }
    for (int i = EventField.PURCHASE_AMOUNT.ordinal(); i < FIELDS; i++) {
      if (fields[i].kind != ValueKind.ABSENT && !kind.uses(EventField.at(i))) {
        properties[count++] = fields[i];
      }
    }
    if (count == 0) {
      return UTF8String.EMPTY_UTF8;
    }
    if (!sort(count)) {
      return null;
    }
    int length = count + 1;
    for (int i = 0; i < count; i++) {
      Member member = properties[i];
      length += member.keyEnd - member.keyStart + 3 + member.textEnd() - member.textStart();
    }
    return UTF8String.fromBytes(write(count, new byte[length]));
  }

  /** Nothing in a plain line is nested. */
  @Override
  void take(int path, Text into) {
    into.kind = ValueKind.ABSENT;
    EventField field = measures.nativeField(path);
    byte[] name = measures.member(path);
    if (field != null) {
      into.set(fields[field.ordinal()], bytes);
    } else if (name != null) {
      Member member = other(name);
      if (member != null) {
        into.set(member, bytes);
      }
    }
  }

  private Member other(byte[] name) {
    for (int i = 0; i < otherCount; i++) {
      Member member = others[i];
      if (name.length == member.keyEnd - member.keyStart
          && Arrays.equals(name, 0, name.length, bytes, member.keyStart, member.keyEnd)) {
        return member;
      }
    }
    return null;
  }

  /** A line that names one of these twice is not plain. */
  @Override
  String duplicateField() {
    return "";
  }

  /** Sorts by key; false when two are equal. Few, and mostly sorted already. */
  private boolean sort(int count) {
    for (int i = 1; i < count; i++) {
      Member member = properties[i];
      int to = i;
      int order = -1;
      while (to > 0 && (order = compare(member, properties[to - 1])) < 0) {
        properties[to] = properties[to - 1];
        to--;
      }
      properties[to] = member;
      if (order == 0) {
        return false;
      }
    }
    return true;
  }

  private int compare(Member a, Member b) {
    return Arrays.compareUnsigned(bytes, a.keyStart, a.keyEnd, bytes, b.keyStart, b.keyEnd);
  }

  private byte[] write(int count, byte[] into) {
    int to = 0;
    for (int i = 0; i < count; i++) {
      Member member = properties[i];
      into[to++] = (byte) (i == 0 ? '{' : ',');
      into[to++] = '"';
      to = copy(member.keyStart, member.keyEnd, into, to);
      into[to++] = '"';
      into[to++] = ':';
      to = copy(member.textStart(), member.textEnd(), into, to);
    }
    into[to] = '}';
    return into;
  }

  private int copy(int from, int until, byte[] into, int to) {
    System.arraycopy(bytes, from, into, to, until - from);
    return to + until - from;
  }

  private boolean readMember() {
    json.skipBlanks();
    int keyStart = json.at + 1;
    // Keys in ASCII: those are ordered by code point as by byte.
    if (!json.skipPlainString(true)) {
      return false;
    }
    int keyEnd = json.at - 1;
    Member member = member(keyStart, keyEnd);
    if (member == null || !json.skip(':')) {
      return false;
    }
    member.keyStart = keyStart;
    member.keyEnd = keyEnd;
    return readValue(member);
  }

  /** Where a member is to be kept; null when its field is named twice, or there are too many. */
  private Member member(int keyStart, int keyEnd) {
    int length = keyEnd - keyStart;
    if (length < BY_LENGTH.length) {
      for (int i : BY_LENGTH[length]) {
        if (Arrays.equals(KEYS[i], 0, length, bytes, keyStart, keyEnd)) {
          return fields[i].kind == ValueKind.ABSENT ? fields[i] : null;
        }
      }
    }
    return otherCount < MAX_OTHERS ? others[otherCount++] : null;
  }

  private boolean readValue(Member member) {
    json.skipBlanks();
    if (json.isAtText()) {
      member.kind = ValueKind.STRING;
      member.start = json.at + 1;
      boolean isPlain = json.skipPlainString(false);
      member.end = json.at - 1;
      return isPlain;
    }
    member.start = json.at;
    member.kind = json.skipPlainScalar();
    member.end = json.at;
    return member.kind != null;
  }

  private static Member[] members(int count) {
    return Stream.generate(Member::new).limit(count).toArray(Member[]::new);
  }
}
