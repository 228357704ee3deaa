package edtech.analytics.source;

import java.util.ArrayList;
import java.util.List;

/** Reads paths as they are written in settings. */
final class PathParser {
  private final String text;
  private int at;

  private PathParser(String text) {
    this.text = text;
  }

  /** See {@link FieldPath#parse}. */
  static FieldPath parse(String text) {
    return new PathParser(text).path();
  }

  private FieldPath path() {
    List<FieldPath.Step> steps = new ArrayList<>();
    do {
      steps.add(step());
    } while (at < text.length() && text.charAt(at++) == '.');
    return new FieldPath(steps);
  }

  private FieldPath.Step step() {
    String name = at < text.length() && isQuote(text.charAt(at)) ? quoted() : plain();
    if (name.isBlank()) {
      throw new IllegalArgumentException("is no path: a part of it is empty");
    }
    String key = key();
    if (at < text.length() && text.charAt(at) != '.') {
      throw new IllegalArgumentException(
          "is no path: after " + text.substring(0, at) + " only a dot may follow");
    }
    return new FieldPath.Step(name, key);
  }

  private static boolean isQuote(char c) {
    return c == '\'' || c == '"';
  }

  private String quoted() {
    int end = text.indexOf(text.charAt(at), at + 1);
    if (end < 0) {
      throw new IllegalArgumentException("is no path: a quote is not closed");
    }
    String name = text.substring(at + 1, end);
    at = end + 1;
    return name;
  }

  /** A name up to the next dot, or to a key in brackets that ends before one. */
  private String plain() {
    int start = at;
    while (at < text.length() && text.charAt(at) != '.') {
      if (at > start && text.charAt(at) == '[' && endOfKey() > 0) {
        break;
      }
      at++;
    }
    return text.substring(start, at);
  }

  private String key() {
    int end = at < text.length() && text.charAt(at) == '[' ? endOfKey() : -1;
    if (end < 0) {
      return "";
    }
    String key = text.substring(at + 1, end);
    at = end + 1;
    return key;
  }

  /** The bracket that closes a key, with a dot or the end behind it; -1 when there is none. */
  private int endOfKey() {
    int end = text.indexOf(']', at);
    boolean closes = end > at + 1 && (end + 1 == text.length() || text.charAt(end + 1) == '.');
    return closes ? end : -1;
  }
}
