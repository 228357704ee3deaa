package edtech.analytics.source;

import java.io.Serializable;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A place in a line: member by member from the outermost object, as {@code context.page.path}.
 * Equal paths name the same place.
 *
 * @param steps at least one
 */
public record FieldPath(List<Step> steps) implements Serializable {

  /**
   * One member.
   *
   * @param name its name; never ''
   * @param key where the member is a list of objects {@code {"key": …, "value": …}}: the key of the
   *     one that is entered; '' = the member itself
   */
  public record Step(String name, String key) implements Serializable {
    @Override
    public String toString() {
      String shown = name.matches("[^.'\"]+") ? name : "'" + name + "'";
      return key.isEmpty() ? shown : shown + "[" + key + "]";
    }
  }

  public FieldPath {
    steps = List.copyOf(steps);
  }

  /**
   * Reads a path: members by {@code .}; a name in quotes may hold dots; {@code list[key]} enters
   * the element of a list of objects whose {@code key} that is. A part that only begins with a
   * bracket is a name.
   *
   * @throws IllegalArgumentException that says what is wrong with the text
   */
  public static FieldPath parse(String text) {
    return PathParser.parse(text);
  }

  /** As it is written in settings. */
  @Override
  public String toString() {
    return steps.stream().map(Step::toString).collect(Collectors.joining("."));
  }
}
