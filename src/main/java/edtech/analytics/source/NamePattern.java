package edtech.analytics.source;

import java.io.Serializable;

/** A part of a template without a date, matched in time proportional to the name's length. */
final class NamePattern implements Serializable {
  private static final char ANY = '*';

  /** Any text across folders. */
  private static final char DEEP = '\uE000';

  /** Any number of whole folders, none included; followed by {@link #INSIDE}. */
  private static final char FOLDERS = '\uE001';

  /** In the middle of a folder of {@link #FOLDERS}. */
  private static final char INSIDE = '\uE002';

  private static final char DIGIT = '\uE003';
  private static final String HOUR = "{HH}";

  private final char[] tokens;

  private NamePattern(char[] tokens) {
    this.tokens = tokens;
  }

  /**
   * Reads a part of a template.
   *
   * @throws IllegalArgumentException when it holds anything in braces but an hour
   */
  static NamePattern parse(String text) {
    String plain = text.replace(HOUR, "" + DIGIT + DIGIT);
    if (plain.contains("{") || plain.contains("}")) {
      throw new IllegalArgumentException(
          "must have one date, and in braces nothing but it and {HH}");
    }
    String deep = plain.replace("**/", "" + FOLDERS + INSIDE).replace("**", String.valueOf(DEEP));
    return new NamePattern(deep.toCharArray());
  }

  /** The text up to the first wildcard. */
  String beginning() {
    int end = 0;
    while (end < tokens.length && isText(tokens[end])) {
      end++;
    }
    return new String(tokens, 0, end);
  }

  boolean isConstant() {
    return beginning().length() == tokens.length;
  }

  private static boolean isText(char token) {
    return token != ANY && (token < DEEP || token > DIGIT);
  }

  /**
   * Whether a range of a name matches.
   *
   * @param name as a whole: whether a folder begins shows in the character before the range
   */
  boolean matches(String name, int from, int to) {
    boolean[] at = new boolean[tokens.length + 1];
    at[0] = true;
    passOver(at);
    for (int i = from; i < to; i++) {
      char c = name.charAt(i);
      boolean isHidden = (c == '_' || c == '.') && (i == 0 || name.charAt(i - 1) == '/');
      at = after(at, c, isHidden);
    }
    return at[tokens.length];
  }

  /** The places in the pattern that a character leads to. */
  private boolean[] after(boolean[] at, char c, boolean isHidden) {
    boolean[] next = new boolean[at.length];
    for (int i = 0; i < tokens.length; i++) {
      if (!at[i]) {
        continue;
      }
      switch (tokens[i]) {
        case ANY -> next[i] |= c != '/' && !isHidden;
        case DEEP -> next[i] |= !isHidden;
        case FOLDERS -> next[i + 1] |= c != '/' && !isHidden;
        case INSIDE -> next[c == '/' ? i - 1 : i] |= true;
        case DIGIT -> next[i + 1] |= c >= '0' && c <= '9';
        default -> next[i + 1] |= c == tokens[i];
      }
    }
    passOver(next);
    return next;
  }

  /** Wildcards match no character at all, too. */
  private void passOver(boolean[] at) {
    for (int i = 0; i < tokens.length; i++) {
      if (at[i]) {
        switch (tokens[i]) {
          case ANY, DEEP -> at[i + 1] = true;
          case FOLDERS -> at[i + 2] = true;
          default -> {}
        }
      }
    }
  }
}
