package edtech.analytics.source;

import java.io.Serializable;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a rule requires of one value of a line. It holds when the text is one of the texts, begins
 * with one of the beginnings, or is absent where that is allowed.
 *
 * @param field the field whose value is compared, as {@link Mapping#fields} maps it; null = the
 *     text at the path
 * @param path null where a field is compared
 * @param texts compared exactly; numbers and booleans as written
 * @param beginnings compared with the first characters
 * @param allowsAbsent whether absent, null or blank holds
 */
public record Condition(
    EventField field,
    FieldPath path,
    Set<String> texts,
    List<String> beginnings,
    boolean allowsAbsent)
    implements Serializable {

  public Condition {
    texts = Collections.unmodifiableSet(new TreeSet<>(texts));
    beginnings = List.copyOf(beginnings);
  }
}
