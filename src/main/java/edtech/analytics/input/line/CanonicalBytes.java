package edtech.analytics.input.line;

import java.util.Arrays;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Writes parts of a line that are known to be JSON in canonical form, as {@link CanonicalJson} does
 * in full. In doubt where a string is escaped otherwise than canonical JSON is, where a key is
 * escaped at all, and where a key occurs twice.
 *
 * <p>Reused from line to line; not thread-safe.
 */
final class CanonicalBytes extends JsonCursor {

  /** More members than this that are not in order are left to {@link CanonicalJson}. */
  private static final int MAX_SORTED = 64;

  private byte[] text = new byte[1024];
  private int length;
  private byte[] unordered = new byte[1024];

  // Of the members of all open objects: where the key lies in the line, and the member in the text.
  private int[] keyStart = new int[MAX_SORTED];
  private int[] keyEnd = new int[MAX_SORTED];
  private int[] start = new int[MAX_SORTED];
  private int[] stop = new int[MAX_SORTED];
  private int members;
  private final int[] order = new int[MAX_SORTED];

  /** Begins a text out of parts of a line. */
  void clear(byte[] line) {
    bytes = line;
    length = 0;
    members = 0;
  }

  int length() {
    return length;
  }

  /** What was written; valid until the next line. */
  UTF8String toText() {
    return UTF8String.fromBytes(text, 0, length);
  }

  void write(byte[] more) {
    write(more, 0, more.length);
  }

  void write(char ascii) {
    reserve(1);
    text[length++] = (byte) ascii;
  }

  /** Takes back what was written behind a length. */
  void cut(int to) {
    length = to;
  }

  /** Writes the value that lies in a part of the line. */
  boolean writeValue(int from, int to) {
    at = from;
    end = to;
    return value();
  }

  /**
   * Writes a member that lies in a part of the line, of the one object that {@link #close} ends.
   *
   * @param name where its key begins, behind the quote
   */
  boolean writeMember(int name, int to) {
    at = name - 1;
    end = to;
    return member(0);
  }

  /** Orders the members that were written from some on, and ends their object. */
  boolean close(int first) {
    if (!isAscending(first) && !sort(first)) {
      return false;
    }
    members = first;
    write('}');
    return true;
  }

  private boolean value() {
    skipBlanks();
    return switch (bytes[at]) {
      case '"' -> string();
      case '{' -> object();
      case '[' -> array();
      default -> scalar();
    };
  }

  private boolean object() {
    at++;
    write('{');
    int first = members;
    if (!skip('}')) {
      do {
        skipBlanks();
        if (!member(first)) {
          return false;
        }
      } while (skip(','));
      at++;
    }
    return close(first);
  }

  private boolean member(int first) {
    int name = at + 1;
    if (!skipPlainString()) {
      return false;
    }
    int nameEnd = at - 1;
    if (members > first) {
      write(',');
    }
    int memberStart = length;
    write(bytes, name - 1, nameEnd + 1);
    write(':');
    if (!skip(':') || !value()) {
      return false;
    }
    if (members == start.length) {
      int more = 2 * members;
      keyStart = Arrays.copyOf(keyStart, more);
      keyEnd = Arrays.copyOf(keyEnd, more);
      start = Arrays.copyOf(start, more);
      stop = Arrays.copyOf(stop, more);
    }
    keyStart[members] = name;
    keyEnd[members] = nameEnd;
    start[members] = memberStart;
    stop[members] = length;
    members++;
    return true;
  }

  private boolean array() {
    at++;
    write('[');
    if (!skip(']')) {
      char before = 0;
      do {
        if (before != 0) {
          write(before);
        }
        if (!value()) {
          return false;
        }
        before = ',';
      } while (skip(','));
      at++;
    }
    write(']');
    return true;
  }

  private boolean string() {
    int from = at++;
    while (true) {
      at = ByteScan.endOfText(bytes, at, end);
      if (bytes[at] == '"') {
        at++;
        write(bytes, from, at);
        return true;
      }
      if (!isCanonicalEscape(bytes[at + 1])) {
        return false;
      }
      at += 2;
    }
  }

  private static boolean isCanonicalEscape(byte b) {
    return switch (b) {
      case '"', '\\', 'b', 'f', 'n', 'r', 't' -> true;
      default -> false;
    };
  }

  private boolean scalar() {
    int from = at;
    skipScalar();
    write(bytes, from, at);
    return true;
  }

  private boolean isAscending(int first) {
    for (int i = first + 1; i < members; i++) {
      if (compare(i - 1, i) >= 0) {
        return false;
      }
    }
    return true;
  }

  private int compare(int a, int b) {
    return Arrays.compareUnsigned(bytes, keyStart[a], keyEnd[a], bytes, keyStart[b], keyEnd[b]);
  }

  /** Sorts the members from some on by their keys; false when two are equal, or too many. */
  private boolean sort(int first) {
    int count = members - first;
    if (count > MAX_SORTED) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      int to = i;
      int compared = 1;
      while (to > 0 && (compared = compare(order[to - 1], first + i)) > 0) {
        order[to] = order[to - 1];
        to--;
      }
      if (compared == 0) {
        return false;
      }
      order[to] = first + i;
    }
    int from = start[first];
    int size = length - from;
    if (unordered.length < size) {
      unordered = new byte[Math.max(size, 2 * unordered.length)];
    }
    System.arraycopy(text, from, unordered, 0, size);
    length = from;
    for (int i = 0; i < count; i++) {
      if (i > 0) {
        write(',');
      }
      write(unordered, start[order[i]] - from, stop[order[i]] - from);
    }
    return true;
  }

  private void write(byte[] from, int begin, int until) {
    int more = until - begin;
    reserve(more);
    System.arraycopy(from, begin, text, length, more);
    length += more;
  }

  private void reserve(int more) {
    int needed = Math.addExact(length, more);
    if (needed > text.length) {
      text = Arrays.copyOf(text, Math.max(needed, 2 * text.length));
    }
  }
}
