package edtech.analytics.measure;

import com.typesafe.config.ConfigUtil;
import java.io.Serializable;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Something that is counted, or added up, over the events of some types.
 *
 * @param name what the tables call it
 * @param eventTypes types of the events that count, compared exactly
 * @param where what else an event must hold to count; all of it, in one order
 * @param sum where an event has the number that is added; null = events are counted
 */
public record Metric(String name, Set<String> eventTypes, List<Condition> where, EventPath sum)
    implements Serializable {

  /**
   * Holds when the text at the path is one of the texts.
   *
   * @param texts compared exactly; numbers and booleans as written
   */
  public record Condition(EventPath path, Set<String> texts) implements Serializable {
    public Condition {
      texts = Collections.unmodifiableSet(new TreeSet<>(texts));
    }

    @Override
    public String toString() {
      return path + " = " + quoted(texts);
    }
  }

  public Metric {
    eventTypes = Collections.unmodifiableSet(new TreeSet<>(eventTypes));
    where = where.stream().sorted(Comparator.comparing(Condition::toString)).toList();
  }

  /** Different for different metrics, whatever characters their texts have. */
  @Override
  public String toString() {
    return name + quoted(eventTypes) + " where " + where + (sum == null ? "" : " sum " + sum);
  }

  private static String quoted(Set<String> texts) {
    return texts.stream().map(ConfigUtil::quoteString).collect(Collectors.joining(", ", "[", "]"));
  }
}
