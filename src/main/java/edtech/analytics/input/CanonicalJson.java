package edtech.analytics.input;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Builds one JSON object in the form that equal content always has: keys sorted by Unicode code
 * point at every depth, no blanks, numbers as written, strings escaped as Python's {@code
 * json.dumps(ensure_ascii=False)} does. Sorting shows keys named twice as neighbours.
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
  void add(String key, CharSequence value) {
    int start = text.length();
    JsonStrings.append(text, key);
    text.append(':').append(value);
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
    sort(members);
    StringBuilder object = new StringBuilder(text.length() + members.size() + 2);
    return appendSorted(object, members, text).toString();
  }

  private void member(List<Member> into, String key, JsonParser parser) throws IOException {
    int start = text.length();
    JsonStrings.append(text, key);
    text.append(':');
    append(parser);
    into.add(new Member(key, start, text.length()));
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
    int start = text.length();
    List<Member> own = new ArrayList<>();
    String key = parser.nextFieldName();
    while (key != null) {
      parser.nextToken();
      member(own, key, parser);
      key = parser.nextFieldName();
    }
    sort(own);
    StringBuilder object = new StringBuilder(text.length() - start + own.size() + 2);
    appendSorted(object, own, text);
    text.setLength(start);
    text.append(object);
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

  private void sort(List<Member> unsorted) {
    unsorted.sort(BY_KEY);
    for (int i = 1; i < unsorted.size() && !hasDuplicateKey; i++) {
      hasDuplicateKey = unsorted.get(i).key().equals(unsorted.get(i - 1).key());
    }
  }

  private static StringBuilder appendSorted(
      StringBuilder object, List<Member> sorted, CharSequence from) {
    object.append('{');
    for (int i = 0; i < sorted.size(); i++) {
      if (i > 0) {
        object.append(',');
      }
      object.append(from, sorted.get(i).start(), sorted.get(i).end());
    }
    return object.append('}');
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
