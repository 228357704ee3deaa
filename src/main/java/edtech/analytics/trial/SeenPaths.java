package edtech.analytics.trial;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import edtech.analytics.input.line.LineJson;
import edtech.analytics.source.FieldPath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The paths that lines have, with how many lines have each and an example. Holds so many paths at
 * most, whatever the lines are.
 */
final class SeenPaths {
  private static final int MOST_PATHS = 2000;
  private static final int MOST_DEPTH = 12;

  private static final Pattern MAIL = Pattern.compile("[^\\s@]+@[^\\s@]+\\.[^\\s@]+");

  /** Two to four words with capital letters, as a person's name is written. */
  private static final Pattern NAME =
      Pattern.compile("\\p{Lu}[\\p{L}'-]+( \\p{Lu}[\\p{L}.'-]*){1,3}");

  private static final Pattern PERSONAL =
      Pattern.compile(
          "(?i).*(e-?mail|phone|user_?name|first_?name|last_?name|full_?name|nick_?name|address)");

  /** How often a path was seen, and a value there. */
  static final class Seen {
    private long lines;
    private String example = "";

    long lines() {
      return lines;
    }

    /** A value; '' where none was seen that may be shown. */
    String example() {
      return example;
    }
  }

  private final Map<String, Seen> byPath = new TreeMap<>();
  private final Set<String> shown;
  private boolean isFull;

  /**
   * @param shown paths whose values are no names of persons, such as that of the event's type
   */
  SeenPaths(Set<String> shown) {
    this.shown = shown;
  }

  Map<String, Seen> byPath() {
    return byPath;
  }

  /** Whether there were more paths than are held. */
  boolean isFull() {
    return isFull;
  }

  /** Takes the paths of a line up to the first fault of its JSON. */
  void add(String line) {
    try (JsonParser parser = LineJson.FACTORY.createParser(line)) {
      if (parser.nextToken() == JsonToken.START_OBJECT) {
        object(parser, new ArrayList<>());
      }
    } catch (IOException notJson) {
      // The line's own outcome says so.
    }
  }

  private void object(JsonParser parser, List<FieldPath.Step> outer) throws IOException {
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      parser.nextToken();
      outer.add(new FieldPath.Step(name, ""));
      value(parser, outer);
      outer.remove(outer.size() - 1);
    }
  }

  private void value(JsonParser parser, List<FieldPath.Step> path) throws IOException {
    switch (parser.currentToken()) {
      case START_OBJECT -> {
        if (path.size() < MOST_DEPTH) {
          object(parser, path);
        } else {
          parser.skipChildren();
        }
      }
      case START_ARRAY -> {
        see(path, "(a list)");
        parser.skipChildren();
      }
      case VALUE_NULL -> see(path, "");
      default -> see(path, parser.getText());
    }
  }

  private void see(List<FieldPath.Step> path, String value) {
    if (path.stream().anyMatch(step -> step.name().isBlank())) {
      return;
    }
    String text = new FieldPath(path).toString();
    Seen seen = byPath.get(text);
    if (seen == null) {
      if (byPath.size() == MOST_PATHS) {
        isFull = true;
        return;
      }
      seen = new Seen();
      byPath.put(text, seen);
    }
    seen.lines++;
    if (seen.example.isEmpty() && !value.isBlank()) {
      seen.example =
          !shown.contains(text) && isPersonal(path.get(path.size() - 1).name(), value)
              ? "(not shown: may be of a person)"
              : value;
    }
  }

  private static boolean isPersonal(String name, String value) {
    return MAIL.matcher(value).find()
        || NAME.matcher(value).matches()
        || PERSONAL.matcher(name).matches();
  }
}
