package edtech.analytics.input.line;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Builds one JSON object in canonical form, so that equal content gives equal text: keys sorted by
 * Unicode code point at every depth, no blanks, numbers as written, strings escaped as by Python's
 * {@code json.dumps(ensure_ascii=False)}. Sorting makes keys that occur twice neighbours.
 *
 * <p>Reused from line to line; not thread-safe.
 */
final class CanonicalJson {

  /** A member of the object at hand: its key, and where its text lies. */
  private record Member(String key, int start, int end) {}

  private static final Comparator<Member> BY_KEY = (a, b) -> compareByCodePoint(a.key(), b.key());

  private final StringBuilder text = new StringBuilder();
  private final List<Member> members = new ArrayList<>();
  private boolean hasDuplicateKey;

  void clear() {
    text.setLength(0);
    members.clear();
    hasDuplicateKey = false;
  }

  /** Adds a member; the parser stands on the first token of its value, and then on the last. */
  void add(String key, JsonParser parser) throws IOException {
    member(members, key, parser);
  }

  /** Adds a member whose value is canonical JSON already. */
  void add(String key, String value) {
    int start = begin(members, key);
    text.append(value);
    members.add(new Member(key, start, text.length()));
  }

  /** The canonical form of a value that is not to become a member. */
  String value(JsonParser parser) throws IOException {
    int start = text.length();
    append(parser);
    String value = text.substring(start);
    text.setLength(start);
    return value;
  }

  /** Whether an object that was closed so far named a key twice; the whole one after toText. */
  boolean hasDuplicateKey() {
    return hasDuplicateKey;
  }

  /** The object, or '' when it has no member. To be called once, after the last member. */
  String toText() {
    if (members.isEmpty()) {
      return "";
    }
    order(0, members);
    return "{" + text + "}";
  }

  private void member(List<Member> into, String key, JsonParser parser) throws IOException {
    int start = begin(into, key);
    append(parser);
    into.add(new Member(key, start, text.length()));
  }

  private int begin(List<Member> into, String key) {
    if (!into.isEmpty()) {
      text.append(',');
    }
    int start = text.length();
    JsonStrings.append(text, key);
    text.append(':');
    return start;
  }

  private void append(JsonParser parser) throws IOException {
    switch (parser.currentToken()) {
      case START_OBJECT -> appendObject(parser);
      case START_ARRAY -> appendArray(parser);
      case VALUE_STRING -> JsonStrings.append(text, parser.getText());
      default -> text.append(parser.getText());
    }
  }

  // The nesting that the parser allows bounds the recursion.
  private void appendObject(JsonParser parser) throws IOException {
    text.append('{');
    int start = text.length();
    List<Member> own = new ArrayList<>();
    String key = parser.nextFieldName();
    while (key != null) {
      parser.nextToken();
      member(own, key, parser);
      key = parser.nextFieldName();
    }
    order(start, own);
    text.append('}');
  }

  private void appendArray(JsonParser parser) throws IOException {
    text.append('[');
    int start = text.length();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (text.length() > start) {
        text.append(',');
      }
      append(parser);
    }
    text.append(']');
  }

  /** Sorts the members whose text begins at an index; most producers write them sorted. */
  private void order(int start, List<Member> written) {
    if (isAscending(written)) {
      return;
    }
    List<Member> sorted = new ArrayList<>(written);
    sorted.sort(BY_KEY);
    StringBuilder reordered = new StringBuilder(text.length() - start);
    for (int i = 0; i < sorted.size(); i++) {
      Member member = sorted.get(i);
      if (i > 0) {
        hasDuplicateKey |= member.key().equals(sorted.get(i - 1).key());
        reordered.append(',');
      }
      reordered.append(text, member.start(), member.end());
    }
    text.setLength(start);
    text.append(reordered);
  }

  private static boolean isAscending(List<Member> written) {
    for (int i = 1; i < written.size(); i++) {
      if (BY_KEY.compare(written.get(i - 1), written.get(i)) >= 0) {
        return false;
      }
    }
    return true;
  }

  // String.compareTo orders by UTF-16 unit, which puts U+1F600 before U+FFFD.
  private static int compareByCodePoint(String a, String b) {
    int shared = Math.min(a.length(), b.length());
    for (int i = 0; i < shared; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        boolean onlyOne = Character.isSurrogate(x) != Character.isSurrogate(y);
        return onlyOne ? (Character.isSurrogate(x) ? 1 : -1) : Character.compare(x, y);
      }
    }
    return a.length() - b.length();
  }
}
