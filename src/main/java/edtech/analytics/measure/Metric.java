package edtech.analytics.measure;

import java.io.Serializable;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Something that is counted, or added up, over the events of some types.
 *
 * @param name what the tables call it
 * @param eventTypes types of the events that count, compared exactly
 * @param where what else an event must hold to count; all of it
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
  }

  public Metric {
    eventTypes = Collections.unmodifiableSet(new TreeSet<>(eventTypes));
    where = List.copyOf(where);
  }
}
